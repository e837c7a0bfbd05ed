"""Fakes of the five services and the sandbox. PYTHONPATH finds them before the real ones."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.services import SERVICES

FAKE = r"""
import os, signal, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

def answer(bind):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            body = b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *words): pass
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    host, _, port = bind.rpartition(":")
    ThreadingHTTPServer((host, int(port)), Handler).serve_forever()

def main(name):
    word = sys.argv[1]
    with (Path(os.environ["FILES_DIR"]) / "calls").open("a") as file:
        file.write(" ".join(sys.argv[1:]) + "\n")
    if word == os.environ.get("FAKE_FAILS"):
        sys.exit("told to fail: " + name)
    if word in ("serve", "work"):
        answer(os.environ["HTTP_BIND" if word == "serve" else "WORK_BIND"])
"""


@pytest.fixture(scope="session")
def fake_services() -> Iterator[str]:
    """Yields the PYTHONPATH of the fakes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "fake_service.py").write_text(FAKE)
        for name in SERVICES:
            (root / name).mkdir()
            (root / name / "__init__.py").touch()
            (root / name / "cli.py").write_text(f"import fake_service\nfake_service.main({name!r})\n")
        (root / "sandbox").mkdir()
        (root / "sandbox" / "__init__.py").touch()
        (root / "sandbox" / "__main__.py").write_text(
            "import os, fake_service\nfake_service.answer(os.environ['SANDBOX_BIND'])\n"
        )
        yield os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
