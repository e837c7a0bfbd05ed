"""数据导入 and 更多导入 of chapter 三 of the manual, export and labels."""

import re

import openpyxl
import pytest
from browsing import Watch, axe, menu, shot
from people import Shop
from playwright.sync_api import Page, expect


def test_a_workbook_is_judged_then_imported(page: Page, owner: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    """数据导入: 模板, 填写, 导入; 导入常见错误."""
    with page.expect_download() as template:
        menu(page, "仪器管理", "全部仪器")
        page.get_by_role("button", name="模板", exact=True).click()
    book = openpyxl.load_workbook(template.value.path().rename(tmp_path_factory.mktemp("t") / "template.xlsx"))
    assert book.worksheets[0]["A1"].value.startswith("仪器名称")
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_label("选择填写完成的 EXCEL 文件").set_input_files("tests/data/instruments.xlsx")
    expect(page.get_by_role("button", name="导入正确的 290 行")).to_be_visible(timeout=20_000)
    for words in (
        "仪器的种别代码不能为空",
        "【440100】是属于市级代码，使用区域须填最后两位不是“00”的区县级代码！",
        "对应的字段只能填写相应的数字，不能填写文字！",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    axe(page)
    shot(page, "import")
    with page.expect_download() as wrong:
        page.get_by_role("button", name="下载错误文件").click()
    assert wrong.value.suggested_filename.endswith(".xlsx")
    page.reload()  # the server keeps the checked file: it is not chosen again
    page.get_by_role("button", name="导入正确的 290 行").click()
    page.get_by_role("button", name="查看仪器").click(timeout=20_000)
    expect(page.get_by_text("共 290 条")).to_be_visible()
    page.goto("/instruments/import")
    page.get_by_label("选择填写完成的 EXCEL 文件").set_input_files("tests/data/instruments.xlsx")
    expect(page.get_by_text("行与已有仪器完全相同")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="导入正确的")).to_have_count(0)


def test_a_file_that_is_no_workbook_is_refused_at_once(page: Page, owner: Shop, watch: Watch) -> None:
    watch.expects("status of 4(15|22)")
    page.goto("/instruments/import")
    field = page.get_by_label("选择填写完成的 EXCEL 文件")
    field.set_input_files({"name": "list.docx", "mimeType": "application/octet-stream", "buffer": b"PK"})
    expect(page.get_by_role("alert").filter(has_text="格式不支持")).to_be_visible()
    field.set_input_files({"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": b"no workbook"})
    expect(page.locator(".el-alert--error").first).to_be_visible(timeout=20_000)


def test_rows_are_imported_one_by_one_with_pause_and_resume(page: Page, owner: Shop, watch: Watch) -> None:
    """更多导入: “逐行导入”本地解析EXCEL文件，并逐条上传至服务器."""
    watch.expects("status of 4(09|22)")
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="更多导入").click()
    page.get_by_role("menuitem", name="逐行导入").click()
    page.get_by_label("选择填写完成的 EXCEL 文件").set_input_files("tests/data/instruments.xlsx")
    page.get_by_role("button", name="开始逐行导入（300 行）").click()
    expect(page.get_by_text(re.compile("新增 [1-9]"))).to_be_visible()
    page.get_by_role("button", name="暂停").click()
    page.get_by_role("button", name=re.compile("继续")).click()
    expect(page.get_by_text("新增 290 台")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("未导入 10 行").first).to_be_visible()
    axe(page)
    shot(page, "rows")


@pytest.mark.parametrize(("name", "words"), [("更新地址", "三表"), ("更换加油枪", "加油枪")])
def test_addresses_and_nozzles_have_their_own_import(page: Page, owner: Shop, name: str, words: str) -> None:
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="更多导入").click()
    page.get_by_role("menuitem", name=name).click()
    expect(page.get_by_text(words).first).to_be_visible()
    with page.expect_download():
        page.get_by_role("button", name="模板").click()
    axe(page)


def test_an_export_and_labels_are_made_as_jobs(page: Page, owner: Shop) -> None:
    owner.instruments(2)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="导出").click()
    page.get_by_role("button", name="确定").click()
    with page.expect_download() as exported:
        page.get_by_role("button", name="下载结果").click(timeout=20_000)
    assert exported.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name="关闭").last.click()
    page.locator("label[aria-label=选中本页全部]").click()
    page.get_by_role("button", name="打印器具码").click()
    with page.expect_download() as labels:
        page.get_by_role("button", name="确定").click()
    assert labels.value.path().read_bytes().startswith(b"%PDF")
