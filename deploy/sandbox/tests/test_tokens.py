"""Access tokens: one at a time, five minutes of overlap, few forced renewals, and the number of each refusal."""

import pytest
from flask.testing import FlaskClient

from sandbox.testing import Clock, TokenOf


def code_of(client: FlaskClient, text: str | None) -> int:
    query = {} if text is None else {"access_token": text}
    answer = client.get("/cgi-bin/menu/get", query_string=query)
    assert answer.status_code == 200
    return int(answer.get_json()["errcode"])


NO_MENU = 46003  # so the token was accepted


def test_the_same_token_until_its_last_five_minutes_then_both_live(
    client: FlaskClient, token: TokenOf, clock: Clock
) -> None:
    first = token()
    clock.now += 6890
    assert token() == first
    clock.now += 20
    second = token()
    assert second != first
    assert code_of(client, first) == code_of(client, second) == NO_MENU
    clock.now += 300
    assert code_of(client, first) == 42001
    assert code_of(client, second) == NO_MENU


def test_a_forced_token_ends_the_old_one_thirty_seconds_apart_twenty_a_day(
    client: FlaskClient, token: TokenOf, clock: Clock
) -> None:
    first = token()
    assert token(force_refresh=True) != first
    assert code_of(client, first) == 40001
    assert token(force_refresh=True) == "45011"
    for _ in range(19):
        clock.now += 31
        assert token(force_refresh=True).startswith("SB_")
    clock.now += 31
    assert token(force_refresh=True) == "45009"
    assert token().startswith("SB_")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": "wxnobody"}, 40013),
        ({"appid": "wxsite"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": None}, 41004),
    ],
)
def test_a_wrong_request_for_a_token_is_told(client: FlaskClient, change: dict[str, str], expected: int) -> None:
    body = {"grant_type": "client_credential", "appid": "wxofficial", "secret": "official-secret"} | change
    answer = client.post("/cgi-bin/stable_token", json=body)
    assert (answer.status_code, answer.get_json()["errcode"]) == (200, expected)
    assert " rid: " in answer.get_json()["errmsg"]


def test_a_call_needs_a_live_token_of_its_own_app(client: FlaskClient, token: TokenOf) -> None:
    assert code_of(client, None) == 41001
    assert code_of(client, "nonsense") == 40014
    assert code_of(client, "SB_" + "0" * 64) == 40001
    assert code_of(client, token("miniprogram")) == 40001
    text = token()
    assert client.post("/tokens/expire").status_code == 204
    assert code_of(client, text) == 42001
    assert code_of(client, token()) == NO_MENU


def test_a_fault_answers_once(client: FlaskClient, token: TokenOf) -> None:
    client.post("/faults", json={"path": "/cgi-bin/stable_token", "errcode": 40164})
    assert token() == "40164"
    assert token().startswith("SB_")
