"""PDFs with the fonts that the platform carries: every character is printed or named, an empty box never."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pypdf import PdfReader

from chassis import typefaces
from chassis.pdf import CharacterMissing, has_character, qr_svg, render, unprintable

TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set text(font: json(bytes(sys.inputs.fonts)))
#data.name
"""
# Newer than the carried release of Noto Sans CJK: added by Unicode 13 and 14.
YOUNG = {*range(0x4DB6, 0x4DC0), *range(0x9FF0, 0xA000)}
# 通用规范汉字表 (2013) beyond the block U+4E00-9FFF, and its newest four inside it.
STANDARD = (
    "𠙶𬣙𨙸𬇕䜣𬣞𬘓𫭟𫭢㧑𫇭𫐄㕮𫵷㑇𣲘𣲗𬇙㳇𬣡𫸩䢺𨚕𫘜𬘘𫘝䢼𦭜㭎𬨂𬀩𬀪㟃𬬩㑊𫍣𬣳𬩽𬮿𬯀𫰛𬳵𬳶䌹𫠊㛃𬍛鿍𬜬𦰡㭕䴓䶮𪾢𪨰𫓧𬬮𬬱𬬭䏡𦙶㶲㳚㳘𬘡𬳽𬘩𫄧𪟝𬍤𫭼𬜯䓖𬂩𫠆𨐈𬌗"
    "𫑡𪨶𬬸𬬻𬬹𬬿𬭁𫢸𫗧𬊈𬒈𨺙㛚𬳿𫄨𬘫䂮𫮃㙍䓫䓬䓨䓛鿎䴕㫰𬱖𬟽䎃𫓯𫟹𫟼㿠䝙䏲𠅤䴔𬇹𬍡㥄𬤇𫍯𬤊𫍲𬯎𬘬𬘭𬴂𫘦𫟅𬘯𫘧㙘𪣻𡎚𬃊𬷕𫐐𬹼𧿹𫶇𫖮鿏𬭊𨱇𫓶𬭎𫖯䐃𬱟𫛭㺄𫷷𬮱𬊤𣸣㴔㛹"
    "𬴃𫘨䴖𤧛𬪩𬒔䃅𬨎𫐓䣘𫫇㬊𫓹𬭚𬭛䅟𬕂䲟𬶋𬶍𦝼𫔶𫌀𫖳𫘪𫘬𫞩𡐓𪤗𣗋𬸘䃎𬒗𥔲𫚖䴗㬎𨱏𬭤㙦𫚕𬶐𬶏𩽾𬸚㽏㮾𬤝𬙂㻬䗖㠇𬭩䴘𩾃㵐𬸣𫍽𬴊𬞟𥕢𫟦𬺈𫠜㬚䗛㠓𪩘𬭬𨱑𬭯𫗴𬸦𫄷𤩽㘎"
    "𬭳𬭶𫔍𬭸𨱔𬭼𫔎𬸪䲠𬶟𬶠䗪𬶨𦈡𫄸𬟁𥖨䗴䲢𦒍䎖䴙𬙊㰀𬶭𩾌𨟠𬶮𨭉㸌𬙋𤫉𬺓𫚭"
)
BLOCKS = {
    "ASCII": range(0x20, 0x7F),
    "Latin-1": range(0xA0, 0x100),
    "Latin Extended-A and -B": range(0x100, 0x250),
    "Latin Extended Additional": range(0x1E00, 0x1F00),
    "Greek": (*range(0x386, 0x38B), 0x38C, *range(0x38E, 0x3A2), *range(0x3A3, 0x3E2), *range(0x3F0, 0x400)),
    "Cyrillic": range(0x400, 0x530),
    "punctuation": range(0x2010, 0x2060),
    "superscripts and subscripts": (*range(0x2070, 0x2072), *range(0x2074, 0x208F)),
    "letter-like, Roman numbers, arrows, mathematics": (*range(0x2100, 0x214C), *range(0x2150, 0x2180), *range(0x2190, 0x2300)),
    "enclosed numbers": range(0x2460, 0x2500),
    "boxes and shapes": range(0x2500, 0x2600),
    "CJK symbols, kana, bopomofo": (*range(0x3000, 0x3040), *range(0x3041, 0x3097), *range(0x30A0, 0x3100), *range(0x3105, 0x3130)),
    "enclosed CJK": (*range(0x3200, 0x321F), *range(0x3220, 0x3300)),
    "units": (*range(0x3300, 0x332C), *range(0x332D, 0x3400)),
    "Extension A": sorted({*range(0x3400, 0x4DC0)} - YOUNG),
    "ideographs": sorted({*range(0x4E00, 0xA000)} - YOUNG),
    "Korean": range(0xAC00, 0xD7A4),
    "compatible ideographs": (*range(0xF900, 0xFA2E),),
    "full width": (*range(0xFF01, 0xFFBF), *range(0xFFE0, 0xFFE7)),
    "通用规范汉字表": tuple(map(ord, STANDARD)),
}  # fmt: skip


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "note.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


