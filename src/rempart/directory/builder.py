"""From raw records to the Snapshot: the one place where every source's values become columns."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import polars as pl

from rempart import __version__
from rempart.directory.attributes import ATTRIBUTES
from rempart.directory.columns import Column, Descriptors, Ignored, Many, Single
from rempart.directory.coverage import gaps_seen
from rempart.directory.names import DOMAIN, PARENT_KEY, PARTITION, dn_key, dn_keys, domain_of
from rempart.directory.snapshot import TABLE_SCHEMAS, Manifest, Snapshot, conform
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

DESCRIPTOR = "ntsecuritydescriptor"
_CHUNK = 20_000
_DELETED = "cn=deleted objects,"
_FLAWS_KEPT = 10_000
"""A source wrong in every record must not fill the memory with complaints; those beyond are only counted."""
_PLACE_LENGTH = 300
_NAMES_KEPT = 10_000
_CUT = Text(
    fr="l'export s'arrête au milieu des valeurs de {name} (plage incomplète)",
    en="the export stops in the middle of the values of {name} (incomplete range)",
)


class SnapshotBuilder:
    """Collects records and makes the Snapshot.

    A record is a DN and its attributes: LDAP name (any case, with its options) to raw values as a directory server
    sends them. Unknown attributes are left out; a value of the wrong form becomes a flaw, never an exception.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._chunks: list[pl.DataFrame] = []
        self._asked: set[str] | None = None
        self._flaws: list[tuple[str, str]] = []
        self._flawed = 0
        self._gaps: list[tuple[str, str | None, str, str]] = []
        self._grants: list[tuple[str, str, str, bool]] = []
        self._dns: list[str] = []
        self._kept = 0
        self._descriptors = Descriptors()
        self._columns: dict[str, Column] = {
            name: (Many if attribute.many else Single)(attribute) for name, attribute in ATTRIBUTES.items()
        }
        self._columns[DESCRIPTOR] = self._descriptors
        self._known: dict[str, Column] = dict(self._columns)

    @property
    def count(self) -> int:
        """How many records were taken so far; deleted objects leave the count when their chunk is made."""
        return self._kept + len(self._dns)

    def add(self, dn: str, attributes: Mapping[str, Iterable[bytes]]) -> None:
        """Take one record. Deleted objects are left out; a DN seen before is left out when the snapshot is made."""
        row = len(self._dns)
        self._dns.append(dn)
        known = self._known
        for name, values in attributes.items():
            column = known.get(name) or self._learn(name, dn, attributes)
            column.take(row, values if isinstance(values, list) else list(values))
        if row + 1 >= _CHUNK:
            self._flush()

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Take many records at once: `dn`, `sd` (as `descriptor_rows` gives it) and attributes in their column types.

        Columns that are missing are null; columns the snapshot does not have are left out. No `dn` is null.
        """
        self._flush()
        self._keep(frame)

    def descriptor_rows(self, raw: pl.Series) -> pl.Series:
        """Return the row of the table of descriptors of each of these (bytes, nulls kept), adding the new ones."""
        return self._descriptors.rows_of(raw)

    def asked(self, names: Iterable[str]) -> None:
        """Tell which attributes (LDAP names) the source was asked for, when it knows: the others are gaps."""
        self._asked = (self._asked or set()) | {name.lower() for name in names}

    def flaw(self, place: str, problem: str) -> None:
        """Note a record or a value that could not be understood."""
        self._flawed += 1
        if len(self._flaws) < _FLAWS_KEPT:
            self._flaws.append((place[:_PLACE_LENGTH], problem[:_PLACE_LENGTH]))

    def gap(self, topic: str, reason: Text, domain: str | None = None) -> None:
        """Note something the source cannot show (see `coverage` for the topics)."""
        row = (topic, domain, reason.fr, reason.en)
        if row not in self._gaps:
            self._gaps.append(row)

    def grant(self, dn: str, trustee: str, right: str, *, inherited: bool) -> None:
        """Note a right the source resolved itself: `trustee` (SID text) holds `right` on the object `dn`."""
        self._grants.append((dn_key(dn), trustee, right, inherited))

    def finish(self, taken_at: datetime | None = None) -> Snapshot:
        """Return the Snapshot. Without `taken_at`, it is dated by the latest change seen in the directory.

        Raises:
            InputError: the source held no object at all.

        """
        self._flush()
        if not any(chunk.height for chunk in self._chunks):
            raise InputError(Text(fr="aucun objet d'annuaire dans la source", en="no directory object in the source"))
        objects = placed(pl.concat(self._chunks, rechunk=True))
        self._chunks = []
        descriptors = self._descriptors.table()
        gaps = pl.DataFrame(self._gaps, schema=TABLE_SCHEMAS["gaps"], orient="row")
        seen = gaps_seen(
            objects,
            descriptors,
            raw_descriptors=self._source != "sharphound",
            asked=self._asked,
            known={(topic, domain) for topic, domain, *_ in self._gaps},
        )
        domains = objects.filter(pl.col("class") == "domaindns", pl.col("partition") == "domain")["domain"]
        return Snapshot(
            manifest=Manifest(
                tool=__version__,
                source=self._source,
                taken_at=taken_at or _latest_change(objects),
                domains=tuple(sorted(set(domains))),
                counts={"objects": objects.height, "descriptors": descriptors.height, "flaws": self._flawed},
            ),
            objects=objects,
            descriptors=descriptors,
            grants=self._granted(objects),
            gaps=pl.concat([gaps, seen]),
            flaws=pl.DataFrame(self._flaws, schema=TABLE_SCHEMAS["flaws"], orient="row"),
        )

    def _learn(self, name: str, dn: str, attributes: Mapping[str, Iterable[bytes]]) -> Column:
        """Return the column of a name not met before in this spelling; an option such as `;binary` does not count."""
        base, _, option = name.lower().partition(";")
        column = self._columns.get(base, Ignored)
        if option.startswith("range=") and column is not Ignored:
            spelled = [other.lower() for other in attributes]
            if not any(other.startswith(f"{base};range=") and other.endswith("-*") for other in spelled):
                self.gap(f"attribute:{column.name}", _CUT.filled(name=column.name), domain_of(dn_key(dn)) or None)
        elif len(self._known) < _NAMES_KEPT:
            self._known[name] = column
        return column

    def _flush(self) -> None:
        if not self._dns:
            return
        height = len(self._dns)
        series = [column.series(height) for column in self._columns.values() if column.rows]
        for column in self._columns.values():
            for row, problem in column.clear():
                self.flaw(f"{self._dns[row]} {column.name}", problem)
        dns = pl.Series("dn", self._dns, dtype=pl.String)
        self._dns = []
        self._keep(pl.DataFrame([dns, *series]))

    def _keep(self, frame: pl.DataFrame) -> None:
        """Say where each object lives and what it is; drop the deleted ones."""
        classes = pl.col("objectClass").list.last().str.to_lowercase().fill_null("")
        frame = conform("objects", frame.with_columns(dn_key=dn_keys(frame["dn"])))
        frame = frame.with_columns(DOMAIN.alias("domain"), PARTITION.alias("partition"), classes.alias("class")).filter(
            ~pl.col("dn_key").str.contains(_DELETED, literal=True), pl.col("isDeleted").fill_null(value=False).not_()
        )
        self._kept += frame.height
        self._chunks.append(frame)

    def _granted(self, objects: pl.DataFrame) -> pl.DataFrame:
        schema = {"dn_key": pl.String, "trustee": pl.String, "right": pl.String, "inherited": pl.Boolean}
        rows = pl.DataFrame(self._grants, schema=schema, orient="row")
        return conform(
            "grants", rows.join(objects.select("dn_key", object="id"), on="dn_key").unique(maintain_order=True)
        )


def placed(objects: pl.DataFrame) -> pl.DataFrame:
    """Number the objects in DN order (so that every source numbers them alike) and link each to its parent."""
    first = objects.select("dn_key").with_row_index("row").unique("dn_key", keep="first").sort("dn_key")
    ids = first.select("dn_key", id=pl.int_range(pl.len(), dtype=pl.UInt32))
    parents = first.select(PARENT_KEY.alias("parent_key")).join(
        ids.select(parent="id", parent_key="dn_key"), on="parent_key", how="left", maintain_order="left"
    )
    return objects[first["row"]].with_columns(id=ids["id"], parent=parents["parent"])


def _latest_change(objects: pl.DataFrame) -> datetime:
    """Return the latest moment the directory itself wrote, the best date of a source that carries none.

    `whenChanged` comes first: the server writes it, where a program can set the other dates to any moment.
    """
    columns = ["whenChanged", "lastLogonTimestamp", "pwdLastSet", "whenCreated"]
    latest = objects.select(pl.coalesce(pl.col("whenChanged").max(), pl.max_horizontal(pl.col(columns).max()))).item()
    return latest.astimezone(UTC) if latest is not None else datetime(1970, 1, 1, tzinfo=UTC)
