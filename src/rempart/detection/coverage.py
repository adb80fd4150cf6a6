"""The snapshot made ready to be judged: whole days before the moment of judgement, families of logs, machines heard."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files

import polars as pl

from rempart.detection.inventory import Family, MachineKind
from rempart.detection.snapshot import Snapshot
from rempart.measurement.report import Gap
from rempart.measurement.text import Text

WEEK, MONTH = 7, 30
RECENT_FACT = 3
"""Days a figure on the detection itself is believed for."""


class Coverage:
    """A snapshot seen from a moment.

    Args:
        snapshot: what was measured.
        at: the moment of judgement; the days looked at are the whole days (UTC) before it.

    """

    def __init__(self, snapshot: Snapshot, at: datetime) -> None:
        self.snapshot = snapshot
        self.at = at
        self.today = at.date()

    def gaps(self, topics: Sequence[str]) -> list[Gap]:
        """Return what the source could not show among these topics."""
        rows = self.snapshot.gaps.filter(pl.col("topic").is_in(list(topics)))
        return [Gap(topic=row["topic"], reason=Text(fr=row["fr"], en=row["en"])) for row in rows.iter_rows(named=True)]

    def last(self, days: int) -> list[date]:
        """Return the last whole days, oldest first."""
        return [self.today - timedelta(days=number) for number in range(days, 0, -1)]

    def within(self, frame: pl.DataFrame, days: int) -> pl.DataFrame:
        """Return the rows of a frame of the last whole days."""
        return frame.filter(pl.col("day").is_between(self.today - timedelta(days=days), self.today - timedelta(days=1)))

    @property
    def known_days(self) -> int:
        """How many days the ledger has run, the first one included, up to yesterday."""
        days = self.snapshot.days.filter(pl.col("day") < self.today)["day"]
        first = days.min()
        return (self.today - first).days if isinstance(first, date) else 0

    def fact(self, name: str) -> float | None:
        """Return the latest figure of that name, None when it is too old or was never written."""
        rows = self.snapshot.facts.filter(
            (pl.col("fact") == name) & pl.col("day").is_between(self.today - timedelta(days=RECENT_FACT), self.today)
        ).sort("day")
        return float(rows["value"][-1]) if rows.height else None

    def absent(self, family: Family) -> str | None:
        """Return why a family of logs does not exist here, None when it should."""
        rows = self.snapshot.absent.filter(pl.col("family") == family.value)
        return str(rows["reason"][0]) if rows.height else None

    def received(self, family: Family, days: int = WEEK) -> pl.DataFrame:
        """Return the rows (day, source, code, events) of the events that show a family of logs."""
        own = self.snapshot.sources.filter(pl.col("family") == family.value)["source"]
        shown = pl.col("source").is_in(own.to_list())
        for each in _families()[family.value]:
            here = pl.col("source") == each["source"]
            shown |= here & pl.col("code").is_in(each["codes"]) if "codes" in each else here
        return self.within(self.snapshot.codes, days).filter(shown)

    @property
    def declared_count(self) -> int | None:
        """How many machines should be heard."""
        return self.snapshot.manifest.count

    def heard(self, days: int = WEEK) -> pl.DataFrame:
        """Return the machines heard (`host`), each once, by the first part of their name in lower case (`short`)."""
        rows = self.within(self.snapshot.heard, days).select("host").unique()
        return rows.with_columns(short=_short("host")).sort("host")

    def silent(self, kind: MachineKind | None = None, *, source: str | None = None) -> pl.DataFrame:
        """Return the declared machines (of a kind) that were not heard in the last week (of a source)."""
        heard = self.within(self.snapshot.heard, WEEK)
        if source is not None:
            heard = heard.filter(pl.col("source") == source)
        names = heard.select(short=_short("host")).unique()
        machines = self.machines(kind).with_columns(short=_short("name"))
        return machines.join(names, on="short", how="anti").select("name", "kind").sort("name")

    def machines(self, kind: MachineKind | None = None) -> pl.DataFrame:
        """Return the declared machines, of a kind."""
        machines = self.snapshot.machines
        return machines if kind is None else machines.filter(pl.col("kind") == kind.value)


def _short(column: str) -> pl.Expr:
    """Return the first label of a machine's name in lower case: logs write it with its domain or without.

    An address has no label: it stays whole.
    """
    name = pl.col(column).str.to_lowercase()
    address = name.str.contains(r"^[0-9.]+$|:")
    return pl.when(address).then(name).otherwise(name.str.split(".").list.first())


@cache
def _families() -> Mapping[str, list[dict[str, list[str] | str]]]:
    return tomllib.loads(files(__package__).joinpath("families.toml").read_text(encoding="utf-8"))
