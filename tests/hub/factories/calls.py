"""Calls made from data: `call()`, `version(call, envelope_cents=...)`, `ceiling(call, applicant)`."""

from datetime import UTC, datetime
from itertools import count

from rempart.hub.funding.calls import catalogue
from rempart.hub.funding.calls.definition import digest_of
from rempart.hub.funding.calls.models import Call, CallVersion, Ceiling
from rempart.hub.funding.calls.services import load_call, publish
from rempart.hub.territory.models import Ght, LegalEntity

_numbers = count(1)
AT = datetime(2026, 1, 5, 10, tzinfo=UTC)

MINIMAL = """\
code = "{code}"
legal_text = "Arrêté fictif"
kinds = ["ght", "public", "nonprofit", "forprofit"]
{more}
[title]
fr = "{title}"
en = "Fictional call"
[summary]
fr = "Un appel fictif."
en = "A fictional call."
[eligibility]
fr = "Tous."
en = "Everyone."
[[windows]]
stage = "application"
opens_on = 2026-01-01
closes_on = 2026-02-28
[[windows]]
stage = "declaration"
opens_on = 2026-03-01
closes_on = 2026-12-31
[[natures]]
code = "preuve"
label.fr = "Preuve"
label.en = "Proof"
[[objectives]]
code = "O1"
title.fr = "Premier objectif"
title.en = "First objective"
target.fr = "{target}"
target.en = "Be true."
rule = {rule}
{objectives}
"""


def content(  # noqa: PLR0913 — each argument is one thing a test may fix
    code: str = "",
    *,
    title: str = "Appel fictif",
    target: str = "Être vrai.",
    rule: str = '{ kind = "human" }',
    more: str = "",
    objectives: str = "",
) -> str:
    """Return the TOML of a small call; `more` adds lines at its top, `objectives` at its end."""
    code = code or f"F{next(_numbers)}-2026"
    return MINIMAL.format(code=code, title=title, target=target, rule=rule, more=more, objectives=objectives)


def call(text: str = "", *, simulated: bool = False, published: bool = True) -> Call:
    """Return a call loaded from a definition."""
    made = load_call(text or content(), by=None, at=AT, simulated=simulated)
    return publish(made, by=None, at=AT).call if published else made.call


def version(of: Call, text: str, *, number: int | None = None, published: bool = True) -> CallVersion:
    """Return one more version of a call."""
    last = of.versions.order_by("-number").first()
    return CallVersion.objects.create(
        call=of,
        number=number or (last.number if last else 0) + 1,
        content=text,
        digest=digest_of(text),
        created_at=AT,
        published_at=AT if published else None,
    )


def ceiling(of: Call, applicant: Ght | LegalEntity, cents: int = 5_325_289) -> Ceiling:
    """Return the published ceiling of an applicant."""
    side = "ght" if isinstance(applicant, Ght) else "legal_entity"
    return Ceiling.objects.create(call=of, cents=cents, source="liste fictive", **{side: applicant})


def shipped(code: str = "D1-2024") -> Call:
    """Return a shipped call, published."""
    return call(catalogue.read(code))
