"""What every rendering of a result shows, in one order: made once, free of any markup, hostile text made visible."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from rempart.detection.alerts.advice import action_of, advice, reason_of
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.attack import aim, attack, technique_name
from rempart.detection.alerts.entities import host_key, named, short_host, user_key
from rempart.detection.alerts.incident import Incident, Stage
from rempart.detection.alerts.levels import LEVELS, rank
from rempart.detection.alerts.result import DetectionResult, Looked, Rules
from rempart.detection.alerts.triage import Entry, State, Triage
from rempart.detection.render.shown import ActionView, AlertView, IncidentView, StageView, is_long
from rempart.detection.render.unseen import Unseen, unseen
from rempart.detection.render.wording import Wording
from rempart.detection.rules.form import About
from rempart.measurement.render.view import visible
from rempart.measurement.text import Language

URGENCIES = {"urgent": "urgent", "high": "high_priority", "watch": "watch_it", "low": "low_priority"}
"""The word said for each word of a score."""
TONES = {"urgent": "failed", "high": "failed", "watch": "to_review", "low": "not_applicable"}
"""The state of the house whose colour and icon go with it."""
_LEVEL_TONES = ("not_applicable", "not_applicable", "to_review", "failed", "failed")
_MEDIUM = rank("medium")
_TITLES = 3
"""Titles told of a stage; the others are counted."""
_STATES = {
    State.NEW: "state_new",
    State.SEEN: "state_seen",
    State.HANDLED: "state_handled",
    State.TRUE: "state_true",
    State.FALSE: "state_false",
}


class View:
    """A result made ready to be shown in one language, with what people said of it."""

    def __init__(self, result: DetectionResult, language: Language, triage: Triage | None = None) -> None:
        self.result = result
        self.language = language
        self.triage = triage or Triage()
        self.said = Wording(language, result.made_at)
        self._by_id = {alert.id: alert for alert in result.alerts}
        self._incident_of = {alert: each.id for each in result.incidents for alert in each.alerts}
        self.incidents = tuple(map(self._incident, result.incidents))
        self.open = tuple(each for each in self.incidents if not each.closed)
        self.closed = tuple(each for each in self.incidents if each.closed)

    # -- how are we doing ---------------------------------------------------------------------------------------------

    @property
    def head(self) -> str:
        """The sentence a tired reader needs first."""
        if not self.incidents:
            return self.said("head_none")
        if not self.open:
            return self.said("head_closed")
        counts = Counter(each.incident.score.word for each in self.open)
        told = [self.said(f"head_{word}", n=counts[word]) for word in URGENCIES if counts[word]]
        return ", ".join(told[:2])

    @property
    def lead(self) -> str:
        """What to do about it."""
        if not self.incidents:
            return self.said("lead_none")
        return self.said("lead_first", title=self.open[0].title) if self.open else self.said("lead_closed")

    @property
    def facts(self) -> list[str]:
        """Where and when: FINESS, moment of the run, days of the signs."""
        result, said = self.result, self.said
        moments = [moment for each in result.alerts for moment in (each.first, each.last) if moment]
        finess = [said("finess", number=result.finess)] if result.finess else []
        period = (
            [said("period", first=said.day_and_hour(min(moments)), last=said.day_and_hour(max(moments)))]
            if moments
            else []
        )
        return [*finess, said("made_at", moment=said.moment(result.made_at)), *period]

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """The figures: tone, figure, word."""
        number, said, result = self.said.words.number, self.said, self.result
        opened, blind = len(self.open), len(self.unseen)
        tone = self.open[0].tone if self.open else "satisfied"
        told = (
            (tone, opened, "tile_open"),
            ("not_applicable", len(result.alerts), "tile_alerts"),
            ("not_applicable", result.looked.events, "tile_events"),
            ("not_evaluated" if blind else "satisfied", blind, "tile_unseen"),
        )
        return [(tone, number(n), said(word, n=n)) for tone, n, word in told]

    @cached_property
    def unseen(self) -> list[Unseen]:
        """What could not be looked at."""
        return unseen(self.result, self.said)

    # -- incidents ----------------------------------------------------------------------------------------------------

    def _incident(self, incident: Incident) -> IncidentView:
        alerts = [self._by_id[each] for each in incident.alerts]
        entry = self.triage.of_incident(incident)
        return IncidentView(
            incident=incident,
            title=self._title(alerts, incident),
            word=self.said(URGENCIES[incident.score.word]),
            tone=TONES[incident.score.word],
            span=self._span(incident.first, incident.last),
            counted=", ".join((self.said("signs", n=len(alerts)), self.said("events", n=incident.events))),
            stages=tuple(self._stage(stage, is_long(incident)) for stage in incident.stages),
            who=self._who(incident),
            actions=self._actions(incident),
            declare=tuple(self.said.text(reason) for each in incident.declare if (reason := reason_of(each))),
            alerts=tuple(map(self.alert, alerts)),
            state=self.state(entry),
            closed=entry is not None and entry.state.closed,
        )

    def _stage(self, stage: Stage, long: bool) -> StageView:  # noqa: FBT001 — one caller, just above
        """Return a stage: what saw it, the most serious first; the day too when the incident lasts."""
        alerts = sorted((self._by_id[each] for each in stage.alerts), key=lambda each: -rank(each.about.level))
        titles = tuple(dict.fromkeys(visible(each.about.title) for each in alerts))
        left = len(titles) - _TITLES
        more = (self.said("others", n=left),) if left > 0 else ()
        told = self.said.day_and_hour if long else self.said.clock
        return StageView(
            slug=stage.tactic,
            name=self.stage(stage.tactic),
            first=stage.first,
            when=told(stage.first) if stage.first else self.said("no_moment"),
            titles=(*titles[:_TITLES], *more),
            faint=all(rank(each.about.level) < _MEDIUM for each in alerts),
        )

    def _title(self, alerts: Sequence[Alert], incident: Incident) -> str:
        """Return the gravest thing seen, the latest of its level, and where."""
        worst = max(alerts, key=lambda each: (rank(each.about.level), each.first.timestamp() if each.first else 0.0))
        host, user, address = named(worst)
        places = (host, *incident.hosts, user, *incident.users, address, *incident.addresses)
        where = short_host(next(filter(None, places), ""))
        if not where:
            return visible(worst.about.title)
        return self.said("incident_title", what=worst.about.title, where=where)

    def _who(self, incident: Incident) -> tuple[tuple[str, str], ...]:
        kinds = (
            ("hosts", _machines(incident)),
            ("users", _once(incident.users, user_key)),
            ("addresses", incident.addresses),
        )
        return tuple((self.said(word, n=len(names)), self.said.listed(names, 5)) for word, names in kinds if names)

    def _actions(self, incident: Incident) -> tuple[ActionView, ...]:
        names = {
            "hosts": self.said.listed(_machines(incident), 4) or self.said("no_hosts"),
            "users": self.said.listed(_once(incident.users, user_key), 4) or self.said("no_users"),
            "addresses": self.said.listed(incident.addresses, 4) or self.said("no_addresses"),
        }
        known = [action for each in incident.actions if (action := action_of(each))]
        told = []
        for action in known:
            lead, _, rest = self.said.text(action.text).rstrip(".").partition(". ")
            lead, rest = (f"{part}.".format(**names) if part else "" for part in (lead, rest))
            told.append(ActionView(lead, rest, self.said.text(action.undo)))
        return tuple(told)

    def _span(self, first: datetime | None, last: datetime | None) -> str:
        if first is None or last is None:
            return self.said("no_moment")
        if first == last:
            return self.said("at_moment", first=self.said.day_and_hour(first))
        if self.said.here(first).date() == self.said.here(last).date():
            return self.said("same_day", first=self.said.day_and_hour(first), last=self.said.clock(last))
        return self.said("from_to", first=self.said.day_and_hour(first), last=self.said.day_and_hour(last))

    def state(self, entry: Entry | None) -> str:
        """Return what somebody said of an incident or an alert; that nobody did when there is nothing."""
        state = self.said(_STATES[entry.state if entry else State.NEW])
        if entry is None:
            return state
        told = self.said("state_by", state=state, by=entry.by, moment=self.said.day_and_hour(entry.at))
        return f"{told} – {visible(entry.note)}" if entry.note else told

    # -- alerts -------------------------------------------------------------------------------------------------------

    def alert(self, alert: Alert) -> AlertView:
        """Return one alert ready to be shown."""
        entry = self.triage.of_alert(alert.id)
        place = rank(alert.about.level)
        return AlertView(
            alert=alert,
            title=visible(alert.about.title),
            level=self.said(LEVELS[place]),
            tone=_LEVEL_TONES[place],
            when=self.said.day_and_hour(alert.first) if alert.first else self.said("no_moment"),
            where=_where(alert),
            stage=self.stage(aim(alert.about.tags).stage),
            techniques=tuple(
                (each, self.said.text(name) if (name := technique_name(each)) else each)
                for each in aim(alert.about.tags).techniques
            ),
            state=self.state(entry) if entry else "",
            incident=self._incident_of.get(alert.id, ""),
        )

    @cached_property
    def lone(self) -> tuple[AlertView, ...]:
        """The alerts that are in no incident, the most serious first."""
        alone = [alert for alert in self.result.alerts if alert.id not in self._incident_of]
        return tuple(map(self.alert, sorted(alone, key=lambda each: -rank(each.about.level))))

    def stage(self, slug: str) -> str:
        """Return the name of a tactic."""
        known = attack().tactics.get(slug)
        return self.said.text(known) if known else self.said("stage_none")

    # -- rules, CERT Santé --------------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> list[tuple[About, int]]:
        """The rules that raised an alert, with how many, the most serious first."""
        counts = Counter(alert.about.id for alert in self.result.alerts)
        known = {alert.about.id: alert.about for alert in self.result.alerts}
        return sorted(
            ((about, counts[about.id]) for about in known.values()),
            key=lambda pair: (-rank(pair[0].level), pair[0].title, pair[0].id),
        )

    @property
    def cert(self) -> list[str]:
        """When to call the CERT Santé, for this result."""
        portal = advice().cert.portal
        reasons = tuple(dict.fromkeys(reason for each in self.open for reason in each.declare))
        rules = [self.said("cert_rule"), self.said("cert_doubt")]
        if reasons:
            because = f"{self.said('cert_because')} {' ; '.join(reasons)}."
            return [self.said.tidy(because), self.said("cert_do", portal=portal), self.said("cert_cnil")]
        return [self.said("cert_no" if self.open else "cert_none"), *rules, self.said("cert_do", portal=portal)]

    @property
    def cert_title(self) -> str:
        """Its title: a likely duty, or when."""
        return self.said("cert_yes" if any(each.declare for each in self.open) else "cert")


def _where(alert: Alert) -> str:
    host, user, address = named(alert)
    return ", ".join(visible(name) for name in (short_host(host), user, address) if name)


def _machines(incident: Incident) -> tuple[str, ...]:
    return tuple(map(short_host, _once(incident.hosts, host_key)))


def _once(names: Sequence[str], key: Callable[[str], str]) -> tuple[str, ...]:
    """Return the names, those of one machine or account once, as they were first written."""
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(key(name), name)
    return tuple(kept.values())


def words_alone(language: Language, at: datetime) -> View:
    """Return a view of nothing, to tell an alert that is out of its result; hours are on the clock of `at`."""
    looked = Looked(files={}, bytes=0, events=0, classes=(), unknown=0, undated=0, flawed=0, flaws=())
    rules = Rules(loaded=0, correlations=0, fed=0, absent=(), refusals=(), left_out=(), digest="")
    return View(
        DetectionResult(made_at=at, name="", looked=looked, rules=rules, matches=0, alerts=(), incidents=()), language
    )
