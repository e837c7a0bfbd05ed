"""Cleans text that users typed before it goes to a phone: one line, no emoji, no links, cut with a mark."""

import re
import unicodedata

# Text that a phone turns into a link: a scheme or www; a host with a path; a host with a country's or a well-known ending; a
# Chinese domain; an IP address. "Co.Ltd" and "0.5/1.0" are not hosts.
_END = r"[^\s，。；、）】]"
_LINK = re.compile(
    rf"(?:(?<![a-z0-9+.-])[a-z0-9+.-]+://|www\.){_END}+"
    rf"|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+(?::\d+)?/{_END}+"
    rf"|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+(?:[a-z]{{2}}|com|net|org|top|xyz|vip|info|shop|site|club)(?![a-z0-9.-])(?:[/?#:]{_END}*)?"
    rf"|(?<![\w-])[\w-]+\.(?:中国|公司|网络|网址|商城|网店|中文网|在线|集团)(?:[/?#:]{_END}*)?"
    rf"|(?<![\d.])(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?![\d.])(?:[/?#:]{_END}*)?",
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
