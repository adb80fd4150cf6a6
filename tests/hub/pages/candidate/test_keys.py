import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.proofs.models import RegisteredKey
from rempart.proof.keys import public_pem
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person

pytestmark = pytest.mark.django_db
KEYS = "/dossiers/cles/"


def pem(content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("cle.pub", content or public_pem(factory.signer("a")))


@pytest.fixture
def admin():
    entity = files.entity()
    return entity, as_person(files.person(Role.ESTABLISHMENT_ADMIN, on=entity))


def test_an_establishment_registers_its_own_key(admin):
    entity, client = admin
    assert "Aucune clé enregistrée" in client.get(KEYS).content.decode()
    answer = client.post(KEYS, {"entity": entity.pk, "label": "poste 1", "file": pem()}, follow=True)
    assert "poste 1" in answer.content.decode()
    assert RegisteredKey.objects.get().legal_entity == entity


def test_a_private_key_is_refused_and_nothing_is_kept(admin):
    entity, client = admin
    sent = {"entity": entity.pk, "label": "x", "file": pem(b"-----BEGIN PRIVATE KEY-----")}
    answer = client.post(KEYS, sent)
    assert answer.status_code == 422
    assert "ne l’envoyez jamais" in answer.content.decode()
    assert not RegisteredKey.objects.exists()


def test_nobody_registers_a_key_for_others(admin):
    _entity, client = admin
    other = files.entity()
    assert client.post(KEYS, {"entity": other.pk, "label": "x", "file": pem()}).status_code == 422
    assert not RegisteredKey.objects.exists()


def test_a_key_is_revoked_by_its_own_people_only(admin):
    entity, client = admin
    key = factory.key(entity)
    stranger = as_person(files.person(Role.EDITOR))
    address = reverse("candidate_revoke_key", args=[key.pk])
    assert stranger.post(address).status_code == 404
    assert client.get(address).status_code == 405
    client.post(address)
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert "Révoquée le" in client.get(KEYS).content.decode()


def test_who_holds_no_role_in_an_establishment_manages_no_key():
    assert "d’aucun établissement" in as_person(files.person()).get(KEYS).content.decode()
