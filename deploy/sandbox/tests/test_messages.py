"""Messages that reach a phone, refused messages, and the menu and scene codes of the official account."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from sandbox.testing import Platform, TokenOf

TEMPLATE = "/cgi-bin/message/template/send"
BIZSEND = "/cgi-bin/message/subscribe/bizsend"
SEND = "/cgi-bin/message/subscribe/send"
DATA = {"thing1": {"value": "检定完成"}, "character_string2": {"value": "YY20260001"}}

REGISTRATION = {"thing1": {"value": "惠民超市"}, "phrase2": {"value": "审核通过"}, "thing3": {"value": "可登录使用"}}
REMINDER = {"thing1": {"value": "3 台仪器"}, "thing2": {"value": "请预约"}, "time3": {"value": "2026-12-04"}}


def post(client: FlaskClient, path: str, token: str, body: Mapping[str, object]) -> dict[str, object]:
    answer = client.post(f"{path}?access_token={token}", json=body)
    assert answer.status_code == 200
    fields: dict[str, object] = answer.get_json()
    return fields


def test_a_template_message_is_shown_cut_and_its_end_is_pushed(
    client: FlaskClient, person: str, token: TokenOf, platform: Platform
) -> None:
    data = {
        "first": {"value": "您好"},
        "thing1": {"value": "这一段文字长过二十个字所以后面的部分一定会被切掉"},
        "thing2": {"value": "两\n行\U0001f600"},
        "thing3": {"value": "广州"},
        "thing4": {"value": "——"},
    }
    body = {"touser": person, "template_id": "filing", "url": "http://127.0.0.1:8080/x", "data": data}
    assert post(client, TEMPLATE, token(), body)["errcode"] == 0
    (sent,) = client.get(f"/outbox/wechat?openid={person}").get_json()
    assert (sent["kind"], sent["template"], sent["url"]) == ("template", "filing", "http://127.0.0.1:8080/x")
    assert sent["data"] == {
        "thing1": "这一段文字长过二十个字所以后面的部分一定",
        "thing2": "两 行",
        "thing3": "广州",
        "thing4": "——",
    }
    assert platform.arrived.wait(5)
    assert "TEMPLATESENDJOBFINISH" in platform.pushed[0]
    assert "success" in platform.pushed[0]


def test_the_same_client_msg_id_is_sent_once(client: FlaskClient, person: str, token: TokenOf) -> None:
    body = {"touser": person, "template_id": "example", "client_msg_id": "m1", "data": DATA}
    first, second = post(client, TEMPLATE, token(), body), post(client, TEMPLATE, token(), body)
    assert first["msgid"] == second["msgid"]
    assert len(client.get(f"/outbox/wechat?openid={person}").get_json()) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"touser": "oNobody"}, 40003),
        ({"template_id": "unknown-1"}, 40037),
        ({"template_id": None}, 40037),
        ({"data": {}}, 47003),
        ({"data": {"thing1": "text"}}, 47003),
        ({"data": {"thing1": {"value": "检定完成"}}}, 47003),
        ({"data": DATA | {"thing9": {"value": "多一项"}}}, 47003),
        ({"data": DATA | {"character_string2": {"value": "不能有汉字"}}}, 47003),
        ({"data": DATA | {"thing1": {"value": " "}}}, 47003),
        ({"template_id": "registration", "data": REGISTRATION}, 0),
        ({"template_id": "registration", "data": REGISTRATION | {"phrase2": {"value": "超过五个汉字"}}}, 47003),
        ({"template_id": "registration", "data": REGISTRATION | {"phrase2": {"value": "abc"}}}, 47003),
        ({"template_id": "reminder", "data": REMINDER}, 0),
        ({"template_id": "reminder", "data": REMINDER | {"time3": {"value": "明天"}}}, 47003),
    ],
)
def test_a_wrong_template_message_is_refused(
    client: FlaskClient, person: str, token: TokenOf, change: dict[str, object], expected: int
) -> None:
    body = {"touser": person, "template_id": "example", "data": DATA} | change
    assert post(client, TEMPLATE, token(), body)["errcode"] == expected


def test_who_does_not_follow_gets_no_template_message(client: FlaskClient, person: str, token: TokenOf) -> None:
    client.post(f"/phones/{person}/unfollow")
    assert (
        post(client, TEMPLATE, token(), {"touser": person, "template_id": "example", "data": DATA})["errcode"] == 43004
    )


@pytest.mark.parametrize(("path", "app"), [(BIZSEND, "official"), (SEND, "miniprogram")])
def test_one_consent_is_one_message(client: FlaskClient, person: str, token: TokenOf, path: str, app: str) -> None:
    openid = client.get("/phones").get_json()[0]["openids"][app]
    body: dict[str, object] = {"touser": openid, "template_id": "example", "data": DATA}
    assert post(client, path, token(app), body)["errcode"] == 43101
    client.post(f"/phones/{person}/consent", json={"app": app, "template_id": "example"})
    assert post(client, path, token(app), body | {"data": DATA | {"thing1": {"value": "长" * 21}}})["errcode"] == 47003
    assert post(client, path, token(app), body)["errcode"] == 0
    assert post(client, path, token(app), body)["errcode"] == 43101
    assert len(client.get(f"/outbox/wechat?openid={person}").get_json()) == 1


def test_a_page_of_a_miniprogram_is_a_path(client: FlaskClient, person: str, token: TokenOf) -> None:
    openid = client.get("/phones").get_json()[0]["openids"]["miniprogram"]
    body: dict[str, object] = {"touser": openid, "template_id": "example", "data": DATA, "page": "http://x/"}
    assert post(client, SEND, token("miniprogram"), body)["errcode"] == 41030


def test_user_info(client: FlaskClient, person: str, token: TokenOf) -> None:
    query = {"access_token": token(), "openid": person}
    body = client.get("/cgi-bin/user/info", query_string=query).get_json()
    assert (body["subscribe"], body["unionid"]) == (1, "uPerson")
    assert client.get("/cgi-bin/user/info", query_string=query | {"openid": "o"}).get_json()["errcode"] == 40003


def button(**fields: object) -> dict[str, object]:
    return {"type": "click", "name": "备案查询", "key": "filing"} | fields


@pytest.mark.parametrize(
    ("buttons", "expected"),
    [
        ([button(), {"name": "查询", "sub_button": [button(), button(name="检定查询")]}], 0),
        ([button()] * 4, 40016),
        ([], 40016),
        ([{"name": "查询", "sub_button": [button()] * 6}], 40016),
        ([button(type="nothing")], 40017),
        ([button(name="六个字太长了")], 40018),
        ([button(key="k" * 129)], 40019),
        ([button(type="view", url="http://x/" + "a" * 1020)], 40020),
        ([button(type="view", url="ftp://x/")], 40055),
        ([{"name": "查询", "sub_button": [button(type="view", url="x")]}], 40054),
    ],
)
def test_menu_rules(client: FlaskClient, token: TokenOf, buttons: list[dict[str, object]], expected: int) -> None:
    assert post(client, "/cgi-bin/menu/create", token(), {"button": buttons})["errcode"] == expected
    got = client.get("/cgi-bin/menu/get", query_string={"access_token": token()}).get_json()
    assert ("menu" in got) == (expected == 0)
    if not expected:
        assert client.get("/cgi-bin/menu/delete", query_string={"access_token": token()}).get_json()["errcode"] == 0


def test_a_scene_code_has_a_picture_and_is_scanned(
    client: FlaskClient, person: str, token: TokenOf, platform: Platform
) -> None:
    body = {
        "expire_seconds": 600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "bind-7"}},
    }
    made = post(client, "/cgi-bin/qrcode/create", token(), body)
    ticket = made["ticket"]
    picture = client.get("/cgi-bin/showqrcode", query_string={"ticket": ticket})
    assert picture.data.startswith(b"\x89PNG")
    assert client.get("/cgi-bin/showqrcode?ticket=x").status_code == 404
    assert "bind-7" in client.get(f"/q/{ticket}").text
    client.post(f"/phones/{person}/scan", json={"ticket": ticket})
    client.post(f"/phones/{person}/unfollow", json={})
    client.post(f"/phones/{person}/scan", json={"scene": "bind-7"})
    assert "<EventKey><![CDATA[bind-7]]>" in platform.pushed[0]
    assert "[SCAN]" in platform.pushed[0]
    assert "[unsubscribe]" in platform.pushed[1]
    assert "[qrscene_bind-7]" in platform.pushed[2]
    assert f"[{ticket}]" in platform.pushed[2]
    wrong = body | {"action_info": {"scene": {"scene_str": "x" * 65}}}
    assert post(client, "/cgi-bin/qrcode/create", token(), wrong)["errcode"] == 40053
