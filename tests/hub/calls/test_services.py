from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, transaction

from rempart.hub.accounts.roles import Role
from rempart.hub.common.clock import end_of, start_of
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.calls import catalogue, selectors, services
from rempart.hub.funding.calls.compare import ChangeKind, difference
from rempart.hub.funding.calls.definition import ApplicantKind, CallDefinition
from rempart.hub.funding.calls.models import Call, CallVersion, Extension, Stage
from rempart.hub.territory.models import Life
from tests.hub.factories import accounts, territory
from tests.hub.factories import calls as factory
from tests.hub.factories.evidence import plain

pytestmark = pytest.mark.django_db
AT = factory.AT


def refused(code, act, *args, **more):
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    assert caught.value.code == code


def test_a_loaded_call_is_a_draft_with_its_desks_and_their_moves():
    version = services.load_call(catalogue.read("D1-2024"), by=None, at=AT)
    assert (version.number, version.is_draft, version.created_at) == (1, True, AT)
    desk = selectors.window(version.call, Stage.DECLARATION)
    assert (desk.opens_at, desk.closes_at) == (start_of(date(2024, 5, 21)), end_of(date(2025, 6, 30)))
    move = desk.extensions.get()
    assert (move.before, move.after) == (end_of(date(2025, 3, 28)), end_of(date(2025, 6, 30)))
    assert move.decided_at is None
    assert plain(move.reason).startswith("Fin du guichet")


def test_a_call_is_loaded_once():
    text = factory.content("UNE-2026")
    services.load_call(text, by=None, at=AT)
    refused("call_exists", services.load_call, text, by=None, at=AT)


def test_a_wrong_file_leaves_nothing_behind():
    refused("bad_definition", services.load_call, factory.content(more="x = 1"), by=None, at=AT)
    assert not Call.objects.exists()


@pytest.mark.parametrize("role", [Role.DNS_PILOT, Role.ANS_VERIFIER, Role.ARS_LEAD, Role.SIGNATORY, None])
def test_only_an_administrator_changes_calls(role):
    user = accounts.person(role)
    call = factory.call()
    window = selectors.window(call, Stage.APPLICATION)
    refused("not_administrator", services.load_call, factory.content(), by=user, at=AT)
    refused("not_administrator", services.new_version, call, "x", by=user, at=AT)
    refused("not_administrator", services.publish, call.versions.get(), by=user, at=AT)
    refused("not_administrator", services.extend_window, window, AT, "x", by=user, at=AT)


