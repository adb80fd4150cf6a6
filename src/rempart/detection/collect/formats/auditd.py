"""Linux audit records: one event a record, its code the type of the record, completed by the records of its serial.

The records of one serial number are one act. Each stays an event, and takes from the SYSCALL record of its serial what
it lacks (who: `auid`, `uid`, `euid`, `ses`, `tty`; what ran: `exe`, `comm`, `pid`, `ppid`; `syscall`, `success`,
`exit`, `key`), never its `a0`..`a3`, which are numbers there. EXECVE gets `CommandLine` (its arguments joined by
blanks), and with SYSCALL and PATH the `cwd` of the CWD record and the `proctitle` of its own. SOCKADDR gets `laddr` and
`lport`. Hexadecimal values are decoded. So rules on processes read EXECVE: `exe`, `CommandLine`, `cwd`, `uid`, `ppid`.

Records are joined when no more than NEAR lines part them, whatever the size of the chunks.
"""

import re
from collections.abc import Iterator

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import moments
from rempart.detection.collect.formats.context import Context, Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.recognise import share as looks_like
from rempart.detection.collect.formats.spans import words
from rempart.detection.collect.kinds import Opened, kind
from rempart.detection.events import TEXT, TIME

AUDITD = "linux/auditd"
NEAR = 256
"""Lines that may part two records of one serial."""
HEADER = r"(?:^|\s)type=(?P<type>[\w\[\]]+) (?:msg=)?audit\((?P<at>\d{1,12}\.\d{1,9}):(?P<serial>\d{1,20})\):"
_NODE = r"(?:^|\s)node=(?P<node>\S+)"
_SERIAL, _ROW = "@serial", "@row"
_ENCODED = r"^(?:proctitle|comm|exe|name|cwd|key|acct|cmd|data|dir|path|vm|watch|unit|old-auid|a\d+(?:\[\d+\])?)$"
_ARGUMENT = re.compile(r"^a(\d+)(?:\[(\d+)\])?$")
_NOT_SHARED = re.compile(r"^(?:@.*|type|node|items|a[0-3]|name|cwd|proctitle|CommandLine)$")
_DIRECTORY_OF = ("SYSCALL", "EXECVE", "PATH")


def events_of(frame: pl.DataFrame, texts: pl.Series, context: Context) -> pl.DataFrame:
    """Return audit records with their own fields: those whose header is not understood are left out and counted.

    Args:
        frame: LINE, OFFSET, LENGTH, and columns to keep (host).
        texts: the records.
        context: of the file.

    """
    head = texts.str.extract_groups(HEADER).struct.unnest()
    there = head.get_column("serial").is_not_null()
    if not there.all():
        context.flaws(frame.filter(~there), "no audit record")
        frame, texts, head = frame.filter(there), texts.filter(there), head.filter(there)
    body = texts.str.replace(HEADER, " ")
    pairs = words(body, audit=True).columns
    execve = head.get_column("type") == "EXECVE"
    fields = {name: _decoded(name, column, execve) for name, column in pairs.items() if not name.startswith("@")}
    fields |= _addresses(fields)
    node = texts.str.extract(_NODE)
    fields |= {"type": head.get_column("type")} | ({} if node.null_count() == len(node) else {"node": node})
    return frame.with_columns(
        *(column.alias(name) for name, column in fields.items()),
        moments.epoch(head.get_column("at")).alias(TIME),
        (node.fill_null("") + "/" + head.get_column("at") + ":" + head.get_column("serial")).alias(_SERIAL),
        context.known(head.get_column("type")).alias(CODE),
        pl.lit(AUDITD).alias(SOURCE),
    )


def _decoded(name: str, values: pl.Series, execve: pl.Series) -> pl.Series:
    """Return values without their quotes; those that may be written in hexadecimal, and are, decoded."""
    quoted = values.str.starts_with('"')
    plain = values.str.strip_chars('"') if quoted.any() else values
    if not re.match(_ENCODED, name):
        return plain
    coded = ~quoted & values.str.contains("^(?:[0-9A-F]{2})+$") & (values.str.len_bytes() > (2 if name == "key" else 0))
    if _ARGUMENT.match(name):
        coded = coded & execve  # elsewhere they are numbers
    if not coded.any():
        return plain
    raw = values.set(~coded, None).str.decode("hex", strict=False)
    text = raw.cast(pl.String, strict=False).str.replace_all("[\x00\x01]", " ").str.strip_chars_end()
    return plain.zip_with(~coded.fill_null(value=False) | text.is_null(), text)


