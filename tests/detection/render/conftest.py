"""A night whose every log line, account and rule was written by somebody who wants to break the page."""

from dataclasses import replace

import pytest

from rempart.detection.alerts.alert import Because, Reference
from rempart.detection.alerts.incidents import incidents
from rempart.detection.alerts.result import DetectionResult, Looked
from rempart.measurement.report import Flaw
from rempart.measurement.text import Text
from tests.detection.alerts import night
from tests.measurement.render.conftest import HOSTILE


@pytest.fixture(scope="session")
def result() -> DetectionResult:
    return night.result()


@pytest.fixture(scope="session")
def hostile() -> DetectionResult:
    made = night.result()
    alerts = []
    for place, alert in enumerate(made.alerts):
        bad = HOSTILE[place % len(HOSTILE)]
        about = replace(
            alert.about, title=bad, author=bad, licence=bad, description=bad, references=(bad, f"https://{bad}"),
            false_positives=(bad,), status=bad, pack=bad, path=bad, logsource=bad, id=bad,
        )  # fmt: skip
        alerts.append(
            replace(
                alert,
                about=about,
                host=bad,
                user=f"{place}{bad}",
                address=bad,
                events=(Reference(bad, place, 0),),
                keys=((bad, bad),),
                because=(Because(bad, bad, bad), Because(bad, f"*{bad[:4]}*", bad * 9)),
                event={bad: bad, "list": (bad, bad)},
            )
        )
    refusal = replace(
        made.rules.refusals[0], title=HOSTILE[0], path=HOSTILE[1], reason=Text(fr=HOSTILE[2], en=HOSTILE[2])
    )
    looked = made.looked
    return replace(
        made,
        name=HOSTILE[0],
        alerts=tuple(alerts),
        incidents=incidents(alerts, at=night.AT),
        rules=replace(made.rules, refusals=(refusal,)),
        looked=Looked(looked.files, 1, 1, looked.classes, 1, 1, 1, (Flaw(place=HOSTILE[5], problem=HOSTILE[0]),)),
    )
