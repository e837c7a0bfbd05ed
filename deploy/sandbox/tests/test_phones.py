"""People, pages and limits of the stand-in itself."""

import pytest
from flask.testing import FlaskClient

from sandbox.outbox import MOST_MESSAGES, Outbox, Sms
from sandbox.settings import SettingMissing, read_settings
from sandbox.testing import ENVIRON, Clock


def test_the_given_openid_is_that_of_the_official_account(client: FlaskClient) -> None:
    body = client.post("/phones", json={"openid": "oA", "unionid": "uA", "phone": "13800138001"}).get_json()
    assert body["openids"]["official"] == "oA"
    again = client.post("/phones", json={"openid": "oA", "unionid": "uA", "phone": "13800138002"}).get_json()
    assert again["openids"] == body["openids"]
    assert len(client.get("/phones").get_json()) == 1


def test_a_unionid_or_phone_is_one_persons(client: FlaskClient, person: str) -> None:
    assert client.post("/phones", json={"openid": "oB", "unionid": "uPerson"}).status_code == 409
    assert client.post("/phones", json={"openid": "oB", "phone": "13800138000"}).status_code == 409
    assert client.post("/phones", json={"openid": "oB", "unionid": None}).get_json()["unionid"] is None


@pytest.mark.parametrize("body", [{"openid": "<b>"}, {"phone": "123"}])
def test_a_malformed_phone_is_refused(client: FlaskClient, body: dict[str, str]) -> None:
    assert client.post("/phones", json=body).status_code == 422


def test_nobody_is_told_so(client: FlaskClient) -> None:
    assert client.post("/phones/oNobody/login").get_json()["code"] == "not_found"
    assert client.get("/phones/oNobody").status_code == 404
    assert client.get("/outbox/wechat?openid=oNobody").get_json() == []


def test_pages_work_without_scripts(client: FlaskClient, person: str) -> None:
    for path in ("/", f"/phones/{person}", f"/phones/{person}?watch=1", "/phones/13800138000"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    answer = client.post(f"/phones/{person}/text", data={"content": "你好"})
    assert (answer.status_code, answer.location) == (303, f"/phones/{person}")
    assert client.post("/phones", data={"phone": "13800138009", "openid": ""}).status_code == 303


def test_what_a_page_shows_is_escaped(client: FlaskClient, clock: Clock) -> None:
    client.post("/phones", json={"openid": "oX", "nickname": "<b>x</b>"})
    assert "<b>x</b>" not in client.get("/").text


def test_the_outbox_is_bounded() -> None:
    outbox = Outbox()
    for number in range(MOST_MESSAGES + 5):
        outbox.add(Sms("13800138000", str(number), None, "", "", {}))
    kept = outbox.sms(limit=MOST_MESSAGES * 2)
    assert (len(kept), kept[0]["text"], kept[-1]["text"]) == (MOST_MESSAGES, str(MOST_MESSAGES + 4), "5")


def test_a_missing_secret_stops_the_start() -> None:
    with pytest.raises(SettingMissing, match=r"SMS_SECRET.*WECHAT_CALLBACK_URL"):
        read_settings({name: value for name, value in ENVIRON.items() if name != "SMS_SECRET"})


def test_links_of_replies_and_cards_can_be_tapped_and_nothing_else_is_markup(client: FlaskClient, person: str) -> None:
    from sandbox.outbox import WechatMessage
    from sandbox.state import State

    here: State = client.application.extensions["sandbox"]
    reply = '尚未绑定，请<a href="http://127.0.0.1:8080/wechat/bind/start">点此绑定</a><script>x</script><a href="javascript:x">y</a>'
    here.outbox.add(WechatMessage(person, "reply", "", {"content": reply}, "2026-12-01T00:00:00Z", "official"))
    card = WechatMessage(
        person, "template", "filing", {"thing1": "秤"}, "2026-12-01T00:00:00Z", "official", "http://127.0.0.1:8080/home"
    )
    here.outbox.add(card)
    page = client.get(f"/phones/{person}").text
    assert '<a href="http://127.0.0.1:8080/wechat/bind/start">点此绑定</a>' in page
    assert '<a href="http://127.0.0.1:8080/home">' in page
    assert "<script>" not in page
    assert 'href="javascript' not in page
