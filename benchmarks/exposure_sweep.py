"""The port sweep against `nmap -sT`, and the memory of a run of 5,000 hosts: `python benchmarks/exposure_sweep.py`.

Both in one network namespace, turn by turn in one run, so that only ratios count. Needs root and Debian's nmap.
"""

import argparse
import asyncio
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, the folder of the benchmarks stands there instead

from rempart.exposure.collect.identify import identify  # noqa: E402 — after the path
from rempart.exposure.collect.ports import usual_ports  # noqa: E402
from rempart.exposure.collect.run import Plan, Run  # noqa: E402
from rempart.exposure.collect.scheduler import Scheduler  # noqa: E402
from rempart.exposure.collect.sweep import State, Sweep  # noqa: E402
from rempart.exposure.perimeter import read_perimeter  # noqa: E402
from tests.exposure.lab.namespace import Namespace  # noqa: E402

HOSTS = [f"127.0.20.{number}" for number in range(1, 101)]
OPEN_A_HOST = 3
ROUNDS = 5
TARGET = 1.2
MANDATE = """
resolvers = ["127.0.0.53"]
[mandate]
by = "Banc d'essai"
on = 2000-01-01
until = 2999-12-31
contact = "https://www.valmont.test/mesure"
"""


@dataclass(frozen=True)
class Swept:
    """One sweep: seconds and how many open ports it found."""

    seconds: float
    opened: int


def listening() -> list[socket.socket]:
    """Open three usual ports on each of the hundred hosts: 300 of 100,000."""
    opened = []
    for address in HOSTS:
        for port in usual_ports()[100 : 100 + OPEN_A_HOST]:
            server = socket.create_server((address, port), backlog=64)
            opened.append(server)
    return opened


async def ours() -> Swept:
    """Sweep with politeness off."""
    began = time.perf_counter()
    scheduler = Scheduler()
    with Sweep(scheduler, Random(1)) as sweep:
        found = await asyncio.gather(*(sweep.host(address, usual_ports()) for address in HOSTS))
    count = sum(state is State.OPEN for host in found for state in host.states.values())
    return Swept(time.perf_counter() - began, count)


def nmap() -> Swept:
    """Sweep with nmap's connect scan, no name resolution, no discovery of hosts."""
    ports = ",".join(map(str, usual_ports()))
    command = ["nmap", "-sT", "-T4", "-n", "-Pn", "-oG", "-", "-p", ports, *HOSTS]
    began = time.perf_counter()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Swept(time.perf_counter() - began, said.count("/open/"))


def rounds() -> list[tuple[Swept, Swept]]:
    """Return the sweeps of each round, ours and nmap's, the first to go in turn."""
    servers = listening()
    found = []
    for number in range(ROUNDS):
        if number % 2:
            theirs = nmap()
            found.append((asyncio.run(ours()), theirs))
        else:
            mine = asyncio.run(ours())
            found.append((mine, nmap()))
    for server in servers:
        server.close()
    return found


def planned(hosts: int) -> tuple[float, int, float]:
    """Run over that many addresses (20 ports each, none open); return megabytes at most, rows, and seconds."""
    ranges = "".join(f'[[ranges]]\nrange = "127.{60 + number}.0.0/24"\n' for number in range(hosts // 256))
    ports = usual_ports()[:20]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        perimeter = read_perimeter(MANDATE + ranges, "benchmark")
        with Run(Plan(perimeter, Path(folder) / "work", identify, ports, polite=False)) as run:
            asyncio.run(run.measure())
            rows = run.journal.base.execute("SELECT count(*) FROM ports").fetchone()[0]
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            run.save(Path(folder) / "out.rempart")
    return megabytes, rows, time.perf_counter() - began


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    if not shutil.which("nmap"):
        print("nmap is not installed")
        return 2
    with Namespace("bench") as network:
        here = import_module("benchmarks.exposure_sweep")  # by a name that the process inside can import
        pairs = network.run(here.rounds)
        small, large = network.run(here.planned, 256), network.run(here.planned, 5120)
    ratios = [mine.seconds / theirs.seconds for mine, theirs in pairs]
    for mine, theirs in pairs:
        print(f"sweep of 100,000 ports: ours {mine.seconds:.2f} s ({mine.opened} open), "
              f"nmap -sT {theirs.seconds:.2f} s ({theirs.opened} open)")  # fmt: skip
    ratio = statistics.median(ratios)
    print(f"ratio ours / nmap -sT: median {ratio:.2f} (from {min(ratios):.2f} to {max(ratios):.2f}), target {TARGET}")
    for megabytes, rows, seconds in (small, large):
        print(f"{rows // 20} hosts: {rows} ports, {megabytes:.0f} MB at most, {seconds:.1f} s")
    print(f"memory, 20 times the hosts: {large[0] / small[0]:.2f} x")
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main())
