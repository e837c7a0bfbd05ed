"""Pushes to the platform: signed, plain and encrypted, repeated if refused, and the reply on the phone."""

import pytest
from flask.testing import FlaskClient

from sandbox.testing import Platform

REPLY = (
    "<xml><ToUserName><![CDATA[oPerson]]></ToUserName><FromUserName>gh</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[已备案 3 台]]></Content></xml>"
)


@pytest.mark.parametrize("mode", ["plain", "aes"])
def test_a_reply_reaches_the_phone(client: FlaskClient, person: str, platform: Platform, mode: str) -> None:
    platform.answer = REPLY
    body = client.post(f"/phones/{person}/click", json={"key": "filing", "mode": mode}).get_json()
    assert (body["status"], body["attempts"], body["reply"]) == (200, 1, "已备案 3 台")
    assert "<Event><![CDATA[CLICK]]></Event>" in platform.pushed[0]
    assert "<FromUserName><![CDATA[oPerson]]>" in platform.pushed[0]
    assert client.get(f"/outbox/wechat?openid={person}").get_json()[0]["data"] == {"content": "已备案 3 台"}
    assert "已备案 3 台" in client.get(f"/phones/{person}").text


def test_a_refused_push_comes_three_times(client: FlaskClient, person: str, platform: Platform) -> None:
    platform.failures = 2
    body = client.post(f"/phones/{person}/text", json={"content": "YY2026 ]]> <&"}).get_json()
    assert (body["status"], body["attempts"]) == (200, 3)
    platform.failures = 3
    body = client.post(f"/phones/{person}/text", json={"content": "x"}).get_json()
    assert (body["status"], body["attempts"]) == (500, 3)


def test_the_same_message_twice(client: FlaskClient, person: str, platform: Platform) -> None:
    client.post(f"/phones/{person}/text", json={"content": "x", "repeat": 2})
    first, second = platform.pushed
    assert first == second
    assert "<MsgId>" in first


def test_a_reply_that_nobody_can_read_is_told(client: FlaskClient, person: str, platform: Platform) -> None:
    platform.answer = "<html>"
    body = client.post(f"/phones/{person}/click", json={"key": "k", "mode": "plain"}).get_json()
    assert "cannot be read" in body["error"]


def test_the_address_is_verified_by_its_echo(client: FlaskClient) -> None:
    assert client.post("/callback/verify").get_json()["verified"] is True


@pytest.mark.parametrize(("act", "field"), [("click", "key"), ("text", "content"), ("scan", "scene")])
def test_an_act_names_what_it_lacks(client: FlaskClient, person: str, act: str, field: str) -> None:
    answer = client.post(f"/phones/{person}/{act}", json={})
    assert (answer.status_code, answer.get_json()["code"]) == (422, f"{field}_missing")
