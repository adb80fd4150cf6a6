"""The detection itself: rules that run, people who answer, logs that are kept."""

from collections.abc import Iterator

from rempart.detection.controls import control
from rempart.detection.coverage import Coverage
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Measure, Verdict, no_subjects

REFUSED_PERCENT = 10
RULES_DAYS = 90
ANSWERED_PERCENT = 90
KEPT_DAYS = {3: 90, 4: 180, 5: 365}
_UNKNOWN = Text(
    fr="le registre ne le dit pas pour ces trois jours (la veille a-t-elle tourné ?)",
    en="the ledger does not say for these three days (did the watch run?)",
)
_NO_ROSTER = Text(
    fr="la veille n'a pas de tableau d'astreinte (roster, dans sa configuration)",
    en="the watch has no roster (roster, in its configuration)",
)
_NO_STORE = Text(
    fr="aucune conservation n'a été mesurée (rempart detection store)",
    en="no retention was measured (rempart detection store)",
)
_CALM = Text(fr="aucun incident à signaler en trente jours", en="no incident to tell of in thirty days")


@control("vuln_rules_active")
def rules_active(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether rules run, then whether few of them were refused."""
    rules, refused = coverage.fact("rules"), coverage.fact("refused")
    first, second = entry.levels
    if rules is None or refused is None:
        yield entry.not_evaluated(_UNKNOWN, level=first)
        yield entry.not_evaluated(_UNKNOWN, level=second)
        return
    measured: dict[str, Measure] = {"rules": int(rules), "refused": int(refused)}
    yield entry.judge(no_subjects(), level=first, failed=rules == 0, measured=measured)
    too_many = refused * 100 > REFUSED_PERCENT * (rules + refused)
    yield entry.judge(no_subjects(), level=second, failed=rules == 0 or too_many, measured=measured)


@control("vuln_rules_fresh")
def rules_fresh(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge the age of the newest rule."""
    newest = coverage.fact("rules_newest")
    if newest is None:
        yield entry.not_evaluated(_UNKNOWN)
        return
    days = int((coverage.at.timestamp() - newest) // 86400)
    yield entry.judge(no_subjects(), failed=days > RULES_DAYS, measured={"days": days, "limit": RULES_DAYS})


@control("vuln_roster")
def roster(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether somebody is on call at every minute of the thirty days to come."""
    minutes = coverage.fact("roster_gap_minutes")
    if minutes is None:
        yield entry.not_evaluated(_NO_ROSTER)
        return
    yield entry.judge(no_subjects(), failed=minutes > 0, measured={"uncovered_minutes": int(minutes)})


@control("vuln_acknowledged")
def acknowledged(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge how many incidents somebody took care of within the hour."""
    told, within = coverage.fact("told_30"), coverage.fact("acknowledged_within_hour_30")
    if told is None:
        yield entry.not_evaluated(_UNKNOWN)
        return
    if told == 0:
        yield entry.not_applicable(_CALM)
        return
    percent = int((within or 0) * 100 // told)
    measured: dict[str, Measure] = {"incidents": int(told), "percent": percent, "limit": ANSWERED_PERCENT}
    yield entry.judge(no_subjects(), failed=percent < ANSWERED_PERCENT, measured=measured)


@control("vuln_retention")
def retention(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge how many days of logs can be searched."""
    days = coverage.fact("store_days")
    for level in entry.levels:
        if days is None:
            yield entry.not_evaluated(_NO_STORE, level=level)
            continue
        measured: dict[str, Measure] = {"days": int(days), "limit": KEPT_DAYS[level]}
        yield entry.judge(no_subjects(), level=level, failed=days < KEPT_DAYS[level], measured=measured)
