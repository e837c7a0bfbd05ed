"""Collects the content of an audit line while a piece of work runs.

A request or a job begins a `Writing`. Views and bulk commands add its subject. Changes of mapped rows are recorded
automatically, before and after. Set-wise SQL is not seen: its command adds the outcome of its items.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, event, inspect
from sqlalchemy.orm import Session

DONE, PARTLY, REFUSED, FAILED, QUEUED = "done", "partly", "refused", "failed", "queued"
OUTCOMES = (DONE, PARTLY, REFUSED, FAILED, QUEUED)
MOST_CHANGES = 40  # of a line; more say only how many
MOST_REFUSALS = 20
MOST_NAMES = 3
_NAMES = ("number", "title", "name")  # of a row that people call by one
LONGEST = 200  # of a value [characters]
# Bookkeeping of the rows themselves, and what nobody may read here.
_SILENT = ("version", "attempts", "answer", "facts", "lease_until", "position")
_SECRET = ("_hash",)


@dataclass
class Writing:
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    outcome: str = DONE
    # (table, field, before, after) -> the keys of the rows that changed so
    changes: dict[tuple[str, str, Any, Any], list[str]] = field(default_factory=dict)
    about: list[str] = field(default_factory=list)  # what the rows are called

    def all(self) -> dict[str, Any]:
        """For the line: what was said, the outcome where it is not simply done, and what changed."""
        told = dict(self.detail)
        if self.outcome != DONE:
            told["outcome"] = self.outcome
        if self.about:
            told["about"] = self.about[:MOST_NAMES]
        if self.changes:
            shown = list(self.changes.items())[:MOST_CHANGES]
            told["changes"] = [
                {"of": table, "field": name, "before": before, "after": after, "count": len(keys)}
                | ({"id": keys[0]} if len(keys) == 1 else {})
                for (table, name, before, after), keys in shown
            ]
        return told


_current: ContextVar[Writing | None] = ContextVar("writing", default=None)


def begin() -> Writing:
    """A line of its own from here to the end of this thread's work."""
    writing = Writing()
    _current.set(writing)
    return writing


def end() -> None:
    _current.set(None)


def current() -> Writing | None:
    return _current.get()


@contextmanager
def writing() -> Iterator[Writing]:
    """A line of its own for one block: a chunk of a job."""
    made = Writing()
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


def note(**detail: Any) -> None:
    """Say something for the line of the work that goes on."""
    if (now := _current.get()) is not None:
        now.detail.update(detail)


def items(done: Sequence[UUID], refused: Sequence[Mapping[str, Any]], **params: Any) -> None:
    """Records the outcome of a command's items. refused: each with `id`, `code` and `detail`."""
    now = _current.get()
    if now is None:
        return
    if len(done) + len(refused) == 1:
        now.subject = now.subject or str([*done, *(one["id"] for one in refused)][0])
    ids = [str(one) for one in done] + [str(one["id"]) for one in refused]
    now.detail.update(params | {"done": len(done), "refused": len(refused), "ids": ids})
    if refused:
        now.outcome = PARTLY if done else REFUSED
        now.detail["refusals"] = [dict(one) for one in refused[:MOST_REFUSALS]]


def queued(job_id: UUID, count: int, params: Mapping[str, Any]) -> None:
    """The items are left to a job, whose chunks have lines of their own."""
    if (now := _current.get()) is not None:
        now.subject, now.outcome = str(job_id), QUEUED
        now.detail.update(dict(params) | {"count": count})


def _note_changes(session: Session, _context: Any, _instances: Any) -> None:
    now = _current.get()
    if now is None:
        return
    for row in session.new:
        _note_name(now, inspect(row))
    for row in session.dirty:
        if session.is_modified(row):
            _note_row(now, row, gone=False)
    for row in session.deleted:
        _note_row(now, row, gone=True)


def _note_name(now: Writing, state: Any) -> None:
    called = next((str(state.dict[name]) for name in _NAMES if state.dict.get(name)), "")[:LONGEST]
    if called and called not in now.about and len(now.about) < MOST_NAMES:
        now.about.append(called)


def _note_row(now: Writing, row: Any, gone: bool) -> None:
    state: Any = inspect(row)
    table = row.__tablename__
    _note_name(now, state)
    if gone and len(now.changes) < MOST_CHANGES:
        now.changes.setdefault((table, "", "", ""), []).append(_key(state))
        return
    for attribute in state.mapper.column_attrs:
        name = attribute.key
        if name in _SILENT or name.endswith(("_at", *_SECRET)) or isinstance(attribute.columns[0].type, LargeBinary):
            continue
        history = state.attrs[name].history
        if not history.added:
            continue
        change = (table, name, _shown(history.deleted[0] if history.deleted else None), _shown(history.added[0]))
        if change[2] != change[3] and (change in now.changes or len(now.changes) < MOST_CHANGES):
            keys = now.changes.setdefault(change, [])
            if _key(state) not in keys[-1:]:
                keys.append(_key(state))


def _key(state: Any) -> str:
    return ",".join(str(part) for part in state.identity or ())


def _shown(value: Any) -> Any:
    """As it is kept: short, and of a kind that can be compared."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST]


event.listen(Session, "before_flush", _note_changes)
