"""Small pieces in place of the engine's, so that the daemon alone is tested: two rules on lines of JSON."""

import hashlib
import sys
from datetime import timedelta
from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.alerts.alert import Alert, Because, Reference
from rempart.detection.collect.blocks import CODE, SOURCE, pieces_of_frame
from rempart.detection.collect.kinds import Format, kind
from rempart.detection.correlation import correlate
from rempart.detection.events import ADDRESS, FILE, HOST, LENGTH, OFFSET, TIME, USER, Reading
from rempart.detection.matched import matched_schema
from rempart.detection.rules.form import About, Compare, Compiled, Correlation, Gather, Rule
from rempart.detection.watch.daemon import watch
from rempart.detection.watch.logs import prepare
from rempart.detection.watch.settings import open_settings
from rempart.detection.watch.tools import Tools
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text


def about(name: str, level: str) -> About:
    return About(name, f"Règle {name}", level, "test", "Valmont", "DRL", "", ("attack.impact",), (), (), "essai", name)


def rules_of(names: list[str]) -> Compiled:
    """`attack` and `failure` match lines that say so; `burst` is three failures of one machine in a minute."""
    rules = tuple(Rule(about(name, "critical"), (), alone=name != "failure") for name in names)
    burst = ()
    if "failure" in names:
        place = names.index("failure")
        burst = (
            Correlation(
                about("burst", "high"), Gather.EVENT_COUNT, (place,), ("host",), (), timedelta(minutes=1),
                ((Compare.GTE, 3.0),),
            ),
        )  # fmt: skip
    digest = hashlib.sha256(repr(names).encode()).hexdigest()
    return Compiled((), rules, burst, (), (("host", (("linux/syslog", "", "host"),)),), digest)


def load(settings, _cache):
    names = []
    for path in settings.rules:
        for entry in sorted(path.glob("*.yml")):
            if "broken" in entry.read_text():
                raise InputError(Text(fr="règle cassée", en="broken rule"), str(entry))
            names.append(entry.stem)
    return rules_of(names)


def match(block, compiled):
    batch = block.batch
    schema = matched_schema(("host",))
    tables = []
    for number, rule in enumerate(compiled.rules):
        rows = batch.filter(
            pc.fill_null(pc.match_substring(batch.column("message").cast(pa.string()), rule.about.id), fill_value=False)
        )
        count = rows.num_rows
        texts = {name: rows.column(name).cast(pa.string()) for name in (FILE, HOST, USER, ADDRESS)}
        columns = [
            pa.array([number] * count, pa.int32()), pa.array([block.event_class.source] * count),
            pa.array([block.event_class.code] * count), texts[FILE], rows.column(OFFSET), rows.column(LENGTH),
            rows.column(TIME), texts[HOST], texts[USER], texts[ADDRESS], texts[HOST],
        ]  # fmt: skip
        tables.append(pa.Table.from_arrays(columns, schema=schema))
    return pa.concat_tables([schema.empty_table(), *tables])


def raise_alerts(findings, fetch):
    rows = findings.matched.to_pylist()
    told = [([row], row["rule"], ()) for row in rows if findings.compiled.rules[row["rule"]].alone]
    bursts = findings.correlated.to_pylist()
    told += [([rows[row] for row in each["rows"]], each["rule"], tuple(each["keys"])) for each in bursts]
    alerts = []
    for events, rule, keys in told:
        places = tuple(Reference(row["file"], row["offset"], row["length"]) for row in events)
        about = findings.compiled.about(rule)
        name = hashlib.sha256(repr((about.id, places)).encode()).hexdigest()[:32]
        event = fetch(places[0]) or {}
        first, last = events[0], events[-1]
        alerts.append(
            Alert(
                name, about, first["source"], first["code"], first["time"], last["time"], first["host"] or "", "", "",
                places, tuple(("host", key) for key in keys), None, (Because("message", "*", ""),), event,
            )
        )  # fmt: skip
    return alerts


def fetch(reference):
    with Path(reference.file).open("rb") as stream:
        stream.seek(reference.offset)
        return orjson.loads(stream.read(reference.length).removeprefix(START))


def line(alert, incident, _now):
    event = dict(alert.event or {})
    return orjson.dumps({"id": alert.id, "rule": alert.about.id, "incident": incident, "message": event.get("message")})


def read(_path, _reading, _census):
    raise InputError(Text(fr="non", en="no"))
    yield


START = b"valmont "
"""How the lines of this stand-in begin, so that no other reader takes them, nor this one theirs."""


@kind("valmont")
class Lines(Format):
    """Lines of a word, then JSON: time (ISO), host, message."""

    @classmethod
    def recognises(cls, head, _name):
        return 1.0 if head.startswith(START) else 0.0

    def read(self, chunk):
        rows, offset = [], chunk.offset
        for text in chunk.data.splitlines(keepends=True):
            try:
                fields = orjson.loads(text.removeprefix(START))
                rows.append({
                    SOURCE: "linux/syslog", CODE: "", OFFSET: offset, LENGTH: len(text), TIME: fields.get("time"),
                    "host": fields.get("host"), "message": fields.get("message"),
                })  # fmt: skip
            except ValueError:
                self.opened.census.flaw(f"{self.opened.file}:{offset}", "not JSON")
            offset += len(text)
        if not rows:
            return
        frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
            pl.col(TIME).str.to_datetime("%+", time_unit="us", time_zone="UTC")
        )
        yield from pieces_of_frame(frame, self.opened.file, self.opened.wanted)


TOOLS = Tools(
    paths=lambda settings: settings.rules,
    load=load,
    read=read,
    reading=lambda _: Reading({"*": frozenset({"message", "host"})}),
    match=match,
    correlate=correlate,
    raise_alerts=raise_alerts,
    fetch=fetch,
    line=line,
)

if __name__ == "__main__":
    prepare(sys.stderr)
    watch(open_settings(Path(sys.argv[1])), TOOLS)
