from datetime import timedelta

import pytest
from django.core import mail as sent

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application, SavedView
from rempart.hub.funding.applications.services import perform, version
from rempart.hub.funding.applications.services.work import assign, follow, make_label, reassign, save_view, set_labels
from rempart.hub.funding.applications.states import State
from rempart.hub.territory.models import Activity
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db


def refused(code, function, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        function(*args, **kwargs)
    assert caught.value.code == code


def test_a_file_is_put_in_the_charge_of_who_instructs_it(run_jobs):
    file = make.application(State.SUBMITTED)
    lead, ars = make.person(Role.ARS_LEAD), make.person(Role.ARS_INSTRUCTOR)
    at = file.state_since
    refused("not_an_instructor", assign, file, make.person(Role.ARS_LEAD, of=make.region("53")), by=lead, at=at)
    refused("not_an_instructor", assign, file, make.signatory(file), by=lead, at=at)
    refused("not_allowed", assign, file, ars, by=make.signatory(file), at=at)
    assign(file, ars, by=lead, at=at)
    assign(file, ars, by=lead, at=at)
    run_jobs()
    assert [message.to for message in sent.outbox] == [[ars.email]]
    assign(file, None, by=ars, at=at)
    assert file.assigned_to is None


def test_who_follows_a_file_is_told(run_jobs):
    file = make.application(State.OPERATIONAL, contact_email="")
    follower = make.person(Role.ANS_VERIFIER)
    follow(file, by=follower)
    signs = make.signatory(file)
    refused("not_allowed", follow, file, by=signs)
    perform(file, "declare", by=signs, at=make.DATES["declared_at"])
    run_jobs()
    assert {message.to[0] for message in sent.outbox} == {follower.email, signs.email}
    follow(file, by=follower, following=False)
    assert not file.followers.exists()


def test_another_region_takes_a_file_over_and_the_first_loses_sight_of_it():
    file = make.application(State.ARS_REVIEW)
    lead, ars, nation = make.person(Role.ARS_LEAD), make.person(Role.ARS_INSTRUCTOR), make.person(Role.ANS_VERIFIER)
    there = make.region("53")
    at = file.state_since
    assign(file, ars, by=lead, at=at)
    set_labels(file, [make_label("À nous", "grey", file.region, by=ars)], by=ars)
    refused("not_allowed", reassign, file, there, "Erreur.", by=ars, at=at)
    refused("reason_needed", reassign, file, there, " ", by=lead, at=at)
    refused("same_region", reassign, file, file.region, "Erreur.", by=lead, at=at)
    reassign(file, there, "Siège en Bretagne.", by=nation, at=at)
    assert (file.region, file.assigned_to, file.labels.count()) == (there, None, 0)
    line = file.events.last()
    assert (line.action, line.source, line.target, line.reason) == (
        "reassign", State.ARS_REVIEW, State.ARS_REVIEW, "Siège en Bretagne.",
    )  # fmt: skip
    assert not Application.objects.visible_to(make.person(Role.ARS_LEAD)).exists()
    assert Application.objects.visible_to(make.person(Role.ARS_LEAD, of=there)).get() == file


def test_an_ended_file_does_not_change_region():
    file = make.application(State.REFUSED)
    refused("wrong_state", reassign, file, make.region("53"), "?", by=make.person(Role.ARS_LEAD), at=file.state_since)


def test_a_saved_view_is_replaced_by_one_of_the_same_name():
    ars = make.person(Role.ARS_LEAD)
    save_view("Mes urgences", {"state": ["submitted"]}, ["number"], "-due", by=ars)
    view = save_view(" Mes urgences", {"state": ["declared"]}, ["number", "due"], "due", by=ars)
    assert SavedView.objects.get() == view
    assert (view.filters, view.columns, view.sort) == ({"state": ["declared"]}, ["number", "due"], "due")
    refused("name_needed", save_view, "", {}, [], "", by=ars)


def newer_rules(file):
    content = file.version.content.replace("activity_year = 2022", "activity_year = 2023").replace("T1.O1", "T1.O9")
    return make.version(file.call, 2, content)


def test_a_file_keeps_its_rules_until_it_is_moved_with_a_reason():
    file = make.application(State.ARS_REVIEW)
    before = file.version
    assert version.newer(file) is None
    after = newer_rules(file)
    site = file.applicant.sites.first()
    Activity.objects.create(site=site, year=2023, combined=77, source="fictif")
    assert (version.newer(file), file.version) == (after, before)
    changes = version.change(file, after)
    assert changes.requirements == {"T1.O1", "T1.O9"}
    lead = make.person(Role.ARS_LEAD)
    at = file.state_since
    refused("not_allowed", version.move_version, file, after, "?", by=make.signatory(file), at=at)
    refused("reason_needed", version.move_version, file, after, "", by=lead, at=at)
    version.move_version(file, after, "Règle corrigée.", by=lead, at=at)
    assert file.version == after
    assert file.events.last().reason == "v1 → v2. Règle corrigée."
    assert {(entry.site_id, entry.year, entry.combined) for entry in file.perimeter.all()} == {
        (each.pk, 2023, 77 if each == site else None) for each in file.applicant.sites.all()
    }
    refused("not_newer", version.move_version, file, before, "Retour.", by=lead, at=at)


def test_a_draft_is_moved_by_its_applicant_and_an_ended_file_by_nobody():
    draft, paid = make.application(), make.application(State.PAID)
    for file in (draft, paid):
        newer_rules(file)
    version.move_version(draft, version.newer(draft), "À jour.", by=make.signatory(draft), at=draft.state_since)
    assert draft.version.number == 2
    assert version.begun_with(paid) is None
    nation = make.person(Role.ANS_VERIFIER)
    refused("wrong_state", version.move_version, paid, version.newer(paid), "?", by=nation, at=paid.state_since)


def test_a_draft_goes_back_to_the_rules_it_began_with_and_a_submitted_file_does_not():
    draft = make.application()
    first, at = draft.version, draft.state_since
    second = make.version(draft.call, 2, first.content.replace("T1.O1", "T1.O9"), published_at=at + timedelta(days=1))
    third = make.version(draft.call, 3, first.content.replace("T1.O1", "T1.O8"), published_at=at + timedelta(days=2))
    signs, later = make.signatory(draft), at + timedelta(days=3)
    assert version.begun_with(draft) is None
    version.move_version(draft, third, "", by=signs, at=later)
    assert version.begun_with(draft) == first
    refused("not_newer", version.move_version, draft, second, "", by=signs, at=later)
    version.move_version(draft, first, "", by=signs, at=later)
    assert [(event.reason, event.actor) for event in draft.events.order_by("pk")] == [
        ("v1 → v3.", signs),
        ("v3 → v1.", signs),
    ]
    submitted = make.application(State.SUBMITTED, of=draft.call, version=third)
    lead = make.person(Role.ARS_LEAD)
    refused("not_newer", version.move_version, submitted, first, "Retour.", by=lead, at=later)


def test_higher_rooms_judge_again_what_follows_other_rules(monkeypatch):
    monkeypatch.setattr(version, "_AFTER", [])
    told = []
    version.after_move(lambda file, at: told.append((file.version.number, at)))
    file = make.application(State.OPERATIONAL)
    at = file.state_since
    version.move_version(file, newer_rules(file), "À jour.", by=make.person(Role.ANS_VERIFIER), at=at)
    assert told == [(2, at)]
