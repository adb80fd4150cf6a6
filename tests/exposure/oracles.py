"""The peers that tests compare with, each in an environment of its own: their licences and pins forbid them in ours.

`python -m tests.exposure.oracles` (called by `tools/setup test`) makes them all, so that tests need no internet. To add
one: write `requirements/oracle-<name>.in`, run `tools/lock`, and call `environment("<name>")` in your test.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".oracles"


def names() -> list[str]:
    """Every oracle that has a lock file."""
    return sorted(lock.stem.removeprefix("oracle-") for lock in (ROOT / "requirements").glob("oracle-*.txt"))


def environment(name: str) -> Path:
    """The Python of the environment of oracle `name`, made anew when it is not there or its lock file changed."""
    lock = ROOT / "requirements" / f"oracle-{name}.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder = FOLDER / name
    python, made = folder / "bin" / "python", folder / ".made-from"
    if made.exists() and made.read_text() == digest:
        return python
    venv.EnvBuilder(with_pip=True, clear=True).create(folder)
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    subprocess.run([python, "-m", "pip", "install", *options, "-r", lock], check=True)
    made.write_text(digest)
    return python


def main() -> None:
    """Make every environment, saying which one is being made."""
    for name in names():
        sys.stderr.write(f"oracle {name}\n")
        environment(name)


if __name__ == "__main__":
    main()
