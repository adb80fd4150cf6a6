"""The harnesses of detection rules: any bytes as a file of rules, as kept rules, as a regular expression."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from tools.fuzz_harnesses import Harness

_ROOM = "rempart.detection.rules"
_RULE = b"""title: x
id: 0a1b2c3d-0000-4000-8000-000000000001
name: x
logsource: {product: windows, category: registry_set}
detection:
  a: {TargetObject|contains|all: ['\\\\Run\\\\', b*], Details|re|i: 'x.*[y]', D|cidr: 10.0.0.0/8, E|windash: ' -a'}
  b: [kw, 5]
  condition: 1 of a* and not b or all of them
"""
_CORRELATION = b"""title: y
correlation:
  {type: value_count, rules: [x], group-by: [a], timespan: 5m, aliases: {a: {x: b}}, condition: {gte: 3, field: c}}
"""


def _part(name: str) -> Any:
    return import_module(f"{_ROOM}.{name}")


def rule_file() -> Harness:
    """Read any bytes as a file of rules: what is loaded can be kept and read again, what is not has a reason."""
    load, packed, reading = _part("load"), _part("packed"), _part("reading")

    def seeds(_: Path) -> Iterable[bytes]:
        filtering = _RULE.replace(b"detection:", b"filter:\n  rules: any")
        return [_RULE, _RULE + b"---\n" + _CORRELATION, b"action: global\n---\n" + _RULE, _RULE + b"---\n" + filtering]

    def run(data: bytes, folder: Path) -> None:
        pack = folder / "pack"
        pack.mkdir(exist_ok=True)
        (pack / "a.yml").write_bytes(data)
        compiled = load.load([pack])
        if not all(one.reason.fr and one.reason.en for one in compiled.refusals):
            raise AssertionError("a refusal without a reason")
        if packed.unpack(packed.pack(compiled)) != compiled:
            raise AssertionError("kept rules come back otherwise")
        reading.reading(compiled)

    return Harness(run, seeds, 8192)


def kept_rules() -> Harness:
    """Read any bytes as kept rules."""
    load, packed = _part("load"), _part("packed")

    def seeds(folder: Path) -> Iterable[bytes]:
        (folder / "seed").mkdir(exist_ok=True)
        (folder / "seed" / "a.yml").write_bytes(_RULE + b"---\n" + _CORRELATION)
        return [packed.pack(load.load([folder / "seed"]))]

    def run(data: bytes, _: Path) -> None:
        try:
            packed.unpack(data)
        except packed.Unreadable:
            return

    return Harness(run, seeds, 8192)


def expression() -> Harness:
    """Read any text as a regular expression of a rule."""
    dialect, refused = _part("dialect"), _part("refused")

    def seeds(_: Path) -> Iterable[bytes]:
        return [rb"(?i)a[^\]b[]{2,}\.(?:x|y)*?$", rb".*\<a\h+\Z.*", rb"[[:alpha:]]+\\{3}", rb"(?=a)\1"]

    def run(data: bytes, _: Path) -> None:
        try:
            dialect.linear(data.decode("utf-8", "replace"))
        except refused.Unusable:
            return

    return Harness(run, seeds, 512)
