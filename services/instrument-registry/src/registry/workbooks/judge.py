"""Judging rows by columns: what a text means is worked out once a column and remembered, for the cells of a column are
much alike. A row's faults are its cells' faults and the few rules that need two cells; form, import and row-by-row
door share them (`domain.rules`)."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat, zip_longest
from typing import Any, NamedTuple

from chassis.sheet_reader import Line, text_of
from registry.domain.fields import IDENTITY, LAYOUTS, ROW_KEY, Field, Layout
from registry.domain.identity_key import normal
from registry.domain.rules import DECLARED, Fault, Reference, dates_in_order, declared_faults, faults
from registry.workbooks.parse import parse

REMEMBERED = 2000  # texts a column
# Numbers that a maker or an owner gives are of this kind, and another one in each row: no fault is possible, and what
# is stored, copied and compared is the text itself.
_PLAIN = re.compile(r"[0-9A-Za-z]+(?:[-_/. ][0-9A-Za-z]+)*")
_COPY = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Cell(NamedTuple):
    """The meaning of one text. copied: the value for COPY. normal: the value for comparing identities."""

    text: str
    value: Any
    copied: str
    normal: str
    faults: tuple[Fault, ...]


class Column(dict[str, Cell]):
    """Text -> Cell of one field; asked for a text it has not seen, it works it out."""

    def __init__(self, spec: Field, reference: Reference) -> None:
        super().__init__()
        self.spec, self._reference = spec, reference
        self._compared = spec.key in IDENTITY
        self._plain = self._compared and spec.kind == "text"
        self.faulty = False  # whether any text had a fault so far

    def __missing__(self, text: str) -> Cell:
        if (
            self._plain
            and len(text) <= self.spec.max
            and ((text.isascii() and text.isalnum()) or _PLAIN.fullmatch(text))
        ):
            return Cell(text, text, text, text.lower(), ())
        return self._worked_out(text)

    def _worked_out(self, text: str) -> Cell:
        value, fault = parse(self.spec, text)
        found = (fault,) if fault is not None else tuple(faults({self.spec.key: value}, self._reference))
        copied = "\\N" if value is None else str(value).translate(_COPY)
        cell = Cell(text, value, copied, normal(value) if self._compared else "", found)
        self.faulty = self.faulty or bool(found)
        if len(self) < REMEMBERED:
            self[text] = cell
        return cell


@dataclass(slots=True)
class Row:
    """One row. values: as stored, complete. errors: (header, what was typed, fault)."""

    number: int
    cells: Sequence[Cell]
    identity_key: bytes
    key: str = ""  # which row of which import it was, where the file is a workbook of errors
    errors: list[tuple[str, str, Fault]] = field(default_factory=list)

    def values(self, columns: "Columns") -> dict[str, Any]:
        return {column.spec.key: cell.value for column, cell in zip(columns.of, self.cells, strict=True)}


class Columns:
    """The columns of one layout, to judge row after row by."""

    def __init__(self, layout: Layout, reference: Reference) -> None:
        self.of = [Column(spec, reference) for spec in layout.fields]
        keys = [column.spec.key for column in self.of]
        self._identity = [keys.index(key) for key in IDENTITY]
        self._dates = [keys.index(key) for key in ("made_on", "in_use_on")] if "made_on" in keys else None
        self._declared = {key: keys.index(key) for key in DECLARED} if DECLARED[0] in keys else None
        self._kinds = reference.kinds

    def judge(self, lines: Iterable[Line], places: Mapping[str, int]) -> list[Row]:
        """places: key of a field -> index of its cell."""
        lines = list(lines)
        texts = list(zip_longest(*(cells for _, cells in lines), fillvalue=""))
        judged: list[list[Cell]] = []
        faulty: set[int] = set()
        for column in self.of:
            place = places.get(column.spec.key, -1)
            cells = list(map(column.__getitem__, texts[place] if 0 <= place < len(texts) else repeat("", len(lines))))
            if column.faulty:
                faulty.update(n for n, cell in enumerate(cells) if cell.faults)
            judged.append(cells)
        key_place = places.get(ROW_KEY.key, -1)
        keys = texts[key_place] if 0 <= key_place < len(texts) else repeat("", len(lines))
        name, model, serial, own = self._identity
        dates = self._dates
        rows = []
        for n, ((number, _), found, key) in enumerate(zip(lines, zip(*judged, strict=True), keys, strict=False)):
            identity = "\x1f".join((found[name].normal, found[model].normal, found[serial].normal, found[own].normal))
            row = Row(number, found, hashlib.sha256(identity.encode()).digest(), key)
            if n in faulty:
                row.errors = [
                    (column.spec.header, cell.text, fault)
                    for column, cell in zip(self.of, found, strict=True)
                    for fault in cell.faults
                ]
            if dates is not None:
                made, used = found[dates[0]], found[dates[1]]
                for fault in dates_in_order(made.value, used.value):
                    row.errors.append((self.of[dates[1]].spec.header, used.text, fault))
            if self._declared is not None and found[self._declared[DECLARED[0]]].value:
                row.errors += self._declared_faults(found, self._declared)
            rows.append(row)
        return rows

    def _declared_faults(self, cells: Sequence[Cell], places: Mapping[str, int]) -> list[tuple[str, str, Fault]]:
        """Returns the values of the cells. A cell that cannot be read has its own fault."""
        given = {key: cells[place] for key, place in places.items()}
        if any(cell.faults for cell in given.values()):
            return []
        values = {key: cell.value for key, cell in given.items()}
        found = declared_faults(values, self._kinds.get(values["kind_code"] or ""))
        return [(self.of[places[fault.field]].spec.header, given[fault.field].text, fault) for fault in found]


def judge_one(
    number: int, cells: Mapping[str, Any], reference: Reference, kind: str = "instruments"
) -> tuple[Row, dict[str, Any]]:
    """One row by itself. cells: header or key -> raw cell; the row and its values."""
    columns = Columns(LAYOUTS[kind], reference)
    by_name = {name: column.spec.key for column in columns.of for name in (column.spec.header, column.spec.key)}
    places = {by_name[name]: place for place, name in enumerate(cells) if name in by_name}
    [row] = columns.judge([(number, [text_of(cell) for cell in cells.values()])], places)
    return row, row.values(columns)
