"""Lines a second of each text format on one core, beside a plain parser that takes its lines one by one with `re`.

`POLARS_MAX_THREADS=1 python benchmarks/detection_formats.py [--lines 200000]`. The lines are drawn (people, addresses,
moments and paths differ); both parsers give every field in columns of
dictionaries, as the rest of the engine takes them. Time is that of the processor: machines are shared.
"""

# ruff: noqa: E501 — a line of a log is as long as programs write it

import argparse
import csv
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.collect import formats as _all  # noqa: F401 — registers them
from rempart.detection.collect.kinds import Chunk, Opened, formats
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import Reading

_WORDS = [f"{first}{last}" for first in ("alice", "bob", "carole", "denis", "emma") for last in range(200)]
Draw = Callable[[random.Random, datetime], str]


def _address(dice: random.Random) -> str:
    return f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(256)}"


def _syslog(dice: random.Random, at: datetime) -> str:
    stamp, host = at.strftime("%b %e %H:%M:%S"), f"srv{dice.randrange(40)}"
    said = dice.randrange(4)
    if said == 0:
        text = f"Failed password for invalid user {dice.choice(_WORDS)} from {_address(dice)} port {dice.randrange(65536)} ssh2"
        return f"<38>{stamp} {host} sshd[{dice.randrange(9999)}]: {text}"
    if said == 1:
        return f"{stamp} {host} CRON[{dice.randrange(9999)}]: (root) CMD (/usr/local/bin/tache {dice.choice(_WORDS)})"
    if said == 2:  # noqa: PLR2004
        text = f"{dice.choice(_WORDS)} : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/ls /srv/{dice.choice(_WORDS)}"
        return f"{stamp} {host} sudo: {text}"
    return (
        f"{stamp} {host} app[{dice.randrange(9999)}]: dossier {dice.randrange(10**8)} ouvert par {dice.choice(_WORDS)}"
    )


def _modern(dice: random.Random, at: datetime) -> str:
    data = f'[acces@32473 patient="{dice.randrange(10**7)}" unit="{dice.choice(_WORDS)}" ip="{_address(dice)}"]'
    return f"<134>1 {at.isoformat(timespec='milliseconds')} dpi{dice.randrange(9)} dpi {dice.randrange(9999)} A1 {data} ouvert"


def _audit(dice: random.Random, at: datetime) -> str:
    serial, stamp = dice.randrange(10**6), f"{at.timestamp():.3f}"
    head = f"msg=audit({stamp}:{serial}):"
    call = "arch=c000003e syscall=59 success=yes exit=0 a0=5 a1=6 a2=7 a3=8 items=2 ppid=1 pid=2 auid=1000 uid=0"
    return "\n".join(
        (
            f'type=SYSCALL {head} {call} tty=pts0 ses=3 comm="ls" exe="/bin/ls" key="exec"',
            f'type=EXECVE {head} argc=3 a0="ls" a1="-l" a2="/srv/{dice.choice(_WORDS)}"',
            f'type=CWD {head} cwd="/home/{dice.choice(_WORDS)}"',
            f'type=PATH {head} item=0 name="/bin/ls" inode={dice.randrange(10**6)} nametype=NORMAL',
        )
    )


def _cef(dice: random.Random, at: datetime) -> str:
    ends = f"src={_address(dice)} dst={_address(dice)} spt={dice.randrange(65536)} dpt=443 suser={dice.choice(_WORDS)}"
    return f"CEF:0|Valmont|Filtre|1.0|100|Page refusée|5|rt={int(at.timestamp() * 1000)} {ends} cs1=a b cs1Label=Lieu act=deny"


def _fortigate(dice: random.Random, at: datetime) -> str:
    ends = f"srcip={_address(dice)} srcport={dice.randrange(65536)} dstip={_address(dice)} dstport=443"
    head = f'date={at:%Y-%m-%d} time={at:%H:%M:%S} devname="FGT" devid="FG1" tz="+0100" logid="0000000013"'
    return f'{head} type="traffic" subtype="forward" level="notice" {ends} proto=6 action="close" user="{dice.choice(_WORDS)}"'


def _access(dice: random.Random, at: datetime) -> str:
    request = f"GET /{dice.choice(_WORDS)}/{dice.randrange(10**6)}?q={dice.choice(_WORDS)} HTTP/1.1"
    agent = f"Mozilla/5.0 (Windows NT 10.0; rv:{dice.randrange(140)}.0)"
    return f'{_address(dice)} - - [{at:%d/%b/%Y:%H:%M:%S} +0100] "{request}" 200 {dice.randrange(9999)} "-" "{agent}"'


