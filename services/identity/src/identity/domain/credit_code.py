"""Unified social credit codes: 18 characters, the last one computed (GB 32100-2015)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def check_character(first_17: str) -> str:
    """The 18th character. Raises: ValueError for a character outside the alphabet. Source: GB 32100-2015, 5.2."""
    total = sum(weight * ALPHABET.index(c) for weight, c in zip(_WEIGHTS, first_17, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    return len(code) == 18 and all(c in ALPHABET for c in code) and check_character(code[:17]) == code[17]
