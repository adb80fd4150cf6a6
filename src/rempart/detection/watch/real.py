"""The pieces of the engine, as the daemon calls them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import orjson

from rempart.detection import kernel, pack
from rempart.detection.alerts import ecs
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.raised import EACH, raise_alerts
from rempart.detection.census import Census
from rempart.detection.collect.fetch import fetch
from rempart.detection.collect.read import Options, read
from rempart.detection.correlation import correlate, in_order
from rempart.detection.events import Block, Reading
from rempart.detection.findings import Findings
from rempart.detection.rules.cache import cached
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.reading import reading
from rempart.detection.watch.settings import Settings
from rempart.detection.watch.tools import Fetch, Tools


def real_tools() -> Tools:
    """Return the pieces of the engine."""
    return Tools(
        paths=_paths,
        load=_load,
        read=_read,
        reading=reading,
        match=kernel.match,
        correlate=correlate,
        raise_alerts=_raise,
        fetch=fetch,
        line=_line,
    )


def _paths(settings: Settings) -> tuple[Path, ...]:
    own = (pack.folder(),) if settings.pack else ()
    return (*own, *settings.rules, *settings.filters)


def _load(settings: Settings, cache: Path) -> Compiled:
    own = pack.rules() if settings.pack else ()
    return cached((*own, *settings.rules), cache, filters=settings.filters, placeholders=pack.placeholders())


def _read(path: Path, wanted: Reading, census: Census) -> Iterator[Block]:
    yield from read([path], wanted, census, options=Options(threads=1))


def _raise(findings: Findings, whole: Fetch) -> Sequence[Alert]:
    if not findings.correlated.num_rows:
        findings = Findings(findings.compiled, in_order(findings.matched), findings.correlated, findings.census)
    return raise_alerts(findings, whole, EACH)


def _line(alert: Alert, incident: str, at: datetime) -> bytes:
    document = ecs.document(alert, at=at)
    document["rempart"] = {**document.get("rempart", {}), "incident": incident}
    return orjson.dumps(document)
