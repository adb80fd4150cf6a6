"""The peer of the web scores: npm's MDN HTTP Observatory (MPL-2.0), run as a program of its own, offline."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests import npm
from tests.exposure.lab.namespace import Namespace

HERE = Path(__file__).parent / "observatory_peer"
BUILD = Path(__file__).parents[3] / "build" / "observatory"
PACKAGE = "@mdn/mdn-http-observatory"


def install() -> None:
    """Install it in the build folder, with an empty list of preloaded sites: it fetches one otherwise."""
    npm.install(HERE, BUILD, PACKAGE)
    (BUILD / "node_modules" / PACKAGE / "conf" / "hsts-preload.json").write_text("{}")


def scores(namespace: Namespace, names: Sequence[str], authority: Path) -> dict[str, dict[str, object]]:
    """Return its score, grade and results of each site, asked inside a namespace."""
    install()
    environment = npm.environment() | {
        "REMPART_OBSERVATORY_MODULES": str(BUILD / "node_modules"),
        "NODE_EXTRA_CA_CERTS": str(authority),
    }
    command = namespace.command([str(npm.NODE / "node"), str(HERE / "scan.mjs"), *names])
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    found: dict[str, dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    install()
    sys.stdout.write("ready\n")
