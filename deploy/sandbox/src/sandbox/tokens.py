"""Access tokens: stable ones of the official account and the mini-program, and those of a site sign-in.

Calls return the same token until its last five minutes, then a new one; both are valid during these minutes. A forced
renewal ends the old token at once. It is allowed 20 times a day, at least 30 seconds apart.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.errors import WechatError
from sandbox.people import Person

OVERLAP = 300  # last seconds of a token, in which calls return the next one
FORCED_A_DAY = 20
FORCED_APART = 30  # seconds
REFRESH_SECONDS = 30 * 24 * 3600
MOST_SIGN_INS = 10_000
LENGTH = 64  # characters of a token's random part; text of another shape is not a token


@dataclass
class Issued:
    text: str
    until: float


@dataclass
class AppTokens:
    live: list[Issued] = field(default_factory=list)  # oldest first, two at most
    forced: list[float] = field(default_factory=list)


@dataclass
class SignIn:
    person: Person
    app: str
    until: float
    refresh: str
    refresh_until: float


class Tokens:
    """Not thread-safe: the caller holds the lock of the state."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._apps: dict[str, AppTokens] = {}
        self._old: OrderedDict[str, None] = OrderedDict()  # expired ones, to distinguish 42001 from 40001
        self._sign_ins: OrderedDict[str, SignIn] = OrderedDict()
        self._refresh: dict[str, str] = {}

    def stable(self, app: str, forced: bool, now: float) -> Issued:
        """Raises: WechatError 45009 (too many a day), 45011 (too soon)."""
        tokens = self._apps.setdefault(app, AppTokens())
        self._drop_expired(tokens, now)
        if forced:
            tokens.forced = [at for at in tokens.forced if at > now - 86400]
            if tokens.forced and tokens.forced[-1] > now - FORCED_APART:
                raise WechatError(45011)
            if len(tokens.forced) >= FORCED_A_DAY:
                raise WechatError(45009)
            tokens.forced.append(now)
            tokens.live = []
        elif tokens.live and tokens.live[-1].until - now > min(OVERLAP, self._seconds / 2):
            return tokens.live[-1]
        tokens.live = [*tokens.live[-1:], Issued("SB_" + secrets.token_hex(LENGTH // 2), now + self._seconds)]
        return tokens.live[-1]

    def check(self, text: str | None, app: str, now: float) -> None:
        """Raises: WechatError 41001 missing, 40014 not a token, 42001 expired, 40001 not (or no longer) ours."""
        if not text:
            raise WechatError(41001)
        if not text.startswith("SB_") or len(text) != len("SB_") + LENGTH:
            raise WechatError(40014)
        tokens = self._apps.setdefault(app, AppTokens())
        self._drop_expired(tokens, now)
        if text in self._old:
            raise WechatError(42001)
        if all(issued.text != text for issued in tokens.live):
            raise WechatError(40001)

    def expire(self, now: float) -> None:
        """Ends every stable token now, so that a client's next call gets 42001."""
        for tokens in self._apps.values():
            for issued in tokens.live:
                issued.until = now
            self._drop_expired(tokens, now)

    def _drop_expired(self, tokens: AppTokens, now: float) -> None:
        for issued in tokens.live:
            if issued.until <= now:
                self._old[issued.text] = None
        tokens.live = [issued for issued in tokens.live if issued.until > now]
        while len(self._old) > 1000:
            self._old.popitem(last=False)

    def sign_in(self, person: Person, app: str, now: float) -> tuple[str, SignIn]:
        """Makes the access and refresh token of one site sign-in."""
        text = "SA_" + secrets.token_hex(LENGTH // 2)
        made = SignIn(person, app, now + 7200, "SR_" + secrets.token_hex(LENGTH // 2), now + REFRESH_SECONDS)
        self._sign_ins[text] = made
        self._refresh[made.refresh] = text
        if len(self._sign_ins) > MOST_SIGN_INS:
            _, oldest = self._sign_ins.popitem(last=False)
            self._refresh.pop(oldest.refresh, None)
        return text, made

    def renew(self, refresh: str | None, app: str, now: float) -> tuple[str, SignIn]:
        """Raises: WechatError 40030, 42002."""
        text = self._refresh.get(refresh or "")
        made = self._sign_ins.get(text or "")
        if text is None or made is None or made.app != app:
            raise WechatError(40030)
        if made.refresh_until < now:
            raise WechatError(42002)
        made.until = now + 7200
        return text, made

    def person_of(self, text: str | None, openid: str | None, now: float) -> Person:
        """Raises: WechatError 41001, 40001, 42001, 40003."""
        if not text:
            raise WechatError(41001)
        made = self._sign_ins.get(text)
        if made is None:
            raise WechatError(40001)
        if made.until < now:
            raise WechatError(42001)
        if made.person.openid_of(made.app) != openid:
            raise WechatError(40003)
        return made.person
