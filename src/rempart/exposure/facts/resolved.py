"""What resolvers and name servers said, made ready for the readings of mail and DNS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rempart.exposure.facts import asked
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import Answer, Answers, State, canonical, read_answer
from rempart.exposure.protocols.dns.names import registrable
from rempart.exposure.snapshot import Outcome, Snapshot

QUERY = "dns.query"
DIRECT = " direct"
"""End of the label of a question that was asked of the server that holds the zone."""

TEXTS = pl.List(pl.String())


@dataclass
class Resolved:
    """The answers of the resolvers; `unreadable` are the labels of answers that were no DNS message."""

    answers: Answers = field(default_factory=Answers)
    unreadable: list[str] = field(default_factory=list)


class _Last:
    """The snapshot read last: ten frames are made from the same answers."""

    observations: pl.DataFrame | None = None
    resolved = Resolved()


def resolved(snapshot: Snapshot) -> Resolved:
    """Return the answers of a snapshot's resolvers."""
    if _Last.observations is not snapshot.observations:
        _Last.resolved = _read(snapshot)
        _Last.observations = snapshot.observations
    return _Last.resolved


def _read(snapshot: Snapshot) -> Resolved:
    made = Resolved()
    rows = asked(snapshot, QUERY).filter(~pl.col("question").str.ends_with(DIRECT))
    for row in rows.select("question", "outcome", "sent", "received", "at").iter_rows(named=True):
        if row["outcome"] != Outcome.ANSWERED:
            continue
        try:
            made.answers.add(*read_answer(row["sent"] or b"", row["received"], row["at"]))
        except Malformed:
            made.unreadable.append(row["question"])
    return made


def domains(snapshot: Snapshot) -> list[str]:
    """Return the declared names, as DNS compares them."""
    names = snapshot.assets.filter(pl.col("distance") == 0, pl.col("name") != "")["name"].unique().sort()
    return [canonical(name) for name in names if _is_name(name)]


def _is_name(name: str) -> bool:
    try:
        canonical(name)
    except Malformed:
        return False
    return True


def is_mail_domain(name: str, answers: Answers) -> bool:
    """Tell whether a name is judged for mail: registered as such, or one that receives mail.

    A mere host (`www`) or alias is not: nobody writes SPF for each of them, and DMARC covers it from above.
    """
    answer = answers.get(name, "MX")
    return name == registrable(name) or (not answer.aliases and mail_hosts(answer) != ())


def mail_hosts(answer: Answer) -> tuple[str, ...]:
    """Return the mail servers of an MX answer, the preferred one first; "." alone (RFC 7505) is none."""
    found = sorted((one.preference, canonical(one.exchange.to_text())) for one in answer.records)  # type: ignore[attr-defined]
    return tuple(dict.fromkeys(host for _, host in found if host != "."))


def state_of(answer: Answer, *, there: bool) -> str:
    """Return present, absent or unknown, for records that are one kind among the TXT of a name."""
    if there:
        return "present"
    return "unknown" if answer.state is State.UNKNOWN else "absent"


def frame(rows: Sequence[Mapping[str, object]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return the frame of some rows; columns that a row lacks are null."""
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")
