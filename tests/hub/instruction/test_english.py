import re

import pytest
from django.conf import settings

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from tests.hub.factories import proofs
from tests.hub.factories.accounts import person

pytestmark = pytest.mark.django_db
FRENCH = ("Dossier", "dossier", "Exigence", "Aucun", "Candidat", "Plafond", "Échéance", "jeton", "Demander ")


@pytest.mark.parametrize(
    "path",
    [
        "/instruction/",
        "/instruction/dossiers/",
        "/instruction/dossiers/{number}/",
        "/instruction/dossiers/{number}/echanges/",
        "/instruction/dossiers/{number}/suivi/",
        "/instruction/dossiers/{number}/historique/",
        "/instruction/dossiers/{number}/actions/request_correction/",
        "/instruction/lots/validate_objectives/",
        "/exports/",
        "/exports/nouveau/files/",
        "/api/docs/",
        "/api/jetons/",
    ],
)
def test_every_page_speaks_english_to_who_asks(signed_in, path):
    file = proofs.application(State.ANS_REVIEW)
    client = signed_in(person(Role.ANS_VERIFIER))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(path.format(number=file.number)).content.decode()
    assert '<html lang="en">' in page
    main = page.partition("<main")[2].partition("</main>")[0]
    said = re.sub(r'(href|action|value|name|id|for)="[^"]*"', "", main)
    assert [said[max(0, said.index(word) - 40) :][:90] for word in FRENCH if word in said] == []
