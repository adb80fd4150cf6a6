"""The messages to the person on call: what happened, what to do first, when to call CERT Santé. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from rempart.detection.alerts.advice import action_of, advice, reason_of
from rempart.measurement.render.view import visible

_PARIS = ZoneInfo("Europe/Paris")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_SHOWN = 8
"""Titles of alerts, and names, shown in a message."""
_STEPS = 4


@dataclass(frozen=True)
class Said:
    """What is said of an incident.

    Attributes:
        incident, entity, level, titles, hosts, users, addresses, alerts, first, last: of it, as far as it is known.
        actions, reasons: what to do and why to declare it (`alerts.advice`).
        step: 0 for the first message.
        person: who is told.
        delay: after which the next person is.
        nobody: the roster names no one.

    """

    incident: str
    entity: str
    level: str
    titles: tuple[str, ...]
    hosts: tuple[str, ...]
    users: tuple[str, ...]
    addresses: tuple[str, ...]
    actions: tuple[str, ...]
    reasons: tuple[str, ...]
    alerts: int
    first: datetime | None
    last: datetime | None
    step: int
    person: str
    delay: timedelta
    nobody: bool


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("messages.toml").read_text(encoding="utf-8"))


def mail_body(said: Said) -> str:
    """Return the mail as JSON: subject and text."""
    words = _words()
    title = visible(said.titles[0]) if said.titles else said.incident
    if len(said.titles) > 1:
        title += f" (+ {len(said.titles) - 1})"
    subject = words["subject"].format(level=_level(said), title=title, incident=said.incident)
    return orjson.dumps({"subject": _typeset(subject.replace("\n", " ")), "text": text(said)}).decode()


def webhook_body(said: Said, knowledge: str) -> str:
    """Return what is posted, as JSON: ids, level and counts only, and the text too when `knowledge` is full."""
    fields: dict[str, Any] = {
        "type": "rempart.detection.incident",
        "incident": said.incident,
        "level": said.level,
        "alerts": said.alerts,
        "step": said.step,
        "first": said.first.isoformat() if said.first else None,
        "last": said.last.isoformat() if said.last else None,
    }
    if knowledge == "full":
        fields["text"] = text(said)
    return orjson.dumps(fields).decode()


def text(said: Said) -> str:
    """Return the message, as plain text."""
    words = _words()
    parts = [words["again"].format(step=said.step)] if said.step else []
    parts += [words["nobody"]] if said.nobody else []
    happened = [words["happened"], *(f"- {visible(title)}" for title in said.titles[:_SHOWN])]
    if len(said.titles) > _SHOWN:
        happened.append(f"- … (+ {len(said.titles) - _SHOWN})")
    kinds = [kind for kind in ("hosts", "users", "addresses") if getattr(said, kind)]
    happened += [words["who"].format(word=words[kind], names=_names(said, kind)) for kind in kinds]
    happened += [words["when"].format(first=paris(said.first))] if said.first else []
    happened += [words["latest"].format(last=paris(said.last))] if said.last and said.last != said.first else []
    happened.append(words["count"].format(alerts=said.alerts))
    steps = [words["first"], *(f"{rank}. {step}" for rank, step in enumerate(_steps(said), 1))]
    answer = [words["answer"], words["how"].format(incident=said.incident)]
    answer.append(words["delay"].format(minutes=int(said.delay.total_seconds() // 60)))
    cert = [words["cert_title"], *_cert(said)]
    return _typeset("\n\n".join([*parts, *("\n".join(block) for block in (happened, steps, answer, cert))]) + "\n")


def paris(moment: datetime) -> str:
    """Return a moment in full, on the clocks of Paris: `mardi 24/11/2026 à 03 h 12`."""
    there = moment.astimezone(_PARIS)
    return f"{_DAYS[there.weekday()]} {there:%d/%m/%Y} à {there:%H} h {there:%M} (heure de Paris)"


def _typeset(sentence: str) -> str:
    """Return a text with the no-break spaces French wants."""
    for sign in ":;?!":
        sentence = sentence.replace(f" {sign}", f"\u00a0{sign}")
    return sentence


def _level(said: Said) -> str:
    return str(_words()["levels"].get(said.level, said.level))


def _steps(said: Said) -> list[str]:
    """Return what to do first, the most urgent first, with the names of the incident."""
    found = sorted(filter(None, map(action_of, said.actions)), key=lambda action: action.rank)
    names = {kind: _names(said, kind) or _words()["unknown"] for kind in ("hosts", "users", "addresses")}
    steps = [action.text.filled(**names).fr for action in found[:_STEPS]]
    return [*steps, _words()["read"].format(incident=said.incident)]


def _cert(said: Said) -> list[str]:
    words = _words()["cert"]
    reasons = [reason.fr for reason in map(reason_of, said.reasons) if reason is not None]
    first = words["now"].format(reasons=" ; ".join(reasons)) if reasons else words["doubt"]
    return [first, *(words[key].format(portal=advice().cert.portal) for key in ("number", "declare"))]


def _names(said: Said, kind: str) -> str:
    names = [visible(name) for name in getattr(said, kind)]
    return ", ".join([*names[:_SHOWN], *(["…"] if len(names) > _SHOWN else [])])
