"""Tells systemd how the daemon is (sd_notify): ready, alive, stopping. Nothing happens outside systemd."""

import os
import socket
from contextlib import suppress


def notify(*states: str) -> None:
    """Send states (`READY=1`, `WATCHDOG=1`, `STATUS=...`) to the socket that systemd named, if it did."""
    name = os.environ.get("NOTIFY_SOCKET")
    if not name:
        return
    address = "\0" + name[1:] if name.startswith("@") else name
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.sendto("\n".join(states).encode(), address)


def watchdog() -> float | None:
    """Return the seconds after which systemd expects a sign of life, None when it does not."""
    value = os.environ.get("WATCHDOG_USEC", "")
    owner = os.environ.get("WATCHDOG_PID", "")
    if not value.isdigit() or (owner and owner != str(os.getpid())):
        return None
    return int(value) / 1e6
