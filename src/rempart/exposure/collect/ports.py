"""Which ports are tried: the house's thousand, or those that a person names."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

LAST = 65535
ALL, USUAL = "all", "usual"
KEPT_OF_DECOY = frozenset({21, 22, 25, 80, 110, 143, 443, 465, 587, 993})
"""The ports kept of an address that has every port open: a decoy or a SYN proxy answers for it."""
DECOY = 100
"""Open ports above which an address is taken for a decoy."""


@cache
def usual_ports() -> tuple[int, ...]:
    """Return the thousand ports of `ports.toml`, in order."""
    groups = tomllib.loads(files(__package__).joinpath("ports.toml").read_text(encoding="utf-8"))["group"]
    return tuple(sorted({port for group in groups for each in group["ports"] for port in _span(str(each))}))


def ports_named(text: str) -> tuple[int, ...]:
    """Return the ports a person names: `usual`, `all`, or numbers and ranges (`22,443,8000-8100`).

    Raises:
        InputError: something else.

    """
    if text == USUAL:
        return usual_ports()
    try:
        spans = [range(1, LAST + 1)] if text == ALL else [_span(part.strip()) for part in text.split(",")]
    except ValueError as error:
        raise InputError(
            Text(fr=f"ports incompris : {text}", en=f"ports not understood: {text}"),
            where="--ports",
            advice=Text(fr="Par exemple : usual, all ou 22,443,8000-8100.", en="Try: usual, all or 22,443,8000-8100."),
        ) from error
    return tuple(sorted({port for span in spans for port in span}))


def kept_of(ports: Iterable[int]) -> Iterator[int]:
    """Yield the open ports worth asking of an address: all of them, or a decoy's usual ones."""
    opened = sorted(ports)
    yield from opened if len(opened) <= DECOY else (port for port in opened if port in KEPT_OF_DECOY)


def _span(text: str) -> range:
    first, _, last = text.partition("-")
    span = range(int(first), int(last or first) + 1)
    if not span or span[0] < 1 or span[-1] > LAST:
        raise ValueError(text)
    return span
