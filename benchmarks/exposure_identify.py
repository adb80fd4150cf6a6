"""Name the twelve services of one host, beside `nmap -sV` in one run: `python benchmarks/exposure_identify.py`.

Real daemons in a network namespace (root, and the Debian packages of the lab). nmap is given a time limit, for it knows
no answer of some of them and keeps asking. Prints times, services named, and connections as the kernel counts them.
"""

import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.exposure.lab import services as lab  # noqa: E402 — after the path
from tests.exposure.lab.namespace import Namespace  # noqa: E402 — same
from tests.exposure.services.lab_talks import named  # noqa: E402 — same

HOST = "127.0.1.9"
NMAP_SECONDS = 240
EXPECTED = {
    21: ("ftp", "ftp"),
    22: ("ssh", "ssh"),
    23: ("telnet", "telnet"),
    199: ("smux", "smux"),
    389: ("ldap", "ldap"),
    2575: ("hl7", "hl7"),
    3389: ("rdp", "ms-wbt-server"),
    5900: ("vnc", "vnc"),
    6379: ("redis", "redis"),
    8042: ("http", "http"),
    11112: ("dicom", "dicom"),
    11211: ("memcached", "memcached"),
}
"""Port, our name, nmap's name of the same protocol. A name that nmap guesses from the port has a "?" and counts not."""


def start(ns: Namespace, folder: Path) -> None:
    """Start the twelve services."""
    lab.sshd(ns, folder, HOST)
    lab.vsftpd(ns, folder, HOST, anonymous=True)
    lab.slapd(ns, folder, HOST)
    lab.xrdp(ns, folder, HOST)
    lab.vnc(ns, folder, HOST, display=72)
    lab.redis(ns, folder, HOST)
    lab.memcached(ns, folder, HOST)
    lab.snmpd(ns, folder, HOST)
    lab.orthanc(ns, folder)
    lab.fake(ns, folder, "telnet", HOST, 23)
    lab.fake(ns, folder, "mllp", HOST, 2575)


def ours(ns: Namespace) -> tuple[float, int, int]:
    """Return seconds, services named and connections of one run of ours."""
    before, began = ns.opened(), time.perf_counter()
    services, _ = ns.run(named, [(HOST, port) for port in EXPECTED])
    seconds = time.perf_counter() - began
    right = sum(service.protocol == EXPECTED[service.endpoint.port][0] for service in services)
    return seconds, right, ns.opened() - before


def nmap(ns: Namespace, *options: str) -> tuple[float, int, int]:
    """Return seconds, services named and connections of one `nmap -sV`; those it did not end in time count for none."""
    before, began = ns.opened(), time.perf_counter()
    command = ["nmap", "-sT", "-sV", "-Pn", "-n", "-T4", *options, "-p", ",".join(map(str, EXPECTED)), HOST]
    said = ""
    try:
        done = subprocess.run(ns.command(command), capture_output=True, text=True, timeout=NMAP_SECONDS, check=False)
        said = done.stdout
    except subprocess.TimeoutExpired:
        print(f"nmap {' '.join(options)}: cut after {NMAP_SECONDS} s")
    seconds = time.perf_counter() - began
    found = dict(re.findall(r"^(\d+)/tcp +open +(\S+)", said, re.MULTILINE))
    right = sum(found.get(str(port), "") == theirs for port, (_, theirs) in EXPECTED.items())
    return seconds, right, ns.opened() - before


def main() -> int:
    """Measure and print; 1 when ours misses its target (12 of 12 in 2 seconds)."""
    with TemporaryDirectory() as folder, Namespace("bench", addresses=[HOST]) as ns:
        Path(folder).chmod(0o755)
        start(ns, Path(folder))
        rounds = [ours(ns) for _ in range(3)]
        peers = {"-sV": nmap(ns), "-sV --version-intensity 0": nmap(ns, "--version-intensity", "0")}
    print(f"{'identification of 12 services':<34}{'seconds':>9}{'named':>8}{'connections':>13}")
    for seconds, right, connections in rounds:
        print(f"{'rempart':<34}{seconds:>9.2f}{right:>8}{connections:>13}")
    for name, (seconds, right, connections) in peers.items():
        print(f"{'nmap ' + name:<34}{seconds:>9.2f}{right:>8}{connections:>13}")
    slowest = max(seconds for seconds, _, _ in rounds)
    print(f"ratio to nmap -sV: {peers['-sV'][0] / slowest:.0f} times quicker")
    return 0 if slowest < 2 and all(right == len(EXPECTED) for _, right, _ in rounds) else 1  # noqa: PLR2004 — the target


if __name__ == "__main__":
    sys.exit(main())
