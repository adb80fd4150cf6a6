"""Where the DMARC policy of a name stands: the tree walk of RFC 9989 (section 4.10), which needs no suffix list."""

from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import Answer, Answers, State, texts
from rempart.exposure.protocols.dns.names import parents
from rempart.exposure.protocols.mail.dmarc import Record, is_dmarc, parse

_LABELS = 7
"""A longer name is asked once, then its last seven labels: eight queries at most."""


@dataclass(frozen=True)
class Found:
    """The policy that applies to a name.

    `where` is the name that holds it ("" for none), `text` the record as it stands, `several` that the name itself has
    more than one (all are then ignored). `known` is False when a name on the way gave no answer and none was found
    before it. `organizational` is the domain whose mail counts as one.
    """

    known: bool
    organizational: str
    where: str = ""
    text: str = ""
    record: Record | None = None
    several: bool = False

    def asks(self, name: str) -> str:
        """What receivers are asked to do with forged mail from `name`: none, quarantine or reject."""
        if self.record is None or self.record.testing:
            return "none"
        return self.record.policy if self.where == name else self.record.subdomains


def path(name: str) -> list[str]:
    """Return the names that are asked, the longest first."""
    names = parents(name)
    return names if len(names) <= _LABELS else [names[0], *names[-_LABELS:]]


def discover(name: str, answers: Answers) -> Found:
    """Walk up from a name until a record says where to stop, or to the top."""
    held: dict[str, tuple[str, Record]] = {}
    known, several = True, False
    steps = path(name)
    for step in steps:
        answer = answers.get(f"_dmarc.{step}", "TXT")
        known &= answer.state is not State.UNKNOWN
        one, more = _only(answer)
        several |= more and step == name
        if one is None:
            continue
        held[step] = one
        if one[1].psd == "n" or (one[1].psd == "y" and step != name):
            break
    organizational = _organizational(name, steps, held)
    where = next((place for place in (name, organizational, *held) if place in held), "")
    text, record = held.get(where, ("", None))
    return Found(known or where == name, organizational, where, text, record, several)


def _only(answer: Answer) -> tuple[tuple[str, Record] | None, bool]:
    """Return the record of a name when it has exactly one, and whether it has several."""
    found = [text for text in texts(answer) if is_dmarc(text)]
    if len(found) != 1:
        return None, len(found) > 1
    try:
        return (found[0], parse(found[0])), False
    except Malformed:
        return None, False


def _organizational(name: str, steps: list[str], held: dict[str, tuple[str, Record]]) -> str:
    """Choose among the records found (section 4.10.2)."""
    for step, (_, record) in held.items():
        if record.psd == "n":
            return step
        if record.psd == "y" and step != name:
            return steps[max(steps.index(step) - 1, 0)]
    return list(held)[-1] if held else name