@pytest.fixture
def _read_anew() -> Iterator[None]:
    yield
    _forget()


@pytest.fixture
def carried_only(_read_anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without fonts for rare ideographs."""
    _with(monkeypatch, ())


def _with(monkeypatch: pytest.MonkeyPatch, installed: tuple[Path, ...]) -> None:
    monkeypatch.setattr(typefaces, "INSTALLED", installed)
    _forget()


def _forget() -> None:
    for cached in (typefaces.loaded, typefaces.families, typefaces.characters):
        cached.cache_clear()


def _read(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def _fonts(pdf: bytes) -> list[str]:
    found = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    return [str(font.get_object()["/BaseFont"]) for font in found.values()]


def test_chinese_is_printed_and_the_font_embedded(template: Path) -> None:
    pdf = render(template, {"name": "电子计价秤 ACS-30"})
    assert "电子计价秤 ACS-30" in _read(pdf)
    assert len(_fonts(pdf)) == 1, "what is common needs one font"
    assert "NotoSansCJK" in _fonts(pdf)[0]


@pytest.mark.usefixtures("carried_only")
@pytest.mark.parametrize("block", BLOCKS)
def test_every_character_of_the_block_has_a_glyph(block: str) -> None:
    assert unprintable("".join(map(chr, BLOCKS[block]))) == ""


@pytest.mark.usefixtures("carried_only")
def test_what_people_type_is_in_the_text_of_the_pdf(template: Path) -> None:
    names = f"广州市燊记 一〇一 峯髙㙍 30㎏ 5㎡ 25℃ Ω № ① ㈱ äöéłő Кириллица αβγ Ａ１ 10⁻⁵ CO₂ 한국 豈{STANDARD}"
    pdf = render(template, {"name": names})
    assert _read(pdf).replace("\n", "").replace(" ", "") == names.replace(" ", "")
    assert all("Noto" in name for name in _fonts(pdf))


@pytest.mark.usefixtures("carried_only")
def test_a_missing_character_is_named(template: Path) -> None:
    with pytest.raises(CharacterMissing) as caught:
        render(template, {"name": "秤\U00030000秤\U00030000🦄"})
    assert caught.value.message("zh") == "没有字体能印出这些字：🦄(U+1F984) \U00030000(U+30000)"


def test_what_draws_nothing_leaves_no_box_and_turns_no_text(template: Path) -> None:
    unseen = "广\u202e州\u200b市\ufeff天\x01河\x85区\U000e0100便\ufe00民\u00ad市\u2066场"
    assert unprintable(unseen) == ""
    assert _read(render(template, {"name": unseen})) == "广州市天河区便民市场"


@pytest.mark.usefixtures("_read_anew")
def test_a_font_of_the_machine_prints_what_the_carried_ones_lack(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = tmp_path / "rare"
    carried = sorted(typefaces.folder().glob("*.otf"))
    rare.mkdir()
    (rare / carried[4].name).write_bytes(carried[4].read_bytes())
    only = tmp_path / "fonts"
    only.mkdir()
    (only / carried[0].name).write_bytes(carried[0].read_bytes())
    monkeypatch.setattr(typefaces, "folder", lambda: only)
    _with(monkeypatch, ())
    assert not has_character("㐀")
    _with(monkeypatch, (tmp_path / "not installed", rare))
    assert len(typefaces.families()) == 2
    assert _read(render(template, {"name": "李㐀"})) == "李㐀"


def test_threads_print_at_the_same_time(template: Path) -> None:
    names = [f"燊㎏{chr(0x4E00 + n)}" for n in range(24)]
    with ThreadPoolExecutor(4) as pool:
        assert [_read(pdf) for pdf in pool.map(lambda name: render(template, {"name": name}), names)] == names


def test_the_fonts_are_small_files_with_their_licence() -> None:
    files = list(typefaces.folder().iterdir())
    assert max(file.stat().st_size for file in files) < 1_900_000
    assert sum(file.stat().st_size for file in files) < 14_000_000
    assert (typefaces.folder() / "OFL.txt").exists()


def test_a_qr_code_is_one_svg() -> None:
    svg = qr_svg("http://127.0.0.1:8080/c/abc")
    assert svg.startswith("<svg")
    assert svg.count("<svg") == 1
