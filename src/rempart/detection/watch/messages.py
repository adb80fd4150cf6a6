"""The messages to the person on call: what happened, what to do first, when to call CERT Santé. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from rempart.measurement.render.view import visible

_PARIS = ZoneInfo("Europe/Paris")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_SHOWN = 8
"""Titles of alerts shown in a message."""


@dataclass(frozen=True)
class Said:
    """What is said of an incident: `step` 0 for the first message, `nobody` when the roster names no one."""

    incident: str
    entity: str
    level: str
    titles: tuple[str, ...]
    tags: tuple[str, ...]
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
    return orjson.dumps({"subject": subject.replace("\n", " "), "text": text(said)}).decode()


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
    happened.append(words["where"].format(entity=visible(said.entity)))
    happened += [words["when"].format(first=paris(said.first))] if said.first else []
    happened += [words["latest"].format(last=paris(said.last))] if said.last and said.last != said.first else []
    happened.append(words["count"].format(alerts=said.alerts))
    steps = [words["first"], *(f"{rank}. {step}" for rank, step in enumerate(_steps(said), 1))]
    answer = [words["answer"], words["how"].format(incident=said.incident)]
    answer.append(words["delay"].format(minutes=int(said.delay.total_seconds() // 60)))
    cert = [words["cert_title"], *words["cert"]["text"]]
    return "\n\n".join([*parts, *("\n".join(block) for block in (happened, steps, answer, cert))]) + "\n"


def paris(moment: datetime) -> str:
    """Return a moment in full, on the clocks of Paris: `mardi 24/11/2026 à 03 h 12`."""
    there = moment.astimezone(_PARIS)
    return f"{_DAYS[there.weekday()]} {there:%d/%m/%Y} à {there:%H} h {there:%M} (heure de Paris)"


def _level(said: Said) -> str:
    return str(_words()["levels"].get(said.level, said.level))


def _steps(said: Said) -> list[str]:
    tags = {tag.lower() for tag in said.tags}
    steps = _words()["steps"]
    found = next((each for each in steps if tags & set(each["tags"])), steps[-1])
    return [step.format(incident=said.incident) for step in found["do"]]
