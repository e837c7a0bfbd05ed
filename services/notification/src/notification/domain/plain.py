"""Cleans text that users typed before it goes to a phone: one line, no emoji, no links, cut with a mark."""

import re
import unicodedata

# an address with a scheme, or a host with a path or a well-known ending
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.)[^\s，。；、）】]+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|cn|net|org|top|xyz|cc|vip|info|io|shop|site|club|ru|me)\b(?:[/?#:][^\s，。；、）】]*)?",
    re.IGNORECASE,
)
NO_LINK = "[链接]"
# emoji and their modifiers; ㎏, ℃ and № are not emoji
_PICTURES = re.compile(
    "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u20e3\U0001f000-\U0001faff\U000e0000-\U000e0fff]"
)
_UNSEEN = ("Cc", "Cf", "Cs")  # control characters, direction marks, surrogates


def plain(text: str) -> str:
    """Removes links, because they could lead anywhere, and emoji and line breaks, because providers refuse them."""
    one_line = _PICTURES.sub("", " ".join(_LINK.sub(NO_LINK, text).split()))
    return " ".join("".join(c for c in one_line if unicodedata.category(c) not in _UNSEEN).split())


def cut(text: str, most: int) -> str:
    """Returns at most `most` characters, with a mark if the text was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"
