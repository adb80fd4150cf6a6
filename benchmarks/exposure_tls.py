"""TLS of 40 hosts, ours against sslyze: time, processor, and connections as the kernel counts them.

    python benchmarks/exposure_tls.py            three rounds, about two minutes
    python benchmarks/exposure_tls.py --quick    four hosts, one round, to see that it runs

Both measure the same nginx (TLS 1.2 and 1.3, RSA-3072 certificate) on the same 40 addresses of loopback, turn by turn,
in a network namespace: only ratios count. Ours asks more: groups, order, fallback, weak signatures, full handshakes,
trust; sslyze is asked its suites and certificates. Targets: five times quicker, a sixth of the connections.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, the folder of the benchmarks stands there instead

from rempart.exposure.collect.question import Endpoint  # noqa: E402 — after the path
from rempart.exposure.collect.scheduler import Scheduler  # noqa: E402
from rempart.exposure.collect.surveys import Service  # noqa: E402
from rempart.exposure.collect.surveys.tls import Inquiry  # noqa: E402
from tests.exposure.lab import certificates  # noqa: E402
from tests.exposure.lab.namespace import Namespace  # noqa: E402
from tests.exposure.lab.nginx import Site, prepared  # noqa: E402
from tests.exposure.oracles import environment  # noqa: E402

TIMES_QUICKER, SHARE_OF_CONNECTIONS = 5.0, 1 / 6
COMMANDS = ("--certinfo", "--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3")


@dataclass(frozen=True)
class Round:
    """One tool's round.

    `seconds` of the measurement, `whole` with the start of its Python, `processor` seconds of the whole, `connections`
    that the kernel opened, and `suites` found.
    """

    seconds: float
    whole: float
    processor: float
    connections: int
    suites: int


def ours(addresses: list[str]) -> tuple[float, int]:
    """Survey all the addresses at once, in this process; return the seconds it took and the suites found."""

    async def run() -> int:
        scheduler = Scheduler(at_once=64)
        inquiries = [Inquiry(Service(Endpoint(address, 443), "http", "direct"), scheduler.ask) for address in addresses]
        await asyncio.gather(*(inquiry.run() for inquiry in inquiries))
        return sum(len(suites) for inquiry in inquiries for suites in inquiry.found.values())

    began = time.perf_counter()
    suites = asyncio.run(run())
    return time.perf_counter() - began, suites


def sslyze(addresses: list[str]) -> tuple[float, int]:
    """Have sslyze measure all the addresses in one call; return the seconds by its own clock and the suites found."""
    with tempfile.NamedTemporaryFile(suffix=".json") as output:
        command = [environment("sslyze"), "-m", "sslyze", f"--json_out={output.name}", *COMMANDS]
        subprocess.run([*command, *(f"{address}:443" for address in addresses)], capture_output=True, check=False)
        said = json.loads(Path(output.name).read_text(encoding="utf-8"))
    began, ended = (datetime.fromisoformat(said[f"date_scans_{name}"]) for name in ("started", "completed"))
    results = [result["scan_result"] or {} for result in said["server_scan_results"]]
    suites = sum(
        len(part["result"]["accepted_cipher_suites"])
        for result in results
        for name, part in result.items()
        if name.endswith("_cipher_suites") and part and part["result"]
    )
    return (ended - began).total_seconds(), suites


def measure(tool: str, addresses: list[str], network: Namespace) -> Round:
    """Run one tool in a process of its own, with its start counted."""
    before, began = network.opened(), time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = network.command([sys.executable, __file__, "--tool", tool, *addresses])
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    seconds, suites = done.stdout.split()
    return Round(float(seconds), time.perf_counter() - began, spent, network.opened() - before, int(suites))


def main() -> int:
    """Compare, print a table, and tell whether both targets are met."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--quick", action="store_true")
    options.add_argument("--tool", choices=("ours", "sslyze"), help="internal: one tool's round, then its suites")
    options.add_argument("addresses", nargs="*")
    asked = options.parse_args()
    if asked.tool:
        print(*{"ours": ours, "sslyze": sslyze}[asked.tool](asked.addresses))
        return 0
    environment("sslyze")
    hosts, rounds = (4, 1) if asked.quick else (40, 3)
    addresses = [f"127.77.40.{number}" for number in range(1, hosts + 1)]
    found: dict[str, list[Round]] = {"ours": [], "sslyze": []}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        pair = certificates.leaf(certificates.middle(), addresses, key=certificates.rsa_key(3072))
        files = [certificates.write(folder, "bench", [pair, certificates.middle()])]
        os.environ["SSL_CERT_FILE"] = str(folder / "bench.pem")
        sites = [Site(address, files, ciphers="ECDHE+AESGCM:ECDHE+CHACHA20") for address in addresses]
        with Namespace("tls-bench") as network:
            command, settings = prepared(folder, sites, workers=2)
            network.start(command, ready=(addresses[-1], 443), env=settings)
            for _ in range(rounds):
                for tool, kept in found.items():
                    kept.append(measure(tool, addresses, network))
    return _report(found, hosts)


def _report(found: dict[str, list[Round]], hosts: int) -> int:
    print(f"{'tool':<8}{'seconds':>10}{'with start':>12}{'processor':>11}{'connections a host':>20}{'suites':>8}")
    for tool, rounds in found.items():
        for each in rounds:
            share = each.connections / hosts
            print(
                f"{tool:<8}{each.seconds:>10.2f}{each.whole:>12.2f}{each.processor:>11.2f}{share:>20.1f}{each.suites:>8}"
            )
    middle = {
        tool: Round(*(statistics.median(getattr(each, field.name) for each in rounds) for field in fields(Round)))
        for tool, rounds in found.items()
    }
    mine, theirs = middle["ours"], middle["sslyze"]
    quicker, whole = theirs.seconds / mine.seconds, theirs.whole / mine.whole
    processor, share = theirs.processor / mine.processor, mine.connections / theirs.connections
    same = mine.suites == theirs.suites
    print(f"{quicker:.1f} times quicker ({whole:.1f} with the start)")
    print(f"{processor:.1f} times less processor, 1/{1 / share:.1f} of the connections")
    print("same number of suites" if same else "NOT the same number of suites")
    return 0 if quicker >= TIMES_QUICKER and share <= SHARE_OF_CONNECTIONS and same else 1


if __name__ == "__main__":
    sys.exit(main())
