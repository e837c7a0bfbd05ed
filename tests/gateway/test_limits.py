from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from gateway_fakes import Answer, Gateway, gateway_with

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/api/booking/bookings", 2 * MB),
        ("/api/identity/files", 10 * MB + 2000),
        ("/api/registry/instruments/0195f3c2/attachments", 10 * MB + 2000),
        ("/api/registry/imports", 64 * MB + 2000),
    ],
)
def test_a_body_up_to_its_limit_passes(gateway: Gateway, path: str, size: int) -> None:
    assert gateway.ask(path, "POST", b"x" * size).json()["received"] == size


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/api/booking/bookings", 2 * MB + 1),
        ("/api/identity/files/1", 3 * MB),
        ("/api/identity/files", 11 * MB),
        ("/api/registry/instruments", 3 * MB),
        ("/api/registry/instruments/0195f3c2/attachments", 11 * MB),
        ("/api/registry/imports", 67 * MB),
    ],
)
def test_a_larger_one_is_refused_before_it_is_read(gateway: Gateway, path: str, size: int) -> None:
    answer = gateway.ask(path, "POST", headers={"Content-Length": str(size)})
    assert_problem(answer, 413, "content_too_large")


@pytest.fixture
def strict() -> Iterator[Gateway]:
    with gateway_with(RATE="5r/s", BURST="10", ANONYMOUS_RATE="1r/s", ANONYMOUS_BURST="3") as one:
        yield one


def many(gateway: Gateway, times: int, path: str, method: str = "GET", **headers: str) -> list[Answer]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: gateway.ask(path, method, headers=headers), range(times)))


def test_too_many_requests_of_an_address_are_refused(strict: Gateway) -> None:
    answers = many(strict, 40, "/api/booking/x")
    passed = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status != 200]
    assert (
        10 <= len(passed) <= 20
    )  # the burst, minus the probe that waited for nginx, plus what the elapsed time allows
    assert_problem(refused[0], 429, "too_many_requests")
    assert refused[0].headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/api/identity/registrations", "POST", {}),
        ("/api/identity/files", "POST", {}),
        ("/api/identity/sessions/refresh", "POST", {}),
        # these need no sign-in, so an invented token must not avoid the limit
        ("/api/identity/sms-codes", "POST", {"Authorization": "Bearer x"}),
        ("/api/identity/sessions", "POST", {"Authorization": "Bearer x"}),
    ],
)
def test_strangers_write_seldom(strict: Gateway, path: str, method: str, headers: dict[str, str]) -> None:
    counts = Counter(answer.status for answer in many(strict, 9, path, method, **headers))
    assert 4 <= counts[200] <= 6
    assert counts[200] + counts[429] == 9


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/api/identity/files", "POST", {"Authorization": "Bearer x"}),
        ("/api/identity/divisions", "GET", {}),
        ("/api/booking/bookings", "POST", {}),
    ],
)
def test_others_are_not_counted_among_them(strict: Gateway, path: str, method: str, headers: dict[str, str]) -> None:
    assert {answer.status for answer in many(strict, 9, path, method, **headers)} == {200}


def assert_problem(answer: Answer, status: int, code: str) -> None:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"]
    assert problem["errors"] == []
