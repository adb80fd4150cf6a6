"""Few figures, for Prometheus: what requests cost (kept by each process), and what the database knows now."""

import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of one hub put their figures together; `rempart hub serve` names it."""
OWN = CollectorRegistry()
REQUESTS = Counter("rempart_requests", "Requests answered", ["method", "status"], registry=OWN)
SECONDS = Histogram(
    "rempart_request_seconds",
    "Time to answer a request",
    ["method"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=OWN,
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MetricsMiddleware:
    """Count requests and the time they take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        start = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        SECONDS.labels(method).observe(time.perf_counter() - start)
        REQUESTS.labels(method, f"{response.status_code // 100}xx").inc()
        return response


class DatabaseFigures(Collector):
    """What the tables say: jobs waiting and failed, the worker's last sign, files by state, what envelopes hold."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterable[Metric]:
        """Yield the gauges. Four queries."""
        yield _gauge(
            "rempart_jobs", "Jobs by status", ["status"],
            "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1",
        )  # fmt: skip
        yield self._seconds_since(
            "rempart_oldest_waiting_job_seconds", "How long the oldest due job has waited",
            "SELECT min(event.at) FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id"
            " WHERE job.status = 'todo' AND event.type = 'deferred'"
            " AND (job.scheduled_at IS NULL OR job.scheduled_at < now())",
        )  # fmt: skip
        yield self._seconds_since(
            "rempart_worker_silence_seconds", "Since the last sign of life of a worker",
            "SELECT max(last_heartbeat) FROM procrastinate_workers",
        )  # fmt: skip
        yield _gauge(
            "rempart_files", "Files by call and state", ["call", "state"],
            "SELECT call_id, state, count(*) FROM applications_application GROUP BY 1, 2",
        )  # fmt: skip
        yield _gauge(
            "rempart_envelope_available_euros", "What is left in each envelope", ["call"],
            "SELECT call_id, available_cents / 100.0 FROM ledger_envelope",
        )  # fmt: skip

    def _seconds_since(self, name: str, text: str, query: str) -> GaugeMetricFamily:
        with connection.cursor() as cursor:
            cursor.execute(query)
            (moment,) = cursor.fetchone()
        family = GaugeMetricFamily(name, text)
        if moment is not None:
            family.add_metric([], max(0.0, (self.at - moment).total_seconds()))
        return family


def exposition(*, at: datetime) -> bytes:
    """Return all figures in the text format of Prometheus."""
    requests = OWN
    if os.environ.get(FOLDER):
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
    database = CollectorRegistry()
    database.register(DatabaseFigures(at))
    return generate_latest(requests) + generate_latest(database)


def _gauge(name: str, text: str, labels: list[str], query: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    with connection.cursor() as cursor:
        cursor.execute(query)
        for *values, figure in cursor.fetchall():
            family.add_metric(list(map(str, values)), float(figure))
    return family
