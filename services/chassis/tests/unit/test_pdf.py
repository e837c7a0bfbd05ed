"""PDFs with the platform's own font: a character outside it is an error, never an empty box."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from chassis.pdf import CharacterMissing, _characters, fonts_folder, qr_svg, render

TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set text(font: "Noto Sans CJK SC")
#data.name
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "note.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_chinese_is_printed_and_the_font_embedded(template: Path) -> None:
    pdf = PdfReader(io.BytesIO(render(template, {"name": "电子计价秤 ACS-30"})))
    assert "电子计价秤 ACS-30" in pdf.pages[0].extract_text()
    fonts = pdf.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    names = [str(font.get_object()["/BaseFont"]) for font in fonts.values()]
    assert names
    assert all("NotoSansCJK" in name for name in names)


def test_a_missing_character_is_named(template: Path) -> None:
    missing = next(c for c in "𰻞𪚥🦄" if c not in _characters())
    with pytest.raises(CharacterMissing) as caught:
        render(template, {"name": f"秤{missing}秤{missing}"})
    assert caught.value.message("zh") == f"字体中没有这些字：{missing}"


def test_the_list_of_characters_is_that_of_the_font() -> None:
    assert {"表", "仪", "器", "检", "A", "0", "，"} <= _characters()
    assert (fonts_folder() / "OFL.txt").exists()


def test_a_qr_code_is_one_svg() -> None:
    svg = qr_svg("http://127.0.0.1:8080/c/abc")
    assert svg.startswith("<svg")
    assert svg.count("<svg") == 1
