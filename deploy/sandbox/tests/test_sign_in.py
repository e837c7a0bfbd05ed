"""Codes of sites and mini-programs work once, in time, for their app."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from sandbox.testing import Clock, TokenOf

SITE = {"appid": "wxsite", "secret": "site-secret", "grant_type": "authorization_code"}
MINI = {"appid": "wxmini", "secret": "mini-secret", "grant_type": "authorization_code"}
PAGE = {
    "appid": "wxsite",
    "redirect_uri": "http://127.0.0.1:8080/sign-in?from=wechat",
    "response_type": "code",
    "scope": "snsapi_login",
    "state": "s1",
}


def tap(client: FlaskClient, openid: str, app: str) -> str:
    return str(client.post(f"/phones/{openid}/login?app={app}").get_json()["code"])


def site(client: FlaskClient, code: str, **change: str) -> dict[str, object]:
    answer = client.get("/sns/oauth2/access_token", query_string=SITE | {"code": code} | change)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    body: dict[str, object] = answer.get_json(force=True)
    return body


def test_openids_differ_by_app_and_the_unionid_joins_them(client: FlaskClient, person: str) -> None:
    web = site(client, tap(client, person, "website"))
    mini = client.get(
        "/sns/jscode2session", query_string=MINI | {"js_code": tap(client, person, "miniprogram")}
    ).get_json(force=True)
    official = site(client, tap(client, person, "official"), appid="wxofficial", secret="official-secret")
    assert web["unionid"] == mini["unionid"] == official["unionid"] == "uPerson"
    assert official["openid"] == person
    assert len({web["openid"], mini["openid"], official["openid"]}) == 3
    assert mini["session_key"]
    assert "errcode" not in web
    again = site(client, tap(client, person, "website"))
    assert again["openid"] == web["openid"]


def test_a_code_counts_once_in_time_and_for_its_app(client: FlaskClient, person: str, clock: Clock) -> None:
    code = tap(client, person, "website")
    assert "openid" in site(client, code)
    assert site(client, code)["errcode"] == 40163
    assert site(client, "never-given")["errcode"] == 40029
    assert site(client, "")["errcode"] == 41008
    assert site(client, tap(client, person, "miniprogram"))["errcode"] == 40029
    assert site(client, tap(client, person, "website"), secret="wrong")["errcode"] == 40125
    late, early = tap(client, person, "website"), tap(client, person, "miniprogram")
    clock.now += 301
    answer = client.get("/sns/jscode2session", query_string=MINI | {"js_code": early})
    assert answer.get_json(force=True)["errcode"] == 40029
    assert "openid" in site(client, late)
    expired = tap(client, person, "website")
    clock.now += 601
    assert site(client, expired)["errcode"] == 40029


def test_refresh_and_userinfo(client: FlaskClient, person: str, clock: Clock) -> None:
    made = site(client, tap(client, person, "website"))
    query = {"access_token": made["access_token"], "openid": made["openid"]}
    assert client.get("/sns/userinfo", query_string=query).get_json(force=True)["unionid"] == "uPerson"
    clock.now += 7201
    assert client.get("/sns/userinfo", query_string=query).get_json(force=True)["errcode"] == 42001
    renew = {"appid": "wxsite", "grant_type": "refresh_token", "refresh_token": made["refresh_token"]}
    client.get("/sns/oauth2/refresh_token", query_string=renew)
    assert "openid" in client.get("/sns/userinfo", query_string=query).get_json(force=True)
    renew["refresh_token"] = "SR_wrong"
    assert client.get("/sns/oauth2/refresh_token", query_string=renew).get_json(force=True)["errcode"] == 40030


def test_the_page_lists_the_phones_and_a_tap_goes_back_with_code_and_state(client: FlaskClient, person: str) -> None:
    page = client.get("/connect/qrconnect", query_string=PAGE)
    assert "13800138000" in page.text
    answer = client.post("/connect/qrconnect", query_string=PAGE, data={"openid": person, "answer": "agree"})
    assert answer.status_code == 302
    target = urlsplit(answer.location)
    query = parse_qs(target.query)
    assert (target.path, query["state"], query["from"]) == ("/sign-in", ["s1"], ["wechat"])
    assert site(client, query["code"][0])["unionid"] == "uPerson"


def test_refusing_leads_nowhere(client: FlaskClient, person: str) -> None:
    answer = client.post("/connect/qrconnect", query_string=PAGE, data={"openid": person, "answer": "refuse"})
    assert answer.status_code == 200


@pytest.mark.parametrize("change", [{"appid": "wxmini"}, {"redirect_uri": "javascript:1"}, {"scope": "snsapi_base"}])
def test_a_wrong_sign_in_page_is_told(client: FlaskClient, person: str, change: dict[str, str]) -> None:
    page = client.get("/connect/qrconnect", query_string=PAGE | change)
    assert "参数错误" in page.text
    data = {"openid": person, "answer": "agree"}
    assert client.post("/connect/qrconnect", query_string=PAGE | change, data=data).status_code == 200


def test_the_phone_button_gives_the_number_once(client: FlaskClient, person: str, token: TokenOf) -> None:
    code = client.post(f"/phones/{person}/phone-code").get_json()["code"]
    path = f"/wxa/business/getuserphonenumber?access_token={token('miniprogram')}"
    assert client.post(path, json={"code": code}).get_json()["phone_info"]["purePhoneNumber"] == "13800138000"
    assert client.post(path, json={"code": code}).get_json()["errcode"] == 40029
