"""The harnesses of the logs of the detection engine: each format of text, what files are packed in, declarations.

Each gives what it runs, its seeds, and the longest input in bytes.
"""

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

Run = Callable[[bytes, Path], object]
Seeds = Callable[[Path], Iterable[bytes]]
Parts = tuple[Run, Seeds, int]
FORMATS = ("syslog", "auditd", "cef", "pairs", "access", "w3c", "squid", "csv", "daemon", "lines")
_CHUNK = 512


def _reading() -> Any:
    import_module("rempart.detection.collect.formats")
    return import_module("tests.detection.formats.reading")


def one_format(name: str) -> Parts:
    """Read any bytes as a file of one format, whole and in small chunks, and ask every format whether it is theirs."""
    reading, kinds = _reading(), import_module("rempart.detection.collect.kinds")
    samples = import_module("tests.detection.formats.samples").SAMPLES

    def run(data: bytes, _: Path) -> None:
        kinds.recognise(data, "journal.log")
        for size in (_CHUNK, len(data) + 1):
            reading.read(name, data, size=size)

    def seeds(_: Path) -> Iterable[bytes]:
        return samples.get(name, samples["pairs"])

    return run, seeds, 16384


def containers() -> Parts:
    """Unpack any bytes, and read each member to its end."""
    module, unpacking = (import_module(f"rempart.detection.collect.{name}") for name in ("containers", "unpacking"))
    census = import_module("rempart.detection.census").Census
    writers = import_module("tests.detection.formats.test_containers")
    limits = unpacking.Limits(total=1 << 22)

    def run(data: bytes, folder: Path) -> None:
        (folder / "input").write_bytes(data)
        for member in module.members(folder / "input", census(), limits=limits):
            while member.stream.read(1 << 16):
                pass

    def seeds(_: Path) -> Iterable[bytes]:
        files = {"a.log": writers.LOG, "b.gz": writers.gzip.compress(writers.OTHER)}
        packed = [
            pack(writers.LOG) for pack in (writers.gzip.compress, writers.lzma.compress, writers.zstandard.compress)
        ]
        return [writers.zipped(files), writers.tarred(files), writers.tarred(files, "w:gz"), *packed]

    return run, seeds, 65536


def sources() -> Parts:
    """Read any bytes as a hospital's declarations."""
    module = import_module("rempart.detection.collect.sources")
    refused = import_module("rempart.measurement.errors").InputError

    def run(data: bytes, folder: Path) -> None:
        (folder / "input").write_bytes(data)
        try:
            module.load(folder / "input").of("a.csv", data)
        except refused:
            return

    return run, lambda _: [module.EXAMPLE.read_bytes()], 8192


LOGS: dict[str, Callable[[], Parts]] = {
    **{f"detection-{name}": partial(one_format, name) for name in FORMATS},
    "detection-containers": containers,
    "detection-sources": sources,
}
