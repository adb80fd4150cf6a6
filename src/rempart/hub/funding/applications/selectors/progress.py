"""How far each member of a perimeter has come: who they are, what they weigh, what is proven. Proofs fill the last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rempart.hub.funding.applications.models import Application


@dataclass(frozen=True, slots=True)
class MemberProgress:
    """A member of the perimeter: a legal entity of the GHT, or a site of the entity.

    `share` is its part of the applicant's combined activity, None when the activity of one member is not known.
    `outcomes` gives by requirement what the proofs say (the values of `rules.base.Outcome`).
    """

    finess: str
    name: str
    share: Decimal | None
    outcomes: Mapping[str, str] = field(default_factory=dict)

    @property
    def met(self) -> int:
        """How many requirements are met."""
        return sum(outcome == "met" for outcome in self.outcomes.values())


def members(application: Application, outcomes: Mapping[str, Mapping[str, str]] | None = None) -> list[MemberProgress]:
    """Return the members of a file's frozen perimeter, the heaviest first. One query.

    `outcomes` gives, by FINESS then by requirement, what the proofs say: this room does not know proofs.
    """
    entries = list(application.perimeter.select_related("legal_entity", "site"))
    known = [entry.combined for entry in entries if entry.combined is not None]
    total = sum(known, Decimal(0))
    complete = len(known) == len(entries) and total > 0
    found = []
    for entry in entries:
        structure = entry.legal_entity or entry.site
        if structure is None:  # pragma: no cover — the database refuses it
            continue
        share = entry.combined / total if complete and entry.combined is not None else None
        found.append(MemberProgress(structure.pk, structure.name, share, (outcomes or {}).get(structure.pk, {})))
    return sorted(found, key=lambda member: (-(member.share or 0), member.name))
