"""The dashboards in a real browser, full and empty, wide and narrow."""

from datetime import timedelta

import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Event
from rempart.hub.funding.applications.states import State
from rempart.hub.territory.models import Ght
from rempart.hub.territory.services import load_reference
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import applications as make
from tests.hub.factories.territory import entity, ght, region

pytestmark = pytest.mark.django_db(transaction=True)
STATES = [State.SUBMITTED, State.VALIDATED, State.OPERATIONAL, State.DECLARED, State.OBJECTIVES_MET, State.PAID]


@pytest.fixture
def call():
    """A call with a few files in some real regions, all of invented applicants."""
    load_reference()
    made = make.call("D9-2099")
    for rank, code in enumerate(("53", "28", "11", "04", "93", "76")):
        place = region(code)
        for turn, state in enumerate(STATES[: rank + 1]):
            applicant = (
                ght(of=place) if turn == 0 else entity(of=place, status=("public", "nonprofit", "forprofit")[turn % 3])
            )
            if isinstance(applicant, Ght):
                assert applicant.region == place
            file = make.application(state, of=made, applicant=applicant)
            for event in Event.objects.filter(application=file):
                Event.objects.filter(pk=event.pk).update(at=event.at + timedelta(days=9 * turn))
        for _ in range(rank):
            make.ceiling(made, entity(of=place, status="nonprofit"))
    return made


def test_the_national_dashboard_reads_well_at_both_widths(page, live_server, call):
    sign_in(page, live_server, make.person(Role.DNS_PILOT))
    visit(page, live_server, f"/pilotage/{call.pk}/")
    axe(page)
    screenshots(page, "steering-national")
    page.get_by_role("link", name="Départements").click()
    axe(page)
    screenshots(page, "steering-departments")


def test_the_regional_and_the_empty_dashboards_read_well(page, live_server, call):
    sign_in(page, live_server, make.person(Role.ARS_LEAD, of=region("76")))
    visit(page, live_server, f"/pilotage/{call.pk}/")
    assert page.locator("h1").inner_text() == "Occitanie"
    axe(page)
    screenshots(page, "steering-region")
    visit(page, live_server, f"/pilotage/{make.call('V9-2099').pk}/")
    axe(page)
    screenshots(page, "steering-empty")
