"""The context of one piece of work (a request, a message, a job): its id, its trace and its actor."""

import re
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
    return f"00-{trace_of(parent) or secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_of(traceparent: str) -> str:
    """The trace id of a well-formed traceparent, else nothing."""
    match = _TRACEPARENT.fullmatch(traceparent.lower())
    return match["trace"] if match else ""


_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
