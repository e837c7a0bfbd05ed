"""The errors of an import by cause, and the person's own workbook back, mended and sent again."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from factories import HEADERS, Importing, csv_of, row, table, xlsx


def groups(importing: Importing, job: Any, **query: Any) -> list[Any]:
    items: list[Any] = importing.clerk.get(f"/api/registry/imports/{job['id']}/errors/groups", query_string=query).json[
        "items"
    ]
    return items


def test_errors_come_grouped_by_cause_with_rows_and_a_suggestion(importing: Importing) -> None:
    rows = [row(f"{n}", 用途="9") for n in range(7)] + [
        row("a", 种别代码="999999"),
        row("b", 种别代码="888888"),
        row("c", 种别代码="999999"),
    ]
    job = importing(csv_of(table(*rows, row("x"), row("x"), row("y"), row("y"))))
    found = [(g["code"], g["count"], g["rows"]) for g in groups(importing, job)]
    assert found == [
        ("enum_number", 7, [2, 3, 4, 5, 6]), ("kind_unknown", 2, [9, 11]), ("duplicate_in_file", 2, [13, 15]),
        ("kind_unknown", 1, [10]),
    ]  # fmt: skip
    assert groups(importing, job, sort="-column", page_size=1)[0]["column"] in ("种别代码", "用途")
    assert set(groups(importing, job)[0]) == {
        "column",
        "field",
        "code",
        "message",
        "expected",
        "suggestion",
        "count",
        "rows",
    }


def test_groups_can_be_walked(importing: Importing) -> None:
    job = importing(csv_of(table(row("a", 用途="9"), row("b", 种别代码=""))))
    url = f"/api/registry/imports/{job['id']}/errors/groups?page_size=1"
    first = importing.clerk.get(url + "&cursor=").json
    second = importing.clerk.get(f"{url}&cursor={first['next_cursor']}").json
    assert {page["items"][0]["code"] for page in (first, second)} == {"enum_number", "kind_required"}


def test_a_stranger_sees_neither_groups_nor_workbook(importing: Importing, signed_in: Any) -> None:
    from chassis.testing import applicant

    job = importing(csv_of(table(row("a", 用途="9"))))
    stranger = signed_in(applicant())
    for path in ("errors", "errors/groups", "errors.xlsx"):
        assert stranger.get(f"/api/registry/imports/{job['id']}/{path}").status_code == 404


# -- the workbook of errors --------------------------------------------------------------------------------------------


def open_marked(importing: Importing, job: Any) -> tuple[Any, Any]:
    book = openpyxl.load_workbook(io.BytesIO(importing.marked(job)))
    return book, book.worksheets[0]


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column_of(sheet: Any, header: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == header)


def as_xlsx(rows: list[list[Any]]) -> bytes:
    def dress(book: Any, sheet: Any) -> None:
        sheet["A1"].font = openpyxl.styles.Font(bold=True, name="楷体")
        book.create_sheet("备忘").append(["我的备忘"])

    return xlsx(rows, dress)


@pytest.mark.parametrize("make", [as_xlsx, csv_of])
def test_bad_cells_are_marked_with_a_note_and_the_rest_is_as_it_was(importing: Importing, make: Any) -> None:
    job = importing(make(table(row("1"), row("2", 用途="9"))))
    book, sheet = open_marked(importing, job)
    bad = sheet.cell(3, column_of(sheet, "用途"))
    assert (bad.value, bad.comment.text) == (
        "9",
        "用途代码只能为数字：1.安全防护，2.医疗卫生，3.贸易结算，4.环境监测，请检查确认！",
    )
    assert bad.fill.fgColor.rgb.endswith("FFC7CE")
    assert sheet.cell(2, column_of(sheet, "用途")).comment is None
    assert sheet.cell(3, column_of(sheet, "错误原因")).value.startswith("用途：")
    key = column_of(sheet, "行标识")
    assert sheet.column_dimensions[openpyxl.utils.get_column_letter(key)].hidden
    if make is as_xlsx:
        assert (sheet["A1"].font.name, book.worksheets[1]["A1"].value) == ("楷体", "我的备忘")


@pytest.mark.parametrize("make", [as_xlsx, csv_of])
def test_the_mended_workbook_touches_only_the_wrong_rows(importing: Importing, make: Any) -> None:
    job = importing(make(table(row("1"), row("2", 用途="9"), row("3"))))
    changed = next(i for i in importing.ledger() if i["serial_no"] == "1")
    answer = importing.clerk.patch(
        f"/api/registry/instruments/{changed['id']}", {"remark": "改过"}, version=changed["version"]
    )
    assert answer.status_code == 200
    book, sheet = open_marked(importing, job)
    sheet.cell(3, column_of(sheet, "用途"), "3")
    again = importing(saved(book))
    assert (again["created"], again["skipped"], again["invalid"]) == (1, 2, 0), importing.errors(again)
    assert len(importing.ledger()) == 3
    assert next(i for i in importing.ledger() if i["serial_no"] == "1")["remark"] == "改过"


def test_a_right_row_that_was_copied_and_made_another_instrument_is_new(importing: Importing) -> None:
    job = importing(xlsx(table(row("1"), row("2", 用途="9"))))
    book, sheet = open_marked(importing, job)
    sheet.append([cell.value for cell in sheet[2]])
    sheet.cell(4, column_of(sheet, "出厂编号"), "copy")
    again = importing(saved(book))
    assert (again["created"], again["skipped"], again["invalid"]) == (1, 1, 1)


def test_an_import_that_wrote_nothing_leaves_all_rows_to_be_touched(importing: Importing) -> None:
    content = xlsx(table(row("1"), row("2", 用途="9")))
    for options in ({"dry_run": "true"}, {"mode": "all_or_nothing"}):
        book, sheet = open_marked(importing, importing(content, **options))
        sheet.cell(3, column_of(sheet, "用途"), "3")
        again = importing(saved(book), dry_run="true")
        assert (again["valid"], again["skipped"], again["invalid"]) == (2, 0, 0)


def test_marks_of_the_workbook_before_are_gone_from_the_next(importing: Importing) -> None:
    job = importing(xlsx(table(row("1", 用途="9"), row("2", 用途="9"))))
    book, sheet = open_marked(importing, job)
    sheet.cell(2, column_of(sheet, "用途"), "3")
    again = importing(saved(book))
    _, sheet = open_marked(importing, again)
    purpose = column_of(sheet, "用途")
    assert sheet.cell(2, purpose).comment is None
    assert sheet.cell(3, purpose).comment is not None
    assert sheet.cell(2, column_of(sheet, "错误原因")).value is None
    assert [cell.value for cell in sheet[1]].count("行标识") == 1


def test_the_key_of_another_organisation_settles_nothing(importing: Importing, signed_in: Any, seeded: Any) -> None:
    from chassis.testing import applicant

    job = importing(xlsx(table(row("1"), row("2", 用途="9"))))
    other = Importing(signed_in(applicant()), seeded)
    assert other(importing.marked(job))["created"] == 1


def test_a_workbook_that_cannot_be_edited_is_written_anew(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = xlsx(table(row("1"), row("2", 用途="9")))
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.infolist():
            data = b"<broken" if part.filename == "docProps/core.xml" else old.read(part)
            new.writestr(part, data)
    job = importing(broken.getvalue())
    assert (job["created"], job["invalid"]) == (1, 1)
    _, sheet = open_marked(importing, job)
    assert sheet.cell(3, column_of(sheet, "用途")).comment is not None


def test_of_a_large_file_only_the_wrong_rows_come_back(importing: Importing) -> None:
    job = importing(csv_of(table(*(row(f"{n}") for n in range(5001)), row("bad", 用途="9"))))
    book, sheet = open_marked(importing, job)
    assert [cell.value for cell in sheet[1]][: len(HEADERS)] == list(HEADERS)
    assert (sheet.max_row, sheet["C2"].value) == (2, "bad")
    sheet.cell(2, column_of(sheet, "用途"), "3")
    assert importing(saved(book))["created"] == 1
