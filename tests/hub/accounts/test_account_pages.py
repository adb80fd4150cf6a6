import json
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from rempart.hub.accounts.models import Delegation, Identity, Invitation, User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import invitations
from tests.hub.factories.accounts import PASSWORD, a_ght, a_region, an_entity, give, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity():
    return an_entity(a_region("84"), name="Centre hospitalier de Valmont (fictif)")


@pytest.fixture
def admin(entity):
    return person(Role.ESTABLISHMENT_ADMIN, entity=entity)


@pytest.fixture
def invitation(entity, admin):
    return invitations.invite("nouvelle@exemple.test", Role.EDITOR, entity, by=admin, at=timezone.now())


def link(invitation):
    return f"/compte/invitation/{invitations.token_of(invitation)}/"


def test_an_invitation_makes_an_account_with_a_password_and_asks_for_a_second_factor(client, invitation, entity):
    page = client.get(link(invitation))
    assert "Centre hospitalier de Valmont" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    given = {"first_name": "Iris", "last_name": "Colin", "password": "quatre mots sans rapport"}
    client.post(link(invitation), given)
    user = User.objects.get(email="nouvelle@exemple.test")
    assert (user.first_name, user.memberships.get().legal_entity) == ("Iris", entity)
    assert client.get("/compte/").headers["Location"] == "/compte/second-facteur/"


@pytest.mark.parametrize("password", ["court", "123456789012", "nouvelle@exemple.test", "motdepasse"])
def test_a_weak_password_is_refused_with_its_reason(client, invitation, password):
    answer = client.post(link(invitation), {"first_name": "Iris", "last_name": "Colin", "password": password})
    assert answer.status_code == 200
    assert not User.objects.filter(email="nouvelle@exemple.test").exists()


def test_an_invitation_adds_a_role_to_the_account_signed_in(signed_in, invitation, entity):
    user = person()
    client = signed_in(user)
    assert user.last_name in client.get(link(invitation)).content.decode()
    client.post(link(invitation))
    assert user.memberships.get().legal_entity == entity


def test_who_has_an_account_already_is_sent_to_sign_in(client, entity, admin):
    user = person()
    invitation = invitations.invite(user.email, Role.EDITOR, entity, by=admin, at=timezone.now())
    assert "Vous avez déjà un compte" in client.get(link(invitation)).content.decode()
    client.post(link(invitation), {"first_name": "A", "last_name": "B", "password": "quatre mots sans rapport"})
    assert User.objects.filter(email=user.email).count() == 1
    assert not user.memberships.exists()


def test_a_dead_link_says_why(client, invitation, admin):
    invitations.cancel(invitation, by=admin, at=timezone.now())
    answer = client.get(link(invitation))
    assert answer.status_code == 400
    assert "Cette invitation a été annulée" in answer.content.decode()
    assert client.get("/compte/invitation/faux/").status_code == 400


def test_an_administrator_sees_their_own_people_and_no_other(signed_in, admin, entity):
    mine, other = person(Role.EDITOR, entity=entity), person(Role.EDITOR)
    page = signed_in(admin).get("/compte/personnes/").content.decode()
    assert mine.email in page
    assert other.email not in page


def test_a_lead_sees_instructors_and_first_administrators_of_their_region(signed_in, admin, entity):
    editor = person(Role.EDITOR, entity=entity)
    instructor, far = (
        person(Role.ARS_INSTRUCTOR, region=a_region("84")),
        person(Role.ARS_INSTRUCTOR, region=a_region("11")),
    )
    page = signed_in(person(Role.ARS_LEAD, region=a_region("84"))).get("/compte/personnes/").content.decode()
    assert admin.email in page
    assert instructor.email in page
    assert editor.email not in page
    assert far.email not in page


def test_people_are_found_by_name_or_address_within_what_one_manages(signed_in, admin, entity):
    person(Role.EDITOR, entity=entity, last_name="Garance")
    hidden = person(Role.EDITOR, last_name="Garance")
    page = signed_in(admin).get("/compte/personnes/?q=garance").content.decode()
    assert "Garance" in page
    assert hidden.email not in page
    assert "Personne ne répond" in signed_in(admin).get("/compte/personnes/?q=zzz").content.decode()


def test_the_list_of_people_costs_as_many_queries_for_two_as_for_thirty(
    signed_in, admin, entity, django_assert_num_queries
):
    client = signed_in(admin)
    client.get("/compte/personnes/")
    with django_assert_num_queries(8):
        client.get("/compte/personnes/")
    for _ in range(30):
        person(Role.EDITOR, entity=entity)
    for number in range(10):
        invitations.invite(f"a{number}@exemple.test", Role.EDITOR, entity, by=admin, at=timezone.now())
    with django_assert_num_queries(8):
        client.get("/compte/personnes/")


def test_an_administrator_invites_from_the_page(signed_in, admin, entity, run_jobs):
    client = signed_in(admin)
    sent = {"email": "a@exemple.test", "role": Role.SIGNATORY, "place": f"entity:{entity.pk}"}
    assert client.post("/compte/personnes/inviter/", sent).headers["Location"] == "/compte/personnes/"
    run_jobs()
    assert outbox.outbox[0].to == ["a@exemple.test"]
    again = client.post("/compte/personnes/inviter/", sent)
    assert "déjà invitée" in again.content.decode()


