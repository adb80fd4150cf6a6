"""Products: consoles that the internet should not reach, and the inventory of what was recognised."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.doubts import Looked, settle
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.facts.declared import DECLARED
from rempart.exposure.facts.product_texts import unheard
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_SHOWN = ("product", "vendor", "version", "evidence")
_ONE = [*ENDPOINT, "id"]


@control("vuln_service_console_edge")
def edge_console(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Consoles of firewalls, VPN gateways, load balancers and bastions; their users' portals are not judged."""
    yield _consoles(entry, surface, pl.col("console") & (pl.col("family") == "edge"))


@control("vuln_service_console_hypervisor")
def hypervisor_console(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Hypervisors and their managers, whatever part answers, and the consoles of out-of-band cards."""
    cards = pl.col("console") & (pl.col("family") == "management")
    yield _consoles(entry, surface, (pl.col("family") == "hypervisor") | cards)


@control("vuln_service_console_backup")
def backup_console(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Consoles of backup software and of storage."""
    yield _consoles(entry, surface, pl.col("console") & (pl.col("family") == "backup"))


@control("vuln_service_console_camera")
def camera_console(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Cameras and recorders, whatever part answers."""
    yield _consoles(entry, surface, pl.col("family") == "camera")


@control("vuln_service_console_printer")
def printer_console(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Printers and print servers, whatever part answers."""
    yield _consoles(entry, surface, pl.col("family") == "printer")


@control("vuln_service_console_monitoring")
def monitoring_console(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Consoles of monitoring."""
    yield _consoles(entry, surface, pl.col("console") & (pl.col("family") == "monitoring"))


@control("info_version_disclosed")
def disclosed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the products that tell their version to anybody."""
    told = surface.facts("products").filter(pl.col("version").is_not_null(), pl.col("where") != DECLARED)
    yield _listed(entry, surface, told, "where")


@control("info_version_products")
def inventory(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List every product recognised."""
    yield _listed(entry, surface, surface.facts("products"), "family", "where")


@control("info_version_unread")
def unread(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the products whose version could not be read: nothing is deduced for them."""
    yield _listed(entry, surface, surface.facts("products").filter(pl.col("version").is_null()), "where")


@control("info_version_several")
def several(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the products seen at several versions over the perimeter."""
    found = surface.facts("products")
    versions = pl.col("version").drop_nulls().n_unique().over("id")
    yield _listed(entry, surface, found.filter(versions > 1, pl.col("version").is_not_null()))


def _consoles(entry: Control, surface: Surface, which: pl.Expr) -> Verdict:
    rows = surface.facts("products").filter(which)
    silent = surface.subjects(unheard(surface.snapshot))
    return settle(entry, _subjects(surface, rows), Looked(_heard(surface), silent))


def _listed(entry: Control, surface: Surface, rows: pl.DataFrame, *columns: str) -> Verdict:
    looked = Looked(_heard(surface), surface.subjects(unheard(surface.snapshot)))
    measured = {"products_listed": rows.select(_ONE).n_unique() if rows.height else 0}
    return settle(entry, _subjects(surface, rows, *columns), looked, measured=measured)


def _heard(surface: Surface) -> int:
    """Return how many services said something that could be read."""
    return surface.facts("product_texts").select(ENDPOINT).n_unique()


def _subjects(surface: Surface, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return subjects whose key names the product: one finding each. One product of one service is one subject."""
    shown = (
        rows.with_columns(pl.col("version").over(_ONE, mapping_strategy="join").list.join(", "))
        if rows.height
        else rows
    )
    once = shown.unique(_ONE, keep="first", maintain_order=True)
    found = surface.subjects(once, *_SHOWN, *columns, "id")
    if found.is_empty():
        return found
    return found.with_columns(pl.concat_str("key", "id", separator=" ").alias("key")).drop("id")
