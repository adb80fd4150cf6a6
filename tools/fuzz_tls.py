"""The harnesses of the TLS parsers: each gives what it runs, its seeds, and the longest input in bytes.

What a parser says of bad bytes, `Malformed`, is an answer; anything else is a finding.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

Run = Callable[[bytes, Path], object]
Seeds = Callable[[Path], Iterable[bytes]]
Parts = tuple[Run, Seeds, int]
_ROOM = "rempart.exposure.protocols.tls"
_RANDOM = bytes(range(32))


def _tls(name: str) -> Any:
    return import_module(f"{_ROOM}.{name}")


def _run(*readers: Callable[[bytes], object]) -> Run:
    """Return what gives the bytes to each reader; the room's own error is an answer."""
    malformed = import_module("rempart.exposure.protocols").Malformed

    def run(data: bytes, _: Path) -> None:
        for reader in readers:
            with suppress(malformed):
                reader(data)

    return run


def _hello(version: str) -> Any:
    return _tls("hello").offer(version, _tls("registry").suites_of(version), "a.example")


def _answers() -> Parts:
    record = _tls("hello").client_hello(_hello("TLS 1.3"), _RANDOM)
    read, end = _tls("answer").read_answer, _tls("flight").FlightEnd

    def seeds(_: Path) -> list[bytes]:
        served = import_module("tests.exposure.tls.served").Served()
        return [served.answer(_hello(version))[1] for version in ("TLS 1.2", "TLS 1.3", "SSL 3.0")]

    def ends(data: bytes) -> bool:
        return end(record)(data)  # it remembers what it saw: a new one each time

    return _run(lambda data: read(data, record), ends), seeds, 8192


def _hellos() -> Parts:
    hello = _tls("hello")
    made = [hello.client_hello(_hello(version), _RANDOM) for version in ("TLS 1.2", "TLS 1.3")]
    return _run(hello.read_client_hello), lambda _: made, 2048


def _old_answers() -> Parts:
    old = _tls("ssl2")
    body = b"\x04\x00\x01\x00\x02\x00\x03\x00\x06\x00\x10DER" + bytes.fromhex("010080020080") + bytes(16)
    record = (len(body) | 0x8000).to_bytes(2) + body
    return _run(old.read_answer, old.ended), lambda _: [record], 512


def _certificates() -> Parts:
    def seeds(_: Path) -> list[bytes]:
        return list(import_module("tests.exposure.tls.served").leaf())

    return _run(_tls("certificate").read_certificate), seeds, 4096


def _words() -> Parts:
    steps = [step for dialect in _tls("starttls").DIALECTS.values() for step in dialect]
    replies = [
        b"220 mx\r\n",
        b"250-mx\r\n250 STARTTLS\r\n",
        b"a1 OK\r\n",
        bytes.fromhex("300c02010178070a010004000400"),
    ]
    return _run(lambda data: [(step.ended(data), step.agreed(data)) for step in steps]), lambda _: replies, 512


TLS: dict[str, Callable[[], Parts]] = {
    "tls-answers": _answers,
    "tls-hellos": _hellos,
    "tls-ssl2": _old_answers,
    "tls-certificates": _certificates,
    "tls-starttls": _words,
}
"""By name."""
