"""Public codes: random, speakable, without letters that look alike."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def instrument_code() -> str:
    """器具码: 14 characters, about 69 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(14))


def certificate_code() -> str:
    """The code behind a certificate's QR: 20 characters, about 99 bits; nobody enumerates them."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))
