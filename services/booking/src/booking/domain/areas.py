"""In which areas a booking is looked at: where its instruments are used."""

from collections.abc import Iterable

DIGITS = (2, 4, 6, 9)  # of a province, a city, a county, a town


def areas_of(division_codes: Iterable[str]) -> list[str]:
    """Each area that one of these divisions lies in, as the scope of a supervisor names it."""
    return sorted({code[:n] for code in division_codes for n in DIGITS if len(code) >= n})
