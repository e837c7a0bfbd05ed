"""The persons whose phones this is: openids, what they follow and consent to, and the codes of their taps.

One person has one unionid and one openid per app. The official account's openid is the one given; the others are
derived from it, always the same.
"""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.settings import APPS

MOST_PEOPLE = 10_000  # older ones are forgotten
MOST_CODES = 10_000
CODE_SECONDS = {"website": 600, "official": 300, "miniprogram": 300, "phone": 300}


class Taken(Exception):
    """The unionid or phone belongs to another person already."""


@dataclass
class Person:
    openid: str  # of the official account
    unionid: str | None
    phone: str | None
    nickname: str
    following: bool = True
    followed_at: int = 0  # Unix time [s]
    scene: str = ""  # of the QR code by which the person came
    blocking: bool = False  # refuses template messages
    risky: bool = False  # WeChat does not let this one sign in to a mini-program
    consents: dict[tuple[str, str], int] = field(default_factory=dict)  # (app, template) -> messages still allowed

    def openid_of(self, app: str) -> str:
        """The openid in one app, 28 characters for derived ones."""
        if app == "official":
            return self.openid
        digest = hashlib.sha256(f"{app}:{self.openid}".encode()).hexdigest()
        return {"website": "oW", "miniprogram": "oM"}[app] + digest[:26]

    @property
    def openids(self) -> dict[str, str]:
        return {app: self.openid_of(app) for app in APPS}


@dataclass
class Code:
    """What a tap gives the app. purpose: an app's kind for a sign-in, or `phone` for the phone button."""

    purpose: str
    person: Person
    until: float
    used: bool = False


class CodeUnknown(Exception):
    """Never given, of another app, or too old."""


class CodeUsed(Exception):
    """A code counts once."""


class People:
    """Not safe by itself: the caller holds the one lock of the state."""

    def __init__(self) -> None:
        self._people: OrderedDict[str, Person] = OrderedDict()
        self._by_openid: dict[str, Person] = {}
        self._codes: OrderedDict[str, Code] = OrderedDict()

    def all(self) -> list[Person]:
        """Newest first."""
        return list(reversed(self._people.values()))

    def find(self, key: str) -> Person | None:
        """By any openid or the phone number."""
        return self._by_openid.get(key) or next((p for p in self._people.values() if p.phone == key), None)

    def of_app(self, app: str, openid: object) -> Person | None:
        """The person who has this openid in this app."""
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
