"""What an operator sees: one trace across services and events, and metrics of every process."""

import re
import time
from typing import Any

import psycopg
import pytest
import requests

from chassis.testing.collector import Collector

from client import Client, wait_for  # isort: skip

FIGURES = {
    "serve": ("qj_request_seconds_count", "qj_outbox_waiting", "qj_outbox_age_seconds", "qj_inbox_dead",
              "qj_inbox_retry", "qj_jobs_queued", "qj_jobs_oldest_seconds"),
    "work": ("qj_events_published_total", "qj_queue_waiting", "qj_worker_beat_seconds", "qj_inbox_dead"),
}  # fmt: skip


def test_one_trace_from_the_gateway_through_the_services_and_their_events(
    whole_platform: Any, collected: Collector
) -> None:
    clerk = Client(whole_platform.gateway_url).sign_in("applicant2")
    body = {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": "TRACE-1", "manufacturer": "示例衡器有限公司",
        "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
        "type_approval_no": "PA2026F001-44",
    }  # fmt: skip
    instrument = clerk.post("/api/registry/instruments", body, 201)
    since = time.time()
    institution = "00000000-0000-7000-8000-000000440100"
    receipt = clerk.post(
        "/api/filing/filings",
        {"selection": {"ids": [instrument["id"]]}, "institution_id": institution, "accept_responsibility": True},
    )
    assert receipt["done"] == 1, receipt
    request = collected.wait_for("POST /api/filing/filings", "qj-filing", since=since)
    assert request.parent_id, "the gateway began the trace"
    for name, service in (
        ("POST registry", "qj-filing"),
        ("POST /internal/claims", "qj-registry"),
        ("publish filing.submitted", "qj-filing"),
        ("take filing.submitted", "qj-registry"),
        ("take filing.submitted", "qj-notification"),
    ):
        collected.wait_for(name, service, request.trace_id)
    wait_for(lambda: clerk.get(f"/api/registry/instruments/{instrument['id']}")["filing_state"], "submitted".__eq__)
    clerk.post("/api/filing/filings/actions/withdraw", {"selection": {"all": True}})
    log = (whole_platform.run_dir / "gateway" / "access.log").read_text("utf-8")
    assert request.trace_id in log


@pytest.mark.parametrize("service", ["identity", "registry", "filing", "booking", "notification"])
def test_every_process_shows_its_figures(whole_platform: Any, service: str) -> None:
    for part, names in FIGURES.items():
        url = f"http://127.0.0.1:{whole_platform.port(f'{service}-{part}')}/metrics"
        shown = requests.get(url, timeout=5).text
        for name in names:
            assert re.search(rf"^{name}(\{{.*\}})? ", shown, re.MULTILINE), f"{service} {part}: {name}"


@pytest.mark.parametrize("service", ["registry", "filing", "booking", "notification"])
def test_every_copy_agrees_with_its_owner(whole_platform: Any, service: str) -> None:
    checked = whole_platform.ask(service, "check-copies", "--patience", "2")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("agrees") >= 2, checked.stdout


def test_a_copy_that_went_astray_is_found(whole_platform: Any) -> None:
    with psycopg.connect(whole_platform.database_urls["filing"], autocommit=True) as db:
        db.execute("SET qj.everything = 'on'")
        names = dict(db.execute("UPDATE org SET name = name || '?' RETURNING id, name").fetchall())
        removed = db.execute(
            "DELETE FROM institution WHERE tier = 'province' RETURNING id, name, tier, division_code, active"
        ).fetchone()
        assert removed
        try:
            checked = whole_platform.ask("filing", "check-copies", "--patience", "0")
        finally:
            db.execute("UPDATE org SET name = left(name, -1)")
            db.execute(
                "INSERT INTO institution (id, name, tier, division_code, active) VALUES (%s, %s, %s, %s, %s)", removed
            )
    assert checked.returncode == 1
    assert f"organization: {len(names)} differ" in checked.stdout
    assert f"institution {removed[0]} missing" in checked.stdout
    assert "holiday: agrees" in checked.stdout
