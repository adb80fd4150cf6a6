"""How urgent an incident is: out of 100, from three figures anybody can check.

* **Severity, 50 points.** Each different rule adds the weight of its level (`levels.WEIGHTS`), divided by the square
  root of the number of incidents of the run it appears in: a rule that fires everywhere tells nothing apart.
* **Breadth, 25 points.** Five for each tactic of ATT&CK after the first, among alerts of level medium or more: a story
  in several acts is no accident.
* **Progress, 25 points.** How far along an attack the furthest alert of level medium or more stands: the last tactic,
  damage, gives all of them.

Breadth and progress count in proportion to severity up to 20 points, so that faint signs never look like a disaster.
"""

import math
from collections.abc import Mapping, Sequence

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.attack import aim, order
from rempart.detection.alerts.incident import Score
from rempart.detection.alerts.levels import rank, weight

SEVERITY, BREADTH, PROGRESS = 50, 25, 25
_A_TACTIC = 5
_SURE = 20
_MEDIUM = rank("medium")


def score(alerts: Sequence[Alert], seen_in: Mapping[str, int]) -> Score:
    """Return the score of an incident; `seen_in` says, by rule, in how many incidents it appears."""
    rules = {alert.about.id: alert.about.level for alert in alerts}
    points = sum(weight(level) / math.sqrt(seen_in.get(rule, 1)) for rule, level in rules.items())
    severity = min(SEVERITY, round(points))
    share = min(1.0, points / _SURE)
    tactics = {aim(alert.about.tags).stage for alert in alerts if rank(alert.about.level) >= _MEDIUM} - {""}
    furthest = max((order()[slug] for slug in tactics), default=0)
    breadth = min(BREADTH, round(_A_TACTIC * max(0, len(tactics) - 1) * share))
    return Score(severity, breadth, round(PROGRESS * furthest / max(order().values()) * share))
