import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from openpyxl import load_workbook

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.exports import services
from rempart.hub.exports.making import MOST_ATTEMPTS, make_export
from rempart.hub.exports.models import Export, Progress
from rempart.hub.exports.tasks import purge, resume
from rempart.hub.funding.applications.states import State
from tests.hub.factories.accounts import a_region, an_entity, give, person
from tests.hub.factories.applications import a_file

AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def normandy():
    return a_region("28", "Normandie")


@pytest.fixture
def instructor(normandy):
    return person(Role.ARS_INSTRUCTOR, region=normandy)


def ask(user, format_="csv", **fields):
    return services.ask("files", format_, by=user, at=AT, **fields)


def lines(export, user, delimiter=","):
    with services.open_file(export, by=user, at=datetime.now(UTC)) as file:
        text = file.read().decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))


def received_by(user):
    return [one for one in mail.outbox if one.to == [user.email]]


def made(export, run_jobs):
    run_jobs()
    export.refresh_from_db()
    assert export.state == Progress.DONE, export.problem
    return export


def test_an_export_holds_the_files_of_the_region_and_no_other(instructor, normandy, run_jobs):
    mine = a_file(region=normandy)
    a_file(region=a_region("53", "Bretagne"))
    a_file(State.DRAFT, region=normandy)
    export = made(ask(instructor, columns=["number"]), run_jobs)
    assert lines(export, instructor) == [["numéro"], [mine.number]]
    assert export.files == [mine.pk]


def test_a_mail_says_it_is_ready_and_holds_no_name(instructor, normandy, run_jobs):
    file = a_file(region=normandy)
    ask(instructor)
    run_jobs()
    (received,) = received_by(instructor)
    assert "/exports/" in received.body
    assert file.number not in received.body


def test_rights_lost_before_the_making_are_not_exported(instructor, normandy, run_jobs):
    a_file(region=normandy)
    export = ask(instructor)
    instructor.memberships.update(ended_at=AT)
    run_jobs()
    export.refresh_from_db()
    assert export.state == Progress.FAILED
    assert "rôle" in export.problem


def test_rights_lost_after_the_making_shut_the_file(instructor, run_jobs):
    export = made(ask(instructor), run_jobs)
    instructor.memberships.update(ended_at=AT)
    give(instructor, Role.ARS_INSTRUCTOR, region=a_region("53", "Bretagne"))
    fresh = type(instructor).objects.get(pk=instructor.pk)
    with pytest.raises(Refusal) as refused:
        services.open_file(export, by=fresh, at=datetime.now(UTC))
    assert refused.value.code == "export_rights_changed"


def test_a_file_moved_to_another_region_shuts_the_exports_that_hold_it(instructor, normandy, run_jobs):
    file = a_file(region=normandy)
    export = made(ask(instructor), run_jobs)
    file.region = a_region("53", "Bretagne")
    file.save()
    with pytest.raises(Refusal, match="ont changé"):
        services.open_file(export, by=instructor, at=datetime.now(UTC))


def test_nobody_opens_the_export_of_somebody_else(instructor, normandy, run_jobs):
    export = made(ask(instructor), run_jobs)
    colleague = person(Role.ARS_LEAD, region=normandy)
    assert list(Export.objects.visible_to(colleague)) == []
    with pytest.raises(Refusal) as refused:
        services.open_file(export, by=colleague, at=datetime.now(UTC))
    assert refused.value.code == "not_your_export"


def test_a_person_without_a_role_exports_nothing(run_jobs):  # noqa: ARG001
    with pytest.raises(Refusal):
        ask(person())


def test_made_twice_it_is_one_file_and_one_mail(instructor, normandy, run_jobs, tmp_path):
    a_file(region=normandy)
    export = made(ask(instructor), run_jobs)
    make_export(export.pk, at=AT)
    assert len(received_by(instructor)) == 1
    assert [path.name for path in (tmp_path / "exports").iterdir()] == [export.storage_key.removeprefix("exports/")]


def test_an_attempt_that_was_killed_is_taken_up_again(instructor, normandy, run_jobs, tmp_path):
    a_file(region=normandy)
    export = ask(instructor)
    run_jobs()
    (tmp_path / export.storage_key).write_bytes(b"half a file")
    Export.objects.filter(pk=export.pk).update(
        state=Progress.RUNNING, attempts=1, rows_done=7, asked_at=AT - timedelta(hours=1)
    )
    resume(0)
    resume(0)
    assert run_jobs().count("exports.make") == 1
    export.refresh_from_db()
    assert export.state == Progress.DONE
    assert len(lines(export, instructor)) == 2
    assert len(list((tmp_path / "exports").iterdir())) == 1


