"""Every figure of the detection engine, one part after the other: `python benchmarks/detection.py`.

Needs the third-party logs and rules (see `tests/shared_data.py`), which it unpacks in a temporary folder: 2.4 GB.
"""

import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.shared_data import shared_data

HERE = Path(__file__).parent


def unpacked(folder: Path) -> dict[str, Path]:
    """The data, in a folder."""
    for name in ("otrf-windows-992k.jsonl", "otrf-windows-sample-20k.jsonl"):
        with lzma.open(given(f"{name}.xz")) as packed, (folder / name).open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 24)
    with tarfile.open(given("sigmahq-rules.tar.xz")) as packed:
        packed.extractall(folder / "rules", filter="data")
    return {
        "rules": folder / "rules",
        "log": folder / "otrf-windows-992k.jsonl",
        "sample": folder / "otrf-windows-sample-20k.jsonl",
        "index": given("otrf-index.csv"),
    }


def given(name: str) -> Path:
    """A file of the shared data."""
    path = shared_data(f"detection/{name}")
    if path is None:
        sys.exit(f"third-party data set detection/{name} is not installed here")
    return path


def main() -> int:
    """Run the parts and tell whether every target is met."""
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        data = unpacked(Path(folder))
        windows = data["rules"] / "rules/windows"
        parts = {
            "Found, and how quickly beside SQL": ("truth", data["rules"], data["log"], data["index"], data["sample"]),
            "The kernel alone": ("kernel", data["rules"], data["log"]),
            "Raw JSON and EVTX to columns": ("ingest", "--json", data["log"]),
            "Text formats": ("formats",),
            "Rules": ("rules", windows),
            "Correlations": ("correlation",),
            "Threads, Spark, Dask": ("engines", data["sample"], "--rules", windows),
            "The store": ("store", data["log"], "--rules", windows),
        }
        for title, (name, *arguments) in parts.items():
            print(f"\n{title}\n{'-' * len(title)}", flush=True)
            script = HERE / f"detection_{name}.py"
            if subprocess.run([sys.executable, script, *map(str, arguments)], check=False).returncode:
                missed.append(script.name)
    print(f"\nTargets missed: {', '.join(missed)}" if missed else "\nEvery target met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
