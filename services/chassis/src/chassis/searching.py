"""Search by a part of some texts, for tables that keep them in one column: any case, any width (ＡＢ is ab), never across
two of them. What a person types goes through `sought`, and is compared with `contains(…, autoescape=True)`."""

import unicodedata
from collections.abc import Iterable


def sought(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def words(texts: Iterable[str]) -> str:
    return "\n".join(sought(text) for text in texts)
