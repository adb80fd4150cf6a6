"""Logs to blocks: events and megabytes a second, memory, and ratios against other ways, in one run.

`python benchmarks/detection_ingest.py` uses the shared sample and EVTX sets; `--json FILE` takes a larger file of JSON
lines. Each way runs in a process of its own, after one run on a small file (loops are compiled once and kept).
Figures vary with what else the machine does: the ratios say more.
"""

import argparse
import json
import lzma
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

DATA = Path(os.environ.get("REMPART_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data")) / "detection"
SETS = ("evtx-attack-samples.tar.xz", "evtx-to-mitre-attack.tar.xz")
FIELDS = (
    "CommandLine",
    "Image",
    "ParentImage",
    "ParentCommandLine",
    "OriginalFileName",
    "TargetObject",
    "Details",
    "TargetFilename",
    "ImageLoaded",
    "Hashes",
    "SourceImage",
    "TargetImage",
    "GrantedAccess",
    "CallTrace",
    "ScriptBlockText",
    "Payload",
    "ContextInfo",
    "ServiceName",
    "ImagePath",
    "LogonType",
    "IpAddress",
    "TargetUserName",
    "SubjectUserName",
    "User",
    "PipeName",
    "QueryName",
    "DestinationIp",
    "DestinationPort",
    "Signature",
    "EventType",
)
CHUNK, HEADER, FULL = 65536, 4096, 55_000


def ours(path: Path, threads: int) -> int:
    """Read the fields that rules read."""
    from rempart.detection.census import Census  # noqa: PLC0415 — its own process
    from rempart.detection.collect.read import Options, read  # noqa: PLC0415 — same
    from rempart.detection.events import Reading  # noqa: PLC0415 — same

    reading = Reading({"windows/*": frozenset(FIELDS)})
    blocks = read([path], reading, Census(), options=Options(threads=threads))
    return sum(block.batch.num_rows for block in blocks)


def lists(path: Path, _: int) -> int:
    """Parse each line with orjson, gather lists, make Arrow columns: the plain way of Python."""
    import orjson  # noqa: PLC0415 — its own process
    import pyarrow as pa  # noqa: PLC0415 — same

    rows, names = 0, ("Channel", "EventID", *FIELDS)
    with path.open("rb") as stream:
        while lines := list(islice(stream, 20_000)):
            columns: dict[str, list[str | None]] = {name: [] for name in names}
            for line in lines:
                event = orjson.loads(line)
                for name in names:
                    value = event.get(name)
                    columns[name].append(None if value is None else str(value))
            rows += pa.table({name: pa.array(values).dictionary_encode() for name, values in columns.items()}).num_rows
    return rows


def polars(path: Path, _: int) -> int:
    """Read with Polars, every column declared."""
    import polars as pl  # noqa: PLC0415 — its own process

    schema = dict.fromkeys(("Channel", "EventID", *FIELDS), pl.String)
    return pl.scan_ndjson(path, schema=schema, ignore_errors=True).collect().height


def parsed(path: Path, _: int) -> int:
    """Parse each line with orjson and keep nothing."""
    import orjson  # noqa: PLC0415 — its own process

    with path.open("rb") as stream:
        return sum(orjson.loads(line) is not None for line in stream)


def decoded(path: Path, _: int) -> int:
    """Decode EVTX and keep nothing."""
    import evtx  # noqa: PLC0415 — its own process

    return sum(1 for _ in evtx.PyEvtxParser(str(path), number_of_threads=1).records_json())


WAYS: dict[str, Callable[[Path, int], int]] = {
    "ours": ours,
    "orjson-lists-arrow": lists,
    "polars": polars,
    "orjson-only": parsed,
    "evtx-only": decoded,
}


def one(way: str, path: Path, threads: int, warm: Path) -> None:
    """Run a way in this process and print what it took."""
    if way == "ours":
        ours(warm, 1)
    began, before = time.perf_counter(), processor()
    events = WAYS[way](path, threads)
    seconds, work = time.perf_counter() - began, processor() - before
    print(json.dumps({"events": events, "seconds": seconds, "work": work, "megabytes": peak()}))