def _w3c(dice: random.Random, at: datetime) -> str:
    page = f"GET /{dice.choice(_WORDS)}/{dice.randrange(10**6)} q={dice.choice(_WORDS)}"
    return f"{at:%Y-%m-%d %H:%M:%S} 192.0.2.2 {page} 443 - {_address(dice)} Mozilla/5.0+(Windows) - 200 {dice.randrange(999)}"


def _squid(dice: random.Random, at: datetime) -> str:
    url = f"http://{dice.choice(_WORDS)}.example/{dice.randrange(10**6)}.html"
    return f"{at.timestamp():.3f} {dice.randrange(999)} {_address(dice)} TCP_MISS/200 99 GET {url} - HIER_DIRECT/192.0.2.9 text/html"


def _csv(dice: random.Random, at: datetime) -> str:
    return f'{at:%d/%m/%Y %H:%M:%S};{dice.choice(_WORDS)};PC{dice.randrange(999)};{dice.randrange(10**7)};"Lecture; {dice.choice(_WORDS)}"'


_HEADERS = {
    "w3c": "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status time-taken\n",
    "csv": "Date;Agent;Poste;Patient;Acte\n",
}
_DRAWN: dict[str, tuple[str, Draw]] = {
    "syslog 3164": ("syslog", _syslog),
    "syslog 5424": ("syslog", _modern),
    "auditd": ("auditd", _audit),
    "cef": ("cef", _cef),
    "fortigate": ("pairs", _fortigate),
    "access": ("access", _access),
    "w3c": ("w3c", _w3c),
    "squid": ("squid", _squid),
    "csv": ("csv", _csv),
}


# -- the plain way: one line at a time ---------------------------------------------------------------------------------

_LEGACY = re.compile(r"(?:<(\d+)>)?(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^\s\[:]+)(?:\[(\d+)\])?: (.*)")
_BODIES = [
    re.compile(
        r"(?P<action>Accepted|Failed) (?P<method>\S+) for (?:invalid user )?(?P<user>.*?) from (?P<src_ip>\S+) port (?P<port>\d+)"
    ),
    re.compile(r"\((?P<user>[^)]*)\) CMD \((?P<command>.*)\)"),
    re.compile(r"(?P<user>\S+) : TTY=(?P<tty>\S*) ; PWD=(?P<pwd>.*?) ; USER=(?P<target>\S+) ; COMMAND=(?P<command>.*)"),
]
_MODERN = re.compile(r"<(\d+)>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|\[.*\])(?: (.*))?$")
_PAIR = re.compile(r'([\w.-]+)=("(?:[^"\\]|\\.)*"|\S*)')
_EXTENSION = re.compile(r"(\w+)=(.*?)(?= \w+=|$)")
_ACCESS = re.compile(r'(\S+) (\S+) (\S+) \[([^\]]+)\] "([^"]*)" (\d+) (\S+) "([^"]*)" "([^"]*)"')
_AUDIT = re.compile(r"type=(\S+) msg=audit\(([\d.]+):(\d+)\):")


