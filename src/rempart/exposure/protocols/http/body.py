"""Bodies: chunks put together and compression undone, both up to a limit."""

import zlib

BODY_LIMIT = 1 << 18
_CHUNK_LINE = 1 << 10
_CODINGS_LIMIT = 2
_HEX = frozenset(b"0123456789abcdefABCDEF")
_SIZE_DIGITS = 8
_WINDOWS = {
    "gzip": (zlib.MAX_WBITS | 16,),
    "x-gzip": (zlib.MAX_WBITS | 16,),
    "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS),
}
"""How zlib is told of each coding; `deflate` is zlib's, but some servers send it bare (RFC 9110, 8.4.1.2)."""


def dechunk(data: bytes, start: int = 0) -> tuple[bytes, int | None]:
    """Return the chunks put together, and where they end (None: their end has not come, or they make no sense)."""
    body = bytearray()
    at = start
    while True:
        line_end = data.find(b"\n", at, at + _CHUNK_LINE)
        size_text = data[at:line_end].partition(b";")[0].strip()
        if line_end < 0 or not 0 < len(size_text) <= _SIZE_DIGITS or not _HEX.issuperset(size_text):
            return bytes(body), None
        size, at = int(size_text, 16), line_end + 1
        if size == 0:
            return bytes(body), _after_trailers(data, at)
        body += data[at : at + size]
        if len(data) < at + size:
            return bytes(body), None
        at += size
        at += 2 if data[at : at + 2] == b"\r\n" else data[at : at + 1] == b"\n"


def _after_trailers(data: bytes, at: int) -> int | None:
    """Return where the empty line after the last chunk ends."""
    for mark in (b"\r\n", b"\n"):
        if data.startswith(mark, at):
            return at + len(mark)
    end = data.find(b"\r\n\r\n", at)
    return end + 4 if end >= 0 else None


def decode(raw: bytes, codings: str) -> tuple[bytes, bool, list[str]]:
    """Undo the content codings (a header's value), last applied first.

    Returns:
        The body up to `BODY_LIMIT` bytes, whether it is whole, and what is odd. A coding that is not known (`br`)
        leaves the bytes as they are, and not whole.

    """
    names = [name.strip().lower() for name in codings.split(",") if name.strip() and name.strip().lower() != "identity"]
    if not raw:
        return b"", True, []
    if len(names) > _CODINGS_LIMIT:
        return raw, False, ["many_codings"]
    whole = True
    for name in reversed(names):
        if name not in _WINDOWS:
            return raw, False, ["unknown_coding"]
        unpacked = next(filter(None, (_unpack(raw, window) for window in _WINDOWS[name])), None)
        if unpacked is None:
            return raw, False, ["broken_coding"]
        raw, ended = unpacked
        whole = whole and ended
    return raw, whole, [] if whole else ["body_cut"]


def _unpack(raw: bytes, window: int) -> tuple[bytes, bool] | None:
    """Return what unpacks, up to the limit, and whether that is all; None when nothing does."""
    machine = zlib.decompressobj(window)
    try:
        body = machine.decompress(raw, BODY_LIMIT)
    except zlib.error:
        return None
    return body, machine.eof
