"""Prometheus metrics. Names start with qj_; the service is a label that the scrape adds."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text

REQUESTS = Histogram(
    "qj_request_seconds", "Time to answer a request", ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
EVENTS_PUBLISHED = Counter("qj_events_published_total", "Events handed to the bus and confirmed")
EVENTS_CONSUMED = Counter("qj_events_consumed_total", "Events taken from the bus", ["type", "outcome"])
EVENT_LAG = Histogram(
    "qj_event_lag_seconds", "From the change that an event tells to the commit of its effect", ["type"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300),
)  # fmt: skip
QUEUE_WAITING = Gauge("qj_queue_waiting", "Messages that wait in this service's queue")
COPIES_DIFFERENT = Gauge("qj_copies_different", "Rows of a copied fact that differ from their owner's", ["copy"])
JOBS_FINISHED = Counter("qj_jobs_finished_total", "Jobs that ended", ["kind", "state"])
BEAT = Gauge("qj_worker_beat_seconds", "When a part of the worker last showed life (Unix time)", ["part"])

BACKLOG = text("""
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS outbox_waiting,
           (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)
              FROM outbox WHERE published_at IS NULL) AS outbox_age_seconds,
           (SELECT count(*) FROM inbox WHERE state = 'retry') AS inbox_retry,
           (SELECT count(*) FROM inbox WHERE state = 'dead') AS inbox_dead,
           (SELECT count(*) FROM job WHERE state = 'queued') AS jobs_queued,
           (SELECT count(*) FROM job WHERE state = 'running') AS jobs_running,
           (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)
              FROM job WHERE state = 'queued') AS jobs_oldest_seconds
""")


class Backlog(Collector):
    """The gauges of waiting rows. Each scrape reads them from the database."""

    def __init__(self, read: Callable[[], dict[str, float]]) -> None:
        self._read = read

    def collect(self) -> list[GaugeMetricFamily]:
        families = []
        for name, value in self._read().items():
            family = GaugeMetricFamily(f"qj_{name}", name.replace("_", " "))
            family.add_metric([], value)
            families.append(family)
        return families


def exposition(directory: str | None, extra: Collector | None = None) -> bytes:
    """The text format. `directory`: PROMETHEUS_MULTIPROC_DIR where several web workers share their figures."""
    if directory:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        out: bytes = generate_latest(registry)
    else:
        out = generate_latest()
    if extra is not None:
        registry = CollectorRegistry()
        registry.register(extra)
        out += generate_latest(registry)
    return out
