"""When two instruments are the same one: name, model, serial number and own number, however they are typed."""

import hashlib
import unicodedata


def normal(text: str) -> str:
    """NFKC (full-width to half-width), trimmed, case folded. SQL's lower() is not the same."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def identity_key(name: str, model: str, serial_no: str, own_no: str) -> bytes:
    """32 bytes that are equal exactly for the same instrument of one organisation; empty counts as a value."""
    return hashlib.sha256("\x1f".join(normal(part) for part in (name, model, serial_no, own_no)).encode()).digest()
