"""The fingerprint of a favicon, as public catalogues give it."""

from base64 import encodebytes

from rempart.exposure.protocols.http.html import Page
from rempart.exposure.protocols.http.url import Url, resolve

_WORD = 0xFFFFFFFF
_C1, _C2 = 0xCC9E2D51, 0x1B873593


def _rotate(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (32 - bits))) & _WORD


def _mixed(word: int) -> int:
    return _rotate(word * _C1 & _WORD, 15) * _C2 & _WORD


def murmur3(data: bytes, seed: int = 0) -> int:
    """Return MurmurHash3 x86 32 (Austin Appleby, public domain) of `data`, as an unsigned integer."""
    state, tail = seed, len(data) - len(data) % 4
    for at in range(0, tail, 4):
        state ^= _mixed(int.from_bytes(data[at : at + 4], "little"))
        state = (_rotate(state, 13) * 5 + 0xE6546B64) & _WORD
    if data[tail:]:
        state ^= _mixed(int.from_bytes(data[tail:], "little"))
    state ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        state = (state ^ state >> shift) * factor & _WORD
    return state ^ state >> 16


def favicon_hash(icon: bytes) -> int:
    """Return the signed 32-bit hash of Shodan's `http.favicon.hash`: that of the icon's base64, in 76-column lines."""
    value = murmur3(encodebytes(icon))
    return value - (1 << 32) if value >> 31 else value


def icon_target(here: Url, page: Page) -> str | None:
    """Return where on the same server the icon of a page is; None when it is elsewhere or inside the page itself."""
    if page.icon is None:
        return "/favicon.ico"
    url = resolve(here, page.icon)
    same = url is not None and (url.secure, url.host, url.port) == (here.secure, here.host, here.port)
    return url.target if url is not None and same else None
