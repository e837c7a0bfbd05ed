"""An event that a consumer cannot process: others continue, it becomes a dead letter, a metric shows it, and a command
replays it."""

import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from client import wait_for
from looking import execute, figure

from chassis.bus import Bus
from chassis.events import Contracts
from launcher.paths import CONTRACTS
from launcher.servers import Platform

TRAP = """
CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF NEW.name = 'poison' THEN RAISE EXCEPTION 'cannot keep this'; END IF; RETURN NEW; END $$;
CREATE TRIGGER trap BEFORE INSERT ON org FOR EACH ROW EXECUTE FUNCTION trap();
"""


def changed(name: str) -> dict[str, Any]:
    org_id = str(uuid.uuid4())
    return {
        "specversion": "1.0", "id": str(uuid.uuid4()), "type": "organization.changed", "source": "identity",
        "subject": org_id, "time": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json", "sequence": 1,
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "data": {
            "org_id": org_id, "name": name, "credit_code": "91440106MA5DEMX01G", "address": "天河路 1 号",
            "division_code": "440106", "contact_name": "陈志强", "phone": "13800138000", "status": "approved",
            "owner_account_id": str(uuid.uuid4()),
        },
    }  # fmt: skip


def test_one_poisoned_event_stops_nothing_and_is_replayed(whole_platform: Platform) -> None:
    filing = whole_platform.database_urls["filing"]
    execute(filing, TRAP)
    poison, good = changed("poison"), changed("good")
    bus = Bus(whole_platform.bus_url, Contracts(CONTRACTS).topology)
    for event in (poison, good):
        bus.publish(event["type"], event)
    bus.close()

    def known(event: dict[str, Any]) -> bool:
        return bool(execute(filing, "SELECT 1 FROM org WHERE id = %s", event["data"]["org_id"]))

    def state(event: dict[str, Any]) -> Any:
        rows = execute(filing, "SELECT state FROM inbox WHERE event_id = %s", event["id"])
        return rows[0][0] if rows else None

    wait_for(lambda: known(good), bool, 15)
    wait_for(lambda: state(poison), "retry".__eq__, 15)
    # the last of its tries, which would otherwise come after some twenty minutes
    execute(filing, "UPDATE inbox SET attempts = 7, next_at = now() WHERE event_id = %s", poison["id"])
    wait_for(lambda: state(poison), "dead".__eq__, 15)
    assert figure(whole_platform, "filing-work", "qj_inbox_dead") == 1
    listed = whole_platform.ask("filing", "dead-letters").stdout
    assert poison["id"] in listed
    assert "cannot keep this" in listed
    execute(filing, "DROP TRIGGER trap ON org; DROP FUNCTION trap()")
    assert "1 to try again" in whole_platform.ask("filing", "replay", poison["id"]).stdout
    wait_for(lambda: known(poison), bool, 15)
    assert (state(poison), figure(whole_platform, "filing-work", "qj_inbox_dead")) == ("done", 0)
    for service in ("registry", "filing", "booking", "notification"):  # identity does not have these organisations
        table = "place" if service == "notification" else "org"
        url, ids = whole_platform.database_urls[service], [poison["data"]["org_id"], good["data"]["org_id"]]
        wait_for(
            partial(execute, url, f"SELECT 1 FROM {table} WHERE id = ANY(%s::uuid[])", ids), lambda r: len(r) == 2, 15
        )
        execute(url, f"DELETE FROM {table} WHERE id = ANY(%s::uuid[])", ids)
