from tests.hub.factories import applications as make
from tests.hub.matrix import AGENCY, APPLICANTS, FAR, NATION, Row, elsewhere


def furnish(world):
    world.steered = make.call("STEER-2099")


def steered(world):
    return [world.steered.pk]


STEERING = AGENCY | NATION | (FAR - {elsewhere(role) for role in APPLICANTS})

ROWS = [
    Row("steering", allowed=STEERING),
    Row("dashboard", allowed=STEERING, arguments=steered),
    Row("dashboard_export", allowed=STEERING, arguments=steered),
    Row("open_data_json", arguments=steered),
    Row("open_data_csv", arguments=steered),
]
