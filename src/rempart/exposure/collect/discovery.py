"""What the answers mention beyond the perimeter: listed as « à déclarer », never touched.

Passive: it reads what was received anyway (certificates, MX, NS, SPF, redirections) and the files of certificate
transparency that a person imports. Distance 1 is a name of a domain the hospital declares something of; 2 is anybody's.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

import dns.rdatatype
from publicsuffixlist import PublicSuffixList

from rempart.exposure.collect.dns_question import PROBE as DNS_PROBE
from rempart.exposure.collect.dns_question import answer_of
from rempart.exposure.collect.question import Observation
from rempart.exposure.perimeter import Scope
from rempart.exposure.protocols.names_seen import (
    MOST_NAMES,
    certificate_names,
    certificates_in,
    plain_name,
    redirected_to,
    spf_names,
)

MOST_FOUND = 10_000
_WEIGHT = 0.7
_KINDS = {dns.rdatatype.MX: "mx", dns.rdatatype.NS: "ns", dns.rdatatype.CNAME: "cname"}
_CERTIFICATE_KEYS = ("certificate", "certificates", "chain")
_MOST_CERTIFICATES = 16

Row = dict[str, object]


@dataclass(frozen=True)
class Found:
    """A name that something mentions: how (certificate, mx, ns, spf, cname, redirect, ct), and where."""

    name: str
    origin: str
    source: str


class Discovery:
    """Gathers names as answers pass; the first mention of each is kept."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._suffixes = PublicSuffixList()
        self._ours = {self._suffixes.privatesuffix(each.name) for each in scope.perimeter.names} - {None}
        self._found: dict[str, Found] = {}
        self._large: dict[str, str] = {}
        self._left_out = 0

    def learn(self, observation: Observation) -> None:
        """Read the names one answer mentions."""
        if observation.probe == DNS_PROBE:
            self._learn_dns(observation)
            return
        host = observation.endpoint.name or observation.endpoint.address
        source = f"{host}:{observation.endpoint.port}"
        target = redirected_to(observation.received)
        if target is not None:
            self.mention(target, "redirect", source)
        for der in _certificates(observation):
            names = certificate_names(der)
            if len(names) > MOST_NAMES:
                self._large[source] = "certificate"
            for name in names[:MOST_NAMES]:
                self.mention(name, "certificate", source)

    def _learn_dns(self, observation: Observation) -> None:
        answer = answer_of(observation)
        if answer is None:
            return
        for group in answer.answer[:64]:
            source = group.name.to_text(omit_final_dot=True)
            for record in list(group)[:64]:
                if group.rdtype in _KINDS:
                    target = getattr(record, "exchange", None) or record.target
                    self.mention(target.to_text(omit_final_dot=True), _KINDS[group.rdtype], source)
                elif group.rdtype == dns.rdatatype.TXT:
                    for name in spf_names(b"".join(record.strings).decode("latin-1")):
                        self.mention(name, "spf", source)

    def mention(self, text: str, origin: str, source: str) -> None:
        """Note a name, unless it is declared already, or too many were found."""
        name = plain_name(text)
        if name is None or name in self._found or self._scope.declared(name) is not None:
            return
        if len(self._found) >= MOST_FOUND:
            self._left_out += 1
            return
        self._found[name] = Found(name, origin, source)

    def found(self) -> tuple[Found, ...]:
        """Return what is to declare, by name."""
        return tuple(self._found[name] for name in sorted(self._found))

    def distance(self, name: str) -> int:
        """Return 1 for a name of a domain of ours, 2 for another's."""
        return 1 if self._suffixes.privatesuffix(name) in self._ours else 2

    def assets(self) -> Iterator[Row]:
        """Yield what is to declare, as rows of the snapshot."""
        for each in self.found():
            row: Row = {"name": each.name, "address": "", "distance": self.distance(each.name)}
            yield row | {"origin": each.origin, "source": each.source, "weight": _WEIGHT, "role": ""}

    def gaps(self) -> Iterator[Row]:
        """Yield what was cut short, as rows of the snapshot."""
        for source in sorted(self._large):
            yield {
                "topic": "discovery",
                "subject": source,
                "fr": f"certificat à plus de {MOST_NAMES} noms : les premiers seuls ont été lus",
                "en": f"certificate with more than {MOST_NAMES} names: only the first were read",
            }
        if self._left_out:
            yield {
                "topic": "discovery",
                "subject": "à déclarer",
                "fr": f"{self._left_out} noms de plus que {MOST_FOUND} n'ont pas été gardés",
                "en": f"{self._left_out} names beyond {MOST_FOUND} were not kept",
            }


def _certificates(observation: Observation) -> Iterator[bytes]:
    """Yield the certificates an observation holds: in its bytes, or in base64 in its detail."""
    for rank, der in enumerate(certificates_in(observation.received)):
        if rank < _MOST_CERTIFICATES:
            yield der
    for key in _CERTIFICATE_KEYS:
        value = observation.detail.get(key)
        for text in (value if isinstance(value, list) else [value])[:_MOST_CERTIFICATES]:
            if isinstance(text, str):
                try:
                    yield base64.b64decode(text, validate=True)
                except binascii.Error:
                    continue  # a fingerprint or a PEM text: not what we look for