def test_a_published_version_never_changes_not_even_by_sql():
    version = factory.call().versions.get()
    refused("published", services.publish, version, by=None, at=AT)
    refused("published", services.rewrite, version, factory.content(version.call_id), by=None, at=AT)
    for act in (
        lambda: CallVersion.objects.filter(pk=version.pk).update(content="x"),
        lambda: CallVersion.objects.filter(pk=version.pk).update(published_at=None),
        lambda: CallVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_draft_may_be_written_again_until_published():
    admin = accounts.person(Role.ADMINISTRATOR)
    call = factory.call(factory.content("DEUX-2026"))
    draft = services.new_version(call, factory.content("DEUX-2026", target="Mieux."), by=admin, at=AT, note="Mieux.")
    assert (draft.number, draft.is_draft) == (2, True)
    refused("draft_exists", services.new_version, call, factory.content("DEUX-2026", target="X."), by=admin, at=AT)
    services.rewrite(draft, factory.content("DEUX-2026", title="Nouveau titre"), by=admin, at=AT)
    published = services.publish(draft, by=admin, at=AT)
    assert selectors.current(call) == published
    call.refresh_from_db()
    assert call.title == "Nouveau titre"


def test_two_drafts_of_a_call_are_impossible():
    call = factory.call(factory.content("TROIS-2026"))
    factory.version(call, factory.content("TROIS-2026", target="A."), published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        factory.version(call, factory.content("TROIS-2026", target="B."), published=False)


def test_a_version_of_another_call_or_without_change_is_refused():
    text = factory.content("QUATRE-2026")
    call = factory.call(text)
    refused("another_call", services.new_version, call, factory.content("AUTRE-2026"), by=None, at=AT)
    refused("nothing_changes", services.new_version, call, text, by=None, at=AT)


def test_a_new_version_adds_desks_and_moves_none():
    call = factory.call(factory.content("CINQ-2026"))
    text = factory.content("CINQ-2026", target="Autre.").replace("2026-02-28", "2026-03-31")
    text += '[[windows]]\nstage = "payment"\nopens_on = 2027-01-01\n'
    services.publish(services.new_version(call, text, by=None, at=AT), by=None, at=AT)
    assert selectors.last_day(call, Stage.APPLICATION) == date(2026, 2, 28)
    assert selectors.window(call, Stage.PAYMENT).opens_at == start_of(date(2027, 1, 1))


def test_a_desk_moves_with_its_reason_and_keeps_where_it_was():
    admin = accounts.person(Role.ADMINISTRATOR)
    window = selectors.window(factory.call(), Stage.APPLICATION)
    later = end_of(date(2026, 3, 31))
    move = services.extend_window(window, later, " Affluence. ", by=admin, at=AT)
    window.refresh_from_db()
    assert window.closes_at == later
    assert (move.before, move.after, move.reason, move.decided_by) == (
        end_of(date(2026, 2, 28)), later, "Affluence.", admin,
    )  # fmt: skip
    refused("reason_missing", services.extend_window, window, later + timedelta(1), " ", by=admin, at=AT)
    refused("same_end", services.extend_window, window, later, "x", by=admin, at=AT)
    refused("end_in_the_past", services.extend_window, window, end_of(date(2026, 1, 4)), "x", by=admin, at=AT)
    refused("ends_before_it_begins", services.extend_window, window, end_of(date(2025, 1, 1)), "x", by=admin, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        Extension.objects.filter(pk=move.pk).update(reason="autre")


def test_a_desk_without_dates_is_closed_until_they_are_told():
    call = factory.shipped("D2-2025")
    payment = selectors.window(call, Stage.PAYMENT)
    assert not selectors.is_open(call, Stage.PAYMENT, AT)
    services.open_window(payment, date(2026, 7, 1), date(2026, 12, 31), by=None, at=AT)
    assert selectors.is_open(call, Stage.PAYMENT, end_of(date(2026, 12, 31)))
    assert not selectors.is_open(call, Stage.PAYMENT, start_of(date(2027, 1, 1)))
    refused("dates_known", services.open_window, payment, date(2026, 7, 1), None, by=None, at=AT)


def test_a_desk_closes_at_the_last_second_of_its_paris_day():
    call = factory.call()
    assert selectors.is_open(call, Stage.APPLICATION, datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC))
    assert not selectors.is_open(call, Stage.APPLICATION, datetime(2026, 2, 28, 23, 0, tzinfo=UTC))
    assert selectors.is_open(call, Stage.DECLARATION, datetime(2026, 2, 28, 23, 0, tzinfo=UTC))
    assert not selectors.is_open(call, Stage.PAYMENT, AT)


def test_seeding_loads_the_shipped_calls_once():
    assert {version.call_id for version in services.seed(at=AT)} == {"D1-2024", "D2-2025", "HOPEN2-2026"}
    assert services.seed(at=AT) == []
    assert all(selectors.current(call) for call in Call.objects.all())


def test_drafts_are_seen_by_administrators_and_pilots_only():
    call = factory.call(factory.content("SIX-2026"))
    hidden = factory.call(published=False)
    factory.version(call, factory.content("SIX-2026", target="A."), published=False)
    for user in (AnonymousUser(), accounts.person(Role.ANS_VERIFIER), accounts.person(Role.EDITOR)):
        assert [(found, len(found.versions.all())) for found in selectors.calls(user)] == [(call, 1)]
    for role in (Role.ADMINISTRATOR, Role.DNS_PILOT):
        assert set(selectors.calls(accounts.person(role))) == {call, hidden}


def test_the_list_of_calls_costs_the_same_however_many(django_assert_num_queries):
    for _ in range(4):
        factory.call()
    with django_assert_num_queries(3):
        for call in selectors.calls(AnonymousUser()):
            assert list(call.versions.all())
            assert list(call.windows.all())


def test_the_eligible_are_those_with_a_ceiling_that_still_exist(django_assert_num_queries):
    call = factory.call()
    for status in ("public", "nonprofit", "forprofit", "forprofit"):
        factory.ceiling(call, territory.entity(status=status), 100)
    factory.ceiling(call, territory.ght(), 500)
    factory.ceiling(call, territory.entity(life=Life.CLOSED), 900)
    with django_assert_num_queries(1):
        found = selectors.eligible(call)
    assert (found.total, found.cents) == (5, 900)
    assert found.by_kind == {
        ApplicantKind.GHT: 1, ApplicantKind.PUBLIC: 1, ApplicantKind.NONPROFIT: 1, ApplicantKind.FORPROFIT: 2,
    }  # fmt: skip


OTHER = """
[[objectives]]
code = "O2"
title = { fr = "Deuxième", en = "Second" }
target = { fr = "Aussi.", en = "Too." }
rule = { kind = "document", natures = ["preuve"] }
"""


def test_the_difference_says_what_is_added_removed_and_changed_field_by_field():
    old = CallDefinition.parse(factory.content("D-2026", rule='{ kind = "attestation", engine = "x", level = 3 }'))
    new = CallDefinition.parse(
        factory.content(
            "D-2026",
            rule='{ kind = "attestation", engine = "x", level = 4 }',
            more="envelope_cents = 100_00",
            objectives=OTHER,
        ).replace("closes_on = 2026-12-31", "closes_on = 2027-01-31")
    )
    found = difference(old, new)
    assert found.requirements == found.rules == {"O1", "O2"}
    call, desk, first, second = found.changes
    assert [(field.name, plain(field.before.fr), plain(field.after.fr)) for field in call.fields] == [
        ("envelope_cents", "–", "100,00 €")
    ]
    assert "31 janvier 2027" in desk.fields[0].after.fr
    assert (first.kind, first.fields[0].name) == (ChangeKind.CHANGED, "rule")
    assert "niveau 4" in first.fields[0].after.fr
    assert "level 3" in first.fields[0].before.en
    assert second.kind is ChangeKind.ADDED
    assert [(field.name, field.before.fr) for field in second.fields] == [("target", "–"), ("rule", "–")]
    assert [change.kind for change in difference(new, old).changes if change.code == "O2"] == [ChangeKind.REMOVED]
    assert not difference(new, new)


def test_two_readings_of_successive_do_not_look_the_same():
    rule = '{{ kind = "repeated_attestations", engine = "x", successive = "{}" }}'
    old, new = (
        CallDefinition.parse(factory.content("E-2026", rule=rule.format(reading)))
        for reading in ("adjacent", "any_pair")
    )
    assert difference(old, new).rules == {"O1"}


def test_a_text_that_changes_does_not_change_how_proofs_are_judged():
    old, new = (CallDefinition.parse(factory.content("F-2026", target=target)) for target in ("A.", "B."))
    assert difference(old, new).requirements == {"O1"}
    assert difference(old, new).rules == frozenset()


def test_a_file_migrates_to_published_rules_of_its_own_call():
    call = factory.call(factory.content("G-2026"))
    first = call.versions.get()
    second = factory.version(call, factory.content("G-2026", target="Autre."))
    assert selectors.migration(first, second).requirements == {"O1"}
    third = factory.version(call, factory.content("G-2026", target="Encore."), published=False)
    for other in (third, factory.call().versions.get()):
        with pytest.raises(ValueError, match="own call"):
            selectors.migration(first, other)
