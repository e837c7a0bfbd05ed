"""Calls to another service, for the few commands that need an answer now: time limits, retries only where the call
is idempotent, and a circuit that opens when the other does not answer."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import requests
import tenacity

from chassis import context, telemetry
from chassis.auth import ServiceTokens
from chassis.errors import FieldError, ServiceError, Unavailable

TIMEOUT = (2.0, 30.0)  # connect, read [seconds]
ATTEMPTS = 3
OPENS_AFTER = 5  # failures in a row
STAYS_OPEN = 5.0  # [seconds]


class Refused(ServiceError):
    """The other service answered with a problem document; its words are passed on."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code", "refused"))
        self.zh = self.en = str(body.get("detail", "")).replace("{", "{{").replace("}", "}}")
        super().__init__(errors=list(_field_errors(body.get("errors"))))


def _field_errors(told: Any) -> Iterator[FieldError]:
    """They were told in the language of who asked."""
    for one in told if isinstance(told, list) else ():
        message = str(one.get("message", ""))
        yield FieldError(str(one.get("field", "")), str(one.get("code", "invalid")), message, message)


class ServiceClient:
    """Calls `service` at `base_url` with a service token. timeout, attempts: less where somebody waits for the answer."""

    def __init__(
        self,
        service: str,
        base_url: str,
        tokens: ServiceTokens,
        timeout: tuple[float, float] = TIMEOUT,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.service = service
        self._base_url = base_url
        self._tokens = tokens
        self._timeout = timeout
        self._attempts = attempts
        self._session = requests.Session()
        self._failures = 0
        self._open_until = 0.0
        self._lock = threading.Lock()

    def get(self, path: str, **params: Any) -> Any:
        return self._retrying(lambda: self._call("GET", path, params=params))

    def post(self, path: str, body: Any, *, idempotent: bool) -> Any:
        """idempotent: the call may be repeated when no answer came. Raises: Refused, Unavailable."""
        if idempotent:
            return self._retrying(lambda: self._call("POST", path, json=body))
        return self._call("POST", path, json=body)

    def _retrying(self, call: Any) -> Any:
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Unavailable),
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=tenacity.wait_exponential_jitter(multiplier=0.1, max=1),
            reraise=True,
        )(call)

    def _call(self, method: str, path: str, **kwargs: Any) -> Any:
        if time.monotonic() < self._open_until:
            raise Unavailable(retry_after=int(STAYS_OPEN))
        now = context.current()
        with telemetry.span(f"{method} {self.service}", now.traceparent, "client", url_path=path) as span:
            headers = {
                "Authorization": f"Bearer {self._tokens.make(self.service)}",
                "X-Request-Id": now.request_id,
                "traceparent": span.traceparent,
                "Accept-Language": now.language,
            }
            try:
                answer = self._session.request(
                    method, self._base_url + path, headers=headers, timeout=self._timeout, **kwargs
                )
            except requests.RequestException as error:
                self._failed()
                raise Unavailable(retry_after=2) from error
            span.note(http_status_code=answer.status_code)
        if answer.status_code >= 500:
            self._failed()
            raise Unavailable(retry_after=2)
        self._failures = 0
        if answer.status_code >= 400:
            raise Refused(answer.status_code, _json(answer))
        return _json(answer)

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= OPENS_AFTER:
                self._open_until = time.monotonic() + STAYS_OPEN
                self._failures = 0


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {}
