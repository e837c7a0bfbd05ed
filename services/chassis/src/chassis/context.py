"""What travels with one piece of work (a request, a message, a job): its id, its trace, who asked."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from chassis.actor import Actor


@dataclass(frozen=True)
class Context:
    request_id: str = ""
    traceparent: str = ""
    address: str = ""  # of the client, as the gateway saw it
    actor: Actor | None = None
    language: str = "zh"


_current: ContextVar[Context] = ContextVar("context", default=Context())  # noqa: B039 (frozen)


def current() -> Context:
    return _current.get()


@contextmanager
def work(context: Context) -> Iterator[Context]:
    """Run a block as one piece of work."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def enter(context: Context) -> None:
    """Start a piece of work that ends with its thread's next one (a request)."""
    _current.set(context)


def signed_in(actor: Actor) -> None:
    _current.set(replace(_current.get(), actor=actor))


def new_request_id() -> str:
    return secrets.token_hex(16)


def child_traceparent(parent: str) -> str:
    """A W3C traceparent of the same trace as `parent`, or of a new one where `parent` is empty or malformed."""
    parts = parent.split("-")
    well_formed = len(parts) == 4 and len(parts[1]) == 32 and parts[1].strip("0") != "" and _is_hex(parts[1])
    trace = parts[1].lower() if well_formed else secrets.token_hex(16)
    return f"00-{trace}-{secrets.token_hex(8)}-01"


def _is_hex(text: str) -> bool:
    return all(c in "0123456789abcdefABCDEF" for c in text)
