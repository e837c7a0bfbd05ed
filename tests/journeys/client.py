"""A client of the platform, as an outside program would write it: JSON over HTTP through the gateway."""

import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

DEMO_PASSWORD = "Demo-2026!"


class Unexpected(AssertionError):
    """The platform's answer is not the expected one."""


class _FromElsewhere(HTTPAdapter):
    """Calls the local gateway from a different loopback address each, like people at different places. So limits per address
    (ten SMS codes an hour without captcha) do not add up over several runs on one machine."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        source = ".".join(["127", *(str(random.randint(1, 254)) for _ in range(3))])
        super().init_poolmanager(*args, source_address=(source, 0), **kwargs)


class Client:
    """One person at one gateway. `token` is set by `sign_in`."""

    patience = 60.0  # how long to retry if a part of the platform does not answer [seconds]

    def __init__(self, gateway: str, name: str = "visitor") -> None:
        self.gateway = gateway
        self.name = name
        self.account: dict[str, Any] = {}
        self.token = ""
        self._session = requests.Session()
        self._session.mount("http://127.0.0.1", _FromElsewhere())

    def call(self, method: str, path: str, expect: int = 200, **kwargs: Any) -> Any:
        """Returns the JSON (or bytes) of the answer. If a part of the platform does not answer, it retries with the same
        Idempotency-Key, so that nothing is done twice. Raises Unexpected if the status is different."""
        headers = dict(kwargs.pop("headers", {}))
        if method != "GET":
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        deadline = time.monotonic() + self.patience
        while True:
            answer, wait = self._ask(method, path, headers, kwargs)
            if wait is None or time.monotonic() > deadline:
                break
            time.sleep(wait)
        if answer is None:
            raise Unexpected(f"{self.name}: {method} {path}: no answer within {self.patience} s")
        if answer.status_code != expect:
            raise Unexpected(
                f"{self.name}: {method} {path} gave {answer.status_code}, not {expect}: {answer.text[:2000]}"
            )
        is_json = answer.content and "json" in answer.headers.get("Content-Type", "")
        return answer.json() if is_json else answer.content

    def ask(self, method: str, path: str, **kwargs: Any) -> requests.Response | None:
        """Makes one try. Returns any answer, or None if there was none."""
        return self._ask(method, path, dict(kwargs.pop("headers", {})), kwargs)[0]

    def _ask(
        self, method: str, path: str, headers: dict[str, str], kwargs: dict[str, Any]
    ) -> tuple[requests.Response | None, float | None]:
        """Makes one try. Returns the answer, and the wait before a retry if one makes sense [seconds]."""
        try:
            answer = self._session.request(method, self.gateway + path, headers=headers, timeout=60, **kwargs)
        except requests.ConnectionError:
            return None, 0.5
        in_progress = answer.status_code == 409 and answer.json().get("code") == "in_progress"
        if answer.status_code in (429, 503, 504) or in_progress:
            return answer, min(float(answer.headers.get("Retry-After", "1")), 2.0)
        return answer, None

    def get(self, path: str, expect: int = 200, **params: Any) -> Any:
        return self.call("GET", path, expect, params=params)

    def post(self, path: str, body: Any = None, expect: int = 200, **kwargs: Any) -> Any:
        return self.call("POST", path, expect, json={} if body is None else body, **kwargs)

    def put(self, path: str, body: Any, expect: int = 200) -> Any:
        return self.call("PUT", path, expect, json=body)

    def patch(self, path: str, body: Any, version: int, expect: int = 200) -> Any:
        return self.call("PATCH", path, expect, json=body, headers={"If-Match": f'"{version}"'})

    def act(self, path: str, version: int, body: Any = None, expect: int = 200) -> Any:
        """Calls an action on the version that was read."""
        headers = {"If-Match": f'"{version}"'}
        return self.call("POST", path, expect, headers=headers, **({} if body is None else {"json": body}))

    def upload(self, path: str, name: str, content: bytes, expect: int, **fields: str) -> Any:
        return self.call("POST", path, expect, files={"file": (name, content)}, data=fields)

    def everything(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Returns all items of a list, page by page."""
        items: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.get(path, page=page, page_size=100, **params)
            items += answer["items"]
            if len(items) >= answer["total"] or not answer["items"]:
                return items
            page += 1

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> "Client":
        answer = self.post("/api/identity/sessions", {"username": username, "password": password}, 201)
        self.token = answer["access_token"]
        self._session.headers["Authorization"] = f"Bearer {self.token}"
        self.account = answer["account"]
        self.name = username
        return self

    def job(self, path: str) -> Any:
        """Waits until a job has ended. If its worker died, it continues when its lease of a minute has ended."""
        ended = ("done", "failed", "cancelled")
        return wait_for(lambda: self.get(path), lambda job: job["state"] in ended, max(self.patience, 90))


def wait_for(ask: Callable[[], Any], until: Callable[[Any], Any], seconds: float = 0) -> Any:
    """Asks until the answer is accepted, because events need a moment. Raises Unexpected with the last answer."""
    seconds = seconds or Client.patience / 2
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if until(answer):
            return answer
        if time.monotonic() > deadline:
            raise Unexpected(f"not accepted within {seconds} s; last: {str(answer)[:1500]}")
        time.sleep(0.1)


DATA = Path(__file__).resolve().parents[1] / "data"
