"""What each audience reads of the same state, and what happens next: who acts, until when. The words are data."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict

from rempart.hub.accounts.roles import NATION_ROLES
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.funding.applications import windows
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import Audience
from rempart.hub.funding.calls.models import Stage
from rempart.measurement.text import Language, Text


class Actor(StrEnum):
    """Who must act next."""

    APPLICANT = "applicant"
    ARS = "ars"
    ANS = "ans"
    NOBODY = "nobody"


class Words(BaseModel):
    """A state's name and what happens next, for one audience."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Text
    next: Text


class StateWords(BaseModel):
    """A state for the three audiences. `until` is the desk whose closing ends the turn, or `correction`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: Actor
    until: str
    applicant: Words
    ars: Words
    ans: Words

    def words(self, audience: Audience) -> Words:
        """Return the words of one audience."""
        return {Audience.APPLICANT: self.applicant, Audience.ARS: self.ars, Audience.ANS: self.ans}[audience]


@dataclass(frozen=True, slots=True)
class Next:
    """What a page says of a file: its state's name, what happens next, who acts, whether it is the reader, by when."""

    label: str
    sentence: str
    who: Actor
    is_reader: bool
    by: datetime | None


@cache
def table() -> dict[State, StateWords]:
    """Return the words of every state.

    Raises:
        KeyError, ValueError: the data file lacks a state or a word; a defect of ours.

    """
    content = tomllib.loads(Path(__file__).with_name("audiences.toml").read_text(encoding="utf-8"))
    return {state: StateWords.model_validate(content[state.value]) for state in State}


def said(text: Text) -> str:
    """Return a text in the language of the page being made."""
    return text.say(Language.EN if (get_language() or "fr").startswith("en") else Language.FR)


def audience_of(user: Person, application: Application) -> Audience:
    """Return as who `user` reads a file: its applicant first, then the nation, then the region."""
    scope = Scope.of(user)
    if application.legal_entity_id in scope.entities or application.ght_id in scope.ghts:
        return Audience.APPLICANT
    if scope.national & NATION_ROLES:
        return Audience.ANS
    return Audience.ARS if application.region_id in scope.regions else Audience.APPLICANT


def label(state: State, audience: Audience) -> str:
    """Return the name of a state as `audience` reads it, in the language of the page."""
    return said(table()[state].words(audience).label)


def what_next(application: Application, audience: Audience) -> Next:
    """Return what happens next to a file, as `audience` reads it. At most two queries."""
    state = State(application.state)
    row = table()[state]
    words = row.words(audience)
    return Next(said(words.label), said(words.next), row.who, row.who.value == audience.value, _by(application, row))


def _by(application: Application, row: StateWords) -> datetime | None:
    """Return the end of the turn of who acts: the correction's date, or the closing of the desk, a delay included."""
    if row.until == "correction":
        asked = application.corrections.filter(resolved_at=None).first()
        return asked.due_at if asked else None
    return windows.closing(application, Stage(row.until)) if row.until else None
