"""The list page of 100 in an organisation that grows from 10,000 to 100,000 and 1,000,000 instruments: the first page, and a
page by cursor at 90 %; each against its own speed at 10,000."""

import psycopg
import requests
from harness import Line, note, platform_to_measure, sign_in, tell, wrk
from lists import STATES, load_instruments

from launcher.servers import Platform

SIZES = (10_000, 100_000, 1_000_000)


def measure(platform: Platform) -> list[Line]:
    session = sign_in(platform.gateway_url, "applicant2")
    org_id, url = session["account"]["org_id"], platform.database_urls["registry"]
    headers = [f"Authorization: Bearer {session['access_token']}"]
    lines, loaded, first = [], 0, {}
    for size in SIZES:
        load_instruments(url, org_id, size - loaded, offset=loaded)
        loaded = size
        note(f"{size} instruments")
        deep = _cursor(url, org_id, size // 10)
        asked = {
            "list page": [f"/api/registry/instruments?page_size=100&filing_state={state}" for state in STATES],
            "list page 90 % deep": [f"/api/registry/instruments?page_size=100&cursor={deep}"],
        }
        for name, paths in asked.items():
            for path in paths:  # so that no statement is planned during the measurement
                bearer = {"Authorization": headers[0].partition(": ")[2]}
                requests.get(platform.gateway_url + path, headers=bearer, timeout=60).raise_for_status()
            load = wrk(platform.gateway_url, headers, paths=paths)
            if load.bad:
                raise AssertionError(f"{load.bad} answers were bad")
            limit = first.setdefault(name, load.rate)
            more = {"p50_ms": load.p50, "p99_ms": load.p99}
            lines.append(Line(f"{name}, {size:,} instruments", load.rate, limit, "requests/s", size, more))
    return lines


def _cursor(url: str, org_id: str, below: int) -> str:
    """Returns the id that has this many older ones."""
    with psycopg.connect(url) as db:
        db.execute("SET qj.everything = 'on'")
        row = db.execute(
            "SELECT id FROM instrument WHERE org_id = %s ORDER BY id OFFSET %s LIMIT 1", (org_id, below)
        ).fetchone()
    assert row is not None
    return str(row[0])


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
