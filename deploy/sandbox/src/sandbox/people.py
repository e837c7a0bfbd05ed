"""The owners of the phones: their openids, follows and consents, and the codes of their taps.

A person has one unionid and one openid per app. The openid of the official account is given; the others are derived from it.
"""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.settings import APPS

MOST_PEOPLE = 10_000  # older ones are deleted
MOST_CODES = 10_000
CODE_SECONDS = {"website": 600, "official": 300, "miniprogram": 300, "phone": 300}


class Taken(Exception):
    """The unionid or phone already belongs to another person."""


@dataclass
class Person:
    openid: str  # of the official account
    unionid: str | None
    phone: str | None
    nickname: str
    following: bool = True
    followed_at: int = 0  # Unix time [s]
    scene: str = ""  # of the QR code that the person scanned
    blocking: bool = False  # refuses template messages
    risky: bool = False  # WeChat refuses this person's sign-in to a mini-program
    consents: dict[tuple[str, str], int] = field(default_factory=dict)  # (app, template) -> messages still allowed

    def openid_of(self, app: str) -> str:
        """Returns the openid in one app. Derived ones have 28 characters."""
        if app == "official":
            return self.openid
        digest = hashlib.sha256(f"{app}:{self.openid}".encode()).hexdigest()
        return {"website": "oW", "miniprogram": "oM"}[app] + digest[:26]

    @property
    def openids(self) -> dict[str, str]:
        return {app: self.openid_of(app) for app in APPS}


@dataclass
class Code:
    """The code that a tap gives the app. purpose: the app's kind for a sign-in, or `phone` for the phone button."""

    purpose: str
    person: Person
    until: float
    used: bool = False


class CodeUnknown(Exception):
    """The code is unknown, of another app, or too old."""


class CodeUsed(Exception):
    """The code was used before: a code works once."""


class People:
    """Not thread-safe: the caller holds the lock of the state."""

    def __init__(self) -> None:
        self._people: OrderedDict[str, Person] = OrderedDict()
        self._by_openid: dict[str, Person] = {}
        self._codes: OrderedDict[str, Code] = OrderedDict()

    def all(self) -> list[Person]:
        """Returns all, newest first."""
        return list(reversed(self._people.values()))

    def find(self, key: str) -> Person | None:
        """Finds a person by any openid or the phone number."""
        return self._by_openid.get(key) or next((p for p in self._people.values() if p.phone == key), None)

    def of_app(self, app: str, openid: object) -> Person | None:
        """Returns the person with this openid in this app."""
        person = self._by_openid.get(openid) if isinstance(openid, str) else None
        return person if person and person.openid_of(app) == openid else None

    def put(self, person: Person) -> Person:
        """Add or replace. Raises: Taken."""
        for other in self._people.values():
            if other.openid == person.openid:
                continue
            if person.unionid and other.unionid == person.unionid:
                raise Taken("unionid")
            if person.phone and other.phone == person.phone:
                raise Taken("phone")
        known = self._people.get(person.openid)
        if known:
            known.unionid, known.phone, known.nickname = person.unionid, person.phone, person.nickname
            known.following, known.blocking, known.risky = person.following, person.blocking, person.risky
            return known
        self._people[person.openid] = person
        self._by_openid.update(dict.fromkeys(person.openids.values(), person))
        if len(self._people) > MOST_PEOPLE:
            _, oldest = self._people.popitem(last=False)
            for openid in oldest.openids.values():
                self._by_openid.pop(openid, None)
        return person

    def give_code(self, person: Person, purpose: str, now: float) -> str:
        text = secrets.token_hex(16)
        self._codes[text] = Code(purpose, person, now + CODE_SECONDS[purpose])
        if len(self._codes) > MOST_CODES:
            self._codes.popitem(last=False)
        return text

    def take_code(self, text: object, purpose: str, now: float) -> Person:
        """Raises: CodeUnknown, CodeUsed."""
        code = self._codes.get(text) if isinstance(text, str) else None
        if code is None or code.purpose != purpose or code.until < now:
            raise CodeUnknown
        if code.used:
            raise CodeUsed
        code.used = True
        return code.person
