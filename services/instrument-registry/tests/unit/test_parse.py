"""Reading a row of a workbook: what people type, and every fault of it in one pass."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from chassis.sheet_reader import text_of
from registry.domain.fields import BY_KEY, IDENTITY
from registry.domain.rules import KindFacts, Reference
from registry.workbooks.judge import Column, Row, judge_one

TODAY = date(2026, 11, 23)
NAIVE = datetime(2025, 3, 1, 8, 30)  # noqa: DTZ001 (as a workbook holds it)
KINDS = {
    "020100": KindFacts("秤", "V", "periodic", None, None, None),
    "029900": KindFacts("旧秤", "V", "periodic", None, date(2020, 1, 1), "020100"),
}
REFERENCE = Reference(TODAY, KINDS, {"440106": True, "440100": False})
GOOD: dict[str, Any] = {
    "仪器名称": "电子计价秤", "型号规格": "ACS-30", "出厂编号": "A0001", "制造单位": "香山衡器", "种别代码": "020100",
    "用途": "3", "使用区域代码": "440106", "安装使用地点": "天河路 1 号",
}  # fmt: skip


@dataclass
class Judged:
    row: Row
    values: dict[str, Any]

    @property
    def errors(self) -> list[Any]:
        return self.row.errors


def parse(**cells: Any) -> Judged:
    return Judged(*judge_one(2, GOOD | cells, REFERENCE))


def codes(row: Judged) -> list[tuple[str, str]]:
    return [(header, fault.code) for header, _, fault in row.errors]


def test_a_good_row_has_values_and_no_errors() -> None:
    row = parse()
    assert codes(row) == []
    assert row.values["purpose"] == "trade"
    assert row.values["own_no"] == ""
    assert row.values["made_on"] is None
    assert len(row.row.identity_key) == 32


@pytest.mark.parametrize("header", GOOD)
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000"])
def test_what_is_required_is_named(header: str, blank: str | None) -> None:
    (found,) = codes(parse(**{header: blank}))
    assert found == (header, "kind_required" if header == "种别代码" else "required")


# -- dates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "2025-03-01", "2025/3/1", "2025.3.1", "2025年3月1日", "2025年3月1", "２０２５－０３－０１", "2025-03-01 00:00:00",
        date(2025, 3, 1), NAIVE, 45717, 45717.0, 45717.75,
    ],
    ids=str,
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(cell: Any) -> None:
    row = parse(出厂日期=cell)
    assert codes(row) == []
    assert row.values["made_on"] == date(2025, 3, 1)


@pytest.mark.parametrize(
    "cell", ["2025-02-30", "2025-13-01", "今年", "25-3-1", "20250301", 7, 99_999, True, "2025-03"], ids=str
)
def test_what_is_no_date_is_said_so(cell: Any) -> None:
    row = parse(出厂日期=cell)
    assert codes(row) == [("出厂日期", "date_invalid")]
    assert row.values["made_on"] is None


def test_dates_are_judged_together() -> None:
    assert codes(parse(出厂日期="2025-03-02", 投用日期="2025-03-01")) == [("投用日期", "date_order")]
    assert codes(parse(出厂日期="2026-11-24")) == [("出厂日期", "date_in_future")]
    assert codes(parse(出厂日期="2026-11-23", 投用日期="2026-11-23")) == []


# -- options and codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["3", 3, 3.0, "３", "3.贸易结算", "3、贸易结算", "3．贸易结算", "3 贸易结算", "贸易结算", " 贸易结算 ", "trade"],
)
def test_an_option_by_number_or_name(cell: Any) -> None:
    row = parse(用途=cell)
    assert codes(row) == []
    assert row.values["purpose"] == "trade"


@pytest.mark.parametrize("cell", ["0", "5", "贸易", "3.医疗卫生", "3.5", "三", -3])
def test_no_option(cell: Any) -> None:
    row = parse(用途=cell)
    assert codes(row) == [("用途", "enum_number")]
    assert "1.安全防护" in row.errors[0][2].zh


@pytest.mark.parametrize("cell", ["020100", "０２０１００", " 020100 "])
def test_a_code_in_full_width_digits_is_the_same_code(cell: str) -> None:
    assert parse(种别代码=cell).values["kind_code"] == "020100"


@pytest.mark.parametrize(("cell", "code"), [("440106", None), (440106, None), (440106.0, None), ("４４０１０６", None), ("440100", "division_not_leaf"), ("999999", "division_unknown")])  # fmt: skip
def test_the_area_of_use(cell: Any, code: str | None) -> None:
    assert codes(parse(使用区域代码=cell)) == ([("使用区域代码", code)] if code else [])


def test_a_withdrawn_kind_names_its_successor() -> None:
    row = parse(种别代码="029900")
    assert codes(row) == [("种别代码", "kind_unknown")]
    assert row.errors[0][2].suggestion == "020100"


# -- phones, quantity, text ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (None, ""),
        ("13800138000", "13800138000"),
        (13800138000, "13800138000"),
        (13800138000.0, "13800138000"),
        ("138 0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("020-87654321", "02087654321"),
        ("0755 8765 4321", "075587654321"),
    ],
)
def test_a_phone_number(cell: Any, stored: str) -> None:
    row = parse(联系电话=cell)
    assert codes(row) == []
    assert row.values["phone"] == stored


@pytest.mark.parametrize("cell", ["12345", "23800138000", "+8613800138000", "1380013800a", "找前台"])
def test_no_phone_number(cell: str) -> None:
    assert codes(parse(联系电话=cell)) == [("联系电话", "phone_invalid")]


@pytest.mark.parametrize(("cell", "code"), [(None, None), (1, None), (1.0, None), ("１", None), (2, "quantity_not_one"), (0, "quantity_not_one"), ("1.5", "quantity_not_one"), ("两台", "number_expected")])  # fmt: skip
def test_the_quantity_is_one(cell: Any, code: str | None) -> None:
    assert codes(parse(数量=cell)) == ([("数量", code)] if code else [])


def test_numbers_in_text_lose_their_point_zero() -> None:
    row = parse(出厂编号=20230001.0, 自编号=7)
    assert (row.values["serial_no"], row.values["own_no"]) == ("20230001", "7")
    assert text_of(1.5) == "1.5"
    assert text_of(True) == "TRUE"


@pytest.mark.parametrize(("cell", "code"), [("x" * 101, "too_long"), ("a\x00b", "invalid_character"), ("a\x07b", "invalid_character"), ("\ud800", "invalid_character")])  # fmt: skip
def test_text_that_cannot_be_kept(cell: str, code: str) -> None:
    assert codes(parse(自编号=cell)) == [("自编号", code)]


def test_all_faults_of_a_row_come_in_one_pass() -> None:
    row = parse(仪器名称="", 种别代码="999999", 用途="9", 出厂日期="x", 联系电话="1", 数量=3)
    assert {header for header, _ in codes(row)} == {"仪器名称", "种别代码", "用途", "出厂日期", "联系电话", "数量"}
    assert len(codes(row)) == 6


@pytest.mark.parametrize("key", IDENTITY)
@pytest.mark.parametrize(
    "text",
    ["A1", "SN-0001/2.b C", "sn_1", "1E5", "1.5E+17", "#N/A", "A" * 64, "A" * 65, "A" * 300, "a  b", "a-", "ＡＢ", "Ⅲ", "电子秤",
     "a\tb", "a\\b", "é", "a\x00", "İ", ""],
)  # fmt: skip
def test_a_plain_number_means_what_it_would_mean_by_the_long_way(key: str, text: str) -> None:
    column = Column(BY_KEY[key], REFERENCE)
    assert column[text] == column._worked_out(text)
