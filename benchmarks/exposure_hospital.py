"""A hospital of fifty hosts measured whole, politeness off: `python benchmarks/exposure_hospital.py`.

Fifty addresses of loopback in a network namespace, each with TLS 1.2 and 1.3 (nginx, RSA-3072); a thousand ports tried
on each, every service identified and surveyed, the snapshot judged, HTML and JSON written. Target: under 60 s.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, the folder of the benchmarks stands there instead

from tests.exposure.lab import certificates  # noqa: E402 — after the path
from tests.exposure.lab.namespace import Namespace  # noqa: E402
from tests.exposure.lab.nginx import Site, prepared  # noqa: E402

HOSTS, TARGET = 50, 60.0
PROGRAM = Path(sys.executable).with_name("rempart")
PERIMETER = """
[mandate]
by = "Direction du Centre hospitalier de Valmont (fictif)"
on = {today}
until = {later}
contact = "https://valmont.example/mesure"

[[ranges]]
range = "127.77.50.0/26"
"""


def main() -> int:
    """Measure, print the seconds and what was found, and tell whether the target is met."""
    addresses = [f"127.77.50.{number}" for number in range(1, HOSTS + 1)]
    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        pair = certificates.leaf(certificates.middle(), addresses, key=certificates.rsa_key(3072))
        files = [certificates.write(folder, "bench", [pair, certificates.middle()])]
        perimeter = folder / "perimeter.toml"
        perimeter.write_text(PERIMETER.format(today=today, later=today + timedelta(days=1)), encoding="utf-8")
        report = folder / "report.json"
        with Namespace("hospital") as network:
            sites = [Site(address, files, ciphers="ECDHE+AESGCM:ECDHE+CHACHA20") for address in addresses]
            command, settings = prepared(folder, sites, workers=2)
            network.start(command, ready=(addresses[-1], 443), env=settings)
            audit = [PROGRAM, "exposure", "audit", perimeter, "--no-politeness", "--json", report]
            asked = [*map(str, audit), "--html", str(folder / "report.html")]
            before, began = network.opened(), time.perf_counter()
            subprocess.run(network.command(asked), check=True, capture_output=True, env=os.environ)
            seconds, opened = time.perf_counter() - began, network.opened() - before
        told = json.loads(report.read_text(encoding="utf-8"))
    counts = told["source"]["counts"]
    print(f"{HOSTS} hosts: {seconds:.1f} s in all, {opened / HOSTS:.0f} connections a host, ports tried included")
    print(f"counts {counts}, level {told['level']}, {len(told['verdicts'])} thresholds judged")
    return 0 if seconds < TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
