"""What Prometheus reads of the daemon. Figures only: no name, no address, no content of an event."""

import threading
from collections import Counter
from collections.abc import Mapping
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Gauge, start_http_server
from prometheus_client import Counter as Total

from rempart.detection.watch.settings import Metrics
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_P = "rempart_watch_"


class Figures:
    """The figures of one daemon, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.events = Total(_P + "events", "Events read, by source", ["source"], registry=registry)
        self.alerts = Total(_P + "alerts", "Alerts raised, by level", ["level"], registry=registry)
        self.flaws = Total(_P + "flaws", "Records that could not be understood", registry=registry)
        self.lost = Total(_P + "lost", "Files removed or replaced before they were read whole", registry=registry)
        self.evictions = Total(_P + "evictions", "Matches evicted before their correlation ended", registry=registry)
        self.late = Total(_P + "late", "Matches that came too late for their correlation", registry=registry)
        self.reloads = Total(_P + "reloads", "Reloads of the rules, by outcome", ["outcome"], registry=registry)
        self.messages = Total(_P + "messages", "Messages received by the ports", ["port", "outcome"], registry=registry)
        self.deliveries = Total(_P + "deliveries", "Messages to people", ["channel", "outcome"], registry=registry)
        self.rules = Gauge(_P + "rules", "Rules, loaded or refused", ["state"], registry=registry)
        self.lag = Gauge(_P + "lag_bytes", "Bytes that wait to be read", registry=registry)
        self.files = Gauge(_P + "files", "Files followed", registry=registry)
        self.kept = Gauge(_P + "kept_rows", "Matches kept for correlations", registry=registry)
        self.checkpoint = Gauge(
            _P + "checkpoint_timestamp_seconds", "When the state was last written", registry=registry
        )
        self.waiting = Gauge(_P + "messages_waiting", "Messages to people that wait in the outbox", registry=registry)
        self.unanswered = Gauge(
            _P + "incidents_unanswered", "Incidents told that nobody acknowledged", registry=registry
        )
        self._told: dict[Total, Counter[tuple[str, str]]] = {}

    def follow(self, total: Total, counts: Mapping[tuple[str, str], int]) -> None:
        """Bring a counter of two labels up to the counts that another thread keeps."""
        told = self._told.setdefault(total, Counter())
        for labels, count in list(counts.items()):
            if count > told[labels]:
                total.labels(*labels).inc(count - told[labels])
                told[labels] = count


class Endpoint:
    """The HTTP door of the figures."""

    def __init__(self, figures: Figures, settings: Metrics) -> None:
        try:
            server, thread = start_http_server(settings.port, settings.address, registry=figures.registry)
        except OSError as error:
            raise InputError(
                Text(fr=f"port des mesures impossible à ouvrir ({error})", en=f"cannot open the metrics ({error})"),
                where=f"{settings.address}:{settings.port}",
            ) from error
        self._server: WSGIServer = server
        self._thread: threading.Thread = thread

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_port)

    def close(self) -> None:
        """Close the door."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
