"""From raw records to the Snapshot: the one place where every source's values become columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import polars as pl

from rempart import __version__
from rempart.directory.attributes import ATTRIBUTES, DECODERS, Attribute
from rempart.directory.coverage import gaps_seen
from rempart.directory.names import dn_key, domain_of, parent_key, partition_of
from rempart.directory.snapshot import CORE_SCHEMA, TABLE_SCHEMAS, Manifest, Snapshot, conform
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

DESCRIPTOR = "ntsecuritydescriptor"
_CHUNK = 50_000
_DELETED = "cn=deleted objects,"


@dataclass
class _Column:
    """Values of one attribute in the chunk being filled, with the rows they belong to."""

    rows: list[int] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def series(self, attribute: Attribute, height: int) -> pl.Series:
        places = np.full(height, -1, dtype=np.int64)
        places[self.rows] = np.arange(len(self.rows))
        index = pl.Series(places).replace(-1, None)
        return pl.Series(attribute.name, self.values, dtype=attribute.dtype).gather(index)


class SnapshotBuilder:
    """Collects records and makes the Snapshot.

    A record is a DN and its attributes: LDAP name (any case) to raw values as a directory server sends them.
    Unknown attributes are left out; a value of the wrong form becomes a flaw, never an exception.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._chunks: list[pl.DataFrame] = []
        self._dns: list[str] = []
        self._classes: list[str] = []
        self._sds: list[int | None] = []
        self._columns: dict[str, _Column] = {}
        self._descriptors: dict[bytes, int] = {}
        self._flaws: list[tuple[str, str]] = []
        self._gaps: list[tuple[str, str | None, str, str]] = []
        self._grants: list[tuple[str, str, str, bool]] = []
        self.count = 0

    def add(self, dn: str, attributes: Mapping[str, Iterable[bytes]]) -> None:
        """Take one record. Deleted objects are left out; a DN seen before is left out when the snapshot is made."""
        folded = {name.lower().partition(";")[0]: list(values) for name, values in attributes.items()}
        if folded.get("isdeleted", [b""])[0].upper() == b"TRUE" or _DELETED in dn_key(dn):
            return
        row = len(self._dns)
        self._dns.append(dn)
        descriptor = folded.pop(DESCRIPTOR, None)
        self._sds.append(self._descriptors.setdefault(descriptor[0], len(self._descriptors)) if descriptor else None)
        for name, values in folded.items():
            attribute = ATTRIBUTES.get(name)
            if attribute is not None and values:
                self._take(attribute, row, dn, values)
        classes = folded.get("objectclass", [])
        self._classes.append(classes[-1].decode(errors="replace").lower() if classes else "")
        self.count += 1
        if len(self._dns) >= _CHUNK:
            self._flush()

    def flaw(self, place: str, problem: str) -> None:
        """Note a record or a value that could not be understood."""
        self._flaws.append((place, problem))

    def gap(self, topic: str, reason: Text, domain: str | None = None) -> None:
        """Note something the source cannot show (see `coverage` for the topics)."""
        self._gaps.append((topic, domain, reason.fr, reason.en))

    def grant(self, dn: str, trustee: str, right: str, *, inherited: bool) -> None:
        """Note a right the source resolved itself: `trustee` (SID text) holds `right` on the object `dn`."""
        self._grants.append((dn_key(dn), trustee, right, inherited))

    def finish(self, taken_at: datetime | None = None) -> Snapshot:
        """Return the Snapshot. Without `taken_at`, it is dated by the latest change seen in the directory.

        Raises:
            InputError: the source held no object at all.

        """
        self._flush()
        if not self._chunks:
            raise InputError(Text(fr="aucun objet d'annuaire dans la source", en="no directory object in the source"))
        objects = placed(pl.concat(self._chunks, rechunk=True))
        descriptors = pl.DataFrame(
            {"sd": range(len(self._descriptors)), "bytes": list(self._descriptors)}, schema=TABLE_SCHEMAS["descriptors"]
        )
        grants = (
            pl.DataFrame(
                self._grants,
                schema={"dn_key": pl.String, "trustee": pl.String, "right": pl.String, "inherited": pl.Boolean},
                orient="row",
            )
            .join(objects.select("dn_key", object="id"), on="dn_key")
            .unique(maintain_order=True)
        )
        gaps = pl.DataFrame(self._gaps, schema=TABLE_SCHEMAS["gaps"], orient="row")
        seen = gaps_seen(objects, raw_descriptors=self._source != "sharphound", known=set(gaps["topic"]))
        domains = objects.filter(pl.col("class") == "domaindns", pl.col("partition") == "domain")["domain"]
        return Snapshot(
            manifest=Manifest(
                tool=__version__,
                source=self._source,
                taken_at=taken_at or _latest_change(objects),
                domains=tuple(sorted(set(domains))),
                counts={"objects": objects.height, "descriptors": descriptors.height, "flaws": len(self._flaws)},
            ),
            objects=objects,
            descriptors=descriptors,
            grants=conform("grants", grants),
            gaps=pl.concat([gaps, seen]),
            flaws=pl.DataFrame(self._flaws, schema=TABLE_SCHEMAS["flaws"], orient="row"),
        )

    def _take(self, attribute: Attribute, row: int, dn: str, values: list[bytes]) -> None:
        decode = DECODERS[attribute.kind]
        decoded = []
        for raw in values if attribute.many else values[:1]:
            try:
                decoded.append(decode(raw))
            except (ValueError, OverflowError) as error:
                self.flaw(f"{dn} {attribute.name}", f"{type(error).__name__}: {error}")
        if not decoded:
            return
        column = self._columns.setdefault(attribute.name, _Column())
        column.rows.append(row)
        column.values.append(decoded if attribute.many else decoded[0])

    def _flush(self) -> None:
        if not self._dns:
            return
        height = len(self._dns)
        keys = [dn_key(dn) for dn in self._dns]
        frame = pl.DataFrame(
            {
                "dn": self._dns,
                "dn_key": keys,
                "domain": [domain_of(key) for key in keys],
                "partition": [partition_of(key) for key in keys],
                "class": self._classes,
                "sd": self._sds,
            },
            schema={name: CORE_SCHEMA[name] for name in ("dn", "dn_key", "domain", "partition", "class", "sd")},
        ).with_columns(
            self._columns[attribute.name].series(attribute, height)
            if attribute.name in self._columns
            else pl.lit(None, dtype=attribute.dtype).alias(attribute.name)
            for attribute in ATTRIBUTES.values()
        )
        self._chunks.append(frame)
        self._dns, self._classes, self._sds, self._columns = [], [], [], {}


def placed(objects: pl.DataFrame) -> pl.DataFrame:
    """Number the objects in DN order (so that every source numbers them alike) and link each to its parent."""
    objects = objects.unique("dn_key", keep="first", maintain_order=True).sort("dn_key").with_row_index("id")
    parents = objects.select(parent="id", parent_key="dn_key")
    return conform(
        "objects",
        objects.with_columns(
            parent_key=pl.Series([parent_key(key) for key in objects["dn_key"]], dtype=pl.String)
        ).join(parents, on="parent_key", how="left", maintain_order="left"),
    )


def _latest_change(objects: pl.DataFrame) -> datetime:
    """Return the latest moment the directory itself wrote, the best date of a source that carries none."""
    columns = ["whenChanged", "whenCreated", "lastLogonTimestamp", "pwdLastSet"]
    latest = objects.select(pl.max_horizontal(pl.col(columns).max())).item()
    return latest if latest is not None else datetime(1970, 1, 1, tzinfo=UTC)
