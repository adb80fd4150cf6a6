"""The pieces of the engine, as the daemon calls them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import orjson

from rempart.detection import kernel, pack
from rempart.detection.alerts import ecs
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.raised import EACH, raise_alerts
from rempart.detection.collect.fetch import fetch
from rempart.detection.collect.read import Options, read
from rempart.detection.collect.sources import Declarations, load
from rempart.detection.correlation import correlate, in_order
from rempart.detection.findings import Findings
from rempart.detection.rules.cache import cached
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.reading import reading
from rempart.detection.watch.settings import Settings
from rempart.detection.watch.tools import Fetch, Tools


def real_tools(settings: Settings) -> Tools:
    """Return the pieces of the engine.

    Raises:
        InputError: what is declared of the files cannot be read.

    """
    declarations = load(settings.sources) if settings.sources else Declarations()
    options = Options(threads=1, declarations=declarations)
    return Tools(
        declarations=declarations,
        paths=_paths,
        load=_load,
        read=lambda path, wanted, census: read([path], wanted, census, options=options),
        reading=reading,
        match=kernel.match,
        correlate=correlate,
        raise_alerts=_raise,
        fetch=lambda reference: fetch(reference, declarations),
        line=_line,
    )


def _paths(settings: Settings) -> tuple[Path, ...]:
    values = (settings.placeholders,) if settings.placeholders else ()
    return (*_packs(settings), *settings.filters, *values)


def _load(settings: Settings, cache: Path) -> Compiled:
    return cached(_packs(settings), cache, filters=settings.filters, placeholders=settings.placeholders)


def _packs(settings: Settings) -> tuple[Path, ...]:
    return (*((pack.folder(),) if settings.pack else ()), *settings.rules)


def _raise(findings: Findings, whole: Fetch) -> Sequence[Alert]:
    if not findings.correlated.num_rows:
        findings = Findings(findings.compiled, in_order(findings.matched), findings.correlated, findings.census)
    return raise_alerts(findings, whole, EACH)


def _line(alert: Alert, incident: str, at: datetime) -> bytes:
    document = ecs.document(alert, at=at)
    document["rempart"] = {**document.get("rempart", {}), "incident": incident}
    return orjson.dumps(document)
