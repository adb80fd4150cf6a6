"""The harnesses of the native scanners of the detection engine: JSON, its paths and moments, EVTX, and the way back.

Each gives what it runs, its seeds, and the longest input in bytes.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

Run = Callable[[bytes, Path], object]
Seeds = Callable[[Path], Iterable[bytes]]
Parts = tuple[Run, Seeds, int]
_JSON = (
    b'{"EventID":{"#attributes":{"Qualifiers":1},"#text":7045},"Channel":"System","a":["x",{"b":null}],"c":"\\u00e9"}\n',
    b'{"Event":{"System":{"Channel":"Security","EventID":1},"EventData":{"Data":[{"@Name":"A","#text":"b"},{"Name":1}]}}}',
    b'[{"winlog":{"channel":"x","event_data":{"A":"\\ud83d\\ude00"}},"@timestamp":"2026-01-02T03:04:05.678+01:00"}]',
    b'{"Records":[{"eventVersion":1,"eventSource":"s","eventName":[[],[1,[2]]]}]}',
    b'{\n "EventTime": "2020-09-21 13:12:07",\n "EventReceivedTime": 1600693927\n}\n{"a":1,"a":[2,3],"a":{"a":4}}',
)


def _scanned() -> Any:
    return import_module("tests.detection.collect.scanned")


def json_lines() -> Parts:
    """Read any bytes as JSON, whole and in small chunks, for all their fields."""
    scanned = _scanned()

    def run(data: bytes, _: Path) -> None:
        for size in (64, len(data) + 1):
            for block in scanned.blocks(data, chunk=size):
                block.batch.validate(full=True)

    return run, lambda _: _JSON, 4096


def json_text() -> Parts:
    """Read any bytes as JSON for rules that want some fields and the text of every event."""
    scanned = _scanned()
    reading = import_module("rempart.detection.events").Reading
    asked = reading({"*": frozenset({"A", "Data", "a.b", "c"})}, text=frozenset({"*"}))

    def run(data: bytes, _: Path) -> None:
        for block in scanned.blocks(data, asked):
            block.batch.validate(full=True)

    return run, lambda _: _JSON, 4096


def json_fetch() -> Parts:
    """Read a file of any bytes, and fetch its first events again."""
    read, fetch = (import_module(f"rempart.detection.collect.{name}") for name in ("read", "fetch"))
    census = import_module("rempart.detection.census").Census
    alert = import_module("rempart.detection.alerts.alert")
    scanned = _scanned()

    def run(data: bytes, folder: Path) -> None:
        path = folder / "input"
        path.write_bytes(data)
        for block in read.read([path], scanned.ALL, census(), options=read.Options(threads=1)):
            columns = (block.batch.column(name).to_pylist()[:2] for name in ("@file", "@offset", "@length"))
            for place in zip(*columns, strict=True):
                fetch.fetch(alert.Reference(*place))

    return run, lambda _: _JSON, 4096


def evtx_chunks() -> Parts:
    """Decode any bytes after a header of EVTX, in the child process."""
    read, evtx = (import_module(f"rempart.detection.collect.{name}") for name in ("read", "evtx"))
    census = import_module("rempart.detection.census").Census
    scanned = _scanned()
    header = evtx.MAGIC.ljust(evtx.HEADER, b"\x00")

    def run(data: bytes, folder: Path) -> None:
        path = folder / "input.evtx"
        path.write_bytes(header + data)
        list(read.read([path], scanned.ALL, census(), options=read.Options(threads=1)))

    return run, lambda _: [b"ElfChnk\x00" + bytes(504), b"ElfChnk\x00".ljust(evtx.CHUNK, b"\x01")], 65536


SCANS: dict[str, Callable[[], Parts]] = {
    "scan-json": json_lines,
    "scan-text": json_text,
    "scan-fetch": json_fetch,
    "scan-evtx": evtx_chunks,
}
"""By name; `fuzz_harnesses` runs them."""
