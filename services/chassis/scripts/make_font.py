"""Make the carried font: Noto Sans CJK SC, regular, cut down to GB 2312 and the signs of a certificate.

Run where Debian's `fonts-noto-cjk` and `fonttools` are installed:
    python services/chassis/scripts/make_font.py [--source NotoSansCJK-Regular.ttc] [--check]
`--check` writes nothing, needs no font, and exits 1 if `characters.txt` is not what this file asks for.
"""

import argparse
import sys
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "src" / "chassis" / "fonts"
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
SIMPLIFIED_CHINESE = 2  # number of "Noto Sans CJK SC" in Debian's collection

# Signs that measuring instruments are written with and GB 2312 lacks.
EXTRA_SIGNS = "\u00a0·‖∥￠￡¥©®²³µ¹¼½¾–—•…€№℉™Ω≤≥⁴≈✓"
# Characters outside GB 2312 that are common in today's names of people and places.
EXTRA_NAMES = "堃喆珺玥昇瑄祎赟镕砼锶氡煊旻翀埗滘犇淼垚骉媞晞烜珮彧澍湉漪钰玘"


def gb2312() -> set[str]:
    """All characters of GB 2312-1980: rows 1-9 (signs) and 16-87 (6,763 Chinese characters)."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def wanted() -> str:
    """Every character that the subset must hold, in code-point order."""
    ascii_printable = {chr(code) for code in range(0x20, 0x7F)}
    return "".join(sorted(gb2312() | ascii_printable | set(EXTRA_SIGNS) | set(EXTRA_NAMES)))


def make(source: Path, target: Path) -> None:
    """Write the subset to `target`. Raises SystemExit when the source lacks a character that is asked for."""
    from fontTools import subset  # here, so that --check runs where fonttools is not installed
    from fontTools.ttLib import TTFont

    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
    if lacking := "".join(c for c in wanted() if ord(c) not in font.getBestCmap()):
        raise SystemExit(f"{source} has no glyph for {lacking!r}; take them out of the extra characters")
    options = subset.Options()
    options.desubroutinize = True
    options.hinting = False
    options.notdef_outline = True
    options.layout_features = []  # alternates would double the size; no text here asks for them
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]  # the licence stays inside the file
    options.drop_tables += ["vhea", "vmtx", "VORG", "GPOS", "BASE"]  # nothing here is set vertically
    cutter = subset.Subsetter(options)
    cutter.populate(text=wanted())
    cutter.subset(font)
    font.save(target)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=SOURCE)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    listed = FONTS / "characters.txt"
    if arguments.check:
        return 0 if listed.read_text("utf-8") == wanted() + "\n" else 1
    target = FONTS / "NotoSansCJKsc-Regular-subset.otf"
    make(arguments.source, target)
    listed.write_text(wanted() + "\n", "utf-8")
    print(f"{target.name}: {len(wanted())} characters, {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
