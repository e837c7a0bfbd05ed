"""What every page asks for: the published shape, built without marshmallow, and no transaction of a session for it."""

from typing import Any

import pytest
from callers import bearer, sign_in
from sqlalchemy import event

from chassis.paging import page_schema
from chassis.runtime import Runtime
from chassis.schema import Schema
from chassis.testing import Caller, assert_satisfies
from identity.api.schemas import AccountView, SessionsView, SignInView
from identity.api.schemas_reference import DivisionsView, InstitutionsView

pytestmark = pytest.mark.usefixtures("seeded")
HOT = {
    "me": AccountView,
    "sessions": SessionsView,
    "divisions": DivisionsView,
    "divisions?all=true": DivisionsView,
    "institutions": InstitutionsView,
    "institutions?division_code=440106&tier=county&kind_code=101": InstitutionsView,
    "me/sign-ins": page_schema(SignInView),
    "me/sign-ins?cursor=": page_schema(SignInView),
}


@pytest.mark.parametrize(("path", "schema"), HOT.items())
def test_a_hot_read_has_its_shape_and_costs_one_round_trip(
    stranger: Caller, runtime: Runtime, path: str, schema: type[Schema]
) -> None:
    headers = bearer(sign_in(stranger))
    begun: list[Any] = []
    event.listen(runtime.database.engine, "begin", begun.append)
    answer = stranger.get(f"/api/identity/{path}", headers=headers)
    assert answer.status_code == 200
    assert_satisfies(schema, answer.json)
    assert answer.json.get("items", [1]), "something to look at"
    assert begun == []


def test_pages_of_sign_ins_follow_one_another(stranger: Caller) -> None:
    for password in ("wrong", "wrong again"):
        sign_in(stranger, password=password)
    headers, path = bearer(sign_in(stranger)), "/api/identity/me/sign-ins"
    everything = stranger.get(path, headers=headers).json
    assert (everything["total"], [one["success"] for one in everything["items"]]) == (3, [True, False, False])
    second = stranger.get(f"{path}?page=2&page_size=2", headers=headers).json
    assert (second["total"], second["items"]) == (3, everything["items"][2:])
    assert stranger.get(f"{path}?page=9", headers=headers).json["items"] == []
    by_success = stranger.get(f"{path}?sort=success,-at", headers=headers).json["items"]
    assert [one["success"] for one in by_success] == [False, False, True]
    assert stranger.get(f"{path}?sort=login_key", headers=headers).status_code == 422
    first = stranger.get(f"{path}?cursor=&page_size=2", headers=headers).json
    rest = stranger.get(f"{path}?cursor={first['next_cursor']}", headers=headers).json
    assert first["items"] + rest["items"] == everything["items"]
