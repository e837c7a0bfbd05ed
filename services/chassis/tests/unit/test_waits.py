"""Waits and keys: how long until the next try, what an idempotency key may be, what a key is about."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Request, request

from chassis.idempotency import Key, KeyTooLong, of_request
from chassis.ids import new_id
from chassis.inbox import ATTEMPTS, backoff
from chassis.log import mask_phone
from chassis.rawjson import dumps

ACCOUNT = new_id()


def test_each_try_waits_longer_up_to_five_minutes() -> None:
    waits = [backoff(n).total_seconds() for n in range(1, ATTEMPTS + 1)]
    assert waits == [1, 4, 16, 64, 256, 300, 300, 300]
    assert timedelta(minutes=15) < sum((backoff(n) for n in range(1, ATTEMPTS)), timedelta()) < timedelta(minutes=25)


def key_of(method: str = "POST", path: str = "/a", headers: Any = None, **kwargs: Any) -> Key | None:
    app = Flask("keys")
    given = {"Idempotency-Key": "k"} if headers is None else headers
    with app.test_request_context(path, method=method, headers=given, **kwargs):
        real: Request = request
        return of_request(real, ACCOUNT)


def test_a_key_is_of_one_account_route_and_body() -> None:
    one = key_of(json={"a": 1})
    assert one is not None
    assert (one.account_id, one.route, one.key) == (ACCOUNT, "POST /a", "k")
    assert one == key_of(json={"a": 1})
    assert one != key_of(json={"a": 2})
    assert one != key_of("PUT", json={"a": 1})
    assert one != key_of(path="/b", json={"a": 1})


def test_reads_and_writes_without_a_key_have_none() -> None:
    assert key_of("GET") is None
    assert key_of(headers={}) is None


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(KeyTooLong):
        key_of(headers={"Idempotency-Key": key})


def test_an_upload_is_the_same_whatever_its_boundary() -> None:
    import io

    def upload(content: bytes, boundary: str, name: str = "a.pdf") -> Key | None:
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode() + content + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip
        return key_of(input_stream=io.BytesIO(body), content_length=len(body), content_type=f"multipart/form-data; boundary={boundary}")  # fmt: skip

    assert upload(b"abc", "x1") == upload(b"abc", "y2")
    assert upload(b"abc", "x1") != upload(b"abd", "x1")
    assert upload(b"abc", "x1") != upload(b"abc", "x1", "b.pdf")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13800138000", "138****8000"),
        ("call 13800138000 now", "call 138****8000 now"),
        ("id 113800138000", "id 113800138000"),
        ("138001380001", "138001380001"),
    ],
)
def test_phone_numbers_in_logs_are_masked(text: str, masked: str) -> None:
    assert mask_phone(text) == masked


def test_raw_json_writes_what_rows_hold() -> None:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    row = {"id": UUID(int=1), "at": datetime(2026, 1, 31, 8, tzinfo=UTC), "on": date(2026, 1, 31), "n": Decimal("1.5")}
    assert dumps(row) == (
        b'{"id":"00000000-0000-0000-0000-000000000001","at":"2026-01-31T08:00:00Z","on":"2026-01-31","n":1.5}'
    )
    with pytest.raises(TypeError):
        dumps({"x": object()})
