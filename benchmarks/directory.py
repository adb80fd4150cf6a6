"""Benchmark of the directory engine: time, peak memory, and ratios against peers in the same run.

    python benchmarks/directory.py                  everything, about ten minutes
    python benchmarks/directory.py --sizes 10000    smaller forests
    python benchmarks/directory.py --quick          small inputs, to see that it runs

Each stage runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import base64
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.forest import generate
from rempart.directory.audit import audit
from rempart.directory.collect import open_source
from rempart.directory.graph.descriptor import parse
from rempart.directory.graph.reach import Rows, backward
from rempart.directory.snapshot import TABLE_SCHEMAS, save
from rempart.measurement.verdict import Status
from tests.directory.maker import make_descriptor, sid_bytes

Figures = dict[str, float | int | str]
TARGETS = 300


@contextmanager
def timed(figures: Figures, name: str) -> Iterator[None]:
    """Add the seconds the block takes to `figures`."""
    start = time.perf_counter()
    yield
    figures[name] = round(time.perf_counter() - start, 3)


def peak() -> int:
    """Return the peak resident memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# -- stages ---------------------------------------------------------------------------------------------------------


def descriptors(size: int) -> Figures:
    """Read the descriptors of `size` objects that share them like a real directory's, then `size` distinct ones.

    Peers read the same bytes, fewer of them, once per object as they do when they collect.
    """
    forest = generate(size).snapshot
    shared = forest.objects.select("sd").drop_nulls().join(forest.descriptors, on="sd")["bytes"].to_list()
    figures: Figures = {"objects": len(shared), "distinct": forest.descriptors.height}
    figures |= _compare_readers("shared", shared)
    random = np.random.default_rng(2)
    trustees = [f"S-1-5-21-1-2-3-{rid}" for rid in random.integers(1000, 10**6, 5000)]
    masks = [0xF01FF, 0x40000, 0x80000, 0x20094, 0x100, 0x20]
    distinct = [
        make_descriptor(aces=[("A", masks[k % 6], trustees[int(t)]) for k, t in enumerate(random.integers(0, 5000, 8))])
        for _ in range(size)
    ]
    return figures | _compare_readers("distinct", distinct)


def _compare_readers(name: str, raw: list[bytes]) -> Figures:
    parse(pl.DataFrame({"sd": [0], "bytes": raw[:1]}, schema=TABLE_SCHEMAS["descriptors"]))  # load the libraries
    times: Figures = {}
    with timed(times, "rempart"):
        once = list(dict.fromkeys(raw))
        parsed = parse(pl.DataFrame({"sd": range(len(once)), "bytes": once}, schema=TABLE_SCHEMAS["descriptors"]))
    few = raw[:3000]
    with timed(times, "winacl"):
        entries = _winacl(few)
    with timed(times, "bloodhound"):
        _bloodhound(few)
    numbers = {content: number for number, content in enumerate(once)}
    counts = dict(parsed.aces.group_by("sd").len().iter_rows())
    if sum(counts[numbers[content]] for content in few) != entries:
        raise SystemExit("rempart and winacl do not read the same number of entries")
    ours = len(raw) / float(times["rempart"])
    return {
        f"{name}: per second": round(ours),
        f"{name}: x winacl": round(ours * float(times["winacl"]) / len(few)),
        f"{name}: x bloodhound-ce": round(ours * float(times["bloodhound"]) / len(few)),
    }


def _winacl(raw: list[bytes]) -> int:
    from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR  # noqa: PLC0415 — a peer, loaded for its stage only

    return sum(len(SECURITY_DESCRIPTOR.from_bytes(one).Dacl.aces) for one in raw)


def _bloodhound(raw: list[bytes]) -> None:
    from io import BytesIO  # noqa: PLC0415

    from bloodhound.enumeration.acls import SecurityDescriptor  # noqa: PLC0415 — a peer, loaded for its stage only

    for one in raw:
        SecurityDescriptor(BytesIO(one))