def processor() -> float:
    """Return the seconds of processor that this process and its ended children took: what else runs changes it less."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak() -> int:
    """Return the most memory this process had, in megabytes (that of EVTX's child is bounded apart)."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.partition("VmHWM:")[2].split()[0]) // 1024


def measured(way: str, path: Path, threads: int, warm: Path) -> dict[str, float]:
    """Run a way in a process of its own."""
    command = [
        sys.executable,
        __file__,
        "--way",
        way,
        "--path",
        str(path),
        "--threads",
        str(threads),
        "--warm",
        str(warm),
    ]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def evtx_chunks() -> Iterator[bytes]:
    """Yield the full chunks of the real sets."""
    for name in SETS:
        with tarfile.open(DATA / name) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.name.lower().endswith(".evtx") else None
                data = stream.read() if stream else b""
                for start in range(HEADER, len(data) - CHUNK + 1, CHUNK):
                    chunk = data[start : start + CHUNK]
                    if chunk.startswith(b"ElfChnk\x00") and int.from_bytes(chunk[48:52], "little") > FULL:
                        yield chunk


def inputs(folder: Path, asked: Path | None, megabytes: int) -> dict[str, Path]:
    """Make the files to read."""
    sample = folder / "sample.jsonl"
    with lzma.open(DATA / "otrf-windows-sample-20k.jsonl.xz") as stream:
        lines = stream.read()
    sample.write_bytes(lines)
    large = asked or folder / "large.jsonl"
    if asked is None:
        large.write_bytes(lines * max(megabytes * 1_000_000 // len(lines), 1))
    big = folder / "big.evtx"
    with big.open("wb") as out:
        out.write(b"ElfFile\x00".ljust(HEADER, b"\x00"))
        for chunk in islice(cycle(list(evtx_chunks())), megabytes * 1_000_000 // CHUNK):
            out.write(chunk)
    return {"warm": sample, "json": large, "evtx": big}


def main() -> None:
    """Measure every way, and print a table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--json", type=Path, help="a file of JSON lines instead of the sample repeated")
    options.add_argument("--megabytes", type=int, default=400, help="size of the files that are made")
    options.add_argument("--way", choices=WAYS)
    options.add_argument("--path", type=Path)
    options.add_argument("--warm", type=Path)
    options.add_argument("--threads", type=int, default=2)
    asked = options.parse_args()
    if asked.way:
        one(asked.way, asked.path, asked.threads, asked.warm)
        return
    with tempfile.TemporaryDirectory() as name:
        files = inputs(Path(name), asked.json, asked.megabytes)
        runs = [("json", "ours", 1), ("json", "ours", 2), ("json", "orjson-only", 1), ("json", "polars", 2)]
        runs += [("json", "orjson-lists-arrow", 1), ("evtx", "ours", 1), ("evtx", "ours", 2), ("evtx", "evtx-only", 1)]
        told = [(kind, way, threads, measured(way, files[kind], threads, files["warm"])) for kind, way, threads in runs]
        print("input  way                 threads     ev/s    MB/s  ev/s of processor   memory")
        for kind, way, threads, one_run in told:
            speed, size = one_run["events"] / one_run["seconds"], files[kind].stat().st_size / one_run["seconds"] / 1e6
            core = one_run["events"] / one_run["work"]
            print(f"{kind:6} {way:20}{threads:7}{speed:9,.0f}{size:8.0f}{core:19,.0f}{one_run['megabytes']:6} MB")
        for kind in ("json", "evtx"):
            of_kind = [(way, one_run["work"]) for one, way, threads, one_run in told if one == kind]
            mine = next(work for way, work in of_kind if way == "ours")
            print(f"{kind}: work of", ", ".join(f"{way} {work / mine:.1f} x" for way, work in of_kind), "ours")


if __name__ == "__main__":
    main()
