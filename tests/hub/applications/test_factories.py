from itertools import pairwise

import pytest

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State)
def test_the_factory_makes_a_valid_file_in_every_state(state):
    made = make.application(state)
    made.full_clean()
    events = list(made.events.all())
    assert Application.objects.get(pk=made.pk).state == state
    assert not events or events[-1].target == state
    assert all(before.target == after.source and before.at <= after.at for before, after in pairwise(events))


@pytest.mark.parametrize("kind", ["ght", "public", "nonprofit", "forprofit"])
def test_the_factory_makes_every_kind_of_applicant(kind):
    made = make.application(State.SUBMITTED, kind)
    assert made.kind == kind
    assert made.perimeter.exists()
