"""Every figure of the exposure engine, one part after the other: `python benchmarks/exposure.py`, as root.

Each part is a program of its own that compares with its peer in one run and says whether its target is met.
"""

import subprocess
import sys
from pathlib import Path

PARTS = {
    "Port sweep, beside nmap -sT": "exposure_sweep.py",
    "TLS of 40 hosts, beside sslyze": "exposure_tls.py",
    "Twelve services of one host, beside nmap -sV": "exposure_identify.py",
    "A hospital of fifty hosts, measured whole": "exposure_hospital.py",
}


def main() -> int:
    """Run the parts and tell whether every target is met."""
    missed = []
    for title, script in PARTS.items():
        print(f"\n{title}\n{'-' * len(title)}", flush=True)
        if subprocess.run([sys.executable, Path(__file__).with_name(script)], check=False).returncode:
            missed.append(script)
    print(f"\nTargets missed: {', '.join(missed)}" if missed else "\nEvery target met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
