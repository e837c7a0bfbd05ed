"""The health of the whole: every service's /readyz, asked at once and at most once a second."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from chassis import health
from chassis.runtime import runtime
from identity.parts import parts

SECONDS = 1.0
_lock = threading.Lock()
_pool = ThreadPoolExecutor(4, thread_name_prefix="health")
_last: tuple[float, dict[str, str]] = (float("-inf"), {})


def platform_health() -> tuple[bool, dict[str, str]]:
    """(all ready, service -> ok | unavailable | unreachable)."""
    global _last
    with _lock:
        if time.monotonic() - _last[0] > SECONDS:
            settings = parts().settings
            others = {
                "registry": settings.registry_url, "filing": settings.filing_url,
                "booking": settings.booking_url, "notification": settings.notification_url,
            }  # fmt: skip
            states = dict(zip(others, _pool.map(_ask, others.values()), strict=True))
            states["identity"] = "ok" if health.ready(runtime())[0] else "unavailable"
            _last = (time.monotonic(), states)
        states = _last[1]
    return all(state == "ok" for state in states.values()), states


def _ask(base_url: str) -> str:
    try:
        return "ok" if requests.get(f"{base_url}/readyz", timeout=2).status_code == 200 else "unavailable"
    except requests.RequestException:
        return "unreachable"
