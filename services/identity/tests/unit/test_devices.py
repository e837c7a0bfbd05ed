"""Browsers in the words of their users."""

import pytest

from identity.domain.devices import name_of

MOZILLA = "Mozilla/5.0 "
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"{MOZILLA}(Windows NT 10.0; Win64; x64) {CHROME}", "Chrome · Windows"),
        (f"{MOZILLA}(Windows NT 10.0; Win64; x64) {CHROME} Edg/126.0", "Edge · Windows"),
        (
            f"{MOZILLA}(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
            "Safari · macOS",
        ),
        (f"{MOZILLA}(X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        (f"{MOZILLA}(Linux; Android 14; V2309A) {CHROME} MicroMessenger/8.0.49", "微信 · Android"),
        (f"{MOZILLA}(iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari · iPhone"),
        (f"{MOZILLA}(Phone; OpenHarmony 5.0) {CHROME}", "Chrome · 鸿蒙"),
        (f"{MOZILLA}(Windows NT 6.1) {CHROME} QIHU 360SE", "360 浏览器 · Windows"),
        ("python-requests/2.32.3", "python-requests/2.32.3"),
        ("x" * 500, "x" * 60),
        ("", ""),
    ],
)
def test_a_browser_is_named_with_its_system(agent: str, name: str) -> None:
    assert name_of(agent) == name
