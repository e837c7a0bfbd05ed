"""Public codes: random, speakable, without letters that look alike."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_REST = bytes(range(248, 256))
_LETTERS = bytes(ord(ALPHABET[byte % 31]) for byte in range(256))


def instrument_code() -> str:
    """器具码: 14 characters, about 69 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(14))


def instrument_codes(n: int) -> list[str]:
    """Many at once: each random byte below 248 = 8 x 31 is a letter, the others are thrown away."""
    letters = b""
    while len(letters) < 14 * n:
        letters += secrets.token_bytes(15 * n + 64).translate(_LETTERS, _REST)
    text = letters.decode()
    return [text[start : start + 14] for start in range(0, 14 * n, 14)]


def certificate_code() -> str:
    """The code behind a certificate's QR: 20 characters, about 99 bits; nobody enumerates them."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))
