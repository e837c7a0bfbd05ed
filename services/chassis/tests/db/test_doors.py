"""The HTTP door: scope, audit, revocations, versions, paging, and a database that is away."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from conftest import shop_settings
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from waiting import Line, eventually

from chassis import auth, clock, health, outbox
from chassis.actor import Actor
from chassis.app import create_app
from chassis.auth import KeySet, ServiceTokens
from chassis.db import ALL, Scope
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, admin, applicant, cloud_event, deliver, jwks, staff, supervisor, token

SignedIn = Callable[[Actor | None], Caller]


def add(caller: Caller, name: str = "pen") -> Any:
    return caller.post("/api/shop/items", {"name": name})


# -- who may ---------------------------------------------------------------------------------------------------


def test_a_stranger_is_asked_to_sign_in_before_anything_is_read(signed_in: SignedIn) -> None:
    answer = signed_in(None).post("/api/shop/items", {"nonsense": 1})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "bearer x", "Bearer \x7f"])
def test_what_is_no_token_is_no_sign_in(app: Flask, header: str) -> None:
    answer = app.test_client().get("/api/shop/items", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.mark.parametrize("actor", [staff(), supervisor(), admin()])
def test_other_kinds_of_account_may_not(signed_in: SignedIn, actor: Actor) -> None:
    assert add(signed_in(actor)).status_code == 403


def test_an_open_route_needs_nothing(signed_in: SignedIn) -> None:
    assert signed_in(None).get("/api/shop/greeting").json == {"greeting": "hello"}


def test_an_internal_route_is_for_its_service_alone(app: Flask, key_folder: Path) -> None:
    def call(bearer: str) -> int:
        url = "/api/shop/internal/orders"
        return app.test_client().get(url, headers={"Authorization": f"Bearer {bearer}"}).status_code

    depot = ServiceTokens("depot", key_folder / "depot.key", key_folder)
    shop = ServiceTokens("shop", key_folder / "shop.key", key_folder)
    assert call(depot.make("shop")) == 200
    assert call(depot.make("billing")) == 401  # for another
    assert call(shop.make("shop")) == 403  # from another
    assert call(token(admin())) == 403
    assert call("a.b.c") == 401


# -- scope -----------------------------------------------------------------------------------------------------


def test_row_security_shows_nothing_without_a_scope(runtime: Runtime, signed_in: SignedIn) -> None:
    mine, theirs = applicant(), applicant()
    for actor in (mine, theirs):
        add(signed_in(actor))
    count = text("SELECT count(*) FROM item")
    seen = {}
    for name, scope in {"none": Scope(), "mine": Scope.of(mine), "area": Scope.of(supervisor()), "all": ALL}.items():
        with runtime.database.transaction(scope) as db:
            seen[name] = db.execute(count).scalar_one()
    assert seen == {"none": 0, "mine": 1, "area": 0, "all": 2}
    with psycopg.connect(runtime.settings.database_url) as plain:  # somebody who never heard of scopes
        assert plain.execute("SELECT count(*) FROM item").fetchone() == (0,)


def test_nobody_writes_outside_the_scope(runtime: Runtime) -> None:
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        runtime.database.transaction(Scope.of(applicant())) as db,
    ):
        db.execute(
            text("INSERT INTO item (id, org_id, name) VALUES (:id, :org, 'x')"), {"id": new_id(), "org": new_id()}
        )


def test_the_scope_ends_with_its_transaction(runtime: Runtime, signed_in: SignedIn) -> None:
    add(signed_in(applicant()))
    session = runtime.database.session(ALL)
    assert session.execute(text("SELECT count(*) FROM item")).scalar_one() == 1
    session.info["scope"] = Scope()
    session.commit()
    assert session.execute(text("SELECT count(*) FROM item")).scalar_one() == 0
    session.close()


def test_a_list_shows_the_callers_own(signed_in: SignedIn) -> None:
    mine = applicant()
    add(signed_in(mine), "mine")
    add(signed_in(applicant()), "theirs")
    body = signed_in(mine).get("/api/shop/items").json
    assert [item["name"] for item in body["items"]] == ["mine"]
    assert body["total"] == 1


# -- audit -----------------------------------------------------------------------------------------------------


def audit_lines(runtime: Runtime) -> list[dict[str, Any]]:
    with runtime.database.transaction() as db:
        return [dict(row) for row in db.execute(text("SELECT * FROM audit ORDER BY id")).mappings()]


def test_each_successful_write_leaves_a_line(runtime: Runtime, app: Flask) -> None:
    actor = applicant()
    headers = {
        "Authorization": f"Bearer {token(actor)}", "X-Request-Id": "request-77", "X-Forwarded-For": "203.0.113.9",
    }  # fmt: skip
    answer = app.test_client().post("/api/shop/items", json={"name": "pen"}, headers=headers)
    assert answer.json is not None
    (line,) = audit_lines(runtime)
    assert line["actor_id"] == actor.account_id
    assert (line["actor_kind"], line["action"], line["subject"]) == ("applicant", "items/add_item", answer.json["id"])
    assert (line["address"], line["request_id"]) == ("203.0.113.9", "request-77")
    assert line["detail"] == {"name": "pen"}
    assert answer.headers["X-Request-Id"] == "request-77"


def test_neither_a_read_nor_wrong_fields_nor_a_stranger_do(runtime: Runtime, signed_in: SignedIn) -> None:
    caller = signed_in(applicant())
    caller.get("/api/shop/items")
    add(caller, "")
    signed_in(None).post("/api/shop/items", {"name": "pen"})
    assert audit_lines(runtime) == []


def test_what_was_refused_is_told_with_its_reason(runtime: Runtime, signed_in: SignedIn) -> None:
    actor, item = applicant(), new_id()
    add(signed_in(staff()))
    signed_in(actor).patch(f"/api/shop/items/{item}", {"name": "x"}, headers={"If-Match": '"1"'})
    mine = add(signed_in(actor)).json["id"]
    signed_in(actor).patch(f"/api/shop/items/{mine}", {"name": "x"}, headers={"If-Match": '"7"'})
    told = [(line["actor_kind"], line["subject"], line["detail"].get("outcome"), line["detail"].get("code"))
            for line in audit_lines(runtime)]  # fmt: skip
    assert told == [
        ("institution", "", "refused", "forbidden"), ("applicant", str(item), "refused", "not_found"),
        ("applicant", mine, None, None), ("applicant", mine, "refused", "stale"),
    ]  # fmt: skip
    assert audit_lines(runtime)[1]["detail"]["refusal"] == {"zh": "未找到该记录。", "en": "There is no such record."}


def test_what_no_column_holds_keeps_no_refusal_out_of_the_trail(runtime: Runtime, app: Flask) -> None:
    headers = {"Authorization": f"Bearer {token(staff())}"}
    body = r'{"reason": "a\u0000b\ud800c", "name": "pen"}'
    app.test_client().post("/api/shop/items", data=body, content_type="application/json", headers=headers)
    assert audit_lines(runtime)[0]["detail"]["reason"] == "ab?c"


def test_what_failed_is_told_and_nothing_of_what_it_wrote(runtime: Runtime, signed_in: SignedIn) -> None:
    signed_in(applicant()).post("/api/shop/broken")
    [line] = audit_lines(runtime)
    assert line["detail"] == {"outcome": "failed", "code": "internal_error"}


def test_the_trail_is_searched_by_part_and_by_outcome(signed_in: SignedIn) -> None:
    actor = applicant()
    item = add(signed_in(actor), "红色钢笔").json["id"]
    add(signed_in(staff()))
    found = {
        "q=钢笔": 1, "q=add_item": 2, "q=%25": 0, f"q={item[:13]}": 1, "action_contains=add": 2,
        f"subject_contains={item[9:23]}": 1, "outcome=refused": 1, "outcome=done": 1, "action=items/add_item,other": 2,
        "actor_name_contains=%25": 0,
    }  # fmt: skip
    for query, total in found.items():
        answer = signed_in(admin()).get(f"/api/shop/audit?{query}&sort=-outcome")
        assert answer.json["total"] == total, query
    assert signed_in(admin()).get("/api/shop/audit?outcome=lost").status_code == 422


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor_name = 'nobody'", "DELETE FROM audit"])
def test_the_trail_is_append_only(runtime: Runtime, signed_in: SignedIn, statement: str) -> None:
    add(signed_in(applicant()))
    with pytest.raises(DBAPIError, match="append-only"), runtime.database.transaction() as db:
        db.execute(text(statement))
    assert len(audit_lines(runtime)) == 1


def test_administrators_read_the_trail(signed_in: SignedIn) -> None:
    actor = applicant()
    item = add(signed_in(actor)).json["id"]
    today = clock.today()
    found = signed_in(admin()).get(f"/api/shop/audit?subject={item}&actor={actor.account_id}&from={today}&to={today}")
    assert [line["action"] for line in found.json["items"]] == ["items/add_item"]
    assert signed_in(admin()).get("/api/shop/audit?to=2020-01-01").json["total"] == 0
    for query in (
        "action=items/add_item",
        "actor_kind=applicant&sort=action,-address",
        f"actor_name={actor.name}&sort=subject",
    ):
        assert signed_in(admin()).get(f"/api/shop/audit?{query}").json["total"] == 1, query
    assert signed_in(admin()).get("/api/shop/audit?action=items").json["total"] == 0
    assert signed_in(actor).get("/api/shop/audit").status_code == 403


# -- revocations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["session.revoked", "account.disabled"])
def test_a_revocation_is_obeyed_within_a_second(runtime: Runtime, signed_in: SignedIn, what: str) -> None:
    actor, other = applicant(), applicant()
    held = {"Authorization": f"Bearer {token(actor)}"}
    assert signed_in(None).get("/api/shop/items", headers=held).status_code == 200
    data = {"account_id": actor.account_id} | ({"session_id": actor.session_id} if what == "session.revoked" else {})
    deliver(runtime, cloud_event(what, "identity", data))
    before = time.monotonic()
    eventually(lambda: signed_in(None).get("/api/shop/items", headers=held).status_code == 401, seconds=2)
    assert time.monotonic() - before < 1.3
    assert signed_in(other).get("/api/shop/items").status_code == 200


def test_an_account_that_is_enabled_again_goes_on_with_new_tokens(runtime: Runtime, signed_in: SignedIn) -> None:
    actor = applicant()
    held = {"Authorization": f"Bearer {token(actor)}"}
    deliver(runtime, cloud_event("account.disabled", "identity", {"account_id": actor.account_id}))
    runtime.revoked.forget()
    assert signed_in(None).get("/api/shop/items", headers=held).status_code == 401
    assert signed_in(actor).get("/api/shop/items").status_code == 200


# -- versions and pages ----------------------------------------------------------------------------------------


def test_a_change_names_the_version_it_read(signed_in: SignedIn) -> None:
    caller = signed_in(applicant())
    created = add(caller)
    url = f"/api/shop/items/{created.json['id']}"
    assert created.headers["ETag"] == '"1"'
    without = caller.patch(url, {"name": "a"})
    assert (without.status_code, without.json["code"]) == (428, "if_match_required")
    assert caller.patch(url, {"name": "a"}, version=1).headers["ETag"] == '"2"'
    stale = caller.patch(url, {"name": "b"}, version=1)
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    for etag in ("*", "two", '"-1"', '"²"'.encode().decode("latin-1"), '"99999999999999999999"'):
        assert caller.patch(url, {"name": "b"}, headers={"If-Match": etag}).status_code == 400, etag
    assert caller.patch(url, {"name": "b"}, headers={"If-Match": 'W/"2"'}).status_code == 200


def test_a_role_is_needed_where_the_route_says_so(signed_in: SignedIn) -> None:
    mine = applicant()
    url = f"/api/shop/items/{add(signed_in(mine)).json['id']}"
    sub_user = applicant(mine.org_id, roles=frozenset({"sub_user"}))
    refused = signed_in(sub_user).patch(url, {"name": "a"}, version=1)
    assert (refused.status_code, refused.json["code"]) == (403, "role_missing")


def test_pages_and_the_walk_by_cursor_hold_the_same(signed_in: SignedIn) -> None:
    caller = signed_in(applicant())
    names = [f"n{i}" for i in range(7)]
    for name in names:
        add(caller, name)
    paged: list[str] = []
    for page in (1, 2, 3):
        body = caller.get(f"/api/shop/items?page={page}&page_size=3").json
        assert body["total"] == 7
        paged += [item["name"] for item in body["items"]]
    assert paged == names[::-1]
    assert caller.get("/api/shop/items?page=1000000&page_size=100").json["items"] == []
    walked: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = caller.get(f"/api/shop/items?cursor={cursor}&page_size=3").json
        walked += [item["name"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert walked == names[::-1]
    by_name = caller.get("/api/shop/items?sort=name&page_size=2").json
    assert [item["name"] for item in by_name["items"]] == ["n0", "n1"]


def test_lines_with_numbers_are_walked_too(signed_in: SignedIn) -> None:
    for _ in range(3):
        add(signed_in(applicant()))
    walked: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        body = signed_in(admin()).get(f"/api/shop/audit?cursor={cursor}&page_size=2").json
        walked += [line["id"] for line in body["items"]]
        cursor = body["next_cursor"]
    assert walked == sorted(walked, reverse=True)
    assert len(walked) == 3
    wrong = signed_in(admin()).get(f"/api/shop/audit?cursor={new_id()}")
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("sort=id", "sort", "not_sortable"),
        ("sort=-name,secret", "sort", "not_sortable"),
        ("page=0", "page", "out_of_range"),
        ("page=1000001", "page", "out_of_range"),
        ("page_size=101", "page_size", "out_of_range"),
        ("page_size=x", "page_size", "not_an_integer"),
        ("cursor=zz", "cursor", "wrong_format"),
        ("cursor=7", "cursor", "invalid"),
        ("cursor=------------------------------------", "cursor", "invalid"),
        ("cursor=&sort=name", "cursor", "cursor_with_sort"),
        ("nmae=pen", "nmae", "unknown_field"),
        ("name=%00", "name", "invalid_character"),
    ],
)
def test_a_wrong_query_is_named(signed_in: SignedIn, query: str, field: str, code: str) -> None:
    answer = signed_in(applicant()).get(f"/api/shop/items?{query}")
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]


# -- errors ----------------------------------------------------------------------------------------------------


def test_a_crash_tells_nothing_of_the_inside(signed_in: SignedIn) -> None:
    answer = signed_in(applicant()).post("/api/shop/broken")
    assert answer.status_code == 500
    assert "138" not in answer.get_data(as_text=True)
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "kwargs", "status", "code"),
    [
        ("GET", "/api/shop/nothing", {}, 404, "not_found"),
        ("DELETE", "/api/shop/items", {}, 405, "method_not_allowed"),
        ("POST", "/api/shop/items", {"data": "{", "content_type": "application/json"}, 400, "malformed"),
        ("POST", "/api/shop/items", {"json": []}, 422, "invalid"),
        ("GET", "/api/shop/items/7", {}, 404, "not_found"),
    ],
)
def test_the_frameworks_errors_are_problem_documents_too(
    app: Flask, method: str, path: str, kwargs: dict[str, Any], status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {token(applicant())}", "Accept-Language": "en"}
    answer = app.test_client().open(path, method=method, headers=headers, **kwargs)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json is not None
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert set(answer.json) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert answer.json["detail"].isascii()
    if status == 405:
        assert "POST" in answer.headers["Allow"]


def test_a_made_up_request_id_replaces_one_that_is_none(app: Flask) -> None:
    client = app.test_client()
    for given in ("", "short", "x" * 65, "with space in it", "<script>"):
        answer = client.get("/api/shop/greeting", headers={"X-Request-Id": given})
        assert answer.headers["X-Request-Id"] != given
        assert len(answer.headers["X-Request-Id"]) == 32


# -- the database is away --------------------------------------------------------------------------------------


@pytest.fixture
def line(runtime: Runtime) -> Iterator[Line]:
    target = urlsplit(runtime.settings.database_url)
    assert target.hostname is not None
    assert target.port is not None
    line = Line(target.hostname, target.port)
    yield line
    line.cut()


@pytest.fixture
def far_runtime(runtime: Runtime, line: Line, key_folder: Path, tmp_path: Path) -> Iterator[Runtime]:
    """The shop with its database at the end of a line that can be cut."""
    target = urlsplit(runtime.settings.database_url)
    url = runtime.settings.database_url.replace(f":{target.port}/", f":{line.port}/")
    far = Runtime(runtime.service, shop_settings(url, key_folder, tmp_path))
    far.keys = KeySet(jwks)
    yield far
    far.database.dispose()
    outbox.use(outbox.Recorder("shop", runtime.contracts))


def test_while_the_database_is_away_the_answer_is_503_and_then_it_works_again(far_runtime: Runtime, line: Line) -> None:
    app = create_app(far_runtime.service, far_runtime)
    caller = Caller(app, applicant())
    assert add(caller, "before").status_code == 201
    line.cut()
    for _ in range(3):
        answer = add(caller, "lost")
        assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
    ready = app.test_client().get("/readyz")
    assert ready.status_code == 503
    assert ready.json is not None
    assert ready.json["parts"]["database"] != "ok"
    assert app.test_client().get("/healthz").status_code == 200
    line.mend()
    assert add(caller, "after").status_code == 201
    assert [item["name"] for item in caller.get("/api/shop/items").json["items"]] == ["after", "before"]
    assert health.ready(far_runtime)[1]["database"] == "ok"


def test_connections_that_a_restart_left_dead_cost_one_answer_at_most(far_runtime: Runtime, line: Line) -> None:
    app = create_app(far_runtime.service, far_runtime)
    caller = Caller(app, applicant())
    sessions = [far_runtime.database.session(ALL) for _ in range(5)]
    for session in sessions:
        session.execute(text("SELECT 1"))
    for session in sessions:
        session.close()
    line.drop()
    answers = [caller.get("/api/shop/items").status_code for _ in range(6)]
    assert answers.count(503) <= 1
    assert answers[1:] == [200] * 5


def test_metrics_and_openapi_are_served(app: Flask) -> None:
    client = app.test_client()
    client.get("/api/shop/greeting")
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'qj_request_seconds_count{method="GET",route="/api/shop/greeting",status="200"}' in metrics
    assert "qj_outbox_waiting 0.0" in metrics
    document = client.get("/api/shop/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert auth.AUDIENCE == "qj"
