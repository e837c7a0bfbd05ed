"""The harness detects page errors. Its own pages replace those of the portal."""

from collections.abc import Callable

import pytest
from browsing import Watch
from playwright.sync_api import Page, Route

POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'", "Content-Type": "text/html"}


def script(text: str) -> Callable[[Page], None]:
    def serve(page: Page) -> None:
        page.route("**/trial.js", lambda route: route.fulfill(body=text, content_type="text/javascript; charset=utf-8"))
        page.route("**/trial", lambda route: route.fulfill(body="<script src=/trial.js></script>", headers=POLICY))

    return serve


def inline(page: Page) -> None:
    page.route("**/trial", lambda route: route.fulfill(body="<script>let one</script>", headers=POLICY))


def broken(page: Page) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=503, body="<p>", headers=POLICY)

    page.route("**/trial", answer)


@pytest.mark.parametrize(
    ("serve", "problem"),
    [
        (script("console.error('一')"), "console: 一"),
        (script("throw new Error('二')"), "exception: .*二"),
        (script("Promise.reject(new Error('三'))"), "exception: .*三"),
        (inline, "Content Security Policy"),
        (broken, "answer: 503 of GET"),
    ],
    ids=["console", "exception", "promise", "policy", "answer"],
)
def test_what_goes_wrong_in_a_page_is_seen(
    page: Page, watch: Watch, serve: Callable[[Page], None], problem: str
) -> None:
    serve(page)
    page.goto("/trial", wait_until="networkidle")
    assert watch.unexpected() != []
    watch.expects(problem)
    watch.expects("status of 503")
    assert watch.unexpected() == []
