import csv
import io
from datetime import UTC, datetime

import pytest

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.ledger import reconciliation, services
from rempart.hub.funding.ledger.models import Entry
from rempart.hub.territory.models import Ght, GhtMembership, GhtRole
from tests.hub.factories.ledger import AT, call, entity, file

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened():
    made = call()
    services.open_envelope(made, 1_000_00, by=None, at=AT)
    return made


def lines(opened, **named):
    return [
        dict(zip(reconciliation.COLUMNS, row, strict=True))
        for row in reconciliation.rows(opened, Entry.objects.all(), **named)
    ]


def amounts(line):
    return [line[column] for column in reconciliation.COLUMNS if column.startswith("Montant")]


def test_amounts_follow_the_postings(opened):
    waiting, paid, gone = (file(opened, 300_00, cost_cents=250_50) for _ in range(3))
    for one in (waiting, paid, gone):
        services.commit(one, by=None, at=AT)
    services.pay(paid, 250_50, by=None, at=AT)
    services.recover(paid, 50_00, by=None, at=AT, reason="contrôle")
    services.release(gone, by=None, at=AT, reason="retrait")
    found = {line["Numéro de projet"]: line for line in lines(opened)}
    assert amounts(found[waiting.number]) == ["300.00", "300.00", "0.00", "0.00"]
    assert amounts(found[paid.number]) == ["300.00", "250.50", "250.50", "200.50"]
    assert amounts(found[gone.number]) == ["0.00", "0.00", "0.00", "0.00"]
    assert found[gone.number]["Motif"] == "retrait"


def test_a_line_names_the_agency_the_beneficiary_and_the_decision(opened):
    one = file(opened, 300_00)
    services.commit(one, by=None, at=AT)
    notification = reconciliation.Notification("D9-2024-00012", "convention", datetime(2024, 7, 1, 22, 30, tzinfo=UTC))
    (line,) = lines(opened, notifications={one.pk: notification})
    assert line["ARS"] == "ARS R1"
    assert line["Identifiant bénéficiaire"] == one.legal_entity_id
    assert line["SIREN"] == one.legal_entity.siren
    assert line["Date de notification"] == "2024-07-02"
    assert line["Numéro de notification"] == "D9-2024-00012"


def test_the_money_of_a_group_goes_to_its_support_establishment(opened):
    support = entity()
    ght = Ght.objects.create(code="999", name="GHT de Valmont (fictif)", region=support.department.region)
    GhtMembership.objects.create(ght=ght, legal_entity=support, role=GhtRole.SUPPORT)
    one = file(opened, 300_00)
    Application.objects.filter(pk=one.pk).update(ght=ght, legal_entity=None, kind="ght")
    services.commit(one, by=None, at=AT)
    (line,) = lines(opened)
    assert line["Bénéficiaire"] == "GHT de Valmont (fictif)"
    assert line["Identifiant bénéficiaire"] == support.finess


def test_the_file_is_quoted_separated_by_bars_and_runs_no_formula(opened):
    one = file(opened, 300_00)
    one.legal_entity.name = '=HYPERLINK("http://x")'
    one.legal_entity.save()
    services.commit(one, by=None, at=AT)
    written = io.StringIO()
    assert reconciliation.write(written, reconciliation.rows(opened, Entry.objects.all())) == 1
    header, line = csv.reader(io.StringIO(written.getvalue()), delimiter="|")
    assert tuple(header) == reconciliation.COLUMNS
    assert dict(zip(header, line, strict=True))["Bénéficiaire"].startswith("'=")
    assert written.getvalue().startswith('"ARS"|"Code ARS"|')


def test_queries_do_not_grow_with_files(opened, django_assert_num_queries):
    for _ in range(10):
        services.commit(file(opened, 1_00), by=None, at=AT)
    with django_assert_num_queries(3):
        assert len(lines(opened)) == 10
