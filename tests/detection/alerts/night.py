"""A made-up night at the Centre hospitalier de Valmont (fictif): a phishing, a climb, backups deleted."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from rempart.detection.alerts.alert import Because, Reference
from rempart.detection.alerts.raised import FOLDED, Raising, raise_alerts
from rempart.detection.alerts.result import DetectionResult, result_of
from rempart.detection.census import Census
from rempart.detection.events import EventClass
from rempart.detection.findings import Findings, LeftOut
from rempart.detection.matched import CORRELATED, MATCHED
from rempart.detection.rules.form import About, And, Compiled, Correlation, Gather, Refusal, Rule, Scope
from rempart.measurement.text import Text

AT = datetime(2026, 11, 24, 3, 7, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
NAME = "Centre hospitalier de Valmont (fictif)"
ANY = And(())

TOLD = json.loads(Path(__file__).with_name("night.json").read_text(encoding="utf-8"))
RULES = {
    key: (told["title"], told["level"], tuple(told["tags"]), told["source"], told["code"])
    for key, told in TOLD["rules"].items()
}
GATHERED = ("failed",)
NUMBERS = {key: number for number, key in enumerate(RULES)}


def about(key: str, title: str, level: str, tags: tuple[str, ...], logsource: str = "") -> About:
    return About(
        id=f"00000000-0000-4000-8000-{NUMBERS.get(key, 99):012d}",
        title=title,
        level=level,
        status="stable",
        author="Camille Renard, Valmont",
        licence="EUPL-1.2",
        description=f"{title} : ce que la règle cherche, en une phrase.",
        tags=tags,
        references=("https://attack.mitre.org/",),
        false_positives=("Travaux d'administration annoncés",),
        pack="rempart",
        path=f"{key}.yml",
        logsource=logsource,
    )


def compiled() -> Compiled:
    rules = tuple(
        Rule(
            about(key, title, level, tags, source),
            (Scope(source, (code,) if code else None, ANY),),
            key not in GATHERED,
        )
        for key, (title, level, tags, source, code) in RULES.items()
    )
    vpn = Correlation(
        about=about("vpn", "VPN deviné : nombreux échecs", "high", ("attack.credential-access", "attack.t1110.001")),
        gather=Gather.EVENT_COUNT,
        rules=(NUMBERS["failed"],),
        group_by=("User",),
        aliases=(),
        timespan=timedelta(minutes=10),
        condition=(),
    )
    refusal = Refusal(
        pack="sigmahq",
        path="rules/windows/regard.yml",
        title="Look-behind on a command line",
        reason=Text(fr="expression régulière à regard en arrière", en="regular expression with look-behind"),
    )
    return Compiled((), rules, (vpn,), (refusal,), (), "9f1c" * 16)


def when(clock: str) -> datetime:
    hours, minutes, *seconds = map(int, clock.split(":"))
    day = EVENING.replace(hour=0) + timedelta(days=hours < 12)
    return day + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


STORY = [tuple(row.values()) for row in TOLD["story"]]
"""Moment, rule, machine, account, address, whole event, what the rule seeks by field."""


def matched(story=None) -> pa.Table:
    rows = []
    for place, (clock, key, host, user, address, event, _) in enumerate(STORY if story is None else story):
        _, _, _, source, code = RULES[key]
        file = f"/journaux/{source.replace('/', '-')}.jsonl"
        rows.append(
            {
                "rule": NUMBERS[key], "source": source, "code": code, "file": file, "offset": place * 1000,
                "length": len(str(event)), "time": when(clock) if clock else None, "host": host or None,
                "user": user or None, "address": address or None,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=MATCHED)


def correlated() -> pa.Table:
    rows = [place for place, told in enumerate(STORY) if told[1] == "failed"]
    burst = {
        "rule": len(RULES), "first": when("21:10"), "last": when("21:17"), "keys": ["d.morel"], "measured": 8.0,
        "rows": rows,
    }  # fmt: skip
    return pa.Table.from_pylist([burst], schema=CORRELATED)


def census() -> Census:
    census = Census(files=Counter({"evtx": 14, "json": 3, "syslog": 6, "unknown": 1}), bytes=18_400_000_000)
    for source, code, count in [
        ("windows/sysmon", "1", 812_400), ("windows/sysmon", "10", 96_120), ("windows/sysmon", "13", 1_204_000),
        ("windows/system", "7045", 31), ("windows/security", "4698", 12), ("windows/application", "0", 410),
        ("windows/sysmon", "3", 2_410_000), ("linux/syslog", "sudo", 640), ("hospital/vpn", "login", 1_870),
        ("hospital/medical", "usb", 4), ("unknown", "", 12_877),
    ]:  # fmt: skip
        census.events[EventClass(source, code)] = count
    census.undated = 41
    census.flaw("/journaux/evtx/PC-BLOC-03.evtx, enregistrement 88120", "bloc de données abîmé", 212)
    census.flaw("/journaux/syslog/coeur.log, octet 991200", "ligne de plus de 1 Mo coupée")
    return census


def findings() -> Findings:
    left_out = (LeftOut(rule=len(RULES), undated=3, keyless=1, valueless=0),)
    return Findings(compiled(), matched(), correlated(), census(), left_out)


def fetch(reference: Reference):
    return STORY[reference.offset // 1000][5]


def explain(_compiled, number, _event_class, event, _at):
    key = list(RULES)[number]
    told = next(sought for _, name, _, _, _, each, sought in STORY if name == key and each == event)
    return tuple(Because(field, sought, str(event[field])) for field, sought in told.items())


def alerts(raising: Raising = FOLDED):
    return raise_alerts(findings(), fetch, raising, explain=explain)


def result() -> DetectionResult:
    return result_of(findings(), alerts(), at=AT, name=NAME, finess="000000001")