def test_an_export_that_always_kills_its_worker_is_given_up(instructor):
    export = ask(instructor)
    Export.objects.filter(pk=export.pk).update(state=Progress.RUNNING, attempts=MOST_ATTEMPTS)
    make_export(export.pk, at=AT)
    export.refresh_from_db()
    assert export.state == Progress.FAILED


def test_files_of_more_than_a_week_are_erased(instructor, normandy, run_jobs):
    a_file(region=normandy)
    export = made(ask(instructor), run_jobs)
    now = datetime.now(UTC)
    Export.objects.filter(pk=export.pk).update(asked_at=now - timedelta(days=9), expires_at=now - timedelta(days=1))
    purge(0)
    export.refresh_from_db()
    assert export.state == Progress.EXPIRED
    assert not default_storage.exists(export.storage_key)
    with pytest.raises(Refusal):
        services.open_file(export, by=instructor, at=AT)


def test_a_name_that_looks_like_a_formula_stays_text(instructor, normandy, run_jobs):
    entity = an_entity(normandy, name="=HYPERLINK(1)")
    a_file(region=normandy, entity=entity, contact_email="")
    export = made(ask(instructor, "xlsx", columns=["applicant", "ceiling", "submitted_at"]), run_jobs)
    with services.open_file(export, by=instructor, at=datetime.now(UTC)) as file:
        sheet = load_workbook(file).active
    name, amount, day = next(sheet.iter_rows(min_row=2))
    assert (name.data_type, name.value) == ("s", "'=HYPERLINK(1)")
    assert (amount.value, amount.number_format) == (53_252.89, "#,##0.00")
    assert day.value == datetime(2024, 4, 2, 11, 0)  # noqa: DTZ001 — a spreadsheet knows Paris time only
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C2"


def test_csv_for_excel_is_written_as_excel_reads_it_in_french(instructor, normandy, run_jobs):
    a_file(region=normandy, ceiling_cents=123_456)
    export = made(ask(instructor, "csv_excel", columns=["ceiling", "submitted_at"]), run_jobs)
    with services.open_file(export, by=instructor, at=datetime.now(UTC)) as file:
        assert file.read().startswith(b"\xef\xbb\xbf")
    assert lines(export, instructor, ";")[1] == ["1234,56", "02/04/2024 11:00"]


def test_open_csv_is_written_for_machines(instructor, normandy, run_jobs):
    a_file(region=normandy, ceiling_cents=123_456)
    export = made(ask(instructor, "csv", columns=["ceiling", "submitted_at"]), run_jobs)
    assert lines(export, instructor)[1] == ["1234.56", "2024-04-02T11:00:00+02:00"]


def test_filters_narrow_an_export(instructor, normandy, run_jobs):
    a_file(region=normandy)
    paid = a_file(State.PAID, region=normandy)
    export = made(ask(instructor, columns=["number"], filters={"state": ["paid"], "unknown": "x"}), run_jobs)
    assert lines(export, instructor)[1:] == [[paid.number]]
    assert export.filters == {"state": ["paid"]}


@pytest.mark.parametrize("filters", [{"state": ["nowhere"]}, {"q": "a\x00b"}, {"amount_min": "douze"}])
def test_a_filter_that_is_none_is_refused(instructor, filters):
    with pytest.raises(Refusal, match="filtre"):
        ask(instructor, filters=filters)


def test_a_person_waits_for_few_exports_at_a_time(instructor):
    for _ in range(services.MOST_UNDER_WAY):
        ask(instructor)
    with pytest.raises(Refusal) as refused:
        ask(instructor)
    assert refused.value.code == "too_many_exports"


def test_what_is_thrown_away_leaves_nothing(instructor, normandy, run_jobs, django_capture_on_commit_callbacks):
    a_file(region=normandy)
    export = made(ask(instructor), run_jobs)
    key = export.storage_key
    with django_capture_on_commit_callbacks(execute=True):
        services.discard(export, by=instructor)
    assert not default_storage.exists(key)
    assert not Export.objects.exists()


def test_columns_are_kept_under_a_name(instructor):
    services.keep_columns("files", "Suivi", ["state", "number", "nothing"], by=instructor)
    kept = services.keep_columns("files", "Suivi", ["number"], by=instructor)
    assert kept.columns == ["number"]
    assert instructor.column_templates.count() == 1


def test_reading_costs_the_same_for_five_files_and_fifty(instructor, normandy, run_jobs, django_assert_max_num_queries):
    for _ in range(5):
        a_file(region=normandy)
    export = ask(instructor, "xlsx")
    with django_assert_max_num_queries(25):
        make_export(export.pk, at=AT)
    for _ in range(45):
        a_file(region=normandy)
    export = ask(instructor, "xlsx")
    with django_assert_max_num_queries(25):
        make_export(export.pk, at=AT)
    run_jobs()
