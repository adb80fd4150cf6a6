"""DNSSEC of a zone: its keys, its signatures, and the DS its parent holds, up to the root (RFC 4033 to 4035).

Signatures are checked at the moment the answer came. Bounds: 16 keys, 16 signatures, 16 zones on the way up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import TypeVar

import dns.dnssec
import dns.dnssectypes
import dns.exception
import dns.name
import dns.node
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.rrset
from cryptography.exceptions import UnsupportedAlgorithm
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.RRSIG import RRSIG

from rempart.exposure.protocols.dns.answers import ABSENT, Answer, Answers, State, text_of

Kind = TypeVar("Kind", bound=dns.rdata.Rdata)
_MOST = 16
SHA1 = frozenset({3, 5, 6, 7})
"""Algorithms that sign with SHA-1 (RFC 9905 says to use them no more)."""
_RSA = frozenset({1, 5, 7, 8, 10})
_EXPONENT_LENGTH_BYTES = 3


class Status(StrEnum):
    """What DNSSEC says of a zone."""

    SECURE = "secure"
    UNSIGNED = "unsigned"
    ISLAND = "island"  # signed, but its parent does not say so: unsigned for the world
    BOGUS = "bogus"  # its parent says signed, and the signatures do not hold: the zone vanishes for who checks
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Chain:
    """What is known of a zone. `problems` are codes; `expires` is the first end of a signature; sizes are in bits."""

    status: Status
    problems: tuple[str, ...] = ()
    algorithms: tuple[int, ...] = ()
    digests: tuple[int, ...] = ()
    shortest_rsa: int | None = None
    expires: datetime | None = None


def zone(name: str, answers: Answers, types: tuple[str, ...] = ("SOA",)) -> Chain:
    """Judge a zone: its keys against the DS at its parent, the records of these types against its keys."""
    keys, ds = answers.get(name, "DNSKEY"), answers.get(name, "DS")
    if State.UNKNOWN in {keys.state, ds.state}:
        return Chain(Status.UNKNOWN)
    if keys.state in ABSENT:
        return Chain(Status.BOGUS if ds.records else Status.UNSIGNED, ("dnssec.no_key",) if ds.records else ())
    problems = _apex(name, keys, ds) if ds.records else []
    signed = [keys, *(answers.get(name, rdtype) for rdtype in types)]
    for answer in signed[1:]:
        problems += _check_answer(name, answer, keys)
    above = _above(ds, answers) if ds.records else Status.ISLAND
    if above is Status.BOGUS:
        problems.append("dnssec.broken_above")
    status = above if above in {Status.ISLAND, Status.UNKNOWN} else Status.SECURE
    return Chain(
        status=Status.BOGUS if problems and ds.records else status,
        problems=tuple(sorted(set(problems))),
        algorithms=tuple(sorted({int(key.algorithm) for key in _keys(keys)})),
        digests=tuple(sorted({int(record.digest_type) for record in _records(ds, DS)})),
        shortest_rsa=min((bits for key in _keys(keys) if (bits := _rsa_bits(key))), default=None),
        expires=_expiry(signed),
    )


def record(name: str, rdtype: str, answers: Answers) -> Status:
    """Judge the records of one name, in whatever zone they stand (a TLSA of a provider's mail server)."""
    answer = answers.get(name, rdtype)
    signatures = [rrset for rrset in answer.rrsets if rrset.rdtype == dns.rdatatype.RRSIG]
    if answer.state is not State.PRESENT:
        return Status.UNKNOWN
    if not signatures:
        return Status.UNSIGNED
    signer = text_of(signatures[0][0].signer)
    above = zone(signer, answers, ())
    if above.status is not Status.SECURE:
        return above.status
    return Status.BOGUS if _check_answer(signer, answer, answers.get(signer, "DNSKEY")) else Status.SECURE


def _above(ds: Answer, answers: Answers) -> Status:
    """Judge the zones over the DS, up to the root: who signs each DS is the parent."""
    for _ in range(_MOST):
        parent = next((text_of(signature.signer) for signature in _signatures(ds)), None)
        if ds.state is not State.PRESENT or parent is None:
            return Status.UNKNOWN if ds.state is State.UNKNOWN else Status.ISLAND
        keys = answers.get(parent, "DNSKEY")
        if keys.state is State.UNKNOWN:
            return Status.UNKNOWN
        wrong = _check_answer(parent, ds, keys)
        if parent == ".":
            return Status.BOGUS if wrong or _check_answer(".", keys, keys) else Status.SECURE
        ds = answers.get(parent, "DS")
        if wrong or (ds.records and _apex(parent, keys, ds)):
            break
    return Status.BOGUS


def _apex(name: str, keys: Answer, ds: Answer) -> list[str]:
    """Check that a key the DS names signs the keys."""
    owner = dns.name.from_text(name)
    named = [key for key in _keys(keys) if any(_matches(owner, key, record) for record in _records(ds, DS))]
    if not named:
        return ["dnssec.ds_without_key"]
    found = [_check(owner, keys, rrset, named) for rrset in keys.rrsets if rrset.rdtype == dns.rdatatype.DNSKEY]
    return sorted(set().union(*found))


def _matches(owner: dns.name.Name, key: DNSKEY, record: DS) -> bool:
    if dns.dnssec.key_id(key) != record.key_tag or key.algorithm != record.algorithm:
        return False
    try:
        made = dns.dnssec.make_ds(owner, key, record.digest_type, validating=True)
    except (dns.exception.DNSException, ValueError):
        return False
    return bool(made.digest == record.digest)


def _check_answer(name: str, answer: Answer, keys: Answer) -> list[str]:
    """Check every set of the answer that is at or under the zone; nothing there is nothing wrong."""
    owner = dns.name.from_text(name)
    held = [rrset for rrset in answer.rrsets if rrset.rdtype != dns.rdatatype.RRSIG and rrset.name.is_subdomain(owner)]
    return sorted(set().union(*(_check(owner, answer, rrset, _keys(keys)) for rrset in held)))


def _check(owner: dns.name.Name, answer: Answer, rrset: dns.rrset.RRset, keys: list[DNSKEY]) -> set[str]:
    """Return why no signature of `rrset` by one of `keys` holds; empty when one does."""
    signatures = [one for one in _signatures(answer, rrset) if one.signer == owner]
    moment = (answer.at or datetime.fromtimestamp(0, UTC)).timestamp()
    found = set()
    for signature in signatures:
        if signature.expiration < moment:
            found.add("dnssec.expired")
        elif signature.inception > moment:
            found.add("dnssec.not_yet_valid")
        elif _holds(rrset, signature, keys, moment):
            return set()
        else:
            found.add("dnssec.wrong_signature")
    return found or {"dnssec.no_signature"}


def _holds(rrset: dns.rrset.RRset, signature: RRSIG, keys: list[DNSKEY], moment: float) -> bool:
    tagged = [k for k in keys if k.algorithm == signature.algorithm and dns.dnssec.key_id(k) == signature.key_tag]
    ring: dict[dns.name.Name, dns.node.Node | dns.rdataset.Rdataset] = {}
    if tagged:
        ring[signature.signer] = dns.rdataset.from_rdata_list(0, tagged[:2])
    try:
        dns.dnssec.validate_rrsig(rrset, signature, ring, now=moment, policy=dns.dnssec.allow_all_policy)
    except (dns.exception.DNSException, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _signatures(answer: Answer, rrset: dns.rrset.RRset | None = None) -> list[RRSIG]:
    """Return the signatures of an answer, those over `rrset` when it is given."""
    found = (
        signature
        for one in answer.rrsets
        if one.rdtype == dns.rdatatype.RRSIG
        and (rrset is None or (one.name == rrset.name and one.covers == rrset.rdtype))
        for signature in one
        if isinstance(signature, RRSIG)
    )
    return list(islice(found, _MOST))


def _records(answer: Answer, kind: type[Kind]) -> list[Kind]:
    return [record for record in answer.records if isinstance(record, kind)][:_MOST]


def _keys(answer: Answer) -> list[DNSKEY]:
    return _records(answer, DNSKEY)


def _rsa_bits(key: DNSKEY) -> int | None:
    """Return the size of the modulus (RFC 3110: length of the exponent in one byte, or in three)."""
    if key.algorithm not in _RSA or not key.key:
        return None
    length = key.key[0] or int.from_bytes(key.key[1:_EXPONENT_LENGTH_BYTES], "big")
    start = (1 if key.key[0] else _EXPONENT_LENGTH_BYTES) + length
    return int.from_bytes(key.key[start:], "big").bit_length() or None


def _expiry(signed: list[Answer]) -> datetime | None:
    ends = [signature.expiration for answer in signed for signature in _signatures(answer)]
    return datetime.fromtimestamp(min(ends), UTC) if ends else None
