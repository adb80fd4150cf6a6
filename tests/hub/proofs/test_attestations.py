import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs import receipts
from rempart.hub.funding.proofs.models import Assessment, Challenge, Deposit, Receipt
from rempart.hub.funding.proofs.refusals import REASONS
from rempart.hub.funding.proofs.services import deposit_attestation
from rempart.proof.attestation import canonical
from rempart.proof.envelope import MAX_BYTES
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as made

pytestmark = pytest.mark.django_db
AT = made.AT


class Desk:
    """A file in its operational phase, whose entity has a key and a challenge that waits."""

    def __init__(self, **fields):
        made.catalogue()
        self.application = made.application(**fields)
        self.by = made.editor(self.application)
        self.entity = made.entity_of(self.application)
        self.key = made.key(self.entity)
        self.challenge = made.challenge(self.application)

    def deposit(self, content=None, *, at=AT, by=None, **said) -> Deposit:
        content = content if content is not None else made.attestation(self.challenge, **said)
        return deposit_attestation(self.application, content, by=by or self.by, at=at)

    def refused(self, content=None, **said) -> str:
        with pytest.raises(Refusal) as caught:
            self.deposit(content, **said)
        assert not Deposit.objects.filter(application=self.application).exists()
        assert not Receipt.objects.exists()
        if caught.value.code in REASONS:
            assert caught.value.advice
        return caught.value.code


@pytest.fixture
def desk():
    return Desk()


def test_a_verified_attestation_is_kept_as_it_came_and_met_at_once(desk):
    content = made.attestation(desk.challenge)
    deposit = desk.deposit(content)
    assert bytes(deposit.content) == content
    assert (deposit.engine, deposit.level, deposit.finess) == ("directory", 3, desk.entity.pk)
    assert deposit.counts["failed"] == 1
    assert Challenge.objects.get().used_at == AT
    assert Assessment.objects.get(requirement=made.MEASURE).outcome == "met"


def test_the_receipt_is_signed_and_says_what_and_when(desk):
    deposit = desk.deposit()
    received = receipts.read(deposit.receipt)
    received.check(bytes(deposit.content))
    assert received.predicate.file == desk.application.number
    assert received.predicate.requirement == made.MEASURE
    assert received.predicate.received_at == AT


def test_the_same_bytes_again_give_back_the_same_deposit_and_receipt(desk):
    content = made.attestation(desk.challenge)
    first = desk.deposit(content)
    desk.application.state = State.DECLARED
    again = desk.deposit(content, at=AT + timedelta(days=300))
    assert again == first
    assert again.receipt == first.receipt
    assert Deposit.objects.count() == Receipt.objects.count() == 1


def test_every_region_of_a_tampered_attestation_is_refused(desk):
    content = made.attestation(desk.challenge)
    codes = set()
    for place in range(0, len(content), 7):
        codes.add(desk.refused(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]))
    assert codes == {"tampered", "not_an_attestation", "wrong_key"}


def test_a_changed_level_is_called_tampered(desk):
    envelope = json.loads(made.attestation(desk.challenge, level=2))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"]["level"]["value"] = 5
    envelope["payload"] = base64.b64encode(canonical(statement)).decode()
    assert desk.refused(canonical(envelope) + b"\n") == "tampered"


def test_a_rewritten_file_is_called_tampered(desk):
    assert desk.refused(json.dumps(json.loads(made.attestation(desk.challenge)), indent=1).encode()) == "tampered"


def test_a_key_nobody_registered_is_refused(desk):
    assert desk.refused(key_name="unknown") == "wrong_key"


def test_the_key_of_another_establishment_is_refused(desk):
    other = files.entity()
    made.key(other)
    assert desk.refused(key_name=other.pk) == "wrong_key"


def test_a_revoked_key_is_refused(desk):
    desk.key.revoked_at, desk.key.revoked_by = AT, desk.by
    desk.key.save()
    assert desk.refused() == "key_revoked"


def test_a_key_registered_again_after_its_revocation_serves(desk):
    desk.key.revoked_at, desk.key.revoked_by = AT, desk.by
    desk.key.save()
    made.key(desk.entity)
    assert desk.deposit().key != desk.key


def test_another_hospital_cannot_replay_an_attestation(desk):
    victim = Desk()
    content = made.attestation(victim.challenge)
    assert desk.refused(content) == "replayed"
    victim.deposit(content)
    with pytest.raises(Refusal) as caught:
        desk.deposit(content)
    assert caught.value.code == "replayed"


def test_a_challenge_serves_once(desk):
    desk.deposit()
    with pytest.raises(Refusal) as caught:
        desk.deposit(snapshot="c" * 64)
    assert caught.value.code == "challenge_used"


def test_an_expired_challenge_is_refused(desk):
    assert desk.refused(at=desk.challenge.expires_at + timedelta(seconds=1)) == "challenge_expired"


def test_a_challenge_of_another_hub_is_refused(desk):
    content = made.attestation("z" * 43, finess=desk.entity.pk, key_name=desk.entity.pk)
    assert desk.refused(content) == "unknown_challenge"


def test_an_attestation_without_a_challenge_is_refused(desk):
    assert desk.refused(made.attestation(None, finess=desk.entity.pk, key_name=desk.entity.pk)) == "no_challenge"


