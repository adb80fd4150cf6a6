"""From blocks to alerts, block after block: matches, what correlations still need of them, and what is new in it."""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.alerts.alert import Alert, Reference
from rempart.detection.census import Census
from rempart.detection.events import MOMENT, Block
from rempart.detection.findings import Findings
from rempart.detection.matched import CARRIED, CORRELATED, matched_schema
from rempart.detection.rules.form import Compiled
from rempart.detection.watch.tools import Fetch, Tools


@dataclass(frozen=True)
class Sifted:
    """What a block gave, to be written.

    Attributes:
        alerts: new ones, by time.
        kept: table of matches kept from now on.
        added: the rows of `kept` that are new.
        happenings: (rule, keys, first, last) in microseconds.
        horizon: matches before it are not kept any more, None when nothing changes.
        evicted: rows that went before their time.
        late: matches that came too late to be kept.

    """

    alerts: tuple[Alert, ...]
    kept: pa.Table
    added: pa.Table
    happenings: tuple[tuple[str, str, int, int], ...]
    horizon: int | None
    evicted: int
    late: int


class Sifter:
    """Keeps what correlations need between two blocks. Nothing changes in it before `accept`.

    Args:
        tools: the pieces of the engine.
        compiled: the rules.
        most: rows kept; beyond, the oldest go and are counted.
        late: how late an event may come and still meet those that happened with it; later ones are counted.

    """

    def __init__(self, tools: Tools, compiled: Compiled, most: int, late: timedelta) -> None:
        self.compiled = compiled
        self._tools = tools
        self._most = most
        self._late = late
        self._schema = matched_schema(tuple(name for name, _ in compiled.carried))
        self.kept: pa.Table = self._schema.empty_table()
        self._happenings: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._gathered = pa.array(sorted({rule for each in compiled.correlations for rule in each.rules}), pa.int32())
        self._span = max(
            (_span(compiled, number) for number in range(len(compiled.correlations))), default=timedelta(0)
        )

    def load(self, connection: sqlite3.Connection) -> None:
        """Take up what the state kept; matches of rules that are gone are left out."""
        numbers = {rule.about.id: number for number, rule in enumerate(self.compiled.rules)}
        carried = [name.removeprefix(CARRIED) for name in self._schema.names if name.startswith(CARRIED)]
        rows: dict[str, list[object]] = {name: [] for name in self._schema.names}
        for row in connection.execute("SELECT * FROM kept"):
            if row["rule"] not in numbers:
                continue
            values = orjson.loads(row["carried"])
            own = (numbers[row["rule"]], row["source"], row["code"], row["file"], row["place"], row["length"])
            who = (row["moment"], row["host"], row["user"], row["address"])
            for name, value in zip(
                self._schema.names, (*own, *who, *(values.get(each) for each in carried)), strict=True
            ):
                rows[name].append(value)
        columns = [pa.array(rows[field.name], _stored(field.type)).cast(field.type) for field in self._schema]
        self.kept = pa.Table.from_arrays(columns, schema=self._schema)
        for row in connection.execute("SELECT * FROM happenings"):
            self._happenings.setdefault((row["rule"], row["keys"]), []).append((row["first"], row["last"]))

    def sift(self, blocks: Iterable[Block], now: datetime, fetch: Fetch) -> Sifted:
        """Return what some blocks give; `fetch` gives whole events."""
        tables = [self._tools.match(block, self.compiled) for block in blocks]
        new = pa.concat_tables([self._schema.empty_table(), *(table.cast(self._schema) for table in tables)])
        alerts = list(self._tools.raise_alerts(self._findings(new, None), fetch)) if new.num_rows else []
        added = new.filter(pc.and_(pc.is_in(new["rule"], self._gathered), pc.is_valid(new["time"])))
        if not added.num_rows:
            return Sifted(tuple(map(_steady, alerts)), self.kept, added, (), None, 0, 0)
        kept = pa.concat_tables([self.kept, added])
        happenings, found = self._new_happenings(kept)
        if found is not None:
            own = {each.about.id for each in self.compiled.correlations}
            raised = self._tools.raise_alerts(self._findings(*found), fetch)
            alerts += [alert for alert in raised if alert.about.id in own]
        horizon, evicted = self._horizon(kept, now)
        kept = kept.filter(pc.greater_equal(kept["time"].cast(pa.int64()), horizon))
        timely = added.filter(pc.greater_equal(added["time"].cast(pa.int64()), horizon))
        late = max(0, added.num_rows - timely.num_rows - evicted)
        return Sifted(tuple(map(_steady, alerts)), kept, timely, happenings, horizon, evicted, late)

    def write(self, connection: sqlite3.Connection, sifted: Sifted) -> None:
        """Write what a block left, in a transaction of the caller."""
        carried = [name for name in self._schema.names if name.startswith(CARRIED)]
        rows = [
            (
                self.compiled.rules[row["rule"]].about.id, row["file"], row["offset"], row["length"], row["source"],
                row["code"], row["time"], row["host"], row["user"], row["address"],
                orjson.dumps({name.removeprefix(CARRIED): row[name] for name in carried}).decode(),
            )
            for row in _plain(sifted.added).to_pylist()
        ]  # fmt: skip
        connection.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.executemany(
            "INSERT INTO happenings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            sifted.happenings,
        )
        if sifted.horizon is not None:
            connection.execute("DELETE FROM kept WHERE moment < ?", (sifted.horizon,))
            connection.execute("DELETE FROM happenings WHERE last < ?", (sifted.horizon - _micros(self._span),))

    def accept(self, sifted: Sifted) -> None:
        """Take what was written for what is."""
        self.kept = sifted.kept.combine_chunks()
        for rule, keys, first, last in sifted.happenings:
            known = self._happenings.setdefault((rule, keys), [])
            known[:] = [each for each in known if each[0] != first]
            known.append((first, last))
        if sifted.horizon is not None:
            limit = sifted.horizon - _micros(self._span)
            for key, known in list(self._happenings.items()):
                known[:] = [each for each in known if each[1] >= limit]
                if not known:
                    del self._happenings[key]

    def _findings(self, matched: pa.Table, correlated: pa.Table | None) -> Findings:
        return Findings(self.compiled, matched, correlated or CORRELATED.empty_table(), Census())

    def _new_happenings(
        self, kept: pa.Table
    ) -> tuple[tuple[tuple[str, str, int, int], ...], tuple[pa.Table, pa.Table] | None]:
        """Return what correlations say, and the part of it never said before (its matches, its findings).

        A burst that begins where one already told does is that one, grown; so is one that overlaps it when its
        beginning is not kept any more, or when an event came late and put its beginning earlier: neither is told again.
        """
        oldest = pc.min(self.kept["time"].cast(pa.int64())).as_py() or 0
        correlated = self._tools.correlate(kept, self.compiled)
        seen: list[tuple[str, str, int, int]] = []
        new: list[int] = []
        firsts, lasts = (correlated[name].cast(pa.int64()).to_pylist() for name in ("first", "last"))
        rules, keys = correlated["rule"].to_pylist(), correlated["keys"].to_pylist()
        for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
            rule, key = self.compiled.about(rules[number]).id, orjson.dumps(keys[number]).decode()
            known = self._happenings.get((rule, key), [])
            grown = next((each for each in known if _is_grown(each, first, last, oldest)), None)
            if grown is None:
                new.append(number)
                seen.append((rule, key, first, last))
            elif last > grown[1]:
                seen.append((rule, key, grown[0], last))
        return tuple(seen), _part(kept, correlated.take(pa.array(new, pa.int64()))) if new else None

    def _horizon(self, kept: pa.Table, now: datetime) -> tuple[int, int]:
        """Return the moment before which matches go: too old for any correlation, or one too many."""
        times = kept["time"].cast(pa.int64())
        newest = min(pc.max(times).as_py(), _micros_of(now))
        horizon = newest - _micros(self._span + self._late)
        alive = times.filter(pc.greater_equal(times, horizon))
        if len(alive) <= self._most:
            return horizon, 0
        ordered = pc.sort_indices(alive, sort_keys=[("", "descending")])
        cut = alive[ordered[self._most].as_py()].as_py() + 1
        return cut, len(alive) - pc.sum(pc.greater_equal(alive, cut)).as_py()


