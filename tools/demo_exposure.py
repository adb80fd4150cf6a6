"""Make the two snapshots of the repaired fictional hospital as the internet sees it, 49 days apart.

It stands on its usual ports (run as root, or with the right to open ports under 1024), on loopback only, and the real
engine measures it; only the clock is the story's. Says the level that each snapshot proves.

    python -m tools.demo_exposure [FOLDER] [--store FOLDER]

Without a folder, those that Rempart ships are made anew. Without loaded data sets (`--store`, see `rempart exposure
update`), the points on known weaknesses are judged by fictional ones.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rempart.exposure.audit import audit
from rempart.exposure.demo import REPAIRED
from rempart.exposure.demo.feeds import store_feeds
from rempart.exposure.demo.hospital import Hospital
from rempart.exposure.demo.listening import USUAL, State
from rempart.exposure.demo.measuring import StoryClock, measure
from rempart.measurement.language import say

MOMENTS = (datetime(2026, 9, 14, 8, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC))
SHIPPED = REPAIRED[0].parent


def main() -> None:
    """Read the command line and write the snapshots."""
    parser = argparse.ArgumentParser(description="Make the snapshots of the fictional hospital's exposure.")
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED)
    parser.add_argument("--store", type=Path, help="folder of the loaded data sets")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for moment in MOMENTS:
        path = arguments.folder / f"valmont-{moment:%Y-%m-%d}.rempart"
        with TemporaryDirectory() as work, Hospital(State.REPAIRED, doors=USUAL, at=moment) as hospital:
            store = arguments.store or store_feeds(Path(work), dated=moment.date(), at=moment)
            snapshot = measure(hospital, path, store=store, clock=StoryClock(moment))
        level = audit(snapshot).level
        value = f"{say('au plus ', 'at most ') if level.at_most else ''}{level.value}"
        print(f"{path}: {path.stat().st_size // 1024} kB, {say('niveau', 'level')} {value}")  # noqa: T201 — a tool prints


if __name__ == "__main__":
    main()
