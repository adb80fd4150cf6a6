"""Files in any state, for what reads them: queues, exports, the API. They are put there, not walked there."""

from datetime import UTC, datetime, timedelta
from itertools import count

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.definition import digest_of
from rempart.hub.funding.calls.models import Call, CallVersion
from rempart.hub.territory.models import LegalEntity, Region
from tests.hub.factories.accounts import a_region, an_entity

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_numbers = count(1)

CALL = """
code = "{code}"
legal_text = "texte fictif"
kinds = ["ght", "public", "nonprofit", "forprofit"]
envelope_cents = 100000000
windows = [{{stage = "application"}}]
[title]
fr = "Appel fictif"
en = "Fictional call"
[summary]
fr = "Un appel pour les tests."
en = "A call for tests."
[eligibility]
fr = "Tous."
en = "All."
[[prerequisites]]
code = "T.P1"
title = {{fr = "Politique de sécurité", en = "Security policy"}}
target = {{fr = "Une politique signée.", en = "A signed policy."}}
rule = {{kind = "human"}}
[[objectives]]
code = "T.O1"
title = {{fr = "Annuaire au niveau 3", en = "Directory at level 3"}}
target = {{fr = "Le niveau 3 est atteint.", en = "Level 3 is reached."}}
rule = {{kind = "human"}}
"""


def a_call(code: str = "T-2026", **fields) -> Call:
    """A published call of one prerequisite and one objective, both judged by a person."""
    call, made = Call.objects.get_or_create(code=code, defaults={"title": f"Appel fictif {code}", **fields})
    if made:
        content = CALL.format(code=code)
        CallVersion.objects.create(
            call=call, number=1, content=content, digest=digest_of(content), created_at=AT, published_at=AT
        )
    return call


def a_file(
    state: State = State.ARS_REVIEW,
    *,
    region: Region | None = None,
    entity: LegalEntity | None = None,
    call: Call | None = None,
    **fields,
) -> Application:
    """A file of a new entity of `region`, with the dates and amounts its state asks."""
    region = region or a_region()
    entity = entity or an_entity(region)
    call = call or a_call()
    number = next(_numbers)
    dates = {} if state is State.DRAFT else {"submitted_at": AT, "ceiling_cents": 1_000_000}
    later = {State.PAYMENT_REQUESTED, State.PAID, State.CONTROLLED, State.RECOVERY, State.CLOSED}
    if state in {State.VALIDATED, State.OPERATIONAL, State.DECLARED, State.ARS_CHECK, State.ANS_REVIEW} | later:
        dates |= {"validated_at": AT + timedelta(days=1)}
    if state in later:
        dates |= {"payment_requested_at": AT + timedelta(days=90), "eligible_cost_cents": 900_000}
    if state in later - {State.PAYMENT_REQUESTED}:
        dates |= {"paid_at": AT + timedelta(days=100)}
    return Application.objects.create(
        number=f"{call.code}-{region.code}-{number:05d}",
        call=call,
        version=call.versions.order_by("number").last(),
        legal_entity=entity,
        kind="public",
        region=region,
        state=state,
        state_since=AT,
        created_at=AT,
        **{**dates, **fields},
    )
