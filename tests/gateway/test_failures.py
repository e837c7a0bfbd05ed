import socket
from collections.abc import Iterator

import pytest
from gateway_fakes import Gateway, gateway_with


@pytest.fixture
def alone() -> Iterator[Gateway]:
    with gateway_with(READ_TIMEOUT="1s") as one:
        yield one


def test_a_service_that_is_down_is_a_clear_503(alone: Gateway) -> None:
    alone.upstreams["booking"].close()
    for method in ("GET", "POST"):
        answer = alone.ask("/api/booking/x", method)
        assert answer.status == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "5"
        assert answer.json() == {
            "type": "about:blank",
            "title": "Service Unavailable",
            "status": 503,
            "code": "service_unavailable",
            "detail": "服务暂时不可用，请稍后再试。",
            "errors": [],
            "request_id": answer.headers["x-request-id"],
        }
    assert alone.ask("/api/filing/x").status == 200


def test_the_whole_is_unhealthy_when_identity_is_down(alone: Gateway) -> None:
    alone.upstreams["identity"].close()
    answer = alone.ask("/healthz")
    assert (answer.status, answer.json()["code"]) == (503, "service_unavailable")


def test_a_service_that_does_not_answer_is_a_504(alone: Gateway) -> None:
    alone.upstreams["filing"].close()
    with socket.create_server(("127.0.0.1", alone.upstreams["filing"].port)):
        answer = alone.ask("/api/filing/x")
    assert (answer.status, answer.json()["code"]) == (504, "service_unavailable")
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429, 500, 503])
def test_a_services_own_error_passes_untouched(gateway: Gateway, status: int) -> None:
    answer = gateway.ask(f"/api/booking/x?status={status}")
    assert answer.status == status
    assert answer.json()["service"] == "booking"


def test_its_own_word_on_when_to_come_again_wins(gateway: Gateway) -> None:
    answer = gateway.ask("/api/identity/x?status=429&retry=42")
    assert answer.headers["retry-after"] == "42"
    assert answer.repeated == []


def test_a_service_that_comes_back_is_used_at_once(alone: Gateway) -> None:
    registry = alone.upstreams["registry"]
    registry.close()
    assert alone.ask("/api/registry/x").status == 503
    registry.open()
    assert alone.ask("/api/registry/x").status == 200
