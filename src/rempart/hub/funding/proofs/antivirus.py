"""The antivirus: clamd's INSTREAM over TCP or a Unix socket. `tcp://127.0.0.1:3310` or `unix:///run/clamav/clamd.ctl`."""

import socket
import struct
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 64 * 1024
TIMEOUT = 60.0
"""Seconds to wait for one answer of the antivirus."""
LONGEST_ANSWER = 4_096


class AntivirusDownError(Exception):
    """The antivirus does not answer: the file waits, unscanned."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the antivirus says: clean, the name of what it found, or why it could not look."""

    infected: bool = False
    failed: bool = False
    what: str = ""


def is_configured() -> bool:
    """Return whether this hub has an antivirus; without one, pages and `check-deploy` say so."""
    return bool(settings.CLAMD)


def scan(file: IO[bytes], address: str | None = None) -> Finding:
    """Send a file to clamd, 64 kB at a time, and return what it finds.

    Raises:
        AntivirusDownError: no answer, or an answer cut short.

    """
    try:
        with _connected(address or settings.CLAMD) as link:
            link.sendall(b"zINSTREAM\0")
            try:
                while chunk := file.read(CHUNK):
                    link.sendall(struct.pack("!L", len(chunk)) + chunk)
                link.sendall(struct.pack("!L", 0))
            except BrokenPipeError:  # clamd says why before it hangs up: the file is larger than it accepts
                pass
            return _read(_answer(link))
    except (OSError, ValueError) as error:
        raise AntivirusDownError(str(error)) from error


def ping(address: str | None = None) -> bool:
    """Return whether clamd answers."""
    try:
        with _connected(address or settings.CLAMD) as link:
            link.sendall(b"zPING\0")
            return _answer(link) == "PONG"
    except (OSError, ValueError, AntivirusDownError):
        return False


def _connected(address: str) -> socket.socket:
    place = urlsplit(address)
    if place.scheme == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(TIMEOUT)
        try:
            link.connect(place.path)
        except OSError:
            link.close()
            raise
        return link
    if place.scheme != "tcp" or not place.hostname or not place.port:
        raise ValueError("an antivirus is named tcp://host:port or unix:///path")
    return socket.create_connection((place.hostname, place.port), TIMEOUT)


def _answer(link: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < LONGEST_ANSWER:
        part = link.recv(LONGEST_ANSWER)
        if not part:
            break
        received += part
    if not received:
        raise AntivirusDownError("clamd hung up without an answer")
    return received.rstrip(b"\0\n").decode("utf-8", "replace")


def _read(answer: str) -> Finding:
    """Read `stream: OK`, `stream: NAME FOUND`, or `... ERROR`."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Finding()
    if said.endswith(" FOUND"):
        return Finding(infected=True, what=said.removesuffix(" FOUND")[:200])
    return Finding(failed=True, what=said.removesuffix(" ERROR")[:200])
