"""The `rempart` program as people start it, and small sources to give it."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from rempart.directory.snapshot import save
from tests.directory.maker import AT, WRITE_DACL, Maker

PROGRAM = Path(sys.executable).with_name("rempart")


class Ran(NamedTuple):
    """What a run of the program left: its exit code, and the bytes of its two outputs."""

    code: int
    out: bytes
    err: bytes

    @property
    def said(self) -> str:
        """Standard output, then standard error, as text."""
        return (self.out + self.err).decode()


def rempart(*arguments: object, **environment: str) -> Ran:
    """Run the program in a pipe, in French unless the arguments or the environment say otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REMPART_")}
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def left_behind(folder: Path) -> list[Path]:
    """Files that a write cut short would have left."""
    return sorted(folder.rglob("*.partial"))


def faulty() -> Maker:
    """A forest with faults of several levels, and a way from an ordinary account to the administrators."""
    maker = Maker()
    maker.user("Bob", userAccountControl=0x410200)
    maker.change(next(dn for dn in maker.records if dn.startswith("CN=krbtgt,")), pwdLastSet=AT - timedelta(days=900))
    maker.protect(maker.domain[512], [("A", WRITE_DACL, maker.sid_of(maker.user("Martin")))], protected=True)
    return maker


def kept(maker: Maker, path: Path, at: datetime = AT) -> Path:
    """Save a maker's snapshot taken at that moment."""
    snapshot = maker.snapshot()
    manifest = snapshot.manifest.model_copy(update={"taken_at": at})
    save(type(snapshot)(**{**snapshot.__dict__, "manifest": manifest}), path)
    return path
