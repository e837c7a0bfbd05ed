"""The state of the stand-in, in memory, behind one lock."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from sandbox.outbox import Outbox
from sandbox.people import People
from sandbox.settings import Settings
from sandbox.tokens import Tokens


@dataclass
class Fault:
    """The answer of the next `times` calls of a path: an errcode (WeChat) or an HTTP status (SMS)."""

    path: str
    errcode: int | None = None
    status: int | None = None
    delay_seconds: float = 0.0
    times: int = 1


@dataclass
class Ticket:
    """One scene QR code."""

    scene: str
    until: float
    url: str


@dataclass
class State:
    settings: Settings
    clock: Callable[[], float] = time.time
    lock: threading.RLock = field(default_factory=threading.RLock)
    outbox: Outbox = field(default_factory=Outbox)
    people: People = field(default_factory=People)
    menu: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)
    tickets: OrderedDict[str, Ticket] = field(default_factory=OrderedDict)
    sms_times: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)  # phone -> times of its last messages
    sms_requests: OrderedDict[str, str] = field(default_factory=OrderedDict)  # request_id -> message id
    sign_in_times: OrderedDict[str, list[float]] = field(
        default_factory=OrderedDict
    )  # openid -> times in the mini-program
    client_messages: OrderedDict[tuple[str, str], tuple[float, int]] = field(default_factory=OrderedDict)
    last_msgid: int = 0
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.settings.token_seconds)

    def next_msgid(self) -> int:
        with self.lock:
            self.last_msgid += 1
            return int(self.clock()) * 100_000 + self.last_msgid % 100_000

    def take_fault(self, path: str) -> Fault | None:
        with self.lock:
            fault = next((f for f in self.faults if f.path == path), None)
            if fault:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
            return fault


def bound(table: OrderedDict[Any, Any], most: int = 10_000) -> None:
    """Deletes the oldest entries beyond `most`."""
    while len(table) > most:
        table.popitem(last=False)


def state() -> State:
    """Returns the state of the app that answers this request."""
    found: State = current_app.extensions["sandbox"]
    return found
