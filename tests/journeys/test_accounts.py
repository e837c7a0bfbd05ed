"""Accounts across services: a disabled account is refused everywhere, and keys rotate while people work."""

import random
import time
from typing import Any

import pytest
import requests

from launcher import operating

from client import Client, wait_for  # isort: skip
from journey import invite_verifier  # isort: skip
from story import PASSWORD, Story  # isort: skip

LISTS = {
    "identity": "/api/identity/me", "registry": "/api/registry/instruments", "filing": "/api/filing/filings",
    "booking": "/api/booking/bookings", "notification": "/api/notification/messages",
}  # fmt: skip
WITHIN = 2.0  # [seconds]


def story_of(platform: Any) -> Story:
    return Story(platform.gateway_url, platform.sandbox_url, seed=random.randrange(10**9))


def status(person: Client, path: str) -> int:
    answer = person.ask("GET", path)
    assert answer is not None
    return answer.status_code


def everywhere(person: Client, expected: int) -> None:
    """Waits until every service gives this answer."""
    wait_for(lambda: {status(person, path) for path in LISTS.values()}, {expected}.__eq__, seconds=20)


def test_who_is_disabled_is_refused_by_every_service_within_two_seconds(whole_platform: Any) -> None:
    """Takes the fastest of three, so that other load on the machine does not matter."""
    took = []
    for _ in range(3):
        story = story_of(whole_platform)
        invite_verifier(story)
        verifier, head = story.people["verifier"], story.person("city-admin")
        assert {service: status(verifier, path) for service, path in LISTS.items()} == dict.fromkeys(LISTS, 200)
        path = f"/api/identity/staff/{verifier.account['id']}"
        head.patch(path, {"status": "disabled"}, head.get(path)["version"])
        began = time.monotonic()
        everywhere(verifier, 401)
        took.append(time.monotonic() - began)
        head.patch(path, {"status": "active"}, head.get(path)["version"])
        back = Client(whole_platform.gateway_url).sign_in(story.facts["verifier"], PASSWORD)
        everywhere(back, 200)
    assert min(took) < WITHIN, took


def test_who_signs_out_is_out_everywhere(whole_platform: Any) -> None:
    person = Client(whole_platform.gateway_url).sign_in("applicant2")
    person.call("DELETE", "/api/identity/sessions/current", 204)
    everywhere(person, 401)


def test_a_new_key_is_published_while_people_work(whole_platform: Any) -> None:
    before = Client(whole_platform.gateway_url).sign_in("applicant2")
    jwks = f"{whole_platform.gateway_url}/api/identity/.well-known/jwks.json"
    known = {key["kid"] for key in requests.get(jwks, timeout=10).json()["keys"]}
    said = operating.ask(whole_platform.run_dir, "identity", "rotate-keys")
    assert (said.returncode, said.stdout.startswith("added ")) == (0, True), said.stderr
    published = wait_for(
        lambda: {key["kid"] for key in requests.get(jwks, timeout=10).json()["keys"]},
        lambda kids: len(kids) > len(known),
    )
    assert known < published, "no restart, and the old key stays"
    after = Client(whole_platform.gateway_url).sign_in("applicant2")
    for person in (before, after):
        assert {status(person, path) for path in LISTS.values()} == {200}


@pytest.mark.parametrize("path", ["/internal/accounts/verify", "/api/identity/internal/accounts/verify"])
def test_what_is_between_services_is_not_reached_from_outside(whole_platform: Any, path: str) -> None:
    assert requests.post(whole_platform.gateway_url + path, json={}, timeout=10).status_code == 404


def test_a_follower_binds_by_password_on_wechats_page(whole_platform: Any) -> None:
    """With the real services: notification's page asks identity, and identity publishes the binding."""
    openid = f"o-{random.randrange(10**12)}"
    phone = {"openid": openid, "unionid": f"u-{openid}", "phone": f"133{random.randrange(10**8):08d}"}
    requests.post(whole_platform.sandbox_url + "/phones", json=phone, timeout=10).raise_for_status()
    browser = requests.Session()
    begun = browser.get(f"{whole_platform.gateway_url}/wechat/bind/start", timeout=10, allow_redirects=False)
    agreed = {"openid": openid, "answer": "agree"}
    to_wechat = begun.headers["Location"].partition("#")[0]
    back = requests.post(to_wechat, data=agreed, timeout=10, allow_redirects=False).headers["Location"]
    page = browser.get(f"{whole_platform.gateway_url}/wechat/bind?{back.partition('?')[2]}", timeout=10)
    assert "script" not in page.headers["Content-Security-Policy"].partition("script-src")[0]
    ticket = page.text.partition('name="ticket" value="')[2].partition('"')[0]
    form = {"ticket": ticket, "username": "applicant2", "password": "Demo-2026!"}
    done = browser.post(f"{whole_platform.gateway_url}/wechat/bind", data=form, timeout=20)
    assert "已绑定账号" in done.text, done.text
    owner = Client(whole_platform.gateway_url).sign_in("applicant2")
    assert "official" in owner.get("/api/identity/me/wechat")["apps"]

    def reply_to(event: str, **body: str) -> str:
        answer = requests.post(f"{whole_platform.sandbox_url}/phones/{openid}/{event}", json=body, timeout=30)
        return str(answer.json()["reply"])

    wait_for(lambda: reply_to("click", key="bind"), lambda reply: "已绑定平台账号" in reply)
    assert reply_to("click", key="filings").startswith("备案共")
    assert reply_to("click", key="bookings").startswith(("最新的", "还没有预约单"))
    assert "没有找到预约单 YY2222222222" in reply_to("text", content="YY 2222222222")
    owner.call("DELETE", "/api/identity/me/wechat", 204)
