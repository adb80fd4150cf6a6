"""Give every parser bytes nobody would write: `python tools/fuzz.py --seconds 600` shares the time between them.

Needs the dependency group `fuzz`. One process at a time, bounded in memory and in time for each input. Prints
executions and findings per harness; inputs and traces of findings stay in build/fuzz. Exits with 1 when there is one.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, the folder of the tools stands there instead

from tools.fuzz_harnesses import FINDING, HARNESSES  # noqa: E402 — after the path

FOLDER = ROOT / "build" / "fuzz"
MEGABYTES = 2048
SECONDS_AN_INPUT = 25
_EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_ARTIFACTS = ("crash-*", "timeout-*", "oom-*", "slow-unit-*", "leak-*")


def run(name: str, seconds: int) -> tuple[int, list[Path]]:
    """Run one harness; return how many inputs it was given, and its findings (those of earlier runs included)."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-timeout={SECONDS_AN_INPUT}",
        "-print_final_stats=1",
    ]
    command = [sys.executable, "-m", "tools.fuzz_harnesses", name, str(folder), *options]
    done = subprocess.run(  # noqa: S603 — our own module
        command,
        cwd=ROOT,
        env=os.environ | {"POLARS_MAX_THREADS": "1"},
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
    )
    (folder / "log.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    counted = _EXECUTIONS.search(done.stderr)
    found = [path for path in folder.glob(f"{FINDING}*") if path.suffix != ".txt"]
    found += [path for pattern in _ARTIFACTS for path in folder.glob(pattern)]
    if done.returncode and not found:
        found.append(folder / "log.txt")
    return int(counted[1]) if counted else 0, sorted(found)


def main() -> int:
    """Share the time between the harnesses and say what came of it."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=int, default=600, help="time of the whole run, shared between harnesses")
    options.add_argument("--only", choices=HARNESSES, action="append", help="only this harness")
    asked = options.parse_args()
    names = asked.only or list(HARNESSES)
    failed = 0
    print(f"{'harness':<22}{'executions':>12}{'findings':>10}")
    for name in names:
        executions, found = run(name, max(asked.seconds // len(names), 1))
        print(f"{name:<22}{executions:>12}{len(found):>10}", *found, flush=True)
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
