"""Loading rules: from YAML, and from what the last run kept; as times of one thread's processor, best of several.

    python benchmarks/detection_rules.py RULES [--runs 5]

RULES: a folder or an archive of Sigma rules (SigmaHQ's `rules/windows`: 2 407 of them). The machine may be shared: a
time of the processor says more than one of the clock. Beside ours, pySigma alone: YAML to its parsed conditions.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from sigma.rule import SigmaRule

from rempart.detection.rules import packs
from rempart.detection.rules.cache import cached
from rempart.detection.rules.load import load

_COLD = (
    "import sys; from pathlib import Path; from rempart.detection.rules.cache import cached; "
    "cached([Path(sys.argv[1])], Path(sys.argv[2]))"
)


def best(run: Callable[[], object], runs: int) -> float:
    """Return the least time of the processor, seconds."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def pysigma(path: Path) -> int:
    """Parse with pySigma alone; return how many conditions there are."""
    count = 0
    for file in packs.read(path).files:
        for one in yaml.load_all(file.content or b"", yaml.CSafeLoader):
            if isinstance(one, dict) and "detection" in one:
                count += len(
                    [it.parsed for it in SigmaRule.from_dict(one, collect_errors=True).detection.parsed_condition]
                )
    return count


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("rules", type=Path)
    options.add_argument("--runs", type=int, default=5)
    asked = options.parse_args()
    compiled = load([asked.rules])
    told = f"{len(compiled.rules)} rules, {len(compiled.predicates)} predicates, {len(compiled.refusals)} refused"
    print(f"{told}, {sum(len(one.scopes) for one in compiled.rules)} places")
    with TemporaryDirectory() as folder:
        cached([asked.rules], Path(folder))
        (kept,) = Path(folder).glob("*.rules")
        print(f"kept: {kept.stat().st_size / 1e6:.1f} MB")
        rows = {
            "pySigma alone, YAML to conditions": lambda: pysigma(asked.rules),
            "load, YAML to the compiled form": lambda: load([asked.rules]),
            "digest of the content": lambda: packs.content_digest([asked.rules]),
            "cached, digest included": lambda: cached([asked.rules], Path(folder)),
        }
        for name, run in rows.items():
            print(f"{name:<36}{best(run, asked.runs):>8.3f} s")
        start = time.perf_counter()
        command = [sys.executable, "-c", _COLD, str(asked.rules), folder]
        subprocess.run(command, check=True)
        print(f"{'a new process, cached (clock)':<36}{time.perf_counter() - start:>8.3f} s")


if __name__ == "__main__":
    main()
