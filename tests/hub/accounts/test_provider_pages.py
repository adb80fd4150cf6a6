"""The pages of a sign-in with a provider: the site is asked in process, the provider is real."""

import pytest
from django.utils import timezone

from rempart.hub.accounts.models import Identity, User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import invitations
from tests.hub.factories.accounts import an_entity, person

pytestmark = pytest.mark.django_db
MAELLE = {"provider": "psc", "subject": "899700000001"}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "http://testserver"


def walk(client, provider, code="psc", *, query="", **how):
    """Leave for the provider, consent there (or `cancel`), and come back."""
    there = client.get(f"/compte/fournisseur/{code}/{query}").headers["Location"]
    back = provider.consent(there, cancel=how.pop("cancel", False)).removeprefix("http://testserver")
    return client.get(back, **how)


@pytest.fixture
def maelle():
    user = person(Role.EDITOR, first_name="Maëlle")
    Identity.objects.create(user=user, **MAELLE)
    return user


def test_a_known_identity_comes_in_without_a_second_factor(client, provider, maelle):
    answer = walk(client, provider, query="?next=/compte/")
    assert answer.headers["Location"] == "/compte/"
    assert maelle.email in client.get("/compte/").content.decode()


@pytest.mark.usefixtures("maelle")
def test_nobody_is_sent_elsewhere_after_coming_back(client, provider):
    assert walk(client, provider, query="?next=https://ailleurs.test/").headers["Location"] == "/"


def test_the_email_a_provider_tells_counts_for_nothing(client, provider):
    user = person(email="ignace.delorme@exemple.test")
    answer = walk(client, provider, "proconnect")
    assert answer.headers["Location"] == "/compte/inconnu/"
    assert client.get("/compte/").headers["Location"].startswith("/compte/login/")
    assert not user.identities.exists()


def test_an_unknown_identity_learns_how_to_be_invited_and_where_it_works(client, provider):
    entity = an_entity(finess="990000001", name="Centre hospitalier de Valmont (fictif)")
    page = walk(client, provider, follow=True).content.decode()
    assert "il vous manque une invitation" in page
    assert entity.name in page
    assert not User.objects.exists()
    assert not Identity.objects.exists()


def test_an_identity_that_holds_an_invitation_becomes_a_person(client, provider):
    entity = an_entity()
    admin = person(Role.ESTABLISHMENT_ADMIN, entity=entity)
    invitation = invitations.invite("nouvelle@exemple.test", Role.EDITOR, entity, by=admin, at=timezone.now())
    link = f"/compte/invitation/{invitations.token_of(invitation)}/"
    assert "/compte/fournisseur/psc/" in client.get(link).content.decode()
    page = walk(client, provider, follow=True).content.decode()
    assert 'value="Maëlle"' in page
    client.post(link, {"first_name": "Maëlle", "last_name": "Aubrac"})
    user = User.objects.get(email="nouvelle@exemple.test")
    assert (user.identities.get().subject, user.memberships.get().legal_entity) == ("899700000001", entity)
    assert not user.has_usable_password()
    assert client.get("/compte/").status_code == 200
    kept = str(vars(user)) + str(vars(user.identities.get()))
    for told in ("990000001", "13002526500013", "VALMONT", "APPPRIP3"):
        assert told not in kept


def test_an_identity_is_attached_to_the_account_signed_in(signed_in, provider):
    user = person(Role.EDITOR)
    client = signed_in(user)
    assert "Rattacher Pro Santé Connect" in client.get("/compte/").content.decode()
    assert walk(client, provider).headers["Location"] == "/compte/"
    assert user.identities.get().subject == "899700000001"


def test_an_identity_of_another_is_not_attached(signed_in, provider, maelle):
    user = person(Role.EDITOR)
    answer = walk(signed_in(user), provider)
    assert answer.status_code == 400
    assert "rattachée à un autre compte" in answer.content.decode()
    assert maelle.identities.count() == 1
    assert not user.identities.exists()


def test_a_closed_account_does_not_open_by_its_identity(client, provider, maelle):
    User.objects.filter(pk=maelle.pk).update(is_active=False)
    assert walk(client, provider).headers["Location"] == "/compte/inactive/"
    assert client.get("/compte/").headers["Location"].startswith("/compte/login/")


@pytest.mark.usefixtures("maelle")
@pytest.mark.parametrize(("variant", "said"), [("acr", "niveau d’authentification"), ("nonce", "une autre demande")])
def test_a_failure_is_said_on_a_page_with_its_name(client, provider, variant, said):
    provider.behave(variant)
    answer = walk(client, provider)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert client.get("/compte/").headers["Location"].startswith("/compte/login/")


def test_who_changes_their_mind_is_told_so(client, provider):
    assert "Vous avez interrompu" in walk(client, provider, cancel=True).content.decode()


@pytest.mark.usefixtures("maelle")
def test_an_answer_works_once_and_in_the_browser_that_asked(client, provider, django_user_model):
    there = client.get("/compte/fournisseur/psc/").headers["Location"]
    back = provider.consent(there).removeprefix("http://testserver")
    stranger = type(client)()
    assert "Aucune connexion" in stranger.get(back).content.decode()
    assert client.get(back).status_code == 302
    client.post("/compte/logout/")
    assert "Aucune connexion" in client.get(back).content.decode()
    assert django_user_model.objects.count() == 1


@pytest.mark.usefixtures("maelle")
def test_an_answer_of_one_provider_is_not_taken_for_another(client, provider):
    there = client.get("/compte/fournisseur/psc/").headers["Location"]
    back = provider.consent(there).removeprefix("http://testserver").replace("/psc/", "/proconnect/")
    assert "Aucune connexion" in client.get(back).content.decode()


def test_a_provider_without_keys_is_not_offered(client, settings, provider):
    assert "Continuer avec ProConnect" in client.get("/compte/login/").content.decode()
    settings.OIDC_PROVIDERS = {"psc": provider.psc, "proconnect": ("", "", "")}
    assert "Continuer avec ProConnect" not in client.get("/compte/login/").content.decode()
    assert client.get("/compte/fournisseur/proconnect/").status_code == 400
    assert client.get("/compte/fournisseur/autre/").status_code == 400


def test_leaving_rempart_ends_the_session_of_proconnect_too(client, provider):
    user = person(Role.DNS_PILOT)
    Identity.objects.create(user=user, provider="proconnect", subject="a1b2c3d4-proconnect-agent")
    walk(client, provider, "proconnect")
    answer = client.post("/compte/logout/")
    assert answer.headers["Location"].startswith(f"{provider.url}/api/v2/session/end?")
    assert client.get("/compte/").headers["Location"].startswith("/compte/login/")


def test_leaving_rempart_works_when_the_provider_is_away(client, provider, settings):
    user = person(Role.DNS_PILOT)
    Identity.objects.create(user=user, provider="proconnect", subject="a1b2c3d4-proconnect-agent")
    walk(client, provider, "proconnect")
    settings.OIDC_PROVIDERS = {"proconnect": ("http://127.0.0.1:9", "rempart", "secret")}
    assert client.post("/compte/logout/").headers["Location"] == "/"