def test_a_lead_invites_the_first_administrator_by_finess(signed_in, entity):
    client = signed_in(person(Role.ARS_LEAD, region=a_region("84")))
    sent = {"email": "a@exemple.test", "role": Role.ESTABLISHMENT_ADMIN, "code": entity.pk}
    client.post("/compte/personnes/inviter/", sent)
    assert Invitation.objects.get().legal_entity == entity
    far = client.post("/compte/personnes/inviter/", {**sent, "code": an_entity(a_region("11")).pk})
    assert "Vous ne pouvez pas gérer ce rôle" in far.content.decode()
    none = client.post("/compte/personnes/inviter/", {**sent, "code": "000000000"})
    assert "ne porte ce numéro" in none.content.decode()


def test_a_role_and_a_place_that_do_not_go_together_are_refused(signed_in):
    client = signed_in(person(Role.ADMINISTRATOR))
    answer = client.post(
        "/compte/personnes/inviter/", {"email": "a@exemple.test", "role": Role.EDITOR, "place": "nation"}
    )
    assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_a_role_is_ended_from_the_page_after_a_question(signed_in, admin, entity):
    held = person(Role.EDITOR, entity=entity).memberships.get()
    client = signed_in(admin)
    assert "Retirer ce rôle" in client.get(f"/compte/roles/{held.pk}/retirer/").content.decode()
    held.refresh_from_db()
    assert held.ended_at is None
    client.post(f"/compte/roles/{held.pk}/retirer/")
    held.refresh_from_db()
    assert held.ended_at is not None


def test_a_part_is_delegated_and_taken_back_from_the_page(signed_in):
    support, member = an_entity(), an_entity()
    ght = a_ght(support=support, members=[member])
    client = signed_in(person(Role.ESTABLISHMENT_ADMIN, entity=member))
    assert "Déléguer ma part" in client.get("/compte/delegations/").content.decode()
    client.post("/compte/delegations/", {"entity": member.pk})
    assert Delegation.objects.get().ght == ght
    client.post("/compte/delegations/", {"entity": member.pk})
    assert Delegation.objects.get().ended_at is not None
    assert client.post("/compte/delegations/", {"entity": support.pk}).status_code == 403


def test_the_support_establishment_reads_the_parts_received(signed_in):
    support, member = an_entity(), an_entity(name="Hôpital de Brumelle (fictif)")
    ght = a_ght(support=support, members=[member])
    client = signed_in(person(Role.EDITOR, entity=support))
    assert "Aucune part déléguée" in client.get("/compte/delegations/").content.decode()
    Delegation.objects.create(ght=ght, legal_entity=member, given_by=person())
    assert "Hôpital de Brumelle" in client.get("/compte/delegations/").content.decode()


def test_one_changes_ones_name_and_language(signed_in):
    user = person()
    signed_in(user).post("/compte/", {"first_name": "Iris", "last_name": "Colin", "language": "en"})
    user.refresh_from_db()
    assert (user.first_name, user.language) == ("Iris", "en")


def test_one_takes_ones_data_away(signed_in):
    user = person(Role.EDITOR)
    answer = signed_in(user).get("/compte/mes-donnees/")
    assert json.loads(answer.content)["personne"]["adresse"] == user.email
    assert "attachment" in answer.headers["Content-Disposition"]


def test_one_erases_ones_account_after_saying_again_who_one_is(signed_in):
    user = person(Role.EDITOR)
    client = signed_in(user)
    assert client.get("/compte/effacer/").headers["Location"].startswith("/compte/reauthenticate/")
    assert client.post("/compte/reauthenticate/?next=/compte/effacer/", {"password": PASSWORD}).status_code == 302
    assert "définitif" in client.get("/compte/effacer/").content.decode()
    client.post("/compte/effacer/")
    user.refresh_from_db()
    assert user.erased_at is not None
    assert client.get("/compte/").headers["Location"].startswith("/compte/login/")


def test_one_detaches_ones_own_identity_only_and_not_the_last_way_in(signed_in):
    user, other = person(), person()
    mine = Identity.objects.create(user=user, provider="psc", subject="1")
    theirs = Identity.objects.create(user=other, provider="psc", subject="2")
    client = signed_in(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "oidc", "at": timezone.now().timestamp()}]
    session.save()
    assert client.post(f"/compte/identites/{theirs.pk}/detacher/").status_code == 404
    user.set_unusable_password()
    user.save()
    client = signed_in(user)
    client.post(f"/compte/identites/{mine.pk}/detacher/")
    assert Identity.objects.filter(pk=mine.pk).exists()
    Identity.objects.create(user=user, provider="proconnect", subject="1")
    client.post(f"/compte/identites/{mine.pk}/detacher/")
    assert not Identity.objects.filter(pk=mine.pk).exists()


def test_a_page_is_in_english_for_who_asks(signed_in, admin):
    client = signed_in(admin)
    client.post("/langue/", {"language": "en"})
    assert "People and roles" in client.get("/compte/personnes/").content.decode()


def test_an_expired_invitation_is_shown_as_such(signed_in, admin, entity):
    invitations.invite("a@exemple.test", Role.EDITOR, entity, by=admin, at=timezone.now() - timedelta(days=15))
    assert "dépassée" in signed_in(admin).get("/compte/personnes/").content.decode()


def test_the_menu_shows_what_ones_roles_open(signed_in, admin):
    give(admin, Role.ARS_LEAD, region=a_region("84"))
    assert "/compte/personnes/" in signed_in(admin).get("/compte/").content.decode()
    page = signed_in(person(Role.ANS_PAYER)).get("/compte/").content.decode()
    assert "/compte/personnes/" not in page
    assert "/compte/delegations/" not in page