def reach(size: int) -> Figures:
    """Reverse reachability of 300 targets over `size` nodes and twenty times as many edges; all nodes are reached."""
    random = np.random.default_rng(3)
    source = random.integers(0, size, 20 * size, dtype=np.int32)
    target = random.integers(0, size, 20 * size, dtype=np.int32)
    goals = np.arange(TARGETS)
    figures: Figures = {"nodes": size, "edges": 20 * size}
    with timed(figures, "build"):
        rows = Rows(target, source, size)
        _ = rows.starts, rows.neighbours
    with timed(figures, "reach"):
        found = backward(rows, goals)
    figures["total"] = round(float(figures["build"]) + float(figures["reach"]), 3)
    figures["reached"] = int((found.hops >= 0).sum())
    figures["peak MB"] = peak()
    return figures


def reach_peers(size: int) -> Figures:
    """The same question put to igraph and rustworkx."""
    import igraph  # noqa: PLC0415 — a peer, loaded for its stage only
    import rustworkx  # noqa: PLC0415

    random = np.random.default_rng(3)
    source = random.integers(0, size, 20 * size, dtype=np.int32)
    target = random.integers(0, size, 20 * size, dtype=np.int32)
    figures: Figures = {"nodes": size, "edges": 20 * size}
    edges = np.concatenate(
        [np.stack([target, source], axis=1), np.stack([np.full(TARGETS, size), np.arange(TARGETS)], axis=1)]
    )
    with timed(figures, "igraph"):
        graph = igraph.Graph(n=size + 1, edges=edges, directed=True)
        figures["reached by igraph"] = len(graph.subcomponent(size, mode="out")) - 1
    del graph
    with timed(figures, "rustworkx"):
        other = rustworkx.PyDiGraph(multigraph=True)
        other.add_nodes_from(range(size + 1))
        other.add_edges_from_no_data(list(map(tuple, edges.tolist())))
        figures["reached by rustworkx"] = len(rustworkx.descendants(other, size))
    figures["peak MB"] = peak()
    return figures


def whole(size: int) -> Figures:
    """A complete audit from a saved snapshot, checked against the faults that were planted."""
    generated = generate(size)
    figures: Figures = {"objects": generated.snapshot.objects.height}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forest.rempart"
        save(generated.snapshot, path)
        figures["file MB"] = round(path.stat().st_size / 1e6, 1)
        answer = generated.planted
        del generated
        figures |= _in_child("audit_file", str(path))
    _check(figures, answer.no_preauth, answer.unconstrained)
    return figures


