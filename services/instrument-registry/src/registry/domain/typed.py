"""Normalizes typed text. The form accepts what the import accepts, so that an export can be imported again."""

import re
import unicodedata

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # Unicode's category Cc, but for tab and line feed
# What a spreadsheet shows where a formula failed. Nobody means it as a value, and a file cannot tell it from one.
CELL_ERRORS = {
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!",
}  # fmt: skip
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,16}")


def typed(text: str) -> str | None:
    """Composed, with line feeds, trimmed; None where it holds control characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip().strip("\u3000")
    return None if _CONTROL.search(text) else text


def typed_code(text: str) -> str | None:
    """A code: full-width characters count as their half-width ones."""
    return typed(unicodedata.normalize("NFKC", text))


def typed_phone(text: str) -> str | None:
    """A mobile number, or one with its area code, without blanks and dashes; "" for none; None for anything else."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    return plain if not plain or _PHONE.fullmatch(plain) else None