def test_a_stale_measure_is_refused(desk, settings):
    assert desk.refused(taken_at=AT - timedelta(days=settings.ATTESTATION_DAYS, seconds=1)) == "stale"


@pytest.mark.parametrize(("taken", "judged"), [(1, 1), (-1, 1), (-1, -2)])
def test_dates_to_come_or_out_of_order_are_refused(desk, taken, judged):
    code = desk.refused(taken_at=AT + timedelta(hours=taken), judged_at=AT + timedelta(hours=judged))
    assert code == "future_date"


def test_a_clock_a_few_minutes_ahead_is_forgiven(desk):
    assert desk.deposit(taken_at=AT + timedelta(minutes=4), judged_at=AT + timedelta(minutes=5))


def test_a_moment_without_its_zone_is_no_attestation(desk):
    assert desk.refused(taken_at=AT.replace(tzinfo=None), judged_at=AT.replace(tzinfo=None)) == "not_an_attestation"


def test_another_perimeter_is_refused(desk):
    assert desk.refused(finess=files.entity().pk) == "wrong_perimeter"


def test_a_site_of_the_entity_speaks_for_itself_only(desk):
    site = desk.entity.sites.order_by("finess").first()
    assert desk.deposit(finess=site.pk).members == [site.pk]


def test_a_challenge_for_a_site_wants_that_site(desk):
    site, other = desk.entity.sites.order_by("finess")
    desk.challenge.site = site
    desk.challenge.save()
    assert desk.refused(finess=other.pk) == "wrong_perimeter"
    assert desk.refused(finess=desk.entity.pk) == "wrong_perimeter"
    assert desk.deposit().members == [site.pk]


def test_in_the_file_of_a_ght_an_attestation_speaks_for_its_entity():
    desk = Desk(kind="ght")
    assert desk.deposit().members == [desk.entity.pk]


def test_an_unknown_catalogue_is_refused(desk):
    assert desk.refused(catalogue_digest="c" * 64) == "unknown_catalogue"


def test_a_retired_catalogue_is_refused(desk):
    known = made.catalogue()
    known.retired_at = AT
    known.save()
    assert desk.refused() == "unknown_catalogue"


def test_an_unknown_catalogue_is_for_a_person_when_the_setting_says_so(desk, settings):
    settings.UNKNOWN_CATALOGUE_TO_REVIEW = True
    assert not desk.deposit(catalogue_digest="c" * 64).catalogue_known
    assert Assessment.objects.get(requirement=made.MEASURE).outcome == "to_review"


def test_a_large_file_is_refused_unread(desk):
    assert desk.refused(b"{" * (MAX_BYTES + 1)) == "too_large"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'"x"', b"[" * 60_000, b"\x00", b"\xff\xfe"])
def test_what_is_no_attestation_is_called_so(desk, content):
    assert desk.refused(content) == "not_an_attestation"


def test_the_same_measure_attested_twice_is_a_duplicate(desk):
    desk.deposit()
    again = made.challenge(desk.application)
    with pytest.raises(Refusal) as caught:
        desk.deposit(made.attestation(again, judged_at=AT))
    assert caught.value.code == "duplicate"
    assert Challenge.objects.get(pk=again.pk).used_at is None


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.DECLARED, State.ARS_CHECK, State.CLOSED])
def test_objectives_take_no_proof_out_of_their_time(state):
    assert Desk(state=state).refused() == "proofs_closed"


@pytest.mark.parametrize("state", [State.OPERATIONAL, State.ARS_CHECK_FIX, State.ANS_REVIEW_FIX])
def test_objectives_take_proofs_in_the_operational_phase_and_in_corrections(state):
    assert Desk(state=state).deposit()


def test_a_stranger_learns_nothing(desk):
    assert desk.refused(by=made.editor(made.application())) == "not_allowed"


def test_an_instructor_deposits_nothing(desk):
    from rempart.hub.accounts.roles import Role  # noqa: PLC0415 — used here alone

    assert desk.refused(by=files.person(Role.ARS_INSTRUCTOR, of=desk.application.region)) == "not_allowed"


def test_every_refusal_has_its_own_sentence_and_advice():
    assert len({str(message) for message, _ in REASONS.values()}) == len(REASONS)
    assert all(str(advice) for _, advice in REASONS.values())


def test_a_deposit_never_changes(desk):
    from django.db import ProgrammingError, transaction  # noqa: PLC0415 — used here alone

    deposit = desk.deposit()
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Deposit.objects.filter(pk=deposit.pk).update(level=5)


class Garbage(TestCase):
    """Whatever the bytes, the answer is a refusal in words."""

    @settings(max_examples=150)
    @given(
        st.binary(max_size=400)
        | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
        | st.fixed_dictionaries(
            {
                "payload": st.text() | st.binary().map(lambda raw: base64.b64encode(raw).decode()),
                "payloadType": st.just("application/vnd.in-toto+json"),
                "signatures": st.lists(
                    st.fixed_dictionaries({"keyid": st.text() | st.integers(), "sig": st.text()}), max_size=2
                ),
            }
        )
        .map(json.dumps)
        .map(str.encode)
    )
    def test_garbage_is_refused_with_words(self, content):
        application = made.application()
        with pytest.raises(Refusal):
            deposit_attestation(application, content, by=made.editor(application), at=AT)
