"""The real servers the proofs talk to, on loopback, stopped by their own id: clamd and an S3 server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rempart.hub.funding.proofs import antivirus
from tests.hub.factories.proofs import EICAR

PATIENCE = 60.0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return link.getsockname()[1]


def wait(ready: Callable[[], bool], process: subprocess.Popen) -> None:
    """Wait until a server is ready."""
    end = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args} did not start")
        time.sleep(0.05)


@contextmanager
def running(command: list[str], ready: Callable[[], bool], **options) -> Iterator[subprocess.Popen]:
    """Run a server for the time of a block."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **options
    )
    try:
        wait(ready, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def clamd(folder: Path, *, port: int | None = None, most_bytes: int = 30_000_000) -> Iterator[str]:
    """Run a real clamd that knows one signature, the harmless EICAR string, and yield its address."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    signatures = folder / "signatures"
    signatures.mkdir(exist_ok=True)
    (signatures / "test.ndb").write_text(f"Rempart.Test.EICAR:0:*:{EICAR.hex()}\n")
    where = f"TCPSocket {port}\nTCPAddr 127.0.0.1" if port else f"LocalSocket {folder / 'clamd.ctl'}"
    address = f"tcp://127.0.0.1:{port}" if port else f"unix://{folder / 'clamd.ctl'}"
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nDatabaseDirectory {signatures}\n{where}\nStreamMaxLength {most_bytes}\n"
        f"PidFile {folder / 'clamd.pid'}\nUser {'root' if os.geteuid() == 0 else os.environ.get('USER', '')}\n"
    )
    with running([program, "-c", str(folder / "clamd.conf")], lambda: antivirus.ping(address)):
        yield address


@contextmanager
def s3() -> Iterator[str]:
    """Run a real S3 server (moto) and yield its address."""
    port = free_port()

    def ready() -> bool:
        with socket.socket() as link:
            return link.connect_ex(("127.0.0.1", port)) == 0

    program = str(Path(sys.executable).parent / "moto_server")
    with running([program, "-H", "127.0.0.1", "-p", str(port)], ready):
        yield f"http://127.0.0.1:{port}"
