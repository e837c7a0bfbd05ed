"""One change of 1,000 instruments by the API, with history and audit trail, against a raw UPDATE of as many rows of a bare
copy; and 5,000 labels as a job, with the memory of its worker."""

import statistics
import time

import bare
import psycopg
import requests
from harness import Line, in_turn, platform_to_measure, sign_in, spread, tell, watched
from lists import load_instruments

from launcher.servers import Platform

ROWS = 20_000
CHANGED = 1000
LABELS = 5000
GOAL_MB = 200.0


def measure(platform: Platform) -> list[Line]:
    session = sign_in(platform.gateway_url, "applicant2")
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    org_id, url = session["account"]["org_id"], platform.database_urls["registry"]
    load_instruments(url, org_id, ROWS, offset=40_000_000)
    bare.prepare(url, org_id)
    with psycopg.connect(url) as db:
        db.execute("SET qj.everything = 'on'")
        found = db.execute(
            "SELECT id FROM instrument WHERE org_id = %s AND filing_state = 'none' LIMIT %s", (org_id, CHANGED)
        )
        ids = [str(row[0]) for row in found]
    turn = iter(range(1_000_000))

    def ours() -> float:
        body = {"selection": {"ids": ids}, "changes": {"department": f"部门 {next(turn)}"}}
        began = time.perf_counter()
        answer = requests.post(
            f"{platform.gateway_url}/api/registry/instruments/actions/edit", headers=headers, json=body, timeout=60
        )
        took = time.perf_counter() - began
        if answer.status_code != 200 or answer.json()["done"] != CHANGED:
            raise AssertionError(f"not all were changed: {answer.text[:500]}")
        return CHANGED / took

    def limit() -> float:
        with psycopg.connect(url, autocommit=True) as db:
            began = time.perf_counter()
            db.execute(
                "UPDATE bench.instrument SET department = %s WHERE id = ANY(%s::uuid[])", (f"部门 {next(turn)}", ids)
            )
            return CHANGED / (time.perf_counter() - began)

    limits, own = in_turn(limit, ours, rounds=5)
    more = {"ours_spread": spread(own), "limit_spread": spread(limits), "goal": 0.333}
    return [
        Line(f"one change to {CHANGED:,}", statistics.median(own), statistics.median(limits), "rows/s", CHANGED, more),
        *_labels(platform, headers, url, org_id),
    ]


def _labels(platform: Platform, headers: dict[str, str], url: str, org_id: str) -> list[Line]:
    with psycopg.connect(url) as db:
        db.execute("SET qj.everything = 'on'")
        rows = db.execute("SELECT id FROM instrument WHERE org_id = %s LIMIT %s", (org_id, LABELS)).fetchall()
    base = f"{platform.gateway_url}/api/registry"
    began = time.perf_counter()
    with watched(platform.pid("registry-work")) as held:
        job = requests.post(
            f"{base}/labels", headers=headers, json={"selection": {"ids": [str(row[0]) for row in rows]}}, timeout=60
        ).json()
        while job["state"] in ("queued", "running"):
            time.sleep(0.1)
            job = requests.get(f"{base}/jobs/{job['id']}", headers=headers, timeout=30).json()
    took = time.perf_counter() - began
    if (job["state"], job["done"]) != ("done", LABELS):
        raise AssertionError(f"not all were printed: {job}")
    more = {"seconds": round(took, 1), "a_second": round(LABELS / took)}
    return [Line(f"{LABELS:,} labels, memory of the worker", max(held), GOAL_MB, "MB", LABELS, more)]


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
