"""A browser's description of itself in the words of its user: Chrome · Windows."""

import re

# The first that matches: most browsers also call themselves by the names of others.
_BROWSERS = (
    (r"MicroMessenger", "微信"), (r"DingTalk", "钉钉"), (r"EdgA?/|EdgiOS/", "Edge"), (r"OPR/|Opera", "Opera"),
    (r"QQBrowser", "QQ 浏览器"), (r"360SE|360EE|QIHU", "360 浏览器"), (r"Firefox|FxiOS", "Firefox"),
    (r"HeadlessChrome|Chrome/|CriOS", "Chrome"), (r"Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    (r"OpenHarmony|HarmonyOS", "鸿蒙"), (r"iPhone|iPod", "iPhone"), (r"iPad", "iPad"), (r"Android", "Android"),
    (r"Windows", "Windows"), (r"Macintosh|Mac OS X", "macOS"), (r"CrOS", "ChromeOS"), (r"Linux|X11", "Linux"),
)  # fmt: skip
LONGEST = 60  # of what is no browser [characters]


def name_of(user_agent: str) -> str:
    """Empty where it says nothing. What is no browser keeps its own name: python-requests/2.32."""
    browser = next((name for pattern, name in _BROWSERS if re.search(pattern, user_agent)), None)
    system = next((name for pattern, name in _SYSTEMS if re.search(pattern, user_agent)), None)
    if browser is None:
        return " ".join(user_agent.split())[:LONGEST].strip()
    return f"{browser} · {system}" if system else browser
