"""Which files an import takes, and what it says of those that it does not: by content, in bounded time and memory."""

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from factories import HEADERS, Importing, csv_of, row, table, xlsx

RARE = "𠀀𪚥"  # CJK extension B
XLS = Path(__file__).resolve().parents[1] / "data" / "instruments.xls"


def only(importing: Importing) -> Any:
    [instrument] = importing.ledger()
    return instrument


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_table_as_text_is_read_in_either_encoding(importing: Importing, encoding: str, delimiter: str) -> None:
    job = importing(csv_of(table(row("0001", 安装使用地点=f"{RARE}路 1 号")), encoding, delimiter))
    assert (job["state"], job["created"]) == ("done", 1), importing.errors(job)
    assert (only(importing)["serial_no"], only(importing)["install_address"]) == ("0001", f"{RARE}路 1 号")


def test_an_old_workbook_is_read(importing: Importing) -> None:
    job = importing(XLS)
    assert (job["state"], job["total"], job["created"]) == ("done", 2, 2), (job, importing.errors(job))
    assert {i["made_on"] for i in importing.ledger()} == {"2025-03-01", None}


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86", "-5℃", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")", "温度计🌡️", f"{RARE}表", "שלום عليكم", "a\u202eb", "'; DROP TABLE x; --", "<b>x</b>"],
)  # fmt: skip
def test_any_text_is_kept_as_it_was_typed(importing: Importing, text: str) -> None:
    job = importing(csv_of(table(row("1", 安装使用地点=text))))
    assert job["created"] == 1, importing.errors(job)
    assert only(importing)["install_address"] == text


def test_text_that_looks_like_a_formula_comes_back_as_text(importing: Importing) -> None:
    import openpyxl

    job = importing(csv_of(table(row("1", 安装使用地点="=1+1", 用途="9"))))
    sheet = openpyxl.load_workbook(io.BytesIO(importing.marked(job))).worksheets[0]
    assert (sheet["H2"].value, sheet["H2"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize("text", ["x" * 10_000, "长" * 10_000])
def test_a_cell_of_ten_thousand_characters_is_an_error_of_its_own(importing: Importing, text: str) -> None:
    job = importing(xlsx(table(row("1", 安装使用地点=text), row("2"))))
    [error] = importing.errors(job)
    assert (job["created"], error["row"], error["code"], len(error["value"])) == (1, 2, "too_long", 200)


def test_a_nul_is_an_error_of_its_cell(importing: Importing) -> None:
    filler = [row(f"{n}", 安装使用地点="x" * 100) for n in range(700)]
    job = importing(csv_of(table(*filler, row("a\x00b"))))
    [error] = importing.errors(job)
    assert (job["created"], error["row"], error["code"], error["value"]) == (700, 702, "invalid_character", "ab")


def test_a_nul_in_a_header_is_told_and_harms_nothing(importing: Importing) -> None:
    filler = [row(f"{n}", 安装使用地点="x" * 100) for n in range(700)]
    job = importing(csv_of(table(*filler, headers=(*HEADERS[:7], "安装\u2028地点\ufffe"))))
    assert (job["state"], job["headers"][0]["index"]) == ("failed", 8)


# -- files that are refused --------------------------------------------------------------------------------------------


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def sparse(last: str) -> bytes:
    """A row, and a cell at the far end of the largest sheet: as a grid, up to 400 GB."""

    def dress(_book: Any, sheet: Any) -> None:
        sheet[last] = "x"

    return xlsx(table(row("1")), dress)


def wide() -> bytes:
    return xlsx([["x"] * 16_000, row("1")])


def bomb() -> bytes:
    return package(**{"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"<c/>" * (40 << 20)})


def locked() -> bytes:
    """What Excel makes of a workbook with a password: an old container with the encrypted package inside."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4096)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 broken", "已损坏"),
        (xlsx(table(row("1")))[:-300], "已损坏"),
        (package(readme=b"no workbook"), "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40, "已损坏"),
        (locked(), "密码"),
        (bomb(), "过大"),
        (sparse("XFD1048576"), "过大"),
        (sparse("GR1048576"), "过大"),
        (wide(), "列数过多"),
        (xlsx([]), "是空的"),
        (xlsx([list(HEADERS)]), "没有数据行"),
        (csv_of([["x"] * 300]), "列数过多"),
        (csv_of(table(row("1", 安装使用地点="x" * 200_000))), "单元格过长"),
        (csv_of(table(row("1"))) + b"\xff\xff\xff" * 30_000, "编码"),
    ],
    ids=["broken", "cut", "no-workbook", "broken-xls", "locked", "bomb", "sparse", "deep", "wide", "empty", "headers-only", "wide-csv", "long-cell", "encoding"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_clear_words(importing: Importing, content: bytes, said: str) -> None:
    import re

    began = time.monotonic()
    answer = importing.start(content)
    if answer.status_code == 415:
        assert answer.json["code"] == "unsupported_media_type"
        return
    job = importing.of(importing(content)["id"])
    assert (job["state"], job["created"]) == ("failed", 0)
    assert re.search(said, job["error"]), job["error"]
    assert time.monotonic() - began < 30
    assert importing.clerk.get(f"/api/registry/imports/{job['id']}/errors.xlsx").status_code in (200, 422)


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"%PDF-1.7,", b"\x00\x01\x02,", b"\x89PNG\r\n\x1a\n", b"\xff\xfe\x00"]
)
def test_what_is_no_table_is_refused_at_once(importing: Importing, content: bytes) -> None:
    answer = importing.start(content)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


def test_a_hundred_thousand_rows_at_most(importing: Importing) -> None:
    line = ",".join(row("1")).encode()
    job = importing(csv_of([list(HEADERS)]) + b"\r\n".join([line] * 100_001))
    assert (job["state"], job["error"]) == ("failed", "文件无法读取：一次最多导入 100000 行")
