"""Cleaning of text that users typed before it goes to a phone."""

import pytest

from notification.domain.plain import cut, plain


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("请访问 http://evil.example/x", "请访问 [链接]"),
        ("见www.evil.cn。谢谢", "见[链接]。谢谢"),
        ("HTTPS://EVIL.example", "[链接]"),
        ("evil.top/a 和 t.cn", "[链接] 和 [链接]"),
        ("evil.de/x，1.2.3.4/x，例子.中国/x，bad.example:8080/y", "[链接]，[链接]，[链接]，[链接]"),
        ("1http://a.b/c +http://x.y", "[链接] [链接]"),
        ("广州 ABC Co.Ltd 的 0.5/1.0 级，JJG 1.2.3，A/B", "广州 ABC Co.Ltd 的 0.5/1.0 级，JJG 1.2.3，A/B"),
        ("第一行\n第二行\t\r\n第三行", "第一行 第二行 第三行"),
        ("好的👍🏽！⚠️", "好的！"),
        ("JJG 539-2016，0.5 级，20℃，№3，燊，㎏", "JJG 539-2016，0.5 级，20℃，№3，燊，㎏"),
        ("型号 ACS-30.5 不符；编号 A.B.1", "型号 ACS-30.5 不符；编号 A.B.1"),
        ("", ""),
    ],
)
def test_links_line_breaks_and_pictures_do_not_go_out(given: str, shown: str) -> None:
    assert plain(given) == shown


def test_what_is_cut_says_so() -> None:
    assert cut("一" * 20, 20) == "一" * 20
    assert cut("一" * 21, 20) == "一" * 19 + "…"
