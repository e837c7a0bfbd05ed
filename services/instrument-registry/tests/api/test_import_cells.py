"""What an import makes of cells that are more than a value: the rules of the README, one test each."""

from datetime import date, datetime
from typing import Any

import pytest
from factories import HEADERS, Importing, csv_of, row, table, xlsx


def made_on(importing: Importing, cell: Any) -> Any:
    job = importing(xlsx(table([*row("1"), cell], headers=(*HEADERS, "出厂日期"))))
    assert job["created"] == 1, importing.errors(job)
    return importing.ledger()[0]["made_on"]


def test_a_merged_area_gives_its_value_to_each_of_its_cells(importing: Importing) -> None:
    def dress(_book: Any, sheet: Any) -> None:
        sheet.merge_cells("D2:D4")

    rows = [row("1"), row("2", 制造单位=None), row("3", 制造单位=None), row("4", 制造单位="别家")]
    job = importing(xlsx(table(*rows), dress))
    assert job["created"] == 4, importing.errors(job)
    assert [i["manufacturer"] for i in importing.ledger(sort="serial_no")] == ["香山衡器"] * 3 + ["别家"]


@pytest.mark.parametrize(
    "cell", [date(2025, 3, 1), datetime(2025, 3, 1, 9, 30), 45717, "45717", "2025-03-01", "２０２５/３/１", "2025年3月1日"]  # noqa: DTZ001
)  # fmt: skip
def test_a_date_is_a_date_a_number_or_text(importing: Importing, cell: Any) -> None:
    assert made_on(importing, cell) == "2025-03-01"


def test_full_width_digits_and_blanks_around_do_not_count(importing: Importing) -> None:
    job = importing(
        xlsx(table(row(" ＳＮ１ ", 种别代码="０２０１００ ", 使用区域代码="４４０１０６\u3000", 用途="３")))
    )
    assert job["created"] == 1, importing.errors(job)
    again = importing(xlsx(table(row("SN1"))))
    assert (again["created"], again["invalid"]) == (0, 1)  # the same instrument, typed in another way


def test_a_formula_is_its_cached_value_and_without_one_it_is_empty(importing: Importing) -> None:
    import io

    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for line in (1, 2):
            sheet.write_row(line, 0, row(f"{line}"))
            sheet.write_formula(line, 3, '="香山"&"衡器"', None, "香山衡器" if line == 1 else "")
    job = importing(out.getvalue())
    [error] = importing.errors(job)
    assert (job["created"], error["row"], error["code"]) == (1, 3, "required")
    assert importing.ledger()[0]["manufacturer"] == "香山衡器"


def test_the_first_visible_sheet_is_read(importing: Importing) -> None:
    def dress(book: Any, sheet: Any) -> None:
        sheet.sheet_state = "hidden"
        shown = book.create_sheet("清单")
        for line in table(row("shown")):
            shown.append(line)
        book.create_sheet("后面").append(["别的"])
        book.active = 1

    job = importing(xlsx(table(row("hidden")), dress))
    assert job["created"] == 1
    assert importing.ledger()[0]["serial_no"] == "shown"


@pytest.mark.parametrize("typed", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_value_is_an_error_of_its_cell(importing: Importing, typed: str) -> None:
    def dress(_book: Any, sheet: Any) -> None:
        sheet["D2"] = typed
        sheet["D2"].data_type = "e"

    job = importing(xlsx(table(row("1"), row("2")), dress))
    [error] = importing.errors(job)
    assert (job["created"], error["column"], error["code"], error["value"]) == (1, "制造单位", "cell_error", typed)


@pytest.mark.parametrize("cell", ["3", 3, "3.贸易结算", "贸易结算"])
def test_an_enumerated_cell_by_number_or_name(importing: Importing, cell: Any) -> None:
    assert importing(xlsx(table(row("1", 用途=cell))))["created"] == 1


def test_a_number_that_excel_rounded_is_an_error(importing: Importing) -> None:
    job = importing(xlsx(table(row(123456789012345678))))
    [error] = importing.errors(job)
    assert (error["column"], error["code"]) == ("出厂编号", "number_rounded")


def test_the_messages_of_the_manual_word_for_word(importing: Importing) -> None:
    headers = (*HEADERS, "数量")
    rows = [
        [*row("1", 种别代码=""), ""], [*row("2", 种别代码="999999"), ""], [*row("3", 使用区域代码="440100"), ""],
        [*row("4", 用途="交易"), ""], [*row("5"), "两台"],
    ]  # fmt: skip
    job = importing(csv_of(table(*rows, headers=headers)))
    assert [(e["row"], e["column"], e["value"], e["message"]) for e in importing.errors(job)] == [
        (2, "种别代码", "", "仪器的种别代码不能为空"),
        (3, "种别代码", "999999", "仪器的种别代码：999999可能有误或已作废，无法找到相对应的名称"),
        (4, "使用区域代码", "440100", "【440100】是属于市级代码，使用区域须填最后两位不是“00”的区县级代码！"),
        (5, "用途", "交易", "用途代码只能为数字：1.安全防护，2.医疗卫生，3.贸易结算，4.环境监测，请检查确认！"),
        (6, "数量", "两台", "对应的字段只能填写相应的数字，不能填写文字！"),
    ]
    english = importing.errors(job, **{"Accept-Language": "en"})
    assert english[0]["message"] == "The kind code is required."


# -- headers -----------------------------------------------------------------------------------------------------------


def test_a_title_above_and_marks_in_the_headers_do_not_matter(importing: Importing) -> None:
    headers = [
        "*仪器名称",
        "型号 规格",
        "出厂编号\n(文本)",
        "制造单位（必填）",
        "种别代码",
        "用途：",
        "使用区域代码",
        "install_address",
    ]
    job = importing(xlsx([["仪器清单"], [], *table(row("1"), headers=headers)]))
    assert job["created"] == 1, job


RENAMED = ("器具名称", "规格型号", "出厂编号", "生产厂家", "种别代码", "用途", "使用区域代码", "安装地点", "采购人")


def test_renamed_headers_get_a_proposal_that_can_be_sent_back(importing: Importing) -> None:
    import json

    content = xlsx(table([*row("1"), "张三"], headers=RENAMED))
    job = importing(content)
    assert job["state"] == "failed"
    assert "缺少表头：仪器名称、型号规格、制造单位、安装使用地点" in job["error"]
    proposed = {one["header"]: one["proposal"] for one in job["headers"]}
    assert proposed == {
        "器具名称": "仪器名称",
        "规格型号": "型号规格",
        "生产厂家": "制造单位",
        "安装地点": "安装使用地点",
        "采购人": None,
    }
    mapped = importing(content, mapping=json.dumps({header: ours or "" for header, ours in proposed.items()}))
    assert (mapped["state"], mapped["created"], mapped["headers"]) == ("done", 1, None), mapped


@pytest.mark.parametrize(
    "mapping", ["x", "[]", '{"a": 1}', '{"a\\u0000": "b"}', '{"a": "' + "x" * 101 + '"}', "1e999", "{" * 5000]
)
def test_a_mapping_that_is_none_is_refused(importing: Importing, mapping: str) -> None:
    answer = importing.start(xlsx(table(row("1"))), mapping=mapping)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "mapping")


def test_a_header_twice_is_refused(importing: Importing) -> None:
    job = importing(csv_of(table([*row("1"), "x"], headers=(*HEADERS, "出厂编号"))))
    assert "“出厂编号”重复" in job["error"]
