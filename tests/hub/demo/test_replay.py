"""The replay, on the real tables: the published figures come out of the rows."""

import re
from datetime import UTC, datetime

import pytest
from django.db.models import Sum

from rempart.directory import commands as directory
from rempart.exposure import commands as exposure
from rempart.hub.accounts.roles import Role
from rempart.hub.demo import valmont
from rempart.hub.demo.replay import replay
from rempart.hub.funding.applications.models import Application, Event
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import TABLE
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.funding.proofs.models import Deposit
from tests.hub.factories.accounts import sign_in

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
CLOSED = datetime(2024, 4, 19, 23, 59, 59, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):  # noqa: ARG001 — the database must be there
    with django_db_blocker.unblock():
        from django.db import transaction  # noqa: PLC0415 — only inside the opened database

        with transaction.atomic():
            point = transaction.savepoint()
            yield replay(AT)
            transaction.savepoint_rollback(point)


def test_the_published_figures_come_out_of_the_rows(made):
    files = Application.objects.filter(call=made.call)
    assert files.count() == 1207
    early = Event.objects.filter(application__call=made.call, action="validate", at__lte=CLOSED)
    assert early.values("application").distinct().count() == 733
    assert balances(made.call).committed == 6_427_624_200
    assert balances(made.call).envelope == 6_500_000_000
    assert made.call.ceilings.count() == 1433
    assert files.filter(validated_at__isnull=False).aggregate(total=Sum("ceiling_cents"))["total"] == 6_427_624_200


def test_the_dashboard_shows_the_published_figures(made, client):
    sign_in(client, made.people[Role.DNS_PILOT])
    page = client.get("/pilotage/D1-REJEU/", headers={"accept-language": "fr"}).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u202f", " ").replace("\xa0", " ").split())
    for sentence in (
        "Candidats éligibles 1 433 100 %",
        "Dossiers déposés 1 207 84,2 %",
        "Déjà validés par les ARS 733",
        "Enveloppe de l’appel 65 000 000,00 €",
        "Engagé en tout depuis l’ouverture 64 276 242,00 €",
        "GHT 134 134 100 %",
        "Établissement public hors GHT 21 18 85,7 %",
        "Privé à but non lucratif 411 292 71 %",
        "Privé à but lucratif 867 763 88 %",
    ):
        assert sentence.lower() in text.lower()


def test_every_move_is_of_the_table_by_somebody_of_its_role(made):
    rows = {(row.action, source, row.target): row for row in TABLE for source in row.sources}
    events = Event.objects.filter(application__call=made.call).select_related("actor")
    held = {}
    for event in events.prefetch_related("actor__memberships"):
        row = rows[event.action, State(event.source), State(event.target)]
        roles = held.setdefault(event.actor_id, {Role(m.role) for m in event.actor.memberships.all()})
        assert roles & row.who


def test_everything_simulated_is_said_so(made):
    assert made.call.simulated
    names = {file.applicant.name for file in Application.objects.select_related("ght", "legal_entity")}
    assert all("(fict" in name for name in names)


def test_the_demonstration_hospital_goes_from_a_measure_too_low_to_its_payment(made, tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    reports = valmont.Measurements(*directory.demonstration(), *exposure.demonstration())
    assert [report.level.at_most for report in exposure.demonstration()] == [False, False]
    valmont.tell(made.valmont, made.people, reports, tmp_path / "valmont.key")
    file = Application.objects.get(pk=made.valmont.pk)
    assert file.state == State.PAID
    levels = Deposit.objects.filter(application=file).order_by("deposited_at").values_list("level", flat=True)
    assert list(levels) == [1, 3, 3, 3]
    totals = balances(made.call)
    assert totals.paid == file.eligible_cost_cents
    assert totals.paid < file.ceiling_cents
    assert totals.available + totals.committed + totals.paid == totals.envelope
