"""逐行导入: the same validator as the import of a file, one row at a time."""

from typing import Any

import pytest
from factories import HEADERS, Importing, csv_of, row

URL = "/api/registry/imports/rows"


def cells(serial: Any, **changes: Any) -> dict[str, Any]:
    return dict(zip(HEADERS, row(serial), strict=True)) | changes


def test_a_right_row_is_an_instrument(importing: Importing) -> None:
    answer = importing.clerk.post(URL, {"row": cells("0001", 出厂日期=45717, 数量=1, 种别名称="秤")})
    assert (answer.status_code, answer.json["serial_no"], answer.json["made_on"]) == (201, "0001", "2025-03-01")
    assert answer.headers["ETag"]
    assert [i["id"] for i in importing.ledger()] == [answer.json["id"]]


def test_a_row_keyed_by_fields_is_the_same_row(importing: Importing) -> None:
    first = importing.clerk.post(URL, {"row": cells("1")})
    keys = ("name", "model", "serial_no", "manufacturer", "kind_code", "purpose", "division_code", "install_address")
    again = importing.clerk.post(URL, {"row": dict(zip(keys, row("1"), strict=True))})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"]


def test_an_idempotency_key_gives_the_same_answer(importing: Importing) -> None:
    sent = [importing.clerk.post(URL, {"row": cells("1")}, headers={"Idempotency-Key": "row-1"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json == sent[1].json
    assert len(importing.ledger()) == 1


@pytest.mark.parametrize(
    "changes",
    [{"种别代码": ""}, {"种别代码": "999999"}, {"使用区域代码": "440100"}, {"用途": "九"}, {"数量": "两台"}, {"仪器名称": None},
     {"出厂日期": "2025-03-02", "投用日期": "2025-03-01"}, {"制造单位": "#N/A"}, {"自编号": "x" * 10_000}, {"自编号": "a\x00b"},
     {"种别代码": "1", "用途": "9", "联系电话": "1"}],
    ids=str,
)  # fmt: skip
def test_its_faults_are_those_of_a_file(importing: Importing, changes: dict[str, Any]) -> None:
    one = cells("1", **changes)
    answer = importing.clerk.post(URL, {"row": one})
    job = importing(csv_of([list(one), list(one.values())]))
    assert answer.status_code == 422
    told = [(e["field"], e["code"], e["message"]) for e in answer.json["errors"]]
    assert told == [(e["field"], e["code"], e["message"]) for e in importing.errors(job)]
    assert importing.ledger() == []


def test_an_instrument_with_other_values_is_not_changed(importing: Importing) -> None:
    importing.clerk.post(URL, {"row": cells("1")})
    answer = importing.clerk.post(URL, {"row": cells("1", 安装使用地点="别处")})
    assert (answer.status_code, answer.json["code"]) == (409, "same_instrument")


@pytest.mark.parametrize(
    "body", [{}, {"row": {}}, {"row": []}, {"row": {"仪器名称": {"a": 1}}}, {"row": {"仪器名称": [1]}}, {"row": {"": "x"}}, {"row": {"a\x00": "x"}},
             {"row": {f"{n}": "x" for n in range(300)}}, {"row": cells("1", 采购人="张三")}],
)  # fmt: skip
def test_what_is_no_row_is_refused(importing: Importing, body: Any) -> None:
    answer = importing.clerk.post(URL, body)
    assert answer.status_code == 422, answer.json


@pytest.mark.parametrize("cell", [True, 1e308, -0.0, 10**18, "\ud800", "1" * 5000])
def test_odd_cells_are_judged_and_never_break(importing: Importing, cell: Any) -> None:
    assert importing.clerk.post(URL, {"row": cells(cell)}).status_code in (201, 422)
