"""A list page of 100 instruments × 20 fields with a filter and the exact total, and one instrument by id, through the
gateway and signed in, in an organisation with 100,000; against the same page by the bare means."""

import bare
import psycopg
from harness import Line, Load, compare_loads, platform_to_measure, sign_in, tell, wrk

from launcher.servers import Platform

ROWS = 100_000
STATES = ("none", "submitted", "awaiting_confirmation", "pending_reassignment", "approved", "returned", "revoked",
          "withdrawn")  # fmt: skip


def measure(platform: Platform) -> list[Line]:
    session = sign_in(platform.gateway_url, "applicant2")
    org_id = session["account"]["org_id"]
    url = platform.database_urls["registry"]
    load_instruments(url, org_id, ROWS)
    bare.prepare(url, org_id)
    headers = [f"Authorization: Bearer {session['access_token']}"]
    some = _ids(url, org_id, 500)
    fields = ",".join(bare.COLUMNS)
    lists = [f"/api/registry/instruments?page_size=100&fields={fields}&filing_state={state}" for state in STATES]
    singles = [f"/api/registry/instruments/{one}" for one in some]

    def ours(paths: list[str]) -> Load:
        return wrk(platform.gateway_url, headers, paths=paths)

    with bare.served(url) as limit:

        def raw(paths: list[str]) -> Load:
            return wrk(limit, paths=paths)

        return [
            compare_loads(
                "list page of 100", lambda: raw([f"/list?state={s}" for s in STATES]), lambda: ours(lists), ROWS
            ),
            compare_loads("one by id", lambda: raw([f"/one/{one}" for one in some]), lambda: ours(singles), ROWS),
        ]


def load_instruments(url: str, org_id: str, number: int, offset: int = 0) -> None:
    """Makes instruments as rows, an eighth in each filing state; a pure function of their number."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET qj.everything = 'on'")
        db.execute("SET statement_timeout = 0")
        db.execute(
            """
            INSERT INTO instrument (id, org_id, code, name, model, serial_no, own_no, identity_key, manufacturer, kind_code,
                purpose, division_code, install_address, accuracy_class, measuring_range, made_on, department, filing_state,
                approved_on, result, result_source, valid_until, ever_filed, created_at, updated_at)
            SELECT CAST(lpad(to_hex(1700000000000 + i), 12, '0') || '7' || substr(md5(%(org)s || i), 1, 3) || 'a'
                        || substr(md5(%(org)s || i), 4, 15) AS uuid),
                   CAST(%(org)s AS uuid), 'B' || upper(substr(md5(%(org)s || 'c' || i), 1, 15)),
                   (ARRAY['电子秤', '压力表', '血压计', '燃油加油机', '水表'])[i %% 5 + 1], 'TCS-' || i %% 313,
                   'SN' || lpad(CAST(i AS text), 10, '0'), 'A' || i, sha256(CAST(%(org)s || i AS bytea)),
                   '制造厂 ' || i %% 61, '1.01', 'trade', '440106', '天河北路 ' || i %% 500 || ' 号',
                   (ARRAY['0.5', '1.0', '1.5', '2.5'])[i %% 4 + 1], '(0～' || i %% 100 || ') kg', DATE '2020-01-01' + i %% 2000,
                   '部门 ' || i %% 23, s.state, CASE WHEN s.state = 'approved' THEN today - i %% 60 END,
                   CASE WHEN s.state = 'approved' AND i %% 3 > 0 THEN 'pass' END,
                   CASE WHEN s.state = 'approved' AND i %% 3 > 0 THEN 'certificate' END,
                   CASE WHEN s.state = 'approved' AND i %% 3 > 0 THEN today - 60 + i %% 420 END,
                   s.state = 'approved', TIMESTAMPTZ '2026-01-01' + i * INTERVAL '1 second', now()
            FROM generate_series(CAST(%(from)s AS int), CAST(%(to)s AS int)) AS i,
                 LATERAL (SELECT (CAST(%(states)s AS text[]))[i %% 8 + 1] AS state) AS s, current_date AS today
            """,
            {"org": org_id, "from": offset + 1, "to": offset + number, "states": list(STATES)},
        )
        db.execute("VACUUM ANALYZE instrument")


def _ids(url: str, org_id: str, number: int) -> list[str]:
    with psycopg.connect(url) as db:
        db.execute("SET qj.everything = 'on'")
        rows = db.execute(
            "SELECT id FROM instrument WHERE org_id = %s ORDER BY md5(id::text) LIMIT %s", (org_id, number)
        )
        return [str(row[0]) for row in rows]


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
