"""Traces: one for each request, through the gateway, the services and the events that it causes.

The trace context (W3C traceparent) always travels, so that logs of all services can be joined by trace_id. Spans are
recorded and sent (OTLP over HTTP) only where OTLP_ENDPOINT is set; nothing of OpenTelemetry is even imported else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis.context import child_traceparent, trace_of
from chassis.settings import ServiceSettings

_tracer: Any = None  # of this process, once it is configured
_provider: Any = None


class Span:
    """One piece of work in a trace. `traceparent` is what its children are told."""

    def __init__(self, traceparent: str, recorded: Any = None) -> None:
        self.traceparent = traceparent
        self._recorded = recorded

    def rename(self, name: str) -> None:
        if self._recorded is not None:
            self._recorded.update_name(name)

    def note(self, **attributes: str | int) -> None:
        """Attributes, with dots for underscores: http_route -> http.route."""
        if self._recorded is not None:
            for name, value in attributes.items():
                self._recorded.set_attribute(name.replace("_", ".", 1), value)

    def fail(self, error: BaseException | str) -> None:
        """Mark it as failed; it goes on until its end."""
        if self._recorded is not None:
            from opentelemetry.trace import StatusCode

            self._recorded.set_status(StatusCode.ERROR, str(error)[:500])

    def end(self) -> None:
        if self._recorded is not None:
            self._recorded.end()


def configure(service: str, settings: ServiceSettings) -> None:
    """Send spans of this process to `settings.otlp_endpoint`, where one is set. Call it after a fork, never before."""
    global _tracer, _provider
    flush()
    _tracer = _provider = None
    if not settings.otlp_endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

    provider = TracerProvider(
        resource=Resource.create({"service.name": f"qj-{service}"}),
        sampler=TraceIdRatioBased(settings.trace_percent / 100),  # by trace id alone: all services choose the same
    )
    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer, _provider = provider.get_tracer("qj"), provider


def flush() -> None:
    """Send what waits to be sent. A process does so by itself at its end."""
    if _provider is not None:
        _provider.force_flush(5000)


def start(name: str, parent: str, kind: str = "internal") -> Span:
    """A span below `parent`, or of a new trace where that is empty or malformed. kind: server, client, producer,
    consumer, internal, or empty for one that is not to be recorded. Whoever starts one must end it."""
    if _tracer is None or not kind:
        return Span(child_traceparent(parent))
    from opentelemetry import context as otel
    from opentelemetry import trace

    above = otel.Context()
    if trace_of(parent):
        _, trace_id, span_id, _ = parent.split("-")
        remote = trace.SpanContext(
            int(trace_id, 16), int(span_id, 16), True, trace.TraceFlags(trace.TraceFlags.SAMPLED)
        )
        above = trace.set_span_in_context(trace.NonRecordingSpan(remote), above)
    recorded = _tracer.start_span(name, context=above, kind=trace.SpanKind[kind.upper()])
    own = recorded.get_span_context()
    return Span(f"00-{own.trace_id:032x}-{own.span_id:016x}-01", recorded)


@contextmanager
def span(name: str, parent: str, kind: str = "internal", **attributes: str | int) -> Iterator[Span]:
    """`start` for a block, ended with it, as failed where it raises."""
    one = start(name, parent, kind)
    one.note(**attributes)
    try:
        yield one
    except BaseException as error:
        one.fail(error)
        raise
    finally:
        one.end()
