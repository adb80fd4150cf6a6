from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from rempart.detection.catalogue import catalogue as of_the_detection
from rempart.directory.catalogue import catalogue as of_the_directory
from rempart.exposure.catalogue import catalogue as of_the_exposure
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs import hub_key, readiness
from rempart.hub.funding.proofs.models import Challenge, KnownCatalogue, RegisteredKey
from rempart.hub.funding.proofs.services import (
    issue_challenge,
    load_catalogues,
    register_key,
    retire_catalogue,
    revoke_key,
)
from rempart.measurement.errors import InputError
from rempart.proof.keys import create_key, public_pem, read_public_key
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as made

AT = made.AT
PEM = public_pem(made.signer("any"))


def refused(service, *args, **fields) -> str:
    with pytest.raises(Refusal) as caught:
        service(*args, **{"at": AT, **fields})
    return caught.value.code


@pytest.mark.django_db
def test_a_key_is_registered_once_and_the_same_again_is_the_same_row():
    entity = files.entity()
    by = files.person(Role.EDITOR, on=entity)
    key = register_key(entity, PEM, label="Serveur", by=by, at=AT)
    assert key.keyid == made.signer("any").public_key.keyid
    assert register_key(entity, PEM.decode(), by=by, at=AT) == key


@pytest.mark.django_db
def test_a_key_of_another_establishment_is_taken():
    entity, other = files.entity(), files.entity()
    register_key(entity, PEM, by=files.person(Role.EDITOR, on=entity), at=AT)
    assert refused(register_key, other, PEM, by=files.person(Role.EDITOR, on=other)) == "key_taken"


@pytest.mark.django_db
def test_a_private_key_sent_by_mistake_is_not_kept(tmp_path):
    entity = files.entity()
    create_key(tmp_path / "k")
    content = (tmp_path / "k").read_bytes()
    assert refused(register_key, entity, content, by=files.person(Role.EDITOR, on=entity)) == "private_key"
    assert not RegisteredKey.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("pem", [b"", b"\xff", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "é"])
def test_what_is_no_key_is_refused(pem):
    entity = files.entity()
    assert refused(register_key, entity, pem, by=files.person(Role.EDITOR, on=entity)) == "not_a_key"


@pytest.mark.django_db
def test_another_kind_of_key_is_refused():
    entity = files.entity()
    public = generate_private_key(SECP256R1()).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert refused(register_key, entity, pem, by=files.person(Role.EDITOR, on=entity)) == "not_a_key"


@pytest.mark.django_db
def test_only_the_establishments_own_people_hold_its_keys():
    entity = files.entity()
    for by in (files.person(), files.person(Role.EDITOR, on=files.entity()), files.person(Role.ADMINISTRATOR)):
        assert refused(register_key, entity, PEM, by=by) == "not_allowed"
    key = made.key(entity)
    assert refused(revoke_key, key, by=files.person()) == "not_allowed"


@pytest.mark.django_db
def test_a_revoked_key_says_by_whom_and_stays_revoked():
    entity = files.entity()
    by = files.person(Role.ESTABLISHMENT_ADMIN, on=entity)
    key = revoke_key(made.key(entity), by=by, at=AT)
    assert (key.revoked_at, key.revoked_by) == (AT, by)
    assert revoke_key(key, by=by, at=AT + timedelta(days=1)).revoked_at == AT
    assert register_key(entity, key.pem, by=by, at=AT) != key


# Challenges


@pytest.mark.django_db
def test_a_challenge_is_long_random_and_expires(settings):
    application = made.application()
    by, entity = made.editor(application), made.entity_of(application)
    values = {issue_challenge(application, made.MEASURE, entity, by=by, at=AT).value for _ in range(5)}
    assert len(values) == 5
    assert all(len(value) >= 32 for value in values)
    assert set(Challenge.objects.values_list("expires_at", flat=True)) == {AT + timedelta(days=settings.CHALLENGE_DAYS)}


@pytest.mark.django_db
def test_a_challenge_is_for_a_member_of_the_file_and_in_its_time():
    application = made.application()
    by, entity = made.editor(application), made.entity_of(application)
    other = files.entity(sites=1)
    assert refused(issue_challenge, application, made.MEASURE, other, by=by) == "not_allowed"
    site = other.sites.get()
    assert refused(issue_challenge, application, made.MEASURE, entity, site=site, by=by) == "not_member"
    assert refused(issue_challenge, application, "T9", entity, by=by) == "unknown_requirement"
    assert refused(issue_challenge, application, made.PREREQUISITE, entity, by=by) == "proofs_closed"
    draft = made.application(State.DRAFT)
    assert issue_challenge(draft, made.PREREQUISITE, made.entity_of(draft), by=made.editor(draft), at=AT)


# The hub's key


def test_the_hubs_key_is_made_once_for_its_owners_eyes(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    first = hub_key.public_key_pem()
    hub_key._kept.cache_clear()
    assert hub_key.public_key_pem() == first
    assert (tmp_path / hub_key.FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [hub_key.FILE]


def test_the_hubs_key_may_come_from_the_environment(settings, tmp_path):
    create_key(tmp_path / "k")
    settings.RECEIPT_KEY = (tmp_path / "k").read_text().replace("\n", "\\n")
    assert hub_key.public_key_pem() == (tmp_path / "k.pub").read_bytes()


def test_a_key_of_the_environment_that_is_none_is_said_so(settings):
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings.RECEIPT_KEY = pem.decode()
    with pytest.raises(InputError, match="REMPART_HUB_RECEIPT_KEY"):
        hub_key.signer()


@pytest.mark.django_db
def test_anybody_may_download_the_hubs_public_key(client):
    answer = client.get("/cle-du-hub.pub")
    assert read_public_key(answer.content).keyid == hub_key.signer().public_key.keyid


# Catalogues


@pytest.mark.django_db
def test_the_shipped_list_names_each_engines_own_catalogue():
    engines = (of_the_directory(), of_the_exposure(), of_the_detection())
    assert load_catalogues(at=AT) == len(engines)
    assert load_catalogues(at=AT) == 0
    for own in engines:
        known = KnownCatalogue.objects.get(engine=own.engine)
        assert (f"sha256:{known.digest}", known.version) == (own.digest, own.version)


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["nothing = ", "[[catalogue]]\nengine = 'x'", "[[other]]\n"])
def test_what_is_no_list_of_catalogues_is_refused(content):
    assert refused(load_catalogues, content) == "bad_catalogues"


@pytest.mark.django_db
def test_only_the_administrator_changes_the_list():
    assert refused(load_catalogues, by=files.person(Role.ANS_VERIFIER)) == "not_allowed"
    load_catalogues(by=files.person(Role.ADMINISTRATOR), at=AT)
    known = KnownCatalogue.objects.get(engine="directory")
    retire_catalogue(known, at=AT)
    known.refresh_from_db()
    assert known.retired_at == AT


# Readiness


@pytest.mark.django_db
def test_what_a_hub_lacks_is_said(settings, antivirus_address):
    assert {one.code: one.grave for one in readiness.shortcomings()} == {"no_antivirus": False, "no_catalogue": True}
    made.catalogue()
    settings.CLAMD = antivirus_address
    assert list(readiness.shortcomings()) == []
    settings.CLAMD, settings.RECEIPT_KEY = "tcp://127.0.0.1:1", "x"
    assert {one.code for one in readiness.shortcomings()} == {"antivirus_down", "no_receipt_key"}
