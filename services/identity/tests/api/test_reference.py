"""Divisions, institutions, capabilities and bureaus in the administrator's hands, one by one and by spreadsheet."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from callers import form, sms_code, version_of

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, TIANHE, Caller, admin, recorded, staff
from chassis.testing.outside import Outside

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
API = "/api/identity"


@pytest.fixture
def chief(signed_in: SignIn) -> Caller:
    return signed_in(admin())


def day(offset: int) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


def capability(kind: str = "*", mode: str = "any", first: str | None = None, last: str | None = None) -> dict[str, Any]:
    return {"kind_code": kind, "mode": mode, "valid_from": first, "valid_to": last}


# -- one by one ------------------------------------------------------------------------------------------------


def test_a_division_that_has_ended_is_no_longer_an_area(
    chief: Caller, stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    tianhe = next(d for d in stranger.get(f"{API}/divisions").json["items"] if d["code"] == "440106")
    changed = chief.patch(f"{API}/divisions/440106", {"valid_to": day(-1)}, version=tianhe["version"])
    assert (changed.status_code, changed.json["version"]) == (200, tianhe["version"] + 1)
    told = recorded(runtime, "division.changed")[-1]
    assert (told["subject"], told["sequence"], told["data"]["valid_to"]) == ("440106", 2, day(-1))
    assert "440106" not in {d["code"] for d in stranger.get(f"{API}/divisions").json["items"]}
    assert "440106" in {d["code"] for d in stranger.get(f"{API}/divisions?on={day(-1)}").json["items"]}
    assert "440106" in {d["code"] for d in stranger.get(f"{API}/divisions?all=true").json["items"]}
    refused = stranger.post(f"{API}/registrations", form(stranger, sms_code=sms_code(stranger, world)))
    assert [e["code"] for e in refused.json["errors"]] == ["division_not_leaf"]


def test_a_division_begins_below_a_parent_that_fits(chief: Caller, stranger: Caller) -> None:
    new = {"code": "440199", "name": "新区", "level": "county", "parent_code": "440100", "is_leaf": True}
    assert chief.post(f"{API}/divisions", new | {"valid_from": day(30)}).status_code == 201
    assert "440199" not in {d["code"] for d in stranger.get(f"{API}/divisions").json["items"]}
    assert "440199" in {d["code"] for d in stranger.get(f"{API}/divisions?on={day(30)}").json["items"]}
    twice = chief.post(f"{API}/divisions", new)
    assert (twice.status_code, twice.json["code"]) == (409, "division_exists")
    for wrong in ({"parent_code": "440106"}, {"parent_code": None}, {"parent_code": "999900"}):
        refused = chief.post(f"{API}/divisions", new | {"code": "440198"} | wrong)
        assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [("parent_code", "parent_wrong")]
    backwards = chief.post(f"{API}/divisions", new | {"code": "440198", "valid_from": day(2), "valid_to": day(1)})
    assert [e["code"] for e in backwards.json["errors"]] == ["period_backwards"]


def test_an_institution_is_added_changed_and_closed(chief: Caller, stranger: Caller, runtime: Runtime) -> None:
    new = {"name": "天河区新检定所", "tier": "county", "division_code": "440106", "parent_id": str(GUANGZHOU),
           "contact": "020-00000000"}  # fmt: skip
    made = chief.post(f"{API}/institutions", new)
    assert made.status_code == 201, made.json
    path = f"{API}/institutions/{made.json['id']}"
    assert recorded(runtime, "institution.changed")[-1]["data"]["contact"] == "020-00000000"
    closed = chief.patch(path, {"active": False}, version=version_of(stranger, path))
    assert (closed.json["active"], recorded(runtime, "institution.changed")[-1]["data"]["active"]) == (False, False)
    shown = stranger.get(f"{API}/institutions?division_code=440106&tier=county").json["items"]
    assert made.json["id"] not in {i["id"] for i in shown}
    assert chief.patch(path, {"name": "x"}, version=1).status_code == 412


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"division_code": "440999"}, "division_code"), ({"parent_id": str(TIANHE)}, "parent_id"),
     ({"parent_id": "00000000-0000-7000-8000-000000999999"}, "parent_id")],
    ids=["no such division", "below itself", "no such parent"],
)  # fmt: skip
def test_tier_division_and_parent_are_checked_each_by_itself(chief: Caller, changes: Any, field: str) -> None:
    path = f"{API}/institutions/{GUANGZHOU}"  # Tianhe's has it as parent
    refused = chief.patch(path, changes, version=version_of(chief, path))
    assert [e["field"] for e in refused.json["errors"]] == [field]


def test_capabilities_hold_from_a_day_to_a_day(chief: Caller, stranger: Caller, runtime: Runtime) -> None:
    path = f"{API}/institutions/{TIANHE}"

    def able(kind: str) -> bool:
        found = stranger.get(f"{API}/institutions?division_code=440106&tier=county&kind_code={kind}").json["items"]
        return str(TIANHE) in {i["id"] for i in found}

    assert able("020100"), "in the demonstration everybody may do everything"
    wanted = [
        capability("020100", "deliver", None, day(-1)), capability("020100", "deliver", day(1)),
        capability("010100", "any", day(0), day(0)),
    ]  # fmt: skip
    answer = chief.put(f"{path}/capabilities", {"items": wanted}, headers={"If-Match": f'"{version_of(chief, path)}"'})
    assert answer.status_code == 200, answer.json
    assert (able("020100"), able("010100"), able("030100")) == (False, True, False)
    told = recorded(runtime, "institution.changed")[-1]["data"]["capabilities"]
    assert {(c["kind_code"], c["from"], c["to"]) for c in told} == {
        ("020100", None, day(-1)), ("020100", day(1), None), ("010100", day(0), day(0)),
    }  # fmt: skip


def test_periods_of_one_kind_may_not_overlap(chief: Caller) -> None:
    path = f"{API}/institutions/{TIANHE}"
    wanted = [
        capability("020100", "any", day(0)),
        capability("020100", "any", None, day(0)),
        capability("020100", "deliver"),
    ]
    refused = chief.put(f"{path}/capabilities", {"items": wanted}, headers={"If-Match": f'"{version_of(chief, path)}"'})
    assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [("1.valid_from", "periods_overlap")]


def test_a_bureau_is_added_and_closed(chief: Caller) -> None:
    made = chief.post(f"{API}/bureaus", {"name": "深圳市市场监督管理局", "division_code": "440300"}).json
    closed = chief.patch(f"{API}/bureaus/{made['id']}", {"active": False}, version=made["version"])
    assert (closed.status_code, closed.json["active"]) == (200, False)
    invitation = {
        "kind": "supervisor",
        "name": "x",
        "phone": "13777770001",
        "roles": ["supervisor"],
        "bureau_id": made["id"],
    }
    assert chief.post(f"{API}/invitations", invitation).json["errors"][0]["code"] == "bureau_unknown"


@pytest.mark.parametrize("path", ["divisions", "institutions", "bureaus"])
def test_only_the_administrator_changes_reference_data(signed_in: SignIn, path: str) -> None:
    for caller in (signed_in(staff(roles=("institution_admin",))), signed_in(staff())):
        assert caller.post(f"{API}/{path}", {}).status_code == 403


@pytest.mark.parametrize("path", ["divisions", "institutions?division_code=440106"])
def test_reads_are_cached_and_asked_again_by_their_etag(chief: Caller, stranger: Caller, path: str) -> None:
    first = stranger.get(f"{API}/{path}")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    known = {"If-None-Match": first.headers["ETag"]}
    again = stranger.get(f"{API}/{path}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    chief.patch(f"{API}/divisions/440106", {"name": "天河新区"}, version=1)
    one = f"{API}/institutions/{TIANHE}"
    chief.patch(one, {"alias": "天河所"}, version=version_of(chief, one))
    assert stranger.get(f"{API}/{path}", headers=known).status_code == 200


# -- by spreadsheet --------------------------------------------------------------------------------------------

TABLES = ("divisions", "institutions", "bureaus", "capabilities")


def send(chief: Caller, table: str, content: bytes, dry_run: bool = False) -> Any:
    data = {"file": (io.BytesIO(content), f"{table}.xlsx"), "dry_run": "true" if dry_run else "false"}
    return chief.post(f"{API}/reference/{table}", data=data)


def edited(content: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("table", TABLES)
def test_what_is_exported_and_imported_changes_nothing(chief: Caller, runtime: Runtime, table: str) -> None:
    before = len(recorded(runtime))
    exported = chief.get(f"{API}/reference/{table}")
    assert exported.status_code == 200
    answer = send(chief, table, exported.data)
    assert answer.status_code == 200, answer.json
    assert (answer.json["added"], answer.json["changed"], answer.json["removed"], answer.json["changes"]) == (
        0,
        0,
        0,
        [],
    )
    assert answer.json["unchanged"] > 0
    assert len(recorded(runtime)) == before, "and nothing is told"


def test_a_dry_run_tells_what_the_import_then_does(chief: Caller, stranger: Caller, runtime: Runtime) -> None:
    def change(sheet: Any) -> None:
        row = next(r for r in sheet.iter_rows(min_row=2) if r[0].value == "440106")
        row[1].value = "天河新区"
        sheet.append(["440199", "新区", "区县级", "440100", "是", day(0), None])

    content = edited(chief.get(f"{API}/reference/divisions").data, change)
    before = len(recorded(runtime))
    tried = send(chief, "divisions", content, dry_run=True)
    assert (tried.json["added"], tried.json["changed"]) == (1, 1)
    assert {"key": "440106", "field": "name", "before": "天河区", "after": "天河新区"}.items() <= tried.json["changes"][
        0
    ].items()
    assert len(recorded(runtime)) == before
    names = {d["code"]: d["name"] for d in stranger.get(f"{API}/divisions").json["items"]}
    assert (names["440106"], "440199" in names) == ("天河区", False)
    done = send(chief, "divisions", content)
    assert done.json | {"dry_run": True} == tried.json
    names = {d["code"]: d["name"] for d in stranger.get(f"{API}/divisions").json["items"]}
    assert (names["440106"], names["440199"]) == ("天河新区", "新区")


def test_every_wrong_cell_is_named_and_nothing_is_changed(chief: Caller, stranger: Caller) -> None:
    def change(sheet: Any) -> None:
        sheet["B2"] = "改名省"
        sheet["C3"] = "乡级"
        sheet["F4"] = "去年"
        sheet.append(["440198", "孤儿区", "区县级", "999900", "是", None, None])

    content = edited(chief.get(f"{API}/reference/divisions").data, change)
    refused = send(chief, "divisions", content)
    last = refused.json["errors"][-1]["field"]
    assert refused.status_code == 422
    assert {(e["field"], e["code"]) for e in refused.json["errors"]} == {
        ("C3", "not_an_option"), ("F4", "date_invalid"), (last, "parent_wrong"),
    }  # fmt: skip
    assert last.startswith("D")
    assert stranger.get(f"{API}/divisions").json["items"][0]["name"] == "广东省"


def test_capabilities_of_the_institutions_in_a_sheet_are_replaced(chief: Caller) -> None:
    def change(sheet: Any) -> None:
        sheet.delete_rows(2, sheet.max_row)
        sheet.append([str(TIANHE), "020100", "送检", day(-10), day(10)])

    content = edited(chief.get(f"{API}/reference/capabilities").data, change)
    answer = send(chief, "capabilities", content)
    assert (answer.json["added"], answer.json["removed"]) == (1, 1), answer.json
    assert chief.get(f"{API}/institutions/{TIANHE}").json["capabilities"] == [
        capability("020100", "deliver", day(-10), day(10))
    ]
    assert len(chief.get(f"{API}/institutions/{GUANGZHOU}").json["capabilities"]) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 not a package", "代码,名称\n".encode(), b"\xd0\xcf\x11\xe0" + b"x" * 100],
    ids=["empty", "broken", "csv", "old or encrypted"],
)
def test_a_file_that_is_no_workbook_is_refused_in_words(chief: Caller, content: bytes) -> None:
    refused = send(chief, "divisions", content)
    assert (refused.status_code, refused.json["code"]) == (422, "workbook_invalid")


def test_wrong_headers_are_named(chief: Caller) -> None:
    def change(sheet: Any) -> None:
        sheet["B1"] = "名字"

    refused = send(chief, "divisions", edited(chief.get(f"{API}/reference/divisions").data, change))
    assert "名称" in refused.json["detail"]
    assert "名字" in refused.json["detail"]


def test_a_table_that_is_none_is_not_found(chief: Caller) -> None:
    assert chief.get(f"{API}/reference/accounts").status_code == 404
    assert send(chief, "accounts", b"").status_code == 404
