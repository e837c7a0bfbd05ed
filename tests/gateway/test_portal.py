"""The browser portal behind a real nginx: files, routes and policy; and the plain pages if there is no portal."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_fakes import Gateway, gateway_with

from launcher import binaries, nginx
from launcher.services import SERVICES

PAGE = "<!doctype html><title>portal</title>"
SCRIPT = "console.log('一')\n" * 200


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal") / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "old-browser.html").write_text("<!doctype html><title>old</title>")
    (folder / "assets" / "index-4f3a.js").write_text(SCRIPT)
    (folder / "assets" / "index-4f3a.js.gz").write_bytes(gzip.compress(SCRIPT.encode(), 9, mtime=0))
    return folder


@pytest.fixture(scope="module")
def portal(dist: Path) -> Iterator[Gateway]:
    with gateway_with(PORTAL_DIR=str(dist)) as one:
        yield one


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?next=%2Fbookings",
        "/instruments/all",
        "/wechat-login?code=1",
        "/invitations/abc",
        "/certificates",
        "/mine",
    ],
)
def test_every_address_of_the_application_opens_its_one_page(portal: Gateway, path: str) -> None:
    answer = portal.ask(path)
    assert (answer.status, answer.body.decode()) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        *("/api", "/api/", "/api/unknown/x", "/wechat", "/wechat/", "/wechat/other", "/m/nothing"),
        *("/internal/claims", "/metrics", "/readyz", "/assets/gone-1.js", "/assets/", "/assets", "/gone.png"),
    ],
)
def test_no_other_address_and_no_missing_file_opens_it(portal: Gateway, path: str) -> None:
    answer = portal.ask(path)
    assert answer.status == 404, answer.body
    assert answer.json()["code"] == "not_found"
    assert "cache-control" not in answer.headers


@pytest.mark.parametrize("path", ["/c", "/i", "/m"])
def test_a_folder_of_somebody_else_is_not_an_address_of_the_application(portal: Gateway, path: str) -> None:
    assert portal.ask(path).headers["location"] == path + "/"


@pytest.mark.parametrize(("path", "service"), [("/c/x", "registry"), ("/i/x", "registry"), ("/healthz", "identity")])
def test_what_belongs_to_a_service_still_reaches_it(portal: Gateway, path: str, service: str) -> None:
    assert portal.ask(path).json()["service"] == service


@pytest.mark.parametrize("path", ["/m/", "/api/docs", "/plain.css", "/public.css"])
def test_the_plain_pages_stay(portal: Gateway, path: str) -> None:
    answer = portal.ask(path)
    assert answer.status == 200
    assert answer.body.decode() != PAGE


def test_nothing_is_written_to_a_page(portal: Gateway) -> None:
    assert portal.ask("/", "POST", b"x").status == 403


def test_files_of_the_build_are_kept_for_good(portal: Gateway) -> None:
    answer = portal.ask("/assets/index-4f3a.js")
    assert answer.body.decode() == SCRIPT
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.repeated == []


def test_the_page_itself_is_asked_for_each_time_and_told_unchanged(portal: Gateway) -> None:
    tag = portal.ask("/instruments/all").headers["etag"]
    assert portal.ask("/instruments/all", headers={"If-None-Match": tag}).status == 304


def test_a_file_comes_compressed(portal: Gateway, dist: Path) -> None:
    answer = portal.ask("/assets/index-4f3a.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body).decode() == SCRIPT
    assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.skipif(
    not (found := binaries.find("nginx")) or nginx.static_compression(found.path("nginx")) != "compressed-files",
    reason="this nginx cannot send files that were compressed before (Debian's can: apt-get install nginx-light)",
)
def test_what_the_build_compressed_is_sent_as_it_is(portal: Gateway, dist: Path) -> None:
    answer = portal.ask("/assets/index-4f3a.js", headers={"Accept-Encoding": "gzip"})
    assert answer.body == (dist / "assets" / "index-4f3a.js.gz").read_bytes()


@pytest.mark.parametrize("path", ["/", "/instruments/all", "/old-browser.html", "/assets/index-4f3a.js"])
def test_its_policy_lets_nothing_in_but_its_own(portal: Gateway, path: str) -> None:
    answer = portal.ask(path)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "style-src-elem": "'self'",
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["x-frame-options"] == "DENY"


def test_other_pages_keep_their_policy(portal: Gateway) -> None:
    assert "style-src 'self' 'unsafe-inline';" in portal.ask("/m/").headers["content-security-policy"]
    assert portal.ask("/c/abc?policy=1").headers["content-security-policy"] == "default-src 'none'"


def test_without_a_portal_the_plain_page_answers_at_its_address_alone(gateway: Gateway) -> None:
    assert "强制检定计量器具管理平台" in gateway.ask("/").body.decode()
    assert gateway.ask("/instruments/all").status == 404


def test_a_portal_built_later_needs_no_restart(tmp_path: Path) -> None:
    with gateway_with(PORTAL_DIR=str(tmp_path / "dist")) as one:
        assert one.ask("/").body.decode() != PAGE
        (tmp_path / "dist").mkdir()
        (tmp_path / "dist" / "index.html").write_text(PAGE)
        assert one.ask("/").body.decode() == PAGE


def test_the_platform_serves_what_was_built_unless_told_not_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = dict.fromkeys(SERVICES, 1)
    for word, served in (("", True), ("off", False)):
        monkeypatch.setenv("PORTAL", word)
        nginx.prepare(tmp_path, 2, ports)
        assert ("clients/portal/dist;" in (tmp_path / "nginx.conf").read_text()) is served
