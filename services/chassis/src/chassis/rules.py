"""Tables of rules in `contracts/reference`: what services and portal must agree on is written there once.

A module of a service's domain reads its table once, when it is imported. A table that is missing or wrong stops the
start and names the file. `States` is the table of the states and moves of one kind of thing, `Ranges` one of what holds
in a phase from one day to another.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from chassis.errors import IllegalMove

S = TypeVar("S", bound=StrEnum)
V = TypeVar("V")
FOLDER = Path(os.environ.get("CONTRACTS_DIR") or Path(__file__).resolve().parents[4] / "contracts") / "reference"


class RulesError(Exception):
    """A table is missing or wrong; the text names the file and what is wrong with it."""


class Table:
    """One file. Rows are objects; all rows of a list have the same fields."""

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self.path = (folder or FOLDER) / f"{name}.json"
        try:
            self.document: Mapping[str, Any] = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise RulesError(f"{self.path}: {error}") from error

    def rows(self, name: str) -> Sequence[Mapping[str, Any]]:
        rows = self.document.get(name)
        if not rows or not isinstance(rows, list):
            raise self.wrong(f"there is no list {name}")
        for row in rows:
            if row.keys() != rows[0].keys():
                raise self.wrong(f"the fields of {name} differ: {row}")
        return rows

    def by(self, name: str, key: str) -> dict[str, Mapping[str, Any]]:
        """Rows of the list `name` by their field `key`, in their order."""
        rows = self.rows(name)
        found = {str(row.get(key)): row for row in rows}
        if len(found) < len(rows):
            raise self.wrong(f"{key} is missing or stands twice in {name}")
        return found

    def value(self, name: str, kind: type[V]) -> V:
        """Returns a value that is not in a list."""
        value = self.document.get(name)
        if not isinstance(value, kind):
            raise self.wrong(f"{name} is missing or no {kind.__name__}")
        return value

    def words(self, name: str, key: str) -> dict[str, str]:
        """key -> its Chinese word."""
        return {value: row["zh"] for value, row in self.by(name, key).items()}

    def wrong(self, text: str) -> RulesError:
        return RulesError(f"{self.path}: {text}")


class Ranges:
    """Names by a phase and its day. Each row holds phases, each from one day to another, counted from today; for every
    phase that is named the ranges follow each other without a gap."""

    def __init__(self, table: Table, name: str, key: str) -> None:
        self.held: dict[str, tuple[tuple[str, int | None, int | None], ...]] = {
            row[key]: tuple((one["phase"], one["from"], one["to"]) for one in row["holds"])
            for row in table.rows(name)
            if row["holds"]
        }
        self._by_phase: dict[str, list[tuple[str, int | None, int | None]]] = {}
        for named, held in self.held.items():
            for phase, first, last in held:
                self._by_phase.setdefault(phase, []).append((named, first, last))
        for phase, ranges in self._by_phase.items():
            ranges.sort(key=lambda one: (one[1] is not None, one[1]))
            ends = [None, *(last + 1 for _, _, last in ranges[:-1] if last is not None)]
            if [first for _, first, _ in ranges] != ends or ranges[-1][2] is not None:
                raise table.wrong(f"the ranges of the phase {phase} overlap or leave days out")

    def of(self, phase: str, day: date | None, today: date) -> str | None:
        """The name that holds a phase with this day (None: it has none); None for a phase that no row names."""
        offset = (day - today).days if day else 0
        return next((name for name, _, last in self._by_phase.get(phase, ()) if last is None or offset <= last), None)

    def first(self, name: str, phase: str) -> int:
        return self._end(name, phase, 1)

    def last(self, name: str, phase: str) -> int:
        return self._end(name, phase, 2)

    def _end(self, name: str, phase: str, end: int) -> int:
        (found,) = [held[end] for held in self.held[name] if held[0] == phase]
        assert isinstance(found, int)
        return found


@dataclass(frozen=True)
class Permitted:
    """The callers that may make a move, by kind of account and, in an organisation, by role."""

    kinds: tuple[str, ...]
    roles: frozenset[str]


class States(Generic[S]):
    """The states of `kind`, an enumeration that a service knows by name, and the moves between them."""

    def __init__(self, table: Table, kind: type[S]) -> None:
        self.table, self.kind = table, kind
        self._states = table.by("states", "state")
        if set(self._states) != {state.value for state in kind}:
            raise table.wrong(f"its states are not those of {kind.__module__}: {', '.join(kind)}")
        self.labels: dict[S, str] = {kind(state): row["zh"] for state, row in self._states.items()}
        rows = table.by("moves", "move")
        self.move_labels = {move: str(row["zh"]) for move, row in rows.items()}
        # move -> (from which states, to which state; None: it stays where it is)
        self.moves = {move: self._read(move, row) for move, row in rows.items()}
        self.permitted = {move: self._who(move, row) for move, row in rows.items()}

    def marked(self, mark: str) -> tuple[S, ...]:
        """The states whose field `mark` is true."""
        return tuple(self.kind(state) for state, row in self._states.items() if row[mark])

    def after(self, state: str, move: str) -> S:
        """The state after `move`. Raises: IllegalMove."""
        sources, target = self.moves[move]
        if state not in sources:
            raise IllegalMove(state=self.labels[self.kind(state)], move=self.move_labels[move])
        return target or self.kind(state)

    def _read(self, move: str, row: Mapping[str, Any]) -> tuple[tuple[S, ...], S | None]:
        named = [*row["from"], *([row["to"]] if row["to"] else [])]
        if unknown := [state for state in named if state not in self._states]:
            raise self.table.wrong(f"{move} names states that are not there: {', '.join(unknown)}")
        return tuple(self.kind(state) for state in row["from"]), self.kind(row["to"]) if row["to"] else None

    def _who(self, move: str, row: Mapping[str, Any]) -> Permitted:
        roles = [set(one.get("roles", ())) for one in row["by"] if one["kind"] in ("applicant", "institution")]
        if any(roles) and not all(roles):
            raise self.table.wrong(f"{move} asks for roles on one side only")  # the check of roles is for both sides
        return Permitted(tuple(one["kind"] for one in row["by"]), frozenset().union(*roles))
