"""Databases, caches, brokers, container hosts: are they there for anybody, and do they ask who comes?"""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.service_rows import (
    asked_of_web,
    by_port,
    by_protocol,
    exposed,
    open_ones,
    told,
    usual_ports,
)
from rempart.exposure.protocols.stores import NONE
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_DATABASES = ("mysql", "postgresql", "mssql", "mongodb", "zookeeper")
_IN_HTTP = ("elasticsearch", "couchdb", "etcd")
_CACHES = ("redis", "memcached")
_OPENED = ("mongodb", "zookeeper")
"""Those whose first answers tell whether a login is asked; of the others only the exposure is judged."""
_BROKERS = ("mqtt", "amqp", "kafka")


@control("vuln_service_database_exposed")
def databases(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge databases by their being there, those in HTTP included."""
    seen = surface.facts("open_stores").filter(pl.col("protocol").is_in(_IN_HTTP))
    found = open_ones(surface, protocols=_DATABASES)
    columns = ["address", "port", "transport", "name", "protocol"]
    needed = usual_ports(*_DATABASES, *_IN_HTTP)
    yield exposed(entry, surface, pl.concat([found.select(columns), seen.select(columns)]), needed)


@control("warning_service_database_ports")
def database_ports(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the ports of databases that no probe talks to."""
    yield by_port(entry, surface, "databases")


@control("vuln_service_database_open")
def open_databases(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge databases that work for whoever comes."""
    wanted = [*_OPENED, "elasticsearch"]
    yield _without_login(entry, surface, surface.facts("open_stores"), wanted, _OPENED)


@control("vuln_service_cache_open")
def open_caches(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge caches that work for whoever comes."""
    yield _without_login(entry, surface, surface.facts("open_stores"), list(_CACHES), _CACHES)


@control("vuln_service_broker_exposed")
def broker_exposed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge message brokers by their being there."""
    yield by_protocol(entry, surface, *_BROKERS)


@control("vuln_service_broker_open")
def open_brokers(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge brokers that take clients without a login; Kafka's first answer does not tell."""
    yield _without_login(entry, surface, surface.facts("brokers"), ["mqtt", "amqp"], ("mqtt", "amqp"))


@control("vuln_service_docker")
def docker(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge Docker hosts that obey whoever comes."""
    rows = _shown(surface.facts("service_apis").filter(pl.col("protocol") == "docker"))
    judged = rows.with_columns(bad=pl.col("login") == NONE)
    question = "GET /version for docker"
    yield asked_of_web(entry, surface, judged, "service_version", probe="service.api", question=question)


@control("vuln_service_kubernetes")
def kubernetes(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge orchestrators' interfaces by their being there: whether they told their version or asked for a login."""
    rows = surface.facts("service_apis").filter(pl.col("protocol") == "kubernetes")
    judged = _shown(rows).with_columns(bad=pl.lit(value=True))
    question = "GET /version for kubernetes"
    yield asked_of_web(entry, surface, judged, "service_version", "login", probe="service.api", question=question)


def _without_login(
    entry: Control, surface: Surface, rows: pl.DataFrame, wanted: list[str], protocols: tuple[str, ...]
) -> Verdict:
    found = _shown(rows.filter(pl.col("protocol").is_in(wanted)))
    judged = found.with_columns(bad=pl.col("login") == NONE)
    return told(entry, surface, judged, "service_protocol", "service_version", protocols=protocols)


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(service_protocol=pl.col("protocol"), service_version=pl.col("version"))