def from_ldif(size: int) -> Figures:
    """A complete audit from an LDIF export."""
    generated = generate(size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forest.ldif"
        _write_ldif(generated.snapshot.objects, generated.snapshot.descriptors, path)
        figures: Figures = {"objects": size, "file MB": round(path.stat().st_size / 1e6, 1)}
        figures |= _in_child("audit_file", str(path))
    _check(figures, generated.planted.no_preauth, generated.planted.unconstrained)
    return figures


def audit_file(path: str) -> Figures:
    """Audit one source, stage by stage."""
    figures: Figures = {}
    with timed(figures, "read"):
        snapshot = open_source(Path(path))
    with timed(figures, "judge"):
        report = audit(snapshot)
    with timed(figures, "write JSON"):
        figures["JSON MB"] = round(len(report.model_dump_json()) / 1e6, 1)
    figures["total"] = round(sum(float(figures[name]) for name in ("read", "judge", "write JSON")), 3)
    for name in ("vuln_kerberos_properties_preauth", "vuln_delegation_t4d"):
        verdict = next(verdict for verdict in report.verdicts if verdict.control == name)
        figures[name] = verdict.subjects.height if verdict.status is Status.FAILED else 0
    figures["peak MB"] = peak()
    return figures


def _check(figures: Figures, no_preauth: int, unconstrained: int) -> None:
    found = figures.pop("vuln_kerberos_properties_preauth"), figures.pop("vuln_delegation_t4d")
    if found != (no_preauth, unconstrained):
        raise SystemExit(f"planted {(no_preauth, unconstrained)}, found {found}")
    figures["planted faults"] = "all found"


def _write_ldif(objects: pl.DataFrame, descriptors: pl.DataFrame, path: Path) -> None:
    """Write the generated objects as an export would give them (a loop: one record at a time, as any exporter)."""
    raw = dict(zip(descriptors["sd"], descriptors["bytes"], strict=True))
    classes = {
        "user": ["top", "person", "organizationalPerson", "user"],
        "computer": ["top", "person", "organizationalPerson", "user", "computer"],
    }
    skipped = {"id", "dn", "dn_key", "parent", "domain", "partition", "class", "sd", "objectClass"}
    columns = [c for c in objects.columns if c not in skipped and objects[c].null_count() < objects.height]
    with path.open("w", encoding="utf-8") as stream:
        for row in objects.iter_rows(named=True):
            lines = [f"dn:: {base64.b64encode(row['dn'].encode()).decode()}"]
            lines += [
                f"objectClass: {name}"
                for name in row["objectClass"] or classes.get(row["class"], ["top", row["class"]])
            ]
            for column in columns:
                for value in _ldap_values(column, row[column]):
                    lines.append(f"{column}:: {base64.b64encode(value).decode()}")
            if row["sd"] is not None:
                lines.append(f"nTSecurityDescriptor:: {base64.b64encode(raw[row['sd']]).decode()}")
            stream.write("\n".join(lines) + "\n\n")


def _ldap_values(column: str, value: object) -> list[bytes]:
    """Return LDAP's bytes for a column's value: the benchmark's own inverse of the engine's decoders."""
    if isinstance(value, list):
        return [single for item in value for single in _ldap_values(column, item)]
    if isinstance(value, timedelta):
        value = -int(value.total_seconds()) * 10_000_000
    elif isinstance(value, datetime):
        ticks = (int(value.timestamp()) + 11_644_473_600) * 10_000_000
        value = value.strftime("%Y%m%d%H%M%S.0Z") if column.startswith("when") else ticks
    elif isinstance(value, bool):
        value = str(value).upper()
    elif column in {"objectSid", "sIDHistory", "securityIdentifier"} and value is not None:
        value = sid_bytes(str(value))
    return [] if value is None else [value if isinstance(value, bytes) else str(value).encode()]


# -- the run --------------------------------------------------------------------------------------------------------

STAGES: dict[str, Callable[[int], Figures]] = {
    "descriptors": descriptors,
    "reach": reach,
    "reach_peers": reach_peers,
    "whole": whole,
    "from_ldif": from_ldif,
}


def _in_child(stage: str, argument: str) -> Figures:
    done = subprocess.run(
        [sys.executable, __file__, "--stage", stage, argument], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{stage} {argument}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def _print(title: str, figures: Figures) -> None:
    print(f"{title:<48}" + "  ".join(f"{name} {value}" for name, value in figures.items()), flush=True)


def main() -> None:
    """Run the stages and print what they measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--stage", nargs=2, metavar=("NAME", "ARGUMENT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        name, argument = options.stage
        print(json.dumps(audit_file(argument) if name == "audit_file" else STAGES[name](int(argument))))
        return
    sizes = [2_000] if options.quick else options.sizes
    graph = 10_000 if options.quick else 1_000_000
    _print("security descriptors", _in_child("descriptors", str(2_000 if options.quick else 100_000)))
    ours, peers = _in_child("reach", str(graph)), _in_child("reach_peers", str(graph))
    ours["ratio to igraph"] = round(float(peers["igraph"]) / float(ours["total"]), 1)
    ours["ratio to rustworkx"] = round(float(peers["rustworkx"]) / float(ours["total"]), 1)
    _print("reachability of 300 targets", ours)
    _print("  the same by peers", peers)
    costs = []
    for size in sizes:
        figures = _in_child("whole", str(size))
        costs.append(float(figures["total"]) / size * 1e6)
        _print(f"whole audit from a snapshot, {size} objects", figures)
    _print("from LDIF", _in_child("from_ldif", str(min(100_000, sizes[-1]))))
    print(
        "microseconds per object: " + ", ".join(f"{size}: {cost:.0f}" for size, cost in zip(sizes, costs, strict=True))
    )


if __name__ == "__main__":
    main()