def _is_grown(known: tuple[int, int], first: int, last: int, oldest: int) -> bool:
    """Tell whether a burst is one already told: `oldest` is the first moment that was kept before."""
    cut = known[0] < oldest and first <= known[1]
    late = first < known[0] <= last
    return first == known[0] or late or (cut and last >= known[0])


def _part(kept: pa.Table, correlated: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Return only the matches that some findings name, and the findings, pointing into them."""
    rows = correlated["rows"].combine_chunks()
    used = sorted(set(rows.flatten().to_pylist()))
    place = {row: number for number, row in enumerate(used)}
    moved = pa.array([[place[row] for row in each] for each in rows.to_pylist()], rows.type)
    index = correlated.schema.get_field_index("rows")
    return kept.take(pa.array(used, pa.int64())), correlated.set_column(index, correlated.schema.field(index), moved)


def _steady(alert: Alert) -> Alert:
    """Name an alert by its rule, keys and first event, whose file has a name no other file ever had.

    By the whole of its events, a burst would change name as it grows; by their file's short name, an event of today's
    log would be taken for one of yesterday's.
    """
    start = alert.events[0] if alert.events else Reference("", 0, 0)
    told = orjson.dumps([alert.about.id, alert.keys, start.file, start.offset])
    return replace(alert, id=hashlib.sha256(told).hexdigest()[:32])


def _span(compiled: Compiled, number: int, depth: int = 0) -> timedelta:
    """Return how far back a correlation looks, through those it gathers."""
    correlation = compiled.correlations[number]
    inner: Sequence[int] = [rule - len(compiled.rules) for rule in correlation.rules if rule >= len(compiled.rules)]
    if depth > len(compiled.correlations):
        return correlation.timespan
    return correlation.timespan + max((_span(compiled, each, depth + 1) for each in inner), default=timedelta(0))


def _plain(table: pa.Table) -> pa.Table:
    index = table.schema.get_field_index("time")
    return table.set_column(index, "time", table["time"].cast(pa.int64()))


def _stored(kind: pa.DataType) -> pa.DataType:
    return pa.int64() if kind == MOMENT else kind


def _micros(span: timedelta) -> int:
    return int(span.total_seconds() * 1_000_000)


def _micros_of(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1_000_000)
