"""A real nginx in front of small fake services that return the request."""

import http.client
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from launcher import binaries, nginx
from launcher.ports import free_port
from launcher.processes import Processes
from launcher.services import SERVICES


@dataclass
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes
    repeated: list[str]  # names of repeated headers

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Upstream:
    """A fake service. It returns the request as JSON; `?status=` and `?bytes=` set status and size of the answer."""

    name: str
    server: ThreadingHTTPServer = field(init=False)
    port: int = field(default_factory=free_port)
    connections: int = 0

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                upstream.connections += 1
                super().setup()

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                received = 0
                while received < length:
                    received += len(self.rfile.read(min(1 << 16, length - received)))
                wanted = dict(pair.split("=") for pair in self.path.partition("?")[2].split("&") if pair)
                body = json.dumps(
                    {
                        "service": upstream.name,
                        "path": self.path,
                        "received": received,
                        "headers": {name.lower(): value for name, value in self.headers.items()},
                        "padding": "x" * int(wanted.get("bytes", 0)),
                    }
                ).encode()
                self.send_response(int(wanted.get("status", 200)))
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Request-Id", "what the service says")
                self.send_header("X-Frame-Options", "SAMEORIGIN")
                if "policy" in wanted:
                    self.send_header("Content-Security-Policy", "default-src 'none'")
                if "retry" in wanted:
                    self.send_header("Retry-After", wanted["retry"])
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *words: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Gateway:
    port: int
    upstreams: dict[str, Upstream]

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Sends one request on its own connection, with the path unchanged."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            pairs = [(name.lower(), value) for name, value in response.getheaders()]
            names = [name for name, _ in pairs]
            repeated = sorted({name for name in names if names.count(name) > 1})
            return Answer(response.status, dict(pairs), response.read(), repeated)
        finally:
            connection.close()


@contextmanager
def gateway_with(**settings: str) -> Iterator[Gateway]:
    """Runs nginx with five fake services; `settings` as in launcher.nginx.SETTINGS."""
    if binaries.find("nginx") is None:
        if os.environ.get("CI"):
            pytest.fail(f"no nginx found: {nginx.HOW_TO_GET}")
        pytest.skip(f"no nginx found: {nginx.HOW_TO_GET}")
    upstreams = {name: Upstream(name) for name in SERVICES}
    folder = Path(tempfile.mkdtemp(prefix="qj-gateway-"))
    processes = Processes(folder / "logs")
    port = free_port()
    try:
        ports = {name: upstream.port for name, upstream in upstreams.items()}
        settings = {"PORTAL_DIR": str(folder / "no-portal"), **settings}
        processes.start(nginx.prepare(folder, port, ports, settings).program, seconds=10)
        yield Gateway(port, upstreams)
    finally:
        processes.stop()
        for upstream in upstreams.values():
            upstream.close()
        shutil.rmtree(folder)