def _plain_legacy(line: str) -> dict[str, str]:
    found = _LEGACY.match(line)
    row = dict(zip(("pri", "time", "host", "program", "pid", "message"), found.groups(), strict=True)) if found else {}
    datetime.strptime(f"2026 {row['time']}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
    for body in _BODIES:
        said = body.match(row["message"])
        if said:
            return row | said.groupdict()
    return row


def _plain_modern(line: str) -> dict[str, str]:
    found = _MODERN.match(line)
    row = dict(zip("abcdefgh", found.groups(), strict=True)) if found else {}
    datetime.fromisoformat(row["b"])
    return row | dict(_PAIR.findall(row["g"]))


def _plain_audit(line: str) -> dict[str, str]:
    found = _AUDIT.match(line)
    row = dict(zip(("type", "at", "serial"), found.groups(), strict=True)) if found else {}
    datetime.fromtimestamp(float(row["at"]), UTC)
    return row | dict(_PAIR.findall(line[found.end() :] if found else ""))


def _plain_cef(line: str) -> dict[str, str]:
    *head, rest = line.split("|", 7)
    row = dict(zip("abcdefg", head, strict=True)) | dict(_EXTENSION.findall(rest))
    datetime.fromtimestamp(int(row["rt"]) / 1000, UTC)
    return row


def _plain_pairs(line: str) -> dict[str, str]:
    row = {key: value.strip('"') for key, value in _PAIR.findall(line)}
    datetime.fromisoformat(f"{row['date']}T{row['time']}{row['tz']}")
    return row


def _plain_access(line: str) -> dict[str, str]:
    found = _ACCESS.match(line)
    row = dict(zip("abcdefghi", found.groups(), strict=True)) if found else {}
    datetime.strptime(row["d"], "%d/%b/%Y:%H:%M:%S %z")
    method, url, _ = row["e"].split(" ")
    stem, _, query = url.partition("?")
    return row | {"method": method, "stem": stem, "query": query}


def _plain_words(line: str) -> dict[str, str]:
    row = {str(key): value for key, value in enumerate(line.split())}
    datetime.fromisoformat(f"{row['0']}T{row['1']}")
    return row


def _plain_squid(line: str) -> dict[str, str]:
    row = {str(key): value for key, value in enumerate(line.split())}
    datetime.fromtimestamp(float(row["0"]), UTC)
    parts = urlsplit(row["6"])
    return row | {"host": parts.netloc, "path": parts.path, "query": parts.query}


def _plain_csv(line: str) -> dict[str, str]:
    row = next(csv.reader([line], delimiter=";"))
    datetime.strptime(row[0], "%d/%m/%Y %H:%M:%S").replace(tzinfo=UTC)
    return dict(zip("abcde", row, strict=True))


_PLAIN: dict[str, Callable[[str], dict[str, str]]] = {
    "syslog 3164": _plain_legacy,
    "syslog 5424": _plain_modern,
    "auditd": _plain_audit,
    "cef": _plain_cef,
    "fortigate": _plain_pairs,
    "access": _plain_access,
    "w3c": _plain_words,
    "squid": _plain_squid,
    "csv": _plain_csv,
}


def _lines(name: str, count: int) -> list[str]:
    dice, at = random.Random(5), datetime(2026, 11, 24, tzinfo=UTC)
    drawn = (_DRAWN[name][1](dice, at + timedelta(milliseconds=7 * number)) for number in range(count))
    return [line for text in drawn for line in text.split("\n")][:count]


def _ours(name: str, data: bytes) -> Iterator[int]:
    """Give the events of each piece, read chunk by chunk as the collection does."""
    wanted = Wanted(Reading({}, frozenset({"*"}), every_field=True))
    reader = formats()[name](Opened("f", data[:65536], wanted, Census()))
    place = 0
    while place < len(data):
        end = place + reader.whole(data[place : place + reader.chunk_bytes])
        yield from (piece.batch.num_rows for piece in reader.read(Chunk(place, data[place:end], end == len(data))))
        place = end
    yield from (piece.batch.num_rows for piece in reader.finish())


def _theirs(rows: list[dict[str, str]]) -> int:
    """Put the dictionaries in the same columns; return how many there are."""
    names = {name for row in rows for name in row}
    columns = [pa.array([row.get(name) for row in rows], pa.string()).dictionary_encode() for name in names]
    return len(columns[0])


def main() -> None:
    """Print one line a format."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--lines", type=int, default=200_000)
    count = options.parse_args().lines
    print(f"{'format':<14}{'lines/s':>10}{'MB/s':>8}{'plain lines/s':>16}{'ratio':>8}")
    for name, (kind, _) in _DRAWN.items():
        lines = _lines(name, count)
        data = (_HEADERS.get(name, "") + "\n".join(lines) + "\n").encode()
        sum(_ours(kind, data[: data.rfind(b"\n", 0, 1 << 22) + 1]))  # compiles, or loads what is compiled
        begun = time.process_time()
        seen = sum(_ours(kind, data))
        ours = time.process_time() - begun
        begun = time.process_time()
        plain = _theirs([_PLAIN[name](line) for line in lines])
        theirs = time.process_time() - begun
        assert seen == plain == count, (name, seen, plain)  # noqa: S101 — both read every line
        print(
            f"{name:<14}{count / ours:>10,.0f}{len(data) / ours / 1e6:>8.0f}{count / theirs:>16,.0f}{theirs / ours:>8.1f}"
        )


if __name__ == "__main__":
    main()
