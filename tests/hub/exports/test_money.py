import csv
import io
from datetime import UTC, datetime

import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.exports import services
from rempart.hub.exports.models import Progress
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.ledger import services as ledger
from tests.hub.factories.accounts import a_region, person
from tests.hub.factories.applications import a_call, a_file

AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def files():
    payer = person(Role.ANS_PAYER)
    call = a_call()
    ledger.open_envelope(call, 100_000_000, by=payer, at=datetime(2020, 1, 1, tzinfo=UTC))
    return [
        a_file(State.VALIDATED, call=call, region=a_region("28", "Normandie")),
        a_file(State.VALIDATED, call=call, region=a_region("53", "Bretagne")),
    ]


def export(kind, user, run_jobs, **fields):
    made = services.ask(kind, "csv", by=user, at=AT, **fields)
    run_jobs()
    made.refresh_from_db()
    assert made.state == Progress.DONE, made.problem
    with services.open_file(made, by=user, at=datetime.now(UTC)) as file:
        return made, list(csv.DictReader(io.StringIO(file.read().decode())))


def test_a_region_exports_the_entries_of_its_own_files(files, run_jobs):
    instructor = person(Role.ARS_INSTRUCTOR, region=files[0].region)
    made, lines = export("ledger", instructor, run_jobs)
    assert [line["dossier"] for line in lines] == ["", files[0].number]
    assert lines[1]["engagé (€)"] == "53252.89"
    assert made.files == [files[0].pk]


def test_commitments_are_compared_in_the_columns_of_an_ars(files, run_jobs):
    made, lines = export("reconciliation", person(Role.ANS_PAYER), run_jobs, filters={"call": "T-2026"})
    assert [line["Numéro de projet"] for line in lines] == [file.number for file in files]
    assert {line["Montant saisi"] for line in lines} == {"53252.89"}
    assert made.files == sorted(file.pk for file in files)
    assert made.rows_total == 2


def test_an_applicant_does_not_compare_envelopes(files):
    with pytest.raises(Refusal) as refused:
        services.ask("ledger", "csv", by=person(Role.SIGNATORY, entity=files[0].legal_entity), at=AT)
    assert refused.value.code == "export_not_allowed"


def test_a_call_that_does_not_exist_is_refused(files):  # noqa: ARG001
    with pytest.raises(Refusal):
        services.ask("ledger", "csv", by=person(Role.ANS_PAYER), at=AT, filters={"call": "X-9"})


def test_the_figures_are_those_a_person_sees(files, run_jobs):
    _made, lines = export("dashboard", person(Role.ANS_PAYER), run_jobs, filters={"call": "T-2026"})
    assert sum(int(line["Dossiers déposés"]) for line in lines) == 2
    _made, lines = export("dashboard", person(Role.ARS_LEAD, region=files[0].region), run_jobs)
    assert {line["région (code)"] for line in lines if int(line["Dossiers déposés"])} == {"28"}
