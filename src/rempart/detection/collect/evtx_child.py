"""The process that decodes EVTX: bytes in, JSON out, within limits of memory. Hostile files kill it, never its parent.

Run as a program: `python -I evtx_child.py MEGABYTES`. Each request is a length (uint64, little-endian) and as many
bytes of a file: its header and some chunks. The answer is frames (kind, count, size): RECORDS (numbers, then where each
begins, both int64, then the JSON), FLAW (text), END.
"""

import io
import resource
import struct
import sys
import warnings
from array import array
from collections.abc import Iterator
from typing import BinaryIO

import evtx

REQUEST = struct.Struct("<Q")
FRAME = struct.Struct("<BIQ")
RECORDS, FLAW, END = 1, 2, 3
_BATCH = 1 << 20
_MOST_FLAWS = 1000
_LARGEST_RATIO = 400
_FREE = 64 << 20


def main() -> None:
    """Answer requests until there are none."""
    limit = int(sys.argv[1]) << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("always")
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(size := source.read(REQUEST.size)) == REQUEST.size:
        answer(source.read(REQUEST.unpack(size)[0]), target)
        target.write(FRAME.pack(END, 0, 0))
        target.flush()


def answer(data: bytes, target: BinaryIO) -> None:
    """Write the records of some chunks, and the flaws met."""
    flaws: list[str] = []
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: flaws.append(str(message))
        try:
            _write(_records(data), len(data), flaws, target)
        except (RuntimeError, OSError, ValueError, MemoryError, OverflowError) as error:
            flaws.append(str(error) or type(error).__name__)
    for flaw in flaws[:_MOST_FLAWS]:
        text = flaw.encode("utf-8", "replace")[:1000]
        target.write(FRAME.pack(FLAW, 1, len(text)) + text)


def _records(data: bytes) -> Iterator[dict[str, object]]:
    parser = evtx.PyEvtxParser(io.BytesIO(data), number_of_threads=1, skip_errors=True)
    yield from parser.records_json()


def _write(records: Iterator[dict[str, object]], size: int, flaws: list[str], target: BinaryIO) -> None:
    """Write records in batches; stop where a file gives more than its bytes can hold: it would never end."""
    numbers, begins, texts, length, total = array("q"), array("q"), [], 0, 0
    for record in records:
        text = str(record["data"]).encode()
        numbers.append(int(str(record["event_record_id"])) & 0x7FFFFFFFFFFFFFFF)
        begins.append(length)
        texts.append(text)
        length += len(text) + 1
        if length > _BATCH:
            total += length
            _frame(numbers, begins, texts, target)
            numbers, begins, texts, length = array("q"), array("q"), [], 0
        if total > size * _LARGEST_RATIO + _FREE or len(flaws) > _MOST_FLAWS:
            flaws.append("more records or faults than the bytes can hold: reading stopped")
            break
    _frame(numbers, begins, texts, target)


def _frame(numbers: "array[int]", begins: "array[int]", texts: list[bytes], target: BinaryIO) -> None:
    body = b"\n".join(texts) + b"\n"
    target.write(FRAME.pack(RECORDS, len(numbers), 16 * len(numbers) + len(body)))
    target.write(numbers.tobytes() + begins.tobytes() + body)


if __name__ == "__main__":
    main()
