"""PDFs by typst, with the platform's own subset of Noto Sans CJK SC embedded."""

import io
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
import segno
import typst
from pypdf import PdfWriter

from chassis.errors import Invalid


class CharacterMissing(Invalid):
    code = "character_missing"
    zh = "字体中没有这些字：{characters}"
    en = "The font lacks these characters: {characters}"


def fonts_folder() -> Path:
    return Path(str(resources.files("chassis") / "fonts"))


@cache
def _characters() -> frozenset[str]:
    return frozenset((fonts_folder() / "characters.txt").read_text(encoding="utf-8")) | {"\n", "\t", " "}


def has_character(character: str) -> bool:
    """Whether the font can print it."""
    return character in _characters()


def render(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a typst template that reads its values from `json(bytes(sys.inputs.data))`.
    Raises: CharacterMissing, naming each, instead of printing an empty box."""
    text = orjson.dumps(data).decode()
    missing = sorted({c for c in text if c not in _characters()})
    if missing:
        raise CharacterMissing(characters=" ".join(missing))
    pdf: bytes = typst.compile(
        str(template), sys_inputs={"data": text}, font_paths=[str(fonts_folder())], ignore_system_fonts=True
    )
    return pdf


def joined(parts: Iterable[bytes], title: str) -> bytes:
    """One PDF of many. typst keeps what its last runs laid out, so a document of many pages is made page by page."""
    whole = PdfWriter()
    for part in parts:
        whole.append(io.BytesIO(part), import_outline=False)
    whole.add_metadata({"/Title": title})
    out = io.BytesIO()
    whole.write(out)
    return out.getvalue()


def qr_svg(text: str) -> str:
    """A QR code as SVG text, error correction M."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=4, border=2, xmldecl=False)
    return out.getvalue().decode()
