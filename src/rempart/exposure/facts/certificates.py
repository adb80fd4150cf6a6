"""The frame of certificates: every chain a TLS service showed, read from the kept bytes."""

import binascii
from base64 import b64decode
from itertools import pairwise

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.heard import Key, heard
from rempart.exposure.facts.tls import Row, frame, full_handshakes, place
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls.certificate import Certificate, covers, read_certificate
from rempart.exposure.snapshot import Snapshot

Chain = tuple[bytes, ...]
MOST_NAMES = 100
"""Names kept of one certificate in the frame; `name_count` says how many it has."""
_TEXTS = ("subject", "issuer", "algorithm", "curve", "signature", "fingerprint")
_FLAGS = ("named", "first", "readable", "self_signed", "authority", "must_staple", "covers", "ordered", "closed")


@facts("certificates")
def certificates(snapshot: Snapshot) -> pl.DataFrame:
    """One row a certificate shown: `chain` (number of the chain), `position` (0 is the server's own), `length`.

    `named` is false for the chain shown to a client that asks without a name; `first` marks position 0; `covers` says
    whether the server's own serves the name asked (null without a name, or by an address that it does not speak of).
    `ordered`: each certificate is signed by the next one; `closed`: the last one signs itself. `signature` is the hash
    signed, `key_bits` the size, `names` the first 100 of `name_count`; `timestamps` counts proofs of transparency.
    """
    rows: list[Row] = []
    for key, chains in _chains(snapshot).items():
        for number, ((chain, named), timestamps) in enumerate(chains.items()):
            read = [_read(der) for der in chain]
            whole: Row = {"chain": number, "named": named, "length": len(chain)} | _shape(read)
            for position, item in enumerate(read):
                said: Row = {"position": position, "first": position == 0, "readable": item is not None}
                rows.append(place(key) | whole | said | (_said(item, key, position, timestamps) if item else {}))
    numbers: dict[str, pl.DataType] = {
        "chain": pl.UInt16(),
        "position": pl.UInt16(),
        "length": pl.UInt16(),
        "key_bits": pl.UInt16(),
    }
    numbers |= {"name_count": pl.UInt32(), "timestamps": pl.UInt16()}
    lists: dict[str, pl.DataType] = dict.fromkeys(("names", "ocsp", "crl"), pl.List(pl.String()))
    moments: dict[str, pl.DataType] = dict.fromkeys(("not_before", "not_after"), pl.Datetime("us", "UTC"))
    texts: dict[str, pl.DataType] = dict.fromkeys(_TEXTS, pl.String())
    flags: dict[str, pl.DataType] = dict.fromkeys(_FLAGS, pl.Boolean())
    return frame(rows, **numbers, **lists, **moments, **texts, **flags)


def _chains(snapshot: Snapshot) -> dict[Key, dict[tuple[Chain, bool], bool]]:
    """Return the chains of each endpoint, with whether a proof of transparency came beside (in the handshake)."""
    found: dict[Key, dict[tuple[Chain, bool], bool]] = {}
    for key, items in heard(snapshot).items():
        mine = found.setdefault(key, {})
        for item in items:
            if item.answer and item.answer.certificates:
                beside = item.answer.timestamps or 18 in item.answer.extensions  # noqa: PLR2004 — SCTs
                place_of = (item.answer.certificates, bool(item.hello.name) or not key[3])
                mine[place_of] = mine.get(place_of, False) or beside
    for key, done in full_handshakes(snapshot).items():
        for said in done:
            chain = _decoded(str(said.get("chain") or ""))
            if chain and not found.get(key):
                found.setdefault(key, {})[chain, True] = False
    return found


def _decoded(text: str) -> Chain:
    try:
        return tuple(b64decode(part, validate=True) for part in text.split(",") if part)
    except binascii.Error:
        return ()


def _read(der: bytes) -> Certificate | None:
    try:
        return read_certificate(der)
    except Malformed:
        return None


def _shape(chain: list[Certificate | None]) -> Row:
    """Return whether the chain is in order and ends in a root; null when one of it cannot be read."""
    items = [item for item in chain if item is not None]
    if len(items) != len(chain):
        return {"ordered": None, "closed": None}
    ordered = all(below.issuer == above.subject for below, above in pairwise(items))
    return {"ordered": ordered, "closed": items[-1].self_signed}


def _said(item: Certificate, key: Key, position: int, timestamps: bool) -> Row:  # noqa: FBT001 — a fact beside
    said: Row = {field: getattr(item, field) for field in _TEXTS}
    said |= {"not_before": item.not_before, "not_after": item.not_after, "key_bits": item.key_bits}
    said |= {
        "names": list(item.names[:MOST_NAMES]),
        "ocsp": list(item.ocsp),
        "crl": list(item.crl),
        "name_count": len(item.names),
    }
    said |= {"self_signed": item.self_signed, "authority": item.authority, "must_staple": item.must_staple}
    return said | {
        "timestamps": item.timestamps + (timestamps and position == 0),
        "covers": _covers(item, key) if position == 0 else None,
    }


def _covers(item: Certificate, key: Key) -> bool | None:
    """Whether the server's certificate serves what was asked; unknown for an address of which it does not speak."""
    wanted = key[3] or key[0]
    if covers(item.names, wanted):
        return True
    speaks_of_addresses = any(name.replace(".", "").isdigit() or ":" in name for name in item.names)
    return False if key[3] or speaks_of_addresses else None
