"""The mails one receives: the page where one chooses, and the link that stops a kind of mail."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import personal
from rempart.hub.funding.applications.models import MailChoices, Rhythm
from rempart.hub.funding.applications.services import mail_choices
from rempart.hub.funding.applications.services.mail_choices import Kind
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories.accounts import a_region, an_entity, person

pytestmark = pytest.mark.django_db
PAGE = "/compte/courriels/"


@pytest.fixture
def agent():
    return person(Role.ARS_INSTRUCTOR, region=a_region("84"))


@pytest.fixture
def editor():
    return person(Role.EDITOR, entity=an_entity(a_region("84")))


def stop_path(user, kind):
    return urlsplit(mail_choices.stopping_link(user.pk, kind)).path


def test_nobody_chooses_without_signing_in(client):
    assert client.get(PAGE).status_code == 302


def test_an_applicant_chooses_messages_only_and_reads_what_always_comes(signed_in, editor):
    client = signed_in(editor)
    said = client.get(PAGE).content.decode()
    assert "Le résumé de ce qui vous attend" not in said
    assert "Les demandes de complément" in said
    assert "Un dossier vous est attribué" not in said
    assert client.post(PAGE, {"digest": "never"}).status_code == 302
    kept = MailChoices.objects.get(user=editor)
    assert (kept.digest, kept.messages) == (Rhythm.DAILY, False)


def test_an_agent_chooses_the_rhythm_of_the_digest(signed_in, agent):
    client = signed_in(agent)
    said = client.get(PAGE).content.decode()
    assert "Les demandes de complément" not in said
    assert client.post(PAGE, {"digest": "hourly", "messages": "on"}).status_code == 400
    client.post(PAGE, {"digest": "weekly", "messages": "on"})
    kept = MailChoices.objects.get(user=agent)
    assert (kept.digest, kept.messages) == (Rhythm.WEEKLY, True)


@pytest.mark.parametrize(("kind", "left"), [(Kind.DIGEST, ("never", True)), (Kind.MESSAGES, ("daily", False))])
def test_a_link_shows_then_stops_its_kind_without_signing_in_nor_token_of_the_page(agent, kind, left):
    stranger = Client(enforce_csrf_checks=True)
    path = stop_path(agent, kind)
    assert "Ne plus les recevoir" in stranger.get(path).content.decode()
    assert not MailChoices.objects.exists()
    answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert agent.email not in answer.content.decode()
    kept = MailChoices.objects.get(user=agent)
    assert (kept.digest, kept.messages) == left


def test_a_link_altered_or_of_somebody_erased_stops_nothing(client, editor):
    path = stop_path(editor, Kind.MESSAGES)
    for bad in (path[:-4] + "xxx/", "/compte/courriels/arret/rien/"):
        assert client.post(bad).status_code == 404
    personal.erase(editor, at=editor.joined_at)
    assert client.post(path).status_code == 404
    assert not MailChoices.objects.exists()


def test_the_pages_read_well(page, live_server, agent):
    visit(page, live_server, stop_path(agent, Kind.DIGEST))
    axe(page)
    screenshots(page, "account-mail-stop")
    page.click("text=Ne plus les recevoir")
    page.wait_for_selector("[role=status]")
    axe(page)
    sign_in(page, live_server, agent)
    visit(page, live_server, PAGE)
    axe(page)
    screenshots(page, "account-mails")
