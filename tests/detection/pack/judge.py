"""A small, slow and obvious judge of rules, independent of the kernel: what the pack's events must give."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sigma.collection import SigmaCollection
from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionItem, ConditionNOT, ConditionOR
from sigma.correlations import SigmaCorrelationRule
from sigma.rule import SigmaRule
from sigma.types import (
    Placeholder,
    SigmaCompareExpression,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from rempart.detection import pack
from rempart.detection.pack.cases import Case, Event

CATEGORIES = {
    ("windows", "process_creation"): (("windows/sysmon", "1"), ("windows/security", "4688")),
    ("windows", "network_connection"): (("windows/sysmon", "3"),),
    ("windows", "process_access"): (("windows/sysmon", "10"),),
    ("windows", "file_event"): (("windows/sysmon", "11"),),
    ("windows", "registry_set"): (("windows/sysmon", "13"),),
    ("windows", "file_delete"): (("windows/sysmon", "23"),),
    ("windows", "ps_script"): (("windows/powershell", "4104"),),
    ("linux", "process_creation"): (("linux/sysmon", "1"),),
    (None, "proxy"): (("web/proxy", None),),
    (None, "firewall"): (("network/firewall", None),),
}
PROGRAMS = {"sshd": ("sshd",), "sudo": ("sudo",), "cron": ("cron", "crond")}
CLOUDS = {("m365", "audit"): "cloud/m365", ("azure", "signinlogs"): "cloud/azure"}
MAPPED = {"NewProcessName": "Image", "ParentProcessName": "ParentImage", "SubjectUserName": "User"}
TEXT = "@text"


@dataclass(frozen=True)
class Match:
    """An event, or several, that a rule found."""

    rule: str
    events: tuple[Event, ...]


def collection(paths: Iterable[Path]) -> SigmaCollection:
    """Return the rules of some files, together."""
    return SigmaCollection.merge(
        SigmaCollection.from_yaml(path.read_text(encoding="utf-8"), resolve_references=False) for path in paths
    )


class Judge:
    """Says what the rules find in the events of a case."""

    def __init__(self, rules: SigmaCollection) -> None:
        rules.resolve_rule_references()
        self.rules = rules

    def matches(self, rule: SigmaRule | SigmaCorrelationRule, case: Case) -> list[Match]:
        if isinstance(rule, SigmaRule):
            return [
                Match(str(rule.id), (event,)) for event in case.events if looks_at(rule, event) and holds(rule, event)
            ]
        found = {reference.rule.id: self.matches(reference.rule, case) for reference in rule.rules}
        return list(correlated(rule, found))


def looks_at(rule: SigmaRule, event: Event) -> bool:
    """Tell whether the logsource of the rule means the event."""
    source = rule.logsource
    wanted: tuple[tuple[str, str | None], ...]
    if source.category:
        wanted = CATEGORIES[source.product, source.category]
    elif source.product == "linux":
        wanted = tuple(("linux/syslog", program) for program in PROGRAMS.get(source.service, (None,)))
    else:
        named = CLOUDS.get((source.product, source.service), f"{source.product}/{source.service}")
        wanted = ((named, None),)
    return any(
        name == event.event_class.source and code in {None, event.event_class.code.lower()} for name, code in wanted
    )


def holds(rule: SigmaRule, event: Event) -> bool:
    """Tell whether one condition of the rule is true of the event."""
    fields = dict(event.fields)
    if rule.logsource.category == "process_creation" and event.event_class.code == "4688":
        fields = {MAPPED.get(name, name): value for name, value in fields.items()}
    fields[TEXT] = "\n".join(event.fields.values())
    return any(_true(condition.parsed, fields, event.at) for condition in rule.detection.parsed_condition)


def _true(item: Any, fields: Mapping[str, str], at: datetime) -> bool:
    if isinstance(item, ConditionItem):
        branches = (_true(part, fields, at) for part in item.args)
        if isinstance(item, ConditionNOT):
            return not next(branches)
        return any(branches) if isinstance(item, ConditionOR) else all(branches)
    if isinstance(item, ConditionFieldEqualsValueExpression):
        return _equals(item.value, fields.get(item.field), fields, at)
    return bool(re.search(_pattern(item.value), fields[TEXT], re.IGNORECASE))


def _equals(sought: Any, value: str | None, fields: Mapping[str, str], at: datetime) -> bool:
    if isinstance(sought, SigmaCompareExpression):
        part = isinstance(sought.number, SigmaTimestampPart)
        return _compares(sought, float(at.hour) if part else None if value is None else float(value))
    if value is None or isinstance(sought, SigmaNull):
        return isinstance(sought, SigmaNull) and value is None
    if isinstance(sought, SigmaFieldReference):
        return value.lower() == fields.get(sought.field, "").lower()
    if isinstance(sought, SigmaRegularExpression):
        return bool(re.search(str(sought.regexp), value, re.IGNORECASE if sought.flags else 0))
    if isinstance(sought, SigmaNumber):
        return value == str(sought.number)
    return any(re.fullmatch(_pattern(text), value, re.IGNORECASE) for text in filled(sought))


def _compares(sought: SigmaCompareExpression, value: float | None) -> bool:
    against = float(sought.number.number)
    return value is not None and COMPARE[sought.op.name](value, against)


COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "GTE": lambda value, against: value >= against,
    "GT": lambda value, against: value > against,
    "LTE": lambda value, against: value <= against,
    "LT": lambda value, against: value < against,
}


def filled(text: SigmaString) -> list[SigmaString]:
    """Return the text with its placeholder replaced by each of its values."""
    names = [part.name for part in text.s if isinstance(part, Placeholder)]
    return [SigmaString(value) for value in pack.placeholders()[names[0]]] if names else [text]


def _pattern(text: SigmaString) -> str:
    marks = {SpecialChars.WILDCARD_MULTI: "(?s:.*)", SpecialChars.WILDCARD_SINGLE: "(?s:.)"}
    return "".join(marks[part] if isinstance(part, SpecialChars) else re.escape(str(part)) for part in text.s)


def correlated(rule: SigmaCorrelationRule, found: Mapping[Any, list[Match]]) -> Iterable[Match]:
    """Yield the groups of matches that meet the correlation: every window that starts at a match, ends included."""
    groups: dict[tuple[str, ...], list[tuple[Any, Match]]] = {}
    for name, matches in found.items():
        for match in matches:
            key = tuple(_field(match.events[0], field) for field in rule.group_by or ())
            groups.setdefault(key, []).append((name, match))
    for members in groups.values():
        ordered = sorted(members, key=lambda member: member[1].events[-1].at)
        for rank, (_, first) in enumerate(ordered):
            since = first.events[-1].at
            window = [
                (name, match)
                for name, match in ordered[rank:]
                if (match.events[-1].at - since).total_seconds() <= rule.timespan.seconds
            ]
            if _meets(rule, window):
                yield Match(str(rule.id), tuple(chain.from_iterable(match.events for _, match in window)))


def _field(event: Event, name: str) -> str:
    mapped = {MAPPED.get(field, field): value for field, value in event.fields.items()} | dict(event.fields)
    return mapped.get(name, "")


def _meets(rule: SigmaCorrelationRule, window: list[tuple[Any, Match]]) -> bool:
    kind, condition = rule.type.name, rule.condition
    if kind == "TEMPORAL_ORDERED":
        wanted = iter([reference.rule.id for reference in rule.rules])
        sought = next(wanted)
        for name, _ in window:
            if name == sought:
                sought = next(wanted, None)
        return sought is None
    if kind == "TEMPORAL" and condition is None:
        return {name for name, _ in window} == {reference.rule.id for reference in rule.rules}
    values = [_field(match.events[0], condition.fieldref) for _, match in window] if condition.fieldref else []
    numbers = [float(value) for value in values] if kind in {"VALUE_SUM", "VALUE_AVG"} else []
    measured = {
        "TEMPORAL": lambda: len({name for name, _ in window}),
        "EVENT_COUNT": lambda: len(window),
        "VALUE_COUNT": lambda: len(set(values)),
        "VALUE_SUM": lambda: sum(numbers),
        "VALUE_AVG": lambda: sum(numbers) / len(numbers),
    }[kind]()
    return COMPARE[condition.op.name](float(measured), float(condition.count))
