import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as sent
from django.core.files.storage import default_storage
from django.utils import translation

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import archive, tasks
from rempart.hub.funding.applications.models import (
    Archive,
    CorrectionRequest,
    Erasure,
    LateDecision,
    MailChoices,
    Rhythm,
)
from rempart.hub.funding.applications.services import archives, deadlines, digests, perform, retention
from rempart.hub.funding.applications.services.conversation import annotate, send_message
from rempart.hub.funding.applications.services.history import touch
from rempart.hub.funding.applications.states import FINAL, State
from rempart.hub.funding.calls.models import Stage
from rempart.hub.funding.ledger.selectors import balances
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db
CLOSES = make.WINDOWS[Stage.DECLARATION][1]
JUST_AFTER = CLOSES + timedelta(seconds=1)
LAPSING = 'lapse_after = ["declaration", "payment"]'


@pytest.fixture(autouse=True)
def _files_in_a_throw_away_folder(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def test_a_file_that_did_not_declare_lapses_where_its_call_says_so(run_jobs):
    of = make.call(more=LAPSING)
    files = {state: make.application(state, of=of) for state in (State.VALIDATED, State.OPERATIONAL, State.DECLARED)}
    kept = make.application(State.OPERATIONAL)
    assert deadlines.lapse(CLOSES) == []
    assert deadlines.lapse(JUST_AFTER) == [files[State.VALIDATED].number, files[State.OPERATIONAL].number]
    assert deadlines.lapse(JUST_AFTER) == []
    for file in (*files.values(), kept):
        file.refresh_from_db()
    assert [file.state for file in files.values()] == [State.LAPSED, State.LAPSED, State.DECLARED]
    assert kept.state == State.OPERATIONAL
    assert balances(of).committed == make.CEILING
    assert files[State.VALIDATED].events.last().actor is None
    run_jobs()
    assert "caduc" in sent.outbox[0].subject


def test_a_delay_keeps_a_file_from_lapsing_until_its_end():
    file = make.application(State.OPERATIONAL, of=make.call(more=LAPSING))
    LateDecision.objects.create(
        application=file, stage=Stage.DECLARATION, until=CLOSES + timedelta(days=5), reason="Crise.",
        decided_at=CLOSES, decided_by=make.person(Role.ARS_LEAD),
    )  # fmt: skip
    assert deadlines.lapse(JUST_AFTER) == []
    assert deadlines.lapse(CLOSES + timedelta(days=5, seconds=1)) == [file.number]


def test_reminders_come_30_7_and_1_days_before_each_once(run_jobs):
    file = make.application(State.OPERATIONAL, contact_email="")
    signs = make.signatory(file)
    told = {days: deadlines.remind(CLOSES - timedelta(days=days)) for days in (40, 31, 30, 29, 8, 7, 3, 1, 0)}
    assert told == {40: 0, 31: 0, 30: 1, 29: 0, 8: 0, 7: 1, 3: 0, 1: 1, 0: 0}
    assert deadlines.remind(JUST_AFTER) == 0
    run_jobs()
    assert [message.to for message in sent.outbox] == [[signs.email]] * 3
    assert "30 juin 2025 à 23:59 (heure de Paris)" in sent.outbox[0].body


def test_a_desk_that_moves_calls_for_new_reminders():
    file = make.application(State.OPERATIONAL)
    assert deadlines.remind(CLOSES - timedelta(days=1)) == 1
    file.call.windows.filter(stage=Stage.DECLARATION).update(closes_at=CLOSES + timedelta(days=30))
    assert deadlines.remind(CLOSES) == 1


def test_a_correction_due_soon_is_reminded():
    file = make.application(State.ARS_CHECK_FIX)
    due = file.state_since + timedelta(days=20)
    CorrectionRequest.objects.create(
        application=file, kind="incomplete", message="?", due_at=due, asked_at=file.state_since,
        asked_by=make.person(Role.ARS_LEAD),
    )  # fmt: skip
    assert [deadlines.remind(due - timedelta(days=days)) for days in (8, 7, 6, 1, 0)] == [0, 1, 0, 1, 0]


def test_an_english_reader_is_written_to_in_english(run_jobs):
    file = make.application(State.OPERATIONAL, contact_email="")
    make.person(Role.SIGNATORY, on=file.applicant, language="en")
    deadlines.remind(CLOSES - timedelta(days=7))
    run_jobs()
    assert "closes soon" in sent.outbox[0].subject
    assert "Paris time" in sent.outbox[0].body


def test_the_morning_mail_tells_those_who_instruct_what_waits_in_their_region(run_jobs):
    of = make.call()
    here = make.application(State.SUBMITTED, of=of)
    there = make.application(State.SUBMITTED, of=of, place=make.region("53"))
    ars, unwilling = make.person(Role.ARS_INSTRUCTOR), make.person(Role.ARS_LEAD)
    make.person(Role.DNS_PILOT)
    make.person(Role.ANS_PAYER)
    MailChoices.objects.create(user=unwilling, digest=Rhythm.NEVER)
    assert digests.send(here.state_since) == 1
    run_jobs()
    (message,) = sent.outbox
    assert message.to == [ars.email]
    assert here.number in message.body
    assert message.extra_headers["List-Unsubscribe"].strip("<>") in message.body
    assert there.number not in message.body


def test_the_weekly_digest_comes_on_mondays_of_paris(run_jobs):
    file = make.application(State.SUBMITTED)
    weekly = make.person(Role.ARS_INSTRUCTOR)
    MailChoices.objects.create(user=weekly, digest=Rhythm.WEEKLY)
    monday = datetime(2024, 4, 7, 22, 30, tzinfo=UTC)  # half past midnight in Paris
    assert file.state_since < monday
    assert [digests.send(monday + timedelta(days=days)) for days in range(7)] == [1, 0, 0, 0, 0, 0, 0]
    run_jobs()
    assert [message.to for message in sent.outbox] == [[weekly.email]]


def later(months, *, days=0):
    return datetime(2024 + months // 12, 1 + months % 12, 15, 12, tzinfo=UTC) + timedelta(days=days)


def test_an_idle_draft_is_erased_after_three_months_and_a_warning(run_jobs):
    file = make.application(created_at=later(0), state_since=later(0), touched_at=later(0))
    assert retention.warn(later(3, days=-15)) == 0
    assert retention.warn(later(3, days=-13)) == 1
    assert retention.warn(later(3, days=-12)) == 0
    assert retention.purge(later(3)) == []
    assert retention.purge(later(3, days=2)) == [file.number]
    assert retention.purge(later(3, days=3)) == []
    file.refresh_from_db()
    assert (file.state, file.contact_email) == (State.WITHDRAWN, "")
    trace = Erasure.objects.get()
    assert (trace.number, trace.state, trace.rule) == (file.number, State.DRAFT, "draft + 3 months")
    run_jobs()
    assert len(sent.outbox) == 1


def test_a_draft_that_is_worked_on_again_is_kept():
    file = make.application(created_at=later(0), state_since=later(0), touched_at=later(0))
    retention.warn(later(3))
    touch(file, later(3, days=1))
    assert retention.purge(later(3, days=30)) == []


@pytest.mark.parametrize("state", sorted(set(State) - FINAL - {State.DRAFT}))
def test_a_file_under_way_is_never_erased(state):
    file = make.application(state)
    assert not retention.expiring(later(120)).filter(pk=file.pk).exists()


def test_an_ended_file_loses_what_people_wrote_and_keeps_its_decisions(run_jobs, monkeypatch):
    monkeypatch.setattr(retention, "_ERASERS", [])
    retention.register(lambda _file: {"documents": 3})
    file = make.application(State.ARS_REVIEW)
    ars = make.person(Role.ARS_INSTRUCTOR)
    at = file.state_since
    send_message(file, "Bonjour.", by=ars, at=at)
    annotate(file, "Note.", by=ars, at=at)
    archives.request_archive(file, by=ars, at=at)
    run_jobs()
    key = Archive.objects.get().key
    assert default_storage.exists(key)
    perform(file, "refuse", by=ars, at=at, reason="Hors du champ.")
    end = at + timedelta(days=370)
    assert retention.warn(end) == 1
    assert retention.purge(end + timedelta(days=14)) == [file.number]
    file.refresh_from_db()
    assert (file.messages.count(), file.annotations.count(), file.archives.count()) == (0, 0, 0)
    assert not default_storage.exists(key)
    assert file.events.last().reason == "Hors du champ."
    removed = Erasure.objects.get().removed
    assert (removed["messages"], removed["annotations"], removed["documents"]) == (1, 1, 3)


@pytest.mark.parametrize(
    ("day", "months", "before"), [("2024-05-31", 3, "2024-02-29"), ("2025-01-15", 12, "2024-01-15")]
)
def test_months_are_those_of_the_calendar(day, months, before):
    noon = datetime.fromisoformat(f"{day}T12:00:00+02:00")
    assert retention.months_before(noon, months).date().isoformat() == before


def spoken_file():
    file = make.application(State.ARS_REVIEW)
    ars = make.person(Role.ARS_INSTRUCTOR)
    send_message(file, "Bonjour.", by=make.signatory(file), at=file.state_since)
    annotate(file, "À revoir.", by=ars, at=file.state_since)
    return file, ars


def test_an_archive_holds_the_whole_file_and_is_always_the_same():
    file, _ars = spoken_file()
    with archive.build(file, for_agent=True) as first, archive.build(file, for_agent=True) as second:
        made = first.read()
        assert made == second.read()
    with zipfile.ZipFile(io.BytesIO(made)) as content:
        assert content.testzip() is None
        names = content.namelist()
        assert {"dossier.json", "historique.json", "messages.json", "annotations.json", "regles.toml"} <= set(names)
        assert json.loads(content.read("messages.json"))[0]["body"] == "Bonjour."
        for line in content.read("SHA256SUMS").decode().splitlines():
            digest, path = line.split("  ")
            assert hashlib.sha256(content.read(path)).hexdigest() == digest


def test_an_applicant_s_archive_has_no_annotation_and_higher_rooms_add_theirs(monkeypatch):
    monkeypatch.setattr(archive, "_PROVIDERS", [])
    file, _ars = spoken_file()

    @archive.register
    def proofs(application, *, for_agent):
        yield f"preuves/{application.number}.txt", io.BytesIO(b"secret" if for_agent else b"public")
        yield "preuves/ouvert-au-besoin.txt", lambda: io.BytesIO(b"tard")

    with archive.build(file, for_agent=False) as made, zipfile.ZipFile(made) as content:
        assert "annotations.json" not in content.namelist()
        assert content.read(f"preuves/{file.number}.txt") == b"public"
        assert content.read("preuves/ouvert-au-besoin.txt") == b"tard"
        assert b"revoir" not in b"".join(content.read(name) for name in content.namelist())


def test_an_archive_is_made_in_the_background_for_who_asked(run_jobs):
    file, ars = spoken_file()
    with pytest.raises(Refusal):
        archives.request_archive(file, by=make.person(Role.ARS_LEAD, of=make.region("53")), at=file.state_since)
    asked = archives.request_archive(file, by=ars, at=file.state_since)
    run_jobs()
    asked.refresh_from_db()
    assert asked.ready_at
    with default_storage.open(asked.key) as kept:
        content = kept.read()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (asked.sha256, asked.size)
    archives.make(asked.pk, at=file.state_since)
    assert list(Archive.objects.visible_to(ars)) == [asked]
    assert not Archive.objects.visible_to(make.person(Role.ANS_VERIFIER)).exists()
    assert "archive" in sent.outbox[-1].subject
    assert archives.forget_old(asked.ready_at + timedelta(days=8)) == 1
    assert not default_storage.exists(asked.key)


def test_who_lost_sight_of_a_file_gets_no_archive_of_it(run_jobs):
    file, ars = spoken_file()
    asked = archives.request_archive(file, by=ars, at=file.state_since)
    ars.memberships.update(ended_at=file.state_since)
    run_jobs()
    asked.refresh_from_db()
    assert asked.ready_at is None


def test_the_worker_s_clock_calls_each_service(run_jobs):
    make.application(State.OPERATIONAL, of=make.call(more=LAPSING))
    for task in (tasks.remind, tasks.lapse, tasks.digest, tasks.retention):
        task.func(int(JUST_AFTER.timestamp()) + 60)
    with translation.override("fr"):
        assert "applications.archive" not in run_jobs()
