"""CAA (RFC 8659): which authorities may issue a certificate for a name."""

from dataclasses import dataclass

from dns.rdtypes.ANY.CAA import CAA

from rempart.exposure.protocols.dns.answers import ABSENT, Answers, State
from rempart.exposure.protocols.dns.names import parents

_KNOWN = frozenset({"issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"})
_CRITICAL = 0x80


@dataclass(frozen=True)
class Caa:
    """The relevant set of a name: where it was found ("" for nowhere), and what it says.

    `known` is False when a name on the way up gave no answer. `stopping` are critical properties nobody knows: an
    authority that meets one must not issue.
    """

    known: bool
    found_at: str = ""
    issuers: tuple[str, ...] = ()
    wildcard_issuers: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    stopping: tuple[str, ...] = ()


def relevant(name: str, answers: Answers) -> Caa:
    """Climb from the name to the first that has CAA records (RFC 8659, section 3); the root is not asked."""
    for place in parents(name):
        answer = answers.get(place, "CAA")
        if answer.state is State.PRESENT:
            return _read(place, [(one.flags, one.tag, one.value) for one in answer.records if isinstance(one, CAA)])
        if answer.state not in ABSENT:
            return Caa(known=False)
    return Caa(known=True)


def _read(place: str, properties: list[tuple[int, bytes, bytes]]) -> Caa:
    said: dict[str, list[str]] = {}
    stopping = []
    for flags, tag, value in sorted(properties):
        name = tag.decode("latin-1").lower()
        said.setdefault(name, []).append(value.decode("latin-1"))
        if flags & _CRITICAL and name not in _KNOWN:
            stopping.append(name)
    return Caa(
        known=True,
        found_at=place,
        issuers=_authorities(said.get("issue", [])),
        wildcard_issuers=_authorities(said.get("issuewild", [])),
        contacts=tuple(said.get("iodef", [])),
        stopping=tuple(stopping),
    )


def _authorities(values: list[str]) -> tuple[str, ...]:
    """Return the domain of each authority; ";" (nobody) gives an empty one."""
    return tuple(value.partition(";")[0].strip().lower() for value in values)
