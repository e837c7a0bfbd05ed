import gzip
import re

import pytest
from gateway_fakes import Gateway

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/", "/api/booking/x", "/api/booking/x?status=500", "/nothing", "/m"])
def test_every_answer_carries_the_security_headers_once(gateway: Gateway, path: str) -> None:
    answer = gateway.ask(path)
    assert {name: answer.headers[name] for name in SECURITY} == SECURITY
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.repeated == []
    assert answer.headers["server"] == "nginx"  # no version


def test_a_page_may_narrow_its_policy(gateway: Gateway) -> None:
    answer = gateway.ask("/c/abc?policy=1")
    assert answer.headers["content-security-policy"] == "default-src 'none'"


def test_hsts_is_sent_under_https_only(gateway: Gateway) -> None:
    assert "strict-transport-security" not in gateway.ask("/").headers
    secure = gateway.ask("/api/identity/x", headers={"X-Forwarded-Proto": "https"})
    assert "max-age=" in secure.headers["strict-transport-security"]
    assert secure.json()["headers"]["x-forwarded-proto"] == "https"


@pytest.mark.parametrize("given", ["0195f3c2-7b1e-7000-8000-aaaaaaaaaaaa", "trial_1.2-three"])
def test_a_well_formed_request_id_is_kept(gateway: Gateway, given: str) -> None:
    answer = gateway.ask("/api/filing/x", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == given
    assert answer.json()["headers"]["x-request-id"] == given


@pytest.mark.parametrize("given", [None, "", "short", "has space in it", 'quote"quote"', "x" * 129, "水表水表水表"])
def test_any_other_is_replaced(gateway: Gateway, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-Id": given.encode().decode("latin-1")}
    answer = gateway.ask("/api/filing/x", headers=headers)
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.json()["headers"]["x-request-id"] == answer.headers["x-request-id"]


def test_the_gateways_own_errors_carry_the_id_too(gateway: Gateway) -> None:
    answer = gateway.ask("/nothing", headers={"X-Request-Id": "trial-0001"})
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "trial-0001"


def test_the_trace_is_passed_on(gateway: Gateway) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    seen = gateway.ask("/api/filing/x", headers={"traceparent": trace}).json()["headers"]
    assert seen["traceparent"] == trace


@pytest.mark.parametrize("given", [None, "", "00-x", f"00-{'0' * 32}-b7ad6b7169203331-01", f'00-{"a" * 32}-1-01" x'])
def test_without_a_good_trace_one_begins_here(gateway: Gateway, given: str | None) -> None:
    headers = {} if given is None else {"traceparent": given}
    seen = [gateway.ask("/api/filing/x", headers=headers).json()["headers"]["traceparent"] for _ in range(2)]
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", one) for one in seen), seen
    assert seen[0] != seen[1]


def test_the_client_cannot_choose_its_address(gateway: Gateway) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.1", "Forwarded": "for=10.0.0.1"}
    seen = gateway.ask("/api/identity/x", headers=forged).json()["headers"]
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert "x-real-ip" not in seen
    assert "forwarded" not in seen


def test_long_json_is_compressed(gateway: Gateway) -> None:
    answer = gateway.ask("/api/registry/x?bytes=50000", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < 5000
    assert b"xxxx" in gzip.decompress(answer.body)


def test_answers_with_tokens_are_not(gateway: Gateway) -> None:
    answer = gateway.ask("/api/identity/sessions?bytes=50000", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_connections_to_a_service_are_kept(gateway: Gateway) -> None:
    before = gateway.upstreams["booking"].connections
    for _ in range(30):
        assert gateway.ask("/api/booking/x").status == 200
    assert gateway.upstreams["booking"].connections - before <= 3
