"""Sign-ins, whose limit is argon2id; and the 99th percentile of other requests to identity on an idle machine."""

import json
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

import requests
from argon2 import PasswordHasher
from harness import PASSWORD, Line, in_turn, percentile, platform_to_measure, sign_in, spread, tell, wrk

from identity.settings import Settings
from launcher.servers import Platform

SECONDS = 4.0
GOAL_P99 = 20.0  # [ms]
ASKED = ("/api/identity/me", "/api/identity/sessions", "/api/identity/divisions", "/api/identity/institutions?division_code=440106",
         "/api/identity/.well-known/jwks.json", "/api/identity/me/sign-ins")  # fmt: skip


def measure(platform: Platform) -> list[Line]:
    body = json.dumps({"username": "applicant2", "password": PASSWORD})
    url = platform.gateway_url

    def ours() -> float:
        load = wrk(url, ["Content-Type: application/json"], post=("/api/identity/sessions", body))
        if load.bad:
            raise AssertionError(f"{load.bad} sign-ins failed: {load}")
        return load.rate

    with ProcessPoolExecutor(2) as pool:

        def bare() -> float:
            return sum(pool.map(_verify, [SECONDS, SECONDS]))

        limits, own = in_turn(bare, ours)
    more = {"ours_spread": spread(own), "limit_spread": spread(limits)}
    lines = [Line("sign-in", statistics.median(own), statistics.median(limits), "sign-ins/s", len(own), more)]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {sign_in(url, 'applicant2')['access_token']}"
    took: list[float] = []
    for number in range(600):
        began = time.perf_counter()
        session.get(url + ASKED[number % len(ASKED)], timeout=10).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(0.002)
    p99 = percentile(took, 0.99)
    lines.append(
        Line(
            "identity, other requests, p99", p99, GOAL_P99, "ms", len(took), {"p50_ms": round(percentile(took, 0.5), 2)}
        )
    )
    return lines


def _verify(seconds: float) -> float:
    """Returns password checks per second of one process, with identity's cost parameters."""
    hasher = PasswordHasher(Settings.password_time_cost, Settings.password_memory_kib, 1)
    kept = hasher.hash(PASSWORD)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        hasher.verify(kept, PASSWORD)
        count += 1
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
