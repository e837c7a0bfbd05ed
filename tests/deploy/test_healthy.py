"""deploy/docker/healthy.py returns 0 only if the first of its ports with a listener answers 200."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from images import DOCKER


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def healthy(*words: str) -> bool:
    return subprocess.run([sys.executable, "-S", DOCKER / "healthy.py", *words]).returncode == 0


def test_only_200_is_healthy(port: int) -> None:
    assert healthy("/healthz", str(port))
    assert not healthy("/readyz", str(port))


def test_a_work_container_is_asked_on_its_own_port(port: int) -> None:
    assert healthy("/healthz", "1", str(port))
    assert not healthy("/healthz", "1")
