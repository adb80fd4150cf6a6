"""Answers gathered from resolvers. Who reads them asks for what is not there yet, and so says what is still wanted.

The same functions judge a domain and, while it is being measured, tell which question comes next: what they `get` and
is not there is noted in `Answers.wanted`. A survey asks that, and reads again, until nothing new is wanted.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset

from rempart.exposure.protocols import Malformed

MOST_ALIASES = 16
_AGREEING = 2
"""Negative answers it takes to call a record absent (a resolver in trouble may lie once)."""


class State(StrEnum):
    """What is known of a name and type."""

    PRESENT = "present"
    NODATA = "nodata"  # the name exists, not this type
    NXDOMAIN = "nxdomain"
    UNKNOWN = "unknown"  # time-out, failure, or never asked: no absence


ABSENT = frozenset({State.NODATA, State.NXDOMAIN})


@dataclass(frozen=True, slots=True)
class Asked:
    """A canonical name (lower case, no final dot; "." for the root) and a type of record."""

    name: str
    rdtype: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a question.

    `records` are those of the type asked, at the end of the `aliases` (CNAME targets, in order). `rrsets` are the whole
    answer section, signatures included. `rcode` is the server's word, "" when none came.
    """

    state: State
    records: tuple[dns.rdata.Rdata, ...] = ()
    aliases: tuple[str, ...] = ()
    rrsets: tuple[dns.rrset.RRset, ...] = ()
    rcode: str = ""
    at: datetime | None = None

    @property
    def signed(self) -> bool:
        """Whether signatures came along."""
        return any(rrset.rdtype == dns.rdatatype.RRSIG for rrset in self.rrsets)


_NOTHING = Answer(State.UNKNOWN)


@dataclass
class Answers:
    """Answers by question, several tries of one question together."""

    wanted: dict[Asked, None] = field(default_factory=dict)
    _tries: dict[Asked, list[Answer]] = field(default_factory=dict)

    def add(self, asked: Asked, answer: Answer) -> None:
        """Add one try."""
        self._tries.setdefault(asked, []).append(answer)

    def get(self, name: str, rdtype: str, agreeing: int = _AGREEING) -> Answer:
        """Return what is known: a record wins, an absence is said by `agreeing` answers, all else is unknown.

        A name that DNS does not allow exists nowhere.
        """
        try:
            asked = Asked(canonical(name), rdtype)
        except Malformed:
            return Answer(State.NXDOMAIN, rcode="malformed")
        tries = self._tries.get(asked)
        if tries is None:
            self.wanted[asked] = None
            return _NOTHING
        present = [answer for answer in tries if answer.state is State.PRESENT]
        if present:
            return next((answer for answer in present if answer.signed), present[0])
        absent = [answer for answer in tries if answer.state in ABSENT]
        return absent[-1] if len(absent) >= agreeing else Answer(State.UNKNOWN, rcode=tries[-1].rcode)

    def questions(self) -> tuple[Asked, ...]:
        """Return every question that was tried."""
        return tuple(self._tries)


def canonical(name: str) -> str:
    """Return the name as it is compared: lower case, IDNA-encoded, no final dot.

    Raises:
        Malformed: DNS does not allow such a name.

    """
    try:
        parsed = dns.name.from_text(name)
    except (dns.exception.DNSException, UnicodeError, ValueError) as error:
        raise Malformed(f"not a domain name: {name[:80]!r}") from error
    return text_of(parsed)


def text_of(name: dns.name.Name) -> str:
    """Return a name of a message as it is compared."""
    return name.to_text(omit_final_dot=True).lower()


def parse_message(data: bytes) -> dns.message.Message:
    """Return the message, without believing any length in it.

    Raises:
        Malformed: not a DNS message.

    """
    try:
        return dns.message.from_wire(data, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError, IndexError, NotImplementedError) as error:
        raise Malformed("not a DNS message") from error


def question_of(message: dns.message.Message) -> Asked:
    """Return what a message asks.

    Raises:
        Malformed: not exactly one question.

    """
    if len(message.question) != 1:
        raise Malformed("not exactly one question")
    return Asked(text_of(message.question[0].name), dns.rdatatype.to_text(message.question[0].rdtype))


def read_answer(query: bytes, received: bytes, at: datetime) -> tuple[Asked, Answer]:
    """Return the question and what the answer says of it; without a query, the answer's own question is believed.

    Raises:
        Malformed: one of both is no DNS message, or the answer is to another question.

    """
    answer = parse_message(received)
    asking = parse_message(query) if query else answer
    asked = question_of(asking)
    rcode = dns.rcode.to_text(answer.rcode())
    if answer.id != asking.id or not answer.flags & dns.flags.QR or (answer.question and question_of(answer) != asked):
        raise Malformed("an answer to another question")
    if answer.flags & dns.flags.TC or rcode not in {"NOERROR", "NXDOMAIN"}:
        return asked, Answer(State.UNKNOWN, rcode="TRUNCATED" if answer.flags & dns.flags.TC else rcode, at=at)
    aliases, records = _chain(asked, answer.answer)
    negative = State.NXDOMAIN if rcode == "NXDOMAIN" else State.NODATA
    return asked, Answer(State.PRESENT if records else negative, records, aliases, tuple(answer.answer), rcode, at)


def _chain(asked: Asked, section: list[dns.rrset.RRset]) -> tuple[tuple[str, ...], tuple[dns.rdata.Rdata, ...]]:
    """Follow the CNAMEs of an answer section from the name asked; a loop ends it."""
    rdtype = dns.rdatatype.from_text(asked.rdtype)
    held = {(text_of(rrset.name), rrset.rdtype): rrset for rrset in section}
    name, aliases = asked.name, list[str]()
    while (name, rdtype) not in held and len(aliases) < MOST_ALIASES:
        alias = held.get((name, dns.rdatatype.CNAME))
        if alias is None or (target := text_of(alias[0].target)) in {asked.name, *aliases}:
            break
        name = target
        aliases.append(name)
    found = held.get((name, rdtype))
    return tuple(aliases), tuple(found) if found else ()


def texts(answer: Answer) -> list[str]:
    """Return the TXT records, the strings of each joined; bytes outside ASCII stay one character each."""
    return sorted(b"".join(record.strings).decode("latin-1") for record in answer.records if hasattr(record, "strings"))
