"""The fonts that PDFs are set in: those of `fonts/`, then what Debian's packages for rare ideographs put on the machine.
No other font of the machine is used, so that a PDF looks the same everywhere."""

import mmap
import struct
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import typst

# Packages fonts-hanazono (free, or OFL) and fonts-babelstone-han (Arphic Public License), in the order of their use.
INSTALLED = (Path("/usr/share/fonts/truetype/hanazono"), Path("/usr/share/fonts/truetype/babelstone"))
# Controls, marks of direction, joiners and selectors of variants draw nothing; what is printed is printed without them.
UNSEEN = frozenset(map(chr, (
    *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0000, 0xE01F0),
)))  # fmt: skip
_BLANK = frozenset("\t\n\r")


def folder() -> Path:
    return Path(str(resources.files("chassis") / "fonts"))


@cache
def loaded() -> typst.Fonts:
    """All of them, read once a process."""
    there = [str(path) for path in (folder(), *INSTALLED) if path.is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=there)


@cache
def families() -> tuple[str, ...]:
    """Their names, in the order in which a character is looked for."""
    return tuple(family for family, _path in _files())


@cache
def characters() -> frozenset[str]:
    """Every character that one of them can print."""
    return (UNSEEN | _BLANK).union(*(map(chr, _coverage(path)) for _family, path in _files()))


def _files() -> list[tuple[str, Path]]:
    order = (folder(), *INSTALLED)
    found = [(font.family, Path(font.path)) for font in loaded().fonts() if font.path]
    return sorted(found, key=lambda one: (order.index(one[1].parent), one[1].name))


def _coverage(path: Path) -> set[int]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as font:
        return coverage(font)


def coverage(font: bytes | mmap.mmap) -> set[int]:
    """The code points that a TrueType or OpenType font has a glyph for, by its table `cmap` (OpenType 1.9, formats 4
    and 12)."""
    tables = (struct.unpack_from(">4s4xII", font, 12 + 16 * nth) for nth in range(_u16(font, 4)))
    start = next(offset for tag, offset, _length in tables if tag == b"cmap")
    found: set[int] = set()
    for nth in range(_u16(font, start + 2)):
        table = start + struct.unpack_from(">I", font, start + 4 + 8 * nth + 4)[0]
        if _u16(font, table) == 12:
            found.update(_by_groups(font, table))
        elif _u16(font, table) == 4:
            found.update(_by_segments(font, table))
    return found


def _by_groups(font: bytes | mmap.mmap, table: int) -> Iterator[int]:
    for nth in range(struct.unpack_from(">I", font, table + 12)[0]):
        first, last, _glyph = struct.unpack_from(">III", font, table + 16 + 12 * nth)
        yield from range(first, last + 1)


def _by_segments(font: bytes | mmap.mmap, table: int) -> Iterator[int]:
    size = _u16(font, table + 6)  # of each of four lists: last, first, difference, where the glyphs stand
    for nth in range(0, size, 2):
        last, first, difference, place = (
            _u16(font, table + at + nth) for at in (14, 16 + size, 16 + 2 * size, 16 + 3 * size)
        )
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if place:
                glyph = _u16(font, table + 16 + 3 * size + nth + place + 2 * (code - first))
            if place == 0 or glyph:
                glyph = (glyph + difference) & 0xFFFF
            if glyph:
                yield code


def _u16(font: bytes | mmap.mmap, at: int) -> int:
    found: int = struct.unpack_from(">H", font, at)[0]
    return found
