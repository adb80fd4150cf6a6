"""A network of the project's own: a namespace that holds a loopback and nothing else.

    with Namespace("mail", hosts={"mx.valmont.test": "127.0.1.5"}) as ns:
        daemon = ns.start(["redis-server", "--bind", "127.0.1.9"], ready=("127.0.1.9", 6379))
        observations = ns.run(collect_it, "127.0.1.9")      # a function of a module, or a coroutine function

Every address of 127.0.0.0/8 is there without being asked for; IPv6 ones are added (`addresses`). Names without DNS come
from `hosts`. `filtered` drops what goes to some ports, so that they answer nothing. Needs root, iproute2 and nftables.
"""

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.exposure.lab.inside import read_frame, write_frame

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = "iproute2 nftables"
_READY_SECONDS = 20.0
_STOP_SECONDS = 5.0
Value = TypeVar("Value")


class Daemon:
    """A server started in a namespace (or on loopback), stopped by its process id."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path | None) -> None:
        self.process = process
        self.log = log

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None

    def said(self) -> str:
        """Return what it printed."""
        return self.log.read_text(errors="replace") if self.log is not None and self.log.exists() else ""

    def stop(self) -> None:
        """End it, and what it started (it leads its own process group)."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_STOP_SECONDS)
                return


class Namespace:
    """A private network; leaving it stops what was started in it and removes it.

    Args:
        label: a few letters to recognise it by.
        hosts: names and the address each has, for programs that read /etc/hosts.
        addresses: more addresses of its loopback (IPv6).

    """

    def __init__(self, label: str, *, hosts: Mapping[str, str] | None = None, addresses: Sequence[str] = ()) -> None:
        self.name = f"rp-{label[:20]}-{os.getpid()}"
        self._hosts = dict(hosts or {})
        self._addresses = tuple(addresses)
        self._folder = Path("/etc/netns") / self.name
        self._daemons: list[Daemon] = []
        self._helper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if not shutil.which("ip") or not shutil.which("nft"):
            raise RuntimeError(f"no network namespace without: apt-get install {PACKAGES}")
        _ip("netns", "add", self.name)
        _ip("-n", self.name, "link", "set", "lo", "up")
        for address in self._addresses:
            _ip("-n", self.name, "addr", "add", f"{address}/{128 if ':' in address else 32}", "dev", "lo", "nodad")
        self._write_hosts()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._helper is not None:
            self._helper.stdin.close()
            self._helper.wait(_STOP_SECONDS)
            self._helper.stdout.close()
        for daemon in reversed(self._daemons):
            daemon.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        _ip("netns", "del", self.name)

    def _write_hosts(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = [
            "127.0.0.1 localhost",
            "::1 localhost",
            *(f"{address} {name}" for name, address in self._hosts.items()),
        ]
        (self._folder / "hosts").write_text("\n".join(lines) + "\n")

    def command(self, args: Sequence[str]) -> list[str]:
        """Return the command that runs `args` inside."""
        return ["ip", "netns", "exec", self.name, *args]

    def start(
        self,
        args: Sequence[str],
        *,
        ready: tuple[str, int] | None = None,
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float = _READY_SECONDS,
    ) -> Daemon:
        """Start a server and wait until `ready` (address, TCP port) accepts a connection.

        Raises:
            RuntimeError: it ended, or it did not listen in time; with what it said.

        """
        out = log.open("ab") if log is not None else subprocess.DEVNULL
        process = subprocess.Popen(
            self.command(args),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | dict(env or {}),
            start_new_session=True,
        )
        if log is not None:
            out.close()
        daemon = Daemon(process, log)
        self._daemons.append(daemon)
        if ready is not None:
            self.wait_for(daemon, *ready, seconds=seconds)
        return daemon

    def wait_for(self, daemon: Daemon, address: str, port: int, seconds: float = _READY_SECONDS) -> None:
        """Wait until a port listens, without connecting to it: some servers count connections."""
        end = time.monotonic() + seconds
        while not self.listens(address, port):
            if not daemon.alive:
                raise RuntimeError(f"{daemon.process.args} ended: {daemon.said()[-2000:]}")
            if time.monotonic() > end:
                raise RuntimeError(
                    f"{daemon.process.args} does not listen on {address}:{port}: {daemon.said()[-2000:]}"
                )
            time.sleep(0.02)

    def listens(self, address: str, port: int) -> bool:
        """Tell whether something listens there (any address counts for one bound to all of them)."""
        return bool(_listening(Path(f"/proc/{self.helper().pid}/net"), address, port))

    def run(self, function: Callable[..., object], *args: object) -> object:
        """Call a module's function (or coroutine function) inside, in a process of its own, and return its value.

        What it raises is raised here. Function, arguments and value travel by pickle.
        """
        helper = self.helper()
        write_frame(helper.stdin, pickle.dumps((function, args)))
        answer = read_frame(helper.stdout)
        if answer is None:
            raise RuntimeError(f"the helper of namespace {self.name} died")
        fine, value, trace = pickle.loads(answer)  # noqa: S301 — what our own helper wrote
        if not fine:
            value.add_note(trace)
            raise value
        return value

    def helper(self) -> "subprocess.Popen[bytes]":
        """Return the process that lives inside, started with the first need of it."""
        if self._helper is None:
            self._helper = subprocess.Popen(
                self.command([sys.executable, "-m", "tests.exposure.lab.inside"]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
            )
            self.run(os.getpid)  # it has entered the namespace once it answers
        return self._helper

    def filtered(self, address: str, *, but: Sequence[int]) -> None:
        """Drop every TCP packet to `address`, save those to the ports `but`: a firewall that says nothing."""
        family = "ip6" if ":" in address else "ip"
        ports = ", ".join(map(str, but))
        self.nft(
            "add table inet lab\nadd chain inet lab input { type filter hook input priority 0; }\n"
            f"add rule inet lab input {family} daddr {address} tcp dport != {{ {ports} }} drop"
        )

    def nft(self, commands: str) -> str:
        """Give nftables some commands (`add rule ...`, `list ruleset`), and return what it says."""
        done = subprocess.run(
            self.command(["nft", "-f", "-"]), input=commands, capture_output=True, text=True, check=True
        )
        return done.stdout

    def opened(self) -> int:
        """Return how many TCP connections were tried inside so far, as the kernel counts (ActiveOpens)."""
        lines = Path(f"/proc/{self.helper().pid}/net/snmp").read_text().splitlines()
        names, values = (line.split()[1:] for line in lines if line.startswith("Tcp:"))
        return int(dict(zip(names, values, strict=True))["ActiveOpens"])


def _ip(*args: str) -> None:
    subprocess.run(["ip", *args], check=True, capture_output=True)


def _listening(folder: Path, address: str, port: int) -> bool:
    """Read the kernel's tables of sockets: a TCP one in state LISTEN (0A)."""
    wanted = {_hexadecimal(address), "00000000", "0" * 32}
    for name in ("tcp", "tcp6"):
        for line in (folder / name).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            host, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port and host in wanted:
                return True
    return False


def _hexadecimal(address: str) -> str:
    """Write an address as the kernel's tables do: words of four bytes, each in the machine's order."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    packed = socket.inet_pton(family, address)
    words = [packed[start : start + 4] for start in range(0, len(packed), 4)]
    return "".join(word[:: -1 if sys.byteorder == "little" else 1].hex().upper() for word in words)