def _addresses(fields: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Return `laddr` and `lport` of IPv4 socket addresses (`saddr`, hexadecimal: family, port, address)."""
    if "saddr" not in fields or "laddr" in fields:
        return {}
    found = fields["saddr"].str.extract_groups(r"^0200([0-9A-Fa-f]{4})" + "([0-9A-Fa-f]{2})" * 4).struct.unnest()
    numbers = [column.str.to_integer(base=16, strict=False).cast(pl.String) for column in found]
    return {"lport": numbers[0], "laddr": pl.select(pl.concat_str(numbers[1:], separator=".")).to_series()}


def joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Return records completed by those of their serial."""
    frame = _command_lines(frame).with_row_index(_ROW).with_columns(pl.col(_ROW).cast(pl.Int64))
    frame = _from(frame, "CWD", ("cwd",), _DIRECTORY_OF)
    frame = _from(frame, "PROCTITLE", ("proctitle",), _DIRECTORY_OF)
    if "SYSCALL" in frame.get_column(CODE):
        calls = frame.filter(pl.col(CODE) == "SYSCALL")
        shared = [name for name in calls.columns if not _NOT_SHARED.match(name) and not _all_null(calls[name])]
        frame = _from(frame, "SYSCALL", tuple(shared), None)
    return frame.drop(_ROW)


def _all_null(column: pl.Series) -> bool:
    return column.null_count() == len(column)


def _command_lines(frame: pl.DataFrame) -> pl.DataFrame:
    """Add CommandLine to EXECVE records; an argument cut in pieces (`a1[0]`, `a1[1]`) is put together."""
    execve = pl.col(CODE) == "EXECVE"
    pieces: dict[int, list[tuple[int, str]]] = {}
    for name in frame.columns:
        found = _ARGUMENT.match(name)
        if found:
            pieces.setdefault(int(found[1]), []).append((int(found[2] or 0), name))
    if not pieces or "EXECVE" not in frame.get_column(CODE):
        return frame
    whole = []
    for _, parts in sorted(pieces.items()):
        names = [name for _, name in sorted(parts)]
        some = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
        whole.append(pl.when(some).then(pl.concat_str(names, separator="", ignore_nulls=True)))
    line = pl.when(execve).then(pl.concat_str(whole, separator=" ", ignore_nulls=True)).otherwise(None)
    return frame.with_columns(line.alias("CommandLine"))


def _from(frame: pl.DataFrame, code: str, names: tuple[str, ...], to: tuple[str, ...] | None) -> pl.DataFrame:
    """Fill what records lack by the record of a type that is near and of the same serial."""
    names = tuple(name for name in names if name in frame.columns)
    given = frame.filter(pl.col(CODE) == code).unique(_SERIAL, keep="first", maintain_order=True)
    if given.is_empty() or not names:
        return frame
    given = given.select(_SERIAL, pl.col(_ROW).alias("@from"), *(pl.col(name).alias(f"@{name}") for name in names))
    beside = frame.join(given, on=_SERIAL, how="left", maintain_order="left")
    takes = (pl.col("@from") - pl.col(_ROW)).abs() <= NEAR
    if to is not None:
        takes = takes & pl.col(CODE).is_in(list(to))
    filled = (pl.coalesce(name, pl.when(takes).then(pl.col(f"@{name}"))).alias(name) for name in names)
    return beside.with_columns(*filled).drop("@from", *(f"@{name}" for name in names))


def with_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Add TEXT: the record as written, then what was decoded or joined."""
    added = [name for name in ("CommandLine", "proctitle", "exe") if name in frame.columns]
    return frame.with_columns(pl.concat_str(LINE, *added, separator="\n", ignore_nulls=True).alias(TEXT))


class Joiner:
    """Joins records across the frames of one file: NEAR lines wait for what follows, NEAR more for what they need."""

    def __init__(self) -> None:
        self._kept: pl.DataFrame | None = None
        self._given = 0

    def add(self, frame: pl.DataFrame, *, last: bool = False) -> Iterator[pl.DataFrame]:
        """Take records, and give those whose neighbours are all known."""
        known = frame if self._kept is None else pl.concat([self._kept, frame], how="diagonal_relaxed")
        until = len(known) if last else max(len(known) - NEAR, self._given)
        if until > self._given:
            yield with_text(joined(known).slice(self._given, until - self._given))
        start = max(until - NEAR, 0)
        self._kept, self._given = known.slice(start), until - start
        empty = [column.name for column in self._kept if _all_null(column)]
        self._kept = self._kept.drop(empty)

    def end(self) -> Iterator[pl.DataFrame]:
        """Give the records that were waiting."""
        if self._kept is not None:
            yield from self.add(self._kept.head(0), last=True)


@kind("auditd")
class Auditd(TextFormat):
    """`/var/log/audit/audit.log`, and the same by ausearch --raw."""

    splits = False
    around = 64 << 10

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._joiner = Joiner()

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for headers of records."""
        return 0.95 * looks_like(head, r"^(?:node=\S+ )?type=\w+ msg=audit\(\d+\.\d+:\d+\):")

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the records whose serial is complete."""
        marked = lines.get_column(LINE).str.contains(r"^(?:----|time->|\s*$)")  # what ausearch writes between records
        lines = lines.filter(~marked)
        if len(lines):
            yield from self._joiner.add(events_of(lines, lines.get_column(LINE), self.context))

    def rest(self) -> Iterator[Events]:
        """Give the last ones."""
        yield from self._joiner.end()
