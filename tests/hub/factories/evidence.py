"""Short ways to write the facts a rule looks at."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from rempart.hub.funding.rules.evidence import Evidence, Judgement, Measure, Outside, Piece
from rempart.hub.funding.rules.words import PARIS

_ids = count(1)


def noon(day: date) -> datetime:
    """Noon in Paris, that day."""
    return datetime.combine(day, time(12), PARIS)


def piece(nature: str = "doc", dated: date | None = None, *members: str, **more) -> Piece:
    """A document, openable."""
    return Piece(next(_ids), nature, dated, members=frozenset(members), **more)


def measure(day: date, level: int = 3, *members: str, engine: str = "directory", at_most: bool = False) -> Measure:
    """A verified attestation."""
    return Measure(next(_ids), engine, level, at_most, noon(day), frozenset(members))


def outside(day: date, level: int = 3, *, service: str = "ads", document: bool = True) -> Outside:
    """A result typed in by hand."""
    return Outside(next(_ids), service, level, day, has_document=document)


def judged(*, met: bool = True) -> Judgement:
    """An instructor's decision."""
    return Judgement(met, datetime(2026, 6, 1, tzinfo=UTC), "Lu.")


def evidence(*facts, at: date, declared: date | None = None, submitted: date | None = None, **more) -> Evidence:
    """All that is known; `facts` are pieces, measures, outside results and a judgement, in any order."""
    return Evidence(
        at=noon(at),
        declared_at=noon(declared) if declared else None,
        submitted_at=noon(submitted) if submitted else None,
        pieces=tuple(fact for fact in facts if isinstance(fact, Piece)),
        measures=tuple(fact for fact in facts if isinstance(fact, Measure)),
        outside=tuple(fact for fact in facts if isinstance(fact, Outside)),
        judgement=next((fact for fact in facts if isinstance(fact, Judgement)), None),
        **more,
    )


def shares(**parts: int) -> dict[str, Decimal]:
    """Shares of activity, given in percent."""
    return {member: Decimal(part) / 100 for member, part in parts.items()}


def days_after(day: date, *numbers: int) -> list[date]:
    """The days that come so many days after `day`."""
    return [day + timedelta(days=number) for number in numbers]


def plain(text: str) -> str:
    """A French sentence with ordinary spaces, as a test writes it."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
