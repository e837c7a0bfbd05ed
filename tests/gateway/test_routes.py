from pathlib import Path

import pytest
from gateway_fakes import Gateway

from launcher.services import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_answers_under_its_name(gateway: Gateway, service: str) -> None:
    answer = gateway.ask(f"/api/{service}/things/1?page=2&q=%E6%B0%B4")
    assert answer.json()["service"] == service
    assert answer.json()["path"] == f"/api/{service}/things/1?page=2&q=%E6%B0%B4"


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/c/abc123", "registry"),
        ("/i/abc123", "registry"),
        ("/wechat/callback", "notification"),
        ("/wechat/bind/start", "notification"),
        ("/wechat/bind", "notification"),
        ("/api/identity/.well-known/jwks.json", "identity"),
        ("/api/identity/sessions/refresh", "identity"),
    ],
)
def test_public_addresses_reach_their_owner(gateway: Gateway, path: str, service: str) -> None:
    assert gateway.ask(path).json()["service"] == service


def test_health_of_the_whole_is_asked_of_identity(gateway: Gateway) -> None:
    answer = gateway.ask("/healthz").json()
    assert (answer["service"], answer["path"]) == ("identity", "/api/identity/healthz")


@pytest.mark.parametrize(
    "path",
    [
        "/internal/claims",
        "/internal",
        "/metrics",
        "/readyz",
        "/api/registry/internal/claims",
        "/api/booking/metrics",
        "/api/booking/readyz",
        "/api/booking/../../internal/claims",
        "/api/booking/%2e%2e/%2e%2e/internal/claims",
        "/internal/../api/booking/things",
        "/api/booking/..%2f..%2finternal",
        "//internal/claims",
        "/api/unknown/things",
        "/api/",
        "/wechat/other",
        "/nothing",
    ],
)
def test_what_is_not_for_outside_is_absent(gateway: Gateway, path: str) -> None:
    answer = gateway.ask(path)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/", "/m/", "/api/docs", "/plain.css"])
def test_pages_are_served(gateway: Gateway, path: str) -> None:
    assert gateway.ask(path).status == 200


def test_the_index_of_documents_names_all_five(gateway: Gateway) -> None:
    page = gateway.ask("/api/docs").body.decode()
    assert all(f'href="/api/{service}/openapi.json"' in page for service in SERVICES)


def test_pages_hold_no_script_and_name_no_other_host() -> None:
    pages = Path(__file__).resolve().parents[2] / "gateway" / "www"
    for page in pages.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "http://" not in text
        assert "https://" not in text


def test_redirects_name_no_host(gateway: Gateway) -> None:
    assert gateway.ask("/m").headers["location"] == "/m/"
