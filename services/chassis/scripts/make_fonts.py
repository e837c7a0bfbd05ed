"""Make the carried fonts: Noto, regular, cut into files that share no character (see fonts/README.md).

Run where Debian's `fonts-noto-cjk`, `fonts-noto-core` and `fonttools` are installed:
    python services/chassis/scripts/make_fonts.py [--fonts /usr/share/fonts]
The same sources give the same bytes.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

TARGET = Path(__file__).resolve().parent.parent / "src" / "chassis" / "fonts"
INSTALLED = Path("/usr/share/fonts")
CJK = "opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED_CHINESE = 2  # number of "Noto Sans CJK SC" in Debian's collection

URO, EXTENSION_A, COMPATIBLE = range(0x4E00, 0xA000), range(0x3400, 0x4DC0), range(0xF900, 0xFB00)
SUPPLEMENTARY = range(0x20000, 0x40000)
KOREAN = {*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xA960, 0xA980), *range(0xAC00, 0xD800)}
ALPHABETS = {*range(0xA0, 0x530), *range(0x1E00, 0x2000)}  # Latin, marks, Greek, Cyrillic
SIGNS = range(0x2000, 0x2C00)


class Part(NamedTuple):
    name: str  # of the file, and added to the name of the family
    source: str
    asked: Callable[[int], bool]  # of a character that the source has and no part before it


def gb2312() -> set[int]:
    """The characters of GB 2312-1980: rows 1-9 (signs) and 16-87 (6,763 ideographs)."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


COMMON = gb2312() | {*range(0x20, 0x7F), *range(0xA0, 0x100)}
# Nearly every document needs the first part alone. The order is that in which typst looks for a character.
PARTS = (
    Part("common", CJK, COMMON.__contains__),
    Part("ideographs-1", CJK, range(0x4E00, 0x6700).__contains__),
    Part("ideographs-2", CJK, range(0x6700, 0x8200).__contains__),
    Part("ideographs-3", CJK, range(0x8200, 0xA000).__contains__),
    Part("ideographs-a", CJK, EXTENSION_A.__contains__),
    Part("ideographs-rare", CJK, lambda code: code in COMPATIBLE or code in SUPPLEMENTARY),
    Part("korean", CJK, KOREAN.__contains__),
    Part("signs", CJK, lambda _code: True),
    Part("alphabets", "truetype/noto/NotoSans-Regular.ttf", lambda code: code in ALPHABETS or code in SIGNS),
    Part("mathematics", "truetype/noto/NotoSansMath-Regular.ttf", SIGNS.__contains__),
    Part("symbols", "truetype/noto/NotoSansSymbols-Regular.ttf", SIGNS.__contains__),
    Part("symbols-2", "truetype/noto/NotoSansSymbols2-Regular.ttf", SIGNS.__contains__),
)


def make(installed: Path, target: Path) -> None:
    """Write every part into `target`."""
    made: set[int] = set()
    for number, part in enumerate(PARTS, 1):
        font = _opened(installed / part.source)
        characters = {code for code in font.getBestCmap() if code not in made and part.asked(code)}
        made |= characters
        path = target / f"{number:02}-{part.name}.{'otf' if 'CFF ' in font else 'ttf'}"
        _cut(font, characters)
        _rename(font, part.name)
        font.save(path)
        print(f"{path.name}: {len(characters)} characters, {path.stat().st_size} bytes")


def _opened(path: Path) -> Any:
    from fontTools.ttLib import TTFont  # here: only who makes fonts needs fonttools

    return TTFont(path, fontNumber=SIMPLIFIED_CHINESE if path.suffix == ".ttc" else -1, recalcTimestamp=False)


def _cut(font: Any, characters: set[int]) -> None:
    from fontTools import subset

    options = subset.Options()
    options.hinting = False
    options.notdef_outline = True
    # Alternates would double the size, and no text here asks for them; marks must stand over their letters.
    options.layout_features = ["ccmp", "mark", "mkmk"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]  # the licence stays inside the file
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "MATH"]  # nothing here is set vertically
    if "CFF " in font:
        options.drop_tables += ["GPOS", "GSUB"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)


def _rename(font: Any, part: str) -> None:
    """A family of its own for each part: of one family typst would use the first file alone."""
    names = font["name"]
    family, script = names.getDebugName(1), names.getDebugName(6).removesuffix("-Regular")
    for record in names.names:
        if record.nameID in (1, 4):
            record.string = f"{family} {part}"
        elif record.nameID == 6:
            record.string = f"{script}-{part}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, default=INSTALLED)
    make(parser.parse_args().fonts, TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
