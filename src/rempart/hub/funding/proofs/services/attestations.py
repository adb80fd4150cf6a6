"""The deposit of an attestation: every check by itself, each refusal with its own words, all or nothing."""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from rempart.hub.accounts.models import User
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.proofs import instruction, receipts
from rempart.hub.funding.proofs.access import check_may_act, check_may_see, check_open
from rempart.hub.funding.proofs.checking import public_key, said
from rempart.hub.funding.proofs.models import Challenge, Deposit, KnownCatalogue, RegisteredKey
from rempart.hub.funding.proofs.refusals import refusal
from rempart.hub.territory.models import Site
from rempart.measurement.errors import AlteredError, InputError
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import MAX_BYTES, claimed_key, verify

CLOCK_DRIFT = timedelta(minutes=10)
"""How far ahead of ours the clock of a hospital may run."""


@transaction.atomic
def deposit_attestation(application: Application, content: bytes, *, by: User, at: datetime) -> Deposit:
    """Verify an attestation, keep it as it came, sign a receipt and assess the requirement it answers for.

    The same bytes again give back the same deposit and receipt, so that a lost answer may be asked for again.

    Raises:
        Refusal: see `refusals.REASONS`; also `not_allowed` and `proofs_closed`. Nothing is kept then.

    """
    check_may_see(by, application)
    if len(content) > MAX_BYTES:
        raise refusal("too_large")
    known = _same(application, content)
    if known is not None:
        return known
    key, attestation = _verified(content)
    application = locked(application.pk)  # its state as it is now: a declaration may be under way
    challenge = _locked_challenge(application, attestation)
    known = _same(application, content)
    if known is not None:  # the same file was being deposited while we waited for the challenge
        return known
    check_may_act(by, application, challenge.legal_entity_id)
    check_open(application, challenge.requirement)
    _check_answer(challenge, key, at)
    _check_dates(attestation, at)
    deposit = _keep(challenge, key, attestation, content, by=by, at=at)
    receipts.issue_for_deposit(deposit, at=at)
    instruction.arrived(application, at=at)
    return deposit


def _same(application: Application, content: bytes) -> Deposit | None:
    sha256 = hashlib.sha256(content).hexdigest()
    return Deposit.objects.filter(application=application, sha256=sha256).select_related("receipt").first()


def _verified(content: bytes) -> tuple[RegisteredKey, Attestation]:
    """Return the registered key that signed, in service or not, and what it signed."""
    try:
        keyid = claimed_key(content)
    except InputError as error:
        raise refusal("not_an_attestation") from error
    keys = RegisteredKey.objects.filter(keyid=keyid).order_by("revoked_at")
    key = keys.filter(revoked_at=None).first() or keys.last()
    if key is None:
        raise refusal("wrong_key")
    try:
        return key, verify(content, [public_key(key.pem)])
    except AlteredError as error:
        raise refusal("tampered") from error
    except InputError as error:
        raise refusal("not_an_attestation") from error


def _locked_challenge(application: Application, attestation: Attestation) -> Challenge:
    """Return the challenge the attestation answers, locked: one attestation at a time may use it."""
    value = attestation.predicate.challenge
    if value is None:
        raise refusal("no_challenge")
    challenge = Challenge.objects.select_for_update(of=("self",)).filter(value=value).first()
    if challenge is None:
        raise refusal("unknown_challenge")
    if challenge.application_id != application.pk:
        raise refusal("replayed")
    challenge.application = application
    return challenge


def _check_answer(challenge: Challenge, key: RegisteredKey, at: datetime) -> None:
    """Check that the challenge still waits for an answer, and that the key is the one of whom it asked."""
    if key.legal_entity_id != challenge.legal_entity_id:
        raise refusal("wrong_key")
    if key.revoked_at is not None:
        raise refusal("key_revoked")
    if challenge.used_at is not None:
        raise refusal("challenge_used")
    if not challenge.issued_at <= at <= challenge.expires_at:
        raise refusal("challenge_expired")


def _check_dates(attestation: Attestation, at: datetime) -> None:
    """Check that the measure was taken, then judged, then deposited, and not too long ago."""
    taken, judged = attestation.predicate.taken_at, attestation.predicate.judged_at
    if taken.tzinfo is None or judged.tzinfo is None:
        raise refusal("not_an_attestation")
    if not taken <= judged <= at + CLOCK_DRIFT:
        raise refusal("future_date")
    if at - taken > timedelta(days=settings.ATTESTATION_DAYS):
        raise refusal("stale")


def _keep(  # noqa: PLR0913 — all that a row says
    challenge: Challenge, key: RegisteredKey, attestation: Attestation, content: bytes, *, by: User, at: datetime
) -> Deposit:
    claim = attestation.predicate
    engine, level, at_most, finess, snapshot, catalogue = said(attestation)
    deposit = Deposit(
        application=challenge.application,
        requirement=challenge.requirement,
        challenge=challenge,
        key=key,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        engine=engine[:40],
        tool_version=claim.tool_version,
        catalogue_version=claim.catalogue_version,
        catalogue_digest=catalogue,
        catalogue_known=_catalogue_is_known(engine, catalogue),
        snapshot_digest=snapshot,
        level=level,
        at_most=at_most,
        counts={status.value: count for status, count in claim.counts.items()},
        finess=finess or "",
        members=_members(challenge, finess),
        taken_at=claim.taken_at,
        judged_at=claim.judged_at,
        deposited_by=by,
        deposited_at=at,
    )
    challenge.used_at = at
    challenge.save(update_fields=["used_at"])
    try:
        with transaction.atomic():
            deposit.save(force_insert=True)
    except IntegrityError as error:  # the same measure was being deposited with another challenge
        raise refusal("duplicate") from error
    return deposit


def _catalogue_is_known(engine: str, digest: str) -> bool:
    known = KnownCatalogue.objects.filter(engine=engine, digest=digest, retired_at=None).exists()
    if not known and not settings.UNKNOWN_CATALOGUE_TO_REVIEW:
        raise refusal("unknown_catalogue")
    return known


def _members(challenge: Challenge, finess: str | None) -> list[str]:
    """Return the members of the file the attestation speaks for, once its FINESS number is the one asked for.

    In a GHT's file members are entities; in an entity's file, sites: its own number speaks for all of them.
    """
    entity = challenge.legal_entity_id
    if challenge.site_id is not None:
        right = finess == challenge.site_id
    else:
        right = finess == entity or Site.objects.filter(pk=finess, legal_entity=entity).exists()
    if finess is None or not right:
        raise refusal("wrong_perimeter")
    if challenge.application.ght_id:
        return [entity]
    return [] if finess == entity else [finess]
