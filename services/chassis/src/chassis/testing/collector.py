"""A collector of spans for tests: takes OTLP over HTTP, as a real one does, and keeps what came."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Taken:
    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str]
    failed: bool
    began: float  # [Unix time]


class Collector:
    """`url` is what OTLP_ENDPOINT is set to; `spans` holds what came, in the order of its coming."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Taken] = []

    def take(self, body: bytes) -> None:
        message = ExportTraceServiceRequest.FromString(body)
        for resource in message.resource_spans:
            service = _attributes(resource.resource.attributes).get("service.name", "?")
            for scope in resource.scope_spans:
                self.spans += [
                    Taken(service, span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(),
                          _attributes(span.attributes), span.status.code == 2, span.start_time_unix_nano / 1e9)
                    for span in scope.spans
                ]  # fmt: skip

    def wait_for(
        self, name: str, service: str = "", trace_id: str = "", since: float = 0.0, seconds: float = 15
    ) -> Taken:
        """The first span of this name (of this service, in this trace, begun since then: older ones may come later).
        Raises: AssertionError when none has come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for span in list(self.spans):
                asked = span.name == name and service in ("", span.service) and trace_id in ("", span.trace_id)
                if asked and span.began >= since:
                    return span
            time.sleep(0.05)
        raise AssertionError(f"no span {name} among {sorted({(s.service, s.name) for s in self.spans})}")


def _attributes(pairs: Any) -> dict[str, str]:
    return {pair.key: pair.value.string_value or str(pair.value.int_value) for pair in pairs}


@contextmanager
def collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if self.path == "/v1/traces":
                found.take(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Collector(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
