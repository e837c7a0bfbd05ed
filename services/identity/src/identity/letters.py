"""The authorisation letter 法人授权书, to be printed, signed and sealed: filled from what was typed, or blank."""

from collections.abc import Mapping
from pathlib import Path

from chassis.pdf import render

TEMPLATE = Path(__file__).parent / "templates" / "letter.typ"
FIELDS = ("name", "credit_code", "address", "contact_name", "phone", "username", "institution")


def letter(values: Mapping[str, str]) -> bytes:
    """The PDF (A4, Chinese font embedded). values: some of FIELDS; what is missing is left to be written by hand.
    Raises: CharacterMissing naming characters that the font lacks."""
    return render(TEMPLATE, {name: values.get(name, "") for name in FIELDS})
