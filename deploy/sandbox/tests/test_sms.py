"""The SMS provider's contract: signature, time, rate, codes; and the outbox."""

import hmac
import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.sms import signature
from sandbox.testing import Clock

MESSAGE = {
    "phone": "13800138000",
    "template": "code_registration",
    "params": {"code": "123456", "minutes": 5},
}


def send(
    client: FlaskClient, clock: Clock, secret: str = "sms-secret", late: int = 0, **change: object
) -> TestResponse:
    body = json.dumps(MESSAGE | change).encode()
    timestamp = str(int(clock.now) - late)
    headers = {"X-Timestamp": timestamp, "X-Signature": signature(secret, timestamp, body)}
    return client.post("/messages", data=body, headers=headers)


def test_the_signature_is_hmac_of_time_and_body() -> None:
    made = hmac.new(b"k", b"1790000000.{}", "sha256").hexdigest()
    assert signature("k", "1790000000", b"{}") == f"sha256={made}"


def test_a_message_arrives_with_its_code(client: FlaskClient, clock: Clock) -> None:
    assert send(client, clock).status_code == 202
    (sent,) = client.get("/outbox/sms?phone=13800138000").get_json()
    assert sent["code"] == "123456"
    assert "验证码 123456，5 分钟内有效" in sent["text"]
    assert sent["sent_at"].endswith("Z")
    assert client.get("/outbox/sms?phone=13900139000").get_json() == []
    assert "验证码 123456" in client.get("/phones/13800138000").text


def test_newest_first(client: FlaskClient, clock: Clock) -> None:
    for code in ("111111", "222222"):
        send(client, clock, params={"code": code, "minutes": 5})
    assert [m["code"] for m in client.get("/outbox/sms").get_json()] == ["222222", "111111"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"secret": "wrong"}, (401, "signature_invalid")),
        ({"late": 301}, (401, "timestamp_invalid")),
        ({"late": -301}, (401, "timestamp_invalid")),
        ({"late": 299}, (202, None)),
        ({"phone": "1380013800"}, (422, "phone_invalid")),
        ({"phone": "+8613800138000"}, (422, "phone_invalid")),
        ({"template": "nothing"}, (422, "template_unknown")),
        ({"params": {"code": "1"}}, (422, "param_missing")),
        ({"params": []}, (400, "malformed")),
    ],
)
def test_what_is_refused(
    client: FlaskClient, clock: Clock, change: dict[str, object], expected: tuple[int, str]
) -> None:
    answer = send(client, clock, **change)  # type: ignore[arg-type]
    assert (answer.status_code, answer.get_json().get("code")) == expected


def test_too_many_to_one_phone_must_wait(client: FlaskClient, clock: Clock) -> None:
    for _ in range(3):
        assert send(client, clock).status_code == 202
        clock.now += 10
    refused = send(client, clock)
    assert (refused.status_code, refused.get_json()["code"], refused.headers["Retry-After"]) == (
        429,
        "rate_limited",
        "30",
    )
    assert send(client, clock, phone="13900139000").status_code == 202
    clock.now += 30
    assert send(client, clock).status_code == 202


def test_the_same_request_id_is_sent_once(client: FlaskClient, clock: Clock) -> None:
    first, second = send(client, clock, request_id="r1"), send(client, clock, request_id="r1")
    assert first.get_json()["id"] == second.get_json()["id"]
    assert len(client.get("/outbox/sms").get_json()) == 1


def test_a_fault_of_the_provider(client: FlaskClient, clock: Clock) -> None:
    client.post("/faults", json={"path": "/messages", "status": 503})
    assert send(client, clock).status_code == 503
    assert send(client, clock).status_code == 202
