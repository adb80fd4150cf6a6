"""A whole SPF policy, with the records it includes: what receivers count and refuse (RFC 7208, sections 4.6.4 and 5).

Nobody sends a message here: every branch is walked, as a receiver does for the message that none of them lets pass.
"""

from dataclasses import dataclass, field

from rempart.exposure.protocols.dns.answers import ABSENT, Answer, Answers, State, canonical, texts
from rempart.exposure.protocols.mail.spf_record import Network, Problem, Record, Term, is_spf, parse

LOOKUPS, VOIDS, ADDRESSES = 10, 2, 10
"""What RFC 7208 allows: terms that cost a query, those without an answer, names of one `mx`."""
_STOP = 30
"""Queries after which the walk ends: the policy is wrong long before."""
_DEEPEST = 20
_WIDE4, _WIDE6 = 9, 17
"""A prefix shorter than /9 (8 million addresses) or /17 lets half the internet in."""


@dataclass
class Policy:
    """What the tree says. With a problem, receivers answer "permerror".

    `unknown` names what gave no answer: the counts may then be higher. `final` is the qualifier of what nothing else
    matched ("+", "-", "~", "?"; "" when the record says nothing, which means "?"). `open_by` is what lets anybody pass.
    """

    record: str = ""
    lookups: int = 0
    voids: int = 0
    final: str = ""
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)
    open_by: list[str] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)

    @property
    def sends_nothing(self) -> bool:
        """Whether the domain says that no server sends in its name."""
        return self.record.lower().split() == ["v=spf1", "-all"]


def records_of(answer: Answer) -> list[str]:
    """Return the SPF records among the TXT records of a name."""
    return [text for text in texts(answer) if is_spf(text)]


def evaluate(domain: str, answers: Answers) -> Policy:
    """Return the policy of a domain; without a record it is empty, unless `unknown` says that nobody answered."""
    walk = _Walk(answers)
    answer = answers.get(domain, "TXT")
    records = records_of(answer)
    walk.policy.record = records[0] if records else ""
    if answer.state is State.UNKNOWN:
        walk.policy.unknown.append(domain)
    elif records:
        walk.policy.final, _ = walk.visit(domain, (), records)
    policy = walk.policy
    if policy.lookups > LOOKUPS:
        policy.problems.append(Problem("spf.too_many_lookups", f"{policy.lookups}/{LOOKUPS}"))
    if policy.voids > VOIDS:
        policy.problems.append(Problem("spf.too_many_voids", f"{policy.voids}/{VOIDS}"))
    policy.open_by = list(dict.fromkeys(policy.open_by))
    return policy


class _Walk:
    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.policy = Policy()

    def visit(self, domain: str, above: tuple[str, ...], records: list[str]) -> tuple[str, bool]:
        """Read the record of one domain; return its final qualifier and whether it lets anybody pass."""
        if len(records) > 1:
            self._wrong("spf.several_records", domain)
            return "", False
        record = parse(records[0])
        self.policy.problems += record.problems
        wide = False
        for term in record.terms:
            if term.name == "all":
                break
            wide |= self._term(term, domain, (*above, domain))
        return self._end(record, domain, (*above, domain), wide=wide)

    def _end(self, record: Record, domain: str, path: tuple[str, ...], *, wide: bool) -> tuple[str, bool]:
        """Read what applies when no mechanism matched: `all`, else the record that `redirect` names."""
        last, redirect = record.first("all"), record.first("redirect=")
        if last is not None:
            if last.qualifier == "+":
                self.policy.open_by.append(f"{last.text} ({domain})")
            return last.qualifier, wide or last.qualifier == "+"
        if redirect is None:
            return "", wide
        self.policy.lookups += 1
        final, opened = self._follow(redirect, path)
        return final, wide or opened

    def _term(self, term: Term, domain: str, path: tuple[str, ...]) -> bool:
        """Count one mechanism; return whether it lets anybody pass."""
        if term.network is not None:
            self.policy.networks.append(term.network)
        wide = term.qualifier == "+" and _is_wide(term)
        if wide:
            self.policy.open_by.append(f"{term.text} ({domain})")
        if term.name in {"include", "a", "mx", "ptr", "exists"}:
            self.policy.lookups += 1
            if self.policy.lookups <= _STOP:
                wide |= self._ask(term, domain, path)
        return wide

    def _ask(self, term: Term, domain: str, path: tuple[str, ...]) -> bool:
        if term.name == "include":
            _, opened = self._follow(term, path)
            return opened and term.qualifier == "+"
        if term.name == "ptr":
            self.policy.pointers.append(f"{term.text} ({domain})")
        elif not term.has_macro:
            self._resolve(term, term.domain or domain)
        return False

    def _follow(self, term: Term, path: tuple[str, ...]) -> tuple[str, bool]:
        """Read the record that `include` or `redirect` names."""
        if term.has_macro or self.policy.lookups > _STOP:
            return "", False
        target = canonical_or_same(term.domain)
        self.policy.includes.append(target)
        if target in path or len(path) > _DEEPEST:
            self._wrong("spf.loop", term.text)
            return "", False
        answer = self.answers.get(target, "TXT")
        if answer.state is State.UNKNOWN:
            self.policy.unknown.append(target)
            return "", False
        if answer.state in ABSENT:
            self.policy.voids += 1
        records = records_of(answer)
        if not records:
            self._wrong("spf.nothing_included", term.text)
            return "", False
        opened_before = len(self.policy.open_by)
        final, opened = self.visit(target, path, records)
        if not opened:  # an `all` that no `include` can reach opens nothing
            del self.policy.open_by[opened_before:]
        return final, opened

    def _resolve(self, term: Term, name: str) -> None:
        """Count an `a`, `mx` or `exists` that has no answer, and an `mx` that has too many."""
        answer = self.answers.get(name, "MX" if term.name == "mx" else "A")
        states = [answer.state]
        if term.name == "a" and answer.state in ABSENT:
            states.append(self.answers.get(name, "AAAA").state)
        if State.UNKNOWN in states:
            self.policy.unknown.append(name)
        elif all(state in ABSENT for state in states):
            self.policy.voids += 1
        if term.name == "mx" and len(answer.records) > ADDRESSES:
            self._wrong("spf.too_many_mx", f"{term.text} ({len(answer.records)}/{ADDRESSES})")

    def _wrong(self, code: str, where: str) -> None:
        self.policy.problems.append(Problem(code, where))


def canonical_or_same(name: str) -> str:
    """Return the name as it is compared, or as it stands when DNS does not allow it."""
    try:
        return canonical(name)
    except ValueError:
        return name.lower()


def _is_wide(term: Term) -> bool:
    if term.network is not None:
        return term.network.prefixlen < (_WIDE4 if term.network.version == 4 else _WIDE6)  # noqa: PLR2004 — IPv4
    return term.widest is not None and term.widest < _WIDE4
