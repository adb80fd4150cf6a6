"""Every TLS hello with what it got, read once from the kept bytes: what the frames of `facts.tls` are made of."""

import json
import weakref
from dataclasses import dataclass, replace
from itertools import groupby

from rempart.exposure.facts import ENDPOINT, asked
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls.answer import Answer, read_answer
from rempart.exposure.protocols.tls.hello import Hello, read_client_hello
from rempart.exposure.snapshot import Outcome, Snapshot

Key = tuple[str, int, str, str]
PROTOCOL_VERSION, INAPPROPRIATE_FALLBACK = 70, 86
OLD_FIRST = tuple(reg.VERSIONS)


@dataclass(frozen=True, slots=True)
class Heard:
    """One hello: whom, what for, what was offered, and the answer (None: nothing that can be used, unknown)."""

    endpoint: Key
    what: str
    hello: Hello
    answer: Answer | None
    reset: bool = False

    @property
    def taken(self) -> bool:
        """Whether the server chose a suite, in the version that was asked."""
        return self.answer is not None and self.answer.offered and self.answer.version == self.hello.version

    @property
    def refused(self) -> bool:
        """Whether the server said no, one way or another."""
        return self.answer is not None and not self.taken

    @property
    def version_refused(self) -> bool:
        """Whether the server refused the version, whatever the suites: it said so, or took another."""
        if self.answer is None:
            return False
        other = self.answer.offered and self.answer.version != self.hello.version
        return other or self.answer.alert == PROTOCOL_VERSION


_LAST: list[tuple["weakref.ref[Snapshot]", dict[Key, list[Heard]]]] = []


def heard(snapshot: Snapshot) -> dict[Key, list[Heard]]:
    """Return the hellos of each endpoint in the order they were asked; those of one snapshot are read once."""
    if _LAST and _LAST[0][0]() is snapshot:
        return _LAST[0][1]
    rows = [_one(row) for row in asked(snapshot, "tls.hello").iter_rows(named=True)]
    known = sorted((row for row in rows if row is not None), key=lambda row: row.endpoint)
    found = {key: _believe(list(items)) for key, items in groupby(known, key=lambda row: row.endpoint)}
    _LAST[:] = [(weakref.ref(snapshot), found)]
    return found


def endpoint_of(row: dict[str, object]) -> Key:
    """Return the endpoint of a row of observations."""
    return tuple(row[column] for column in ENDPOINT)  # type: ignore[return-value]


def detail_of(row: dict[str, object]) -> dict[str, object]:
    """Return the detail of a row of observations."""
    found = json.loads(str(row["detail"] or "{}"))
    return found if isinstance(found, dict) else {}


def clear_bytes(row: dict[str, object]) -> bytes:
    """Return the answer from the first byte of TLS on: what came before were words of STARTTLS."""
    received, start = row["received"], detail_of(row).get("tls_at", 0)
    if not isinstance(received, bytes) or not isinstance(start, int):
        return b""
    return received[start:]


def _one(row: dict[str, object]) -> Heard | None:
    """Return the hello of one observation, None when none was sent (no connection, STARTTLS refused)."""
    sent = row["sent"] if isinstance(row["sent"], bytes) else b""
    try:
        hello, start = read_client_hello(sent)
    except Malformed:
        return None
    outcome = str(row["outcome"])
    what = str(row["question"]).rpartition(f" {hello.version} ")[0] or str(row["question"])
    base = Heard(endpoint_of(row), what, hello, None, reset=outcome == Outcome.RESET)
    if outcome == Outcome.CLOSED:
        return replace(base, answer=Answer())
    if outcome != Outcome.ANSWERED and (start or not row["received"]):
        return base  # after words of STARTTLS, where TLS began is only known of an answer
    try:
        answer = read_answer(clear_bytes(row), sent[start:])
    except Malformed:
        return base
    if answer.offered and answer.suite not in hello.suites:
        return base  # it chose what nobody offered: nothing can be made of that
    said = outcome == Outcome.ANSWERED or answer.offered or answer.alert is not None
    return replace(base, answer=answer) if said else base


def _believe(items: list[Heard]) -> list[Heard]:
    """Take a reset for a refusal when the server answered another hello later: it was not hiding from us."""
    later, kept = False, []
    for item in reversed(items):
        kept.append(replace(item, answer=Answer()) if item.reset and later else item)
        later = later or (item.answer is not None and item.answer.offered)
    return kept[::-1]


def offered(items: list[Heard], version: str) -> bool | None:
    """Return whether a version is offered: None when what was asked does not tell."""
    asked_it = [item for item in items if item.hello.version == version]
    if any(item.taken for item in asked_it):
        return True
    if any(item.version_refused for item in asked_it):
        return False
    return False if not untested(items, version) else None


def untested(items: list[Heard], version: str) -> set[int]:
    """Return the suites of a version that the server neither took nor refused."""
    asked_it = [item for item in items if item.hello.version == version and item.what == "suites"]
    if any(item.version_refused for item in asked_it):
        return set()
    known = {item.answer.suite for item in asked_it if item.taken and item.answer}
    for item in asked_it:
        if item.refused:
            known |= set(item.hello.suites)
    return set(reg.suites_of(version)) - known
