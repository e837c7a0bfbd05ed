"""Booking numbers: YY and ten characters without look-alikes, the last a check character; random, not guessable.

The check is a weighted sum modulo 31, a prime and the size of the alphabet: it notices every wrong character and
every two that changed places.
"""

import re
import secrets

from chassis.rules import Table

_TABLE = Table("booking-number")
ALPHABET = _TABLE.value("alphabet", str)
PREFIX = _TABLE.value("prefix", str)
RANDOM = _TABLE.value("random", int)  # characters: about 44 bits
_IGNORED = re.compile(_TABLE.value("ignored", str))


def new_number() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return PREFIX + body + check_character(body)


def check_character(body: str) -> str:
    total = sum(weight * ALPHABET.index(c) for weight, c in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]


def normalized(text: str) -> str:
    """As people type it (small letters, spaces, hyphens), as it is stored."""
    return _IGNORED.sub("", text).upper()


def begins_a_number(text: str) -> bool:
    """Says whether a normalized text is a number or its beginning, the prefix and more."""
    body = text.removeprefix(PREFIX)
    return body != text and 0 < len(body) <= RANDOM + 1 and all(c in ALPHABET for c in body)


def is_number(text: str) -> bool:
    """Whether a normalized text is a number that could have been given."""
    body = text.removeprefix(PREFIX)
    return (
        text.startswith(PREFIX)
        and len(body) == RANDOM + 1
        and all(c in ALPHABET for c in body)
        and check_character(body[:-1]) == body[-1]
    )
