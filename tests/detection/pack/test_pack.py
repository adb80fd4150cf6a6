"""What the house promises of its rules: read by people in French, proved by events, loaded without a warning."""

import re
import uuid
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.rule import SigmaRule
from sigma.types import SigmaRegularExpression

from rempart.detection import pack
from rempart.detection.logsources import SYSTEM, Target, targets
from rempart.detection.pack.cases import cases, events_file
from tests.detection.pack.running import compiled, found

FILES = {str(path.relative_to(pack.folder())): path for path in pack.rules()}
TACTICS = (
    "initial-access|execution|persistence|privilege-escalation|stealth|defense-impairment|credential-access|discovery|"
    "lateral-movement|collection|command-and-control|exfiltration|impact"
)
FRENCH = re.compile(r"\b(le|la|les|un|une|des|du|de|par|sur|hors|dans|est)\b|\b(l|d|n|s|qu)'", re.IGNORECASE)


@cache
def collection() -> SigmaCollection:
    rules = SigmaCollection.merge(
        SigmaCollection.from_yaml(path.read_text(encoding="utf-8"), resolve_references=False) for path in FILES.values()
    )
    rules.resolve_rule_references()
    return rules


def rules_of(name: str) -> list[SigmaRule | SigmaCorrelationRule]:
    """Return the rules of a file; it is about the last one, after the rules it gathers."""
    identifiers = re.findall(r"^id: (\S+)$", FILES[name].read_text(encoding="utf-8"), re.MULTILINE)
    return [collection()[identifier] for identifier in identifiers]


def test_the_pack_is_as_large_as_promised():
    kinds = Counter(rule.type for rule in collection() if isinstance(rule, SigmaCorrelationRule))
    assert len(FILES) >= 45
    assert len(kinds) >= 6


def test_every_rule_is_read_without_an_error():
    assert [rule.errors for rule in collection() if rule.errors] == []


def test_identifiers_titles_and_names_are_unique():
    rules = collection().rules
    for values in ([rule.id for rule in rules], [rule.title for rule in rules], [r.name for r in rules if r.name]):
        assert [value for value, count in Counter(values).items() if count > 1] == []
    assert all(isinstance(rule.id, uuid.UUID) and rule.id.version == 4 for rule in rules)


@pytest.mark.parametrize("name", FILES)
def test_a_rule_says_who_wrote_it_and_what_to_do_in_french(name: str):
    for rule in rules_of(name):
        assert rule.author == "Rempart"
        assert rule.license == "EUPL-1.2"
        assert rule.status is not None
        assert rule.level is not None
        assert rule.falsepositives
        assert rule.references
        assert all(link.startswith("https://") for link in rule.references)
        for text in (rule.description, *rule.falsepositives):
            assert FRENCH.search(text) or text.startswith("Aucun"), text
        assert max(map(len, re.split(r"[.,]", rule.description))) < 160


@pytest.mark.parametrize("name", FILES)
def test_a_rule_names_its_techniques_and_tactics(name: str):
    for rule in rules_of(name):
        tags = [str(tag) for tag in rule.tags]
        assert any(re.fullmatch(r"attack\.t\d{4}(\.\d{3})?", tag) for tag in tags)
        assert any(re.fullmatch(rf"attack\.({TACTICS})", tag) for tag in tags)
        assert all(re.fullmatch(rf"attack\.(t\d{{4}}(\.\d{{3}})?|{TACTICS})|cve\.\d{{4}}-\d+", tag) for tag in tags)


@pytest.mark.parametrize("name", FILES)
def test_the_events_of_a_rule_say_what_it_must_find_and_leave_alone(name: str):
    told = cases(FILES[name])
    assert sum(case.matches for case in told) >= 2
    assert sum(not case.matches for case in told) >= 2


@pytest.mark.parametrize("name", FILES)
def test_a_rule_finds_its_events_and_leaves_the_others(name: str):
    rule = pack.identifier(FILES[name].stem)
    given = {case.name: rule in found(case) for case in cases(FILES[name])}
    assert given == {case.name: case.matches for case in cases(FILES[name])}


def test_the_engine_takes_every_rule_of_the_pack():
    assert [(refusal.path, refusal.reason.fr) for refusal in compiled().refusals] == []
    assert len(compiled().rules) + len(compiled().correlations) == len(collection().rules)


def test_a_rule_that_only_serves_to_count_claims_little():
    rules = (*compiled().rules, *compiled().correlations)
    assert {rule.about.title for rule in rules if not rule.alone and rule.about.level in {"high", "critical"}} == set()


def test_every_expression_is_one_that_takes_linear_time():
    for rule in collection():
        if isinstance(rule, SigmaRule):
            for expression in expressions(rule):
                assert pl.Series([""]).str.contains(expression).dtype == pl.Boolean


def expressions(rule: SigmaRule) -> list[str]:
    found = []
    waiting = [condition.parsed for condition in rule.detection.parsed_condition]
    while waiting:
        item = waiting.pop()
        waiting += getattr(item, "args", [])
        if isinstance(getattr(item, "value", None), SigmaRegularExpression):
            found.append(str(item.value.regexp))
    return found


def test_placeholders_are_all_told_and_all_used():
    texts = "".join(path.read_text(encoding="utf-8") for path in FILES.values())
    assert set(re.findall(r"%(\w+)%'", texts)) - {"temp", "appdata"} == set(pack.placeholders())


def test_no_events_without_a_rule():
    kept = set(pack.folder().with_name("events").rglob("*.jsonl"))
    assert kept == {events_file(path) for path in FILES.values()}


def test_events_are_fictional():
    ours = r"\.(example|test)\b|VALMONT|^(10|172\.(1[6-9]|2\d|3[01])|192\.168|198\.51\.100|203\.0\.113|192\.0\.2)\."
    for name, path in FILES.items():
        for address in re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", events_file(path).read_text(encoding="utf-8")):
            assert re.search(ours, address) or address == "127.0.0.1", (name, address)


def test_rules_load_alone_as_a_folder(tmp_path: Path):
    copied = tmp_path / "pack"
    for path in FILES.values():
        target = copied / path.name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    loaded = SigmaCollection.load_ruleset([copied], collect_errors=True)
    assert loaded.errors == []


def test_every_field_is_one_that_some_log_has():
    for rule in collection():
        if isinstance(rule, SigmaRule):
            source = rule.logsource
            there = targets(source.category, source.product, source.service)
            assert there, rule.title
            lacking = {name for name in fields(rule) if not any(has(one, name) for one in there)}
            assert lacking == set(), (rule.title, lacking)


def has(target: Target, name: str) -> bool:
    return name in SYSTEM or any(target.can_have(native) for native in target.natives(name))


def fields(rule: SigmaRule) -> set[str]:
    found = set()
    waiting = [condition.parsed for condition in rule.detection.parsed_condition]
    while waiting:
        item = waiting.pop()
        waiting += getattr(item, "args", [])
        if isinstance(getattr(item, "field", None), str):
            found.add(item.field)
    return found
