"""PDFs by typst, with the fonts of `chassis.typefaces` embedded."""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import segno
import typst
from marshmallow import ValidationError
from pypdf import PdfWriter

from chassis import typefaces
from chassis.errors import Invalid
from chassis.problems import Message
from chassis.schema import Text


class CharacterMissing(Invalid):
    code = "character_missing"
    zh = "没有字体能印出这些字：{characters}"
    en = "No font can print these characters: {characters}"


class Printed(Text):
    """A name that stands on documents and cannot be corrected there: refused where no font can print it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if missing := unprintable(text):
            zh, en = f"这些字无法打印在证书等文件上：{missing}", f"These characters cannot be printed: {missing}"
            raise ValidationError(Message("unprintable", zh, en))
        return text


_WITHOUT = {ord(character): None for character in typefaces.UNSEEN}


def unprintable(text: str) -> str:
    """The characters of a text that no font can print, each once with its code: who reads this may see a box as well."""
    return " ".join(f"{c}(U+{ord(c):04X})" for c in sorted(set(text) - typefaces.characters()))


def has_character(character: str) -> bool:
    """Whether a font can print it."""
    return character in typefaces.characters()


def render(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a typst template that reads its values from `json(bytes(sys.inputs.data))` and the families of its text
    from `json(bytes(sys.inputs.fonts))`. Raises: CharacterMissing, naming each, instead of printing an empty box."""
    text = orjson.dumps(_seen(data)).decode()
    if missing := unprintable(text):
        raise CharacterMissing(characters=missing)
    inputs = {"data": text, "fonts": orjson.dumps(typefaces.families()).decode()}
    try:
        pdf: bytes = typst.compile(
            str(template), sys_inputs=inputs, font_paths=typefaces.loaded(), ignore_system_fonts=True
        )
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of Rust: no Exception, and would end the thread
            raise RuntimeError(f"typst: {error}") from error
        raise
    return pdf


def _seen(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_WITHOUT)
    if isinstance(value, Mapping):
        return {key: _seen(one) for key, one in value.items()}
    return [_seen(one) for one in value] if isinstance(value, list | tuple) else value


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
