"""Saved queries of an account."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.actor import Actor
from chassis.ids import new_id
from chassis.testing import Caller, applicant, assert_satisfies, staff
from registry.actions import saved_views
from registry.api.saved_views import SavedViewView

pytestmark = pytest.mark.usefixtures("runtime")
SignIn = Callable[[Actor | None], Caller]
PATH = "/api/registry/saved-views"
DUE = {
    "name": "本月到期", "filter": {"view": "due", "q": "秤", "valid_until_to": "2026-12-31"},
    "columns": ["name", "serial_no", "valid_until"], "sort": "valid_until,-name",
}  # fmt: skip


@pytest.fixture
def clerk(signed_in: SignIn) -> Caller:
    return signed_in(applicant())


def test_what_is_saved_is_what_the_list_takes_again(clerk: Caller) -> None:
    made = clerk.post(PATH, DUE)
    assert made.status_code == 201, made.json
    assert_satisfies(SavedViewView, made.json)
    (kept,) = clerk.get(PATH).json["items"]
    assert {key: kept[key] for key in DUE} == DUE
    query = {**kept["filter"], "sort": kept["sort"], "fields": ",".join(kept["columns"])}
    assert clerk.get("/api/registry/instruments", query_string=query).status_code == 200
    second = clerk.post(PATH, {"name": "不合格", "list": "certificates", "filter": {"kind": "failure_notice"}})
    assert [one["name"] for one in clerk.get(PATH).json["items"]] == ["本月到期", "不合格"]
    assert clerk.delete(f"{PATH}/{made.json['id']}").status_code == 204
    assert [one["id"] for one in clerk.get(PATH).json["items"]] == [second.json["id"]]


def test_a_name_is_taken_once_for_each_list_and_account(clerk: Caller, signed_in: SignIn) -> None:
    assert clerk.post(PATH, DUE).status_code == 201
    again = clerk.post(PATH, DUE)
    assert (again.status_code, again.json["code"]) == (409, "view_name_taken")
    assert clerk.post(PATH, {"name": DUE["name"], "list": "certificates"}).status_code == 201
    colleague = signed_in(applicant(org_id=clerk.actor.org_id if clerk.actor else None))
    assert colleague.get(PATH).json["items"] == []
    assert colleague.post(PATH, DUE).status_code == 201


def test_they_are_ones_own(clerk: Caller, signed_in: SignIn) -> None:
    view_id = clerk.post(PATH, DUE).json["id"]
    for other in (signed_in(applicant()), signed_in(staff())):
        assert other.delete(f"{PATH}/{view_id}").status_code == 404
    assert clerk.delete(f"{PATH}/{new_id()}").status_code == 404
    assert signed_in(None).get(PATH).status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"filter": {"colour": "red"}}, "filter.colour"), ({"filter": {"valid_until_to": "soon"}}, "filter.valid_until_to"),
        ({"columns": ["secret"]}, "columns"), ({"sort": "secret"}, "sort"), ({"name": " "}, "name"),
        ({"list": "secrets"}, "list"), ({"filter": {"q": "a\x00"}}, "filter.q"),
    ],
)  # fmt: skip
def test_what_the_list_would_refuse_is_refused(clerk: Caller, change: dict[str, Any], field: str) -> None:
    answer = clerk.post(PATH, DUE | change)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_an_account_keeps_a_bounded_number(clerk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 2)
    codes = [clerk.post(PATH, DUE | {"name": str(n)}).status_code for n in range(3)]
    assert codes == [201, 201, 409]
