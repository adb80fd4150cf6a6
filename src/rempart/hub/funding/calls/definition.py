"""A call's rules as data: the shape of its TOML file, checked on reading, with the place of each mistake."""

import hashlib
import tomllib
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Self

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.rules import AnyRule
from rempart.measurement.text import Text

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9.-]*$", max_length=30)]


class Part(BaseModel):
    """A part of a definition: nothing unknown, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ApplicantKind(StrEnum):
    """The four kinds of applicants of every published figure."""

    GHT = "ght"
    PUBLIC = "public"
    NONPROFIT = "nonprofit"
    FORPROFIT = "forprofit"


class WindowDefinition(Part):
    """A desk as first published; its later moves live in the database. None: no public text gives the date."""

    stage: str
    opens_on: date | None = None
    closes_on: date | None = None


class Requirement(Part):
    """A prerequisite or an objective: what must be true, and the rule its proofs must satisfy.

    `per_entity` asks it of each member of a GHT; `unknown` says that no public text gives its proofs or threshold, and
    then `rule` must be the one that a person judges.
    """

    code: Code
    title: Text
    target: Text
    rule: AnyRule
    per_entity: bool = False
    ght_only: bool = False
    unknown: Text | None = None
    source: str = ""


class CallDefinition(Part):
    """Everything a call says. Amounts are in cents, days are Paris days.

    `prerequisites_later` lets a file be submitted, and validated, before its prerequisites are proven.
    """

    code: Code
    title: Text
    summary: Text
    legal_text: str
    legal_url: str = ""
    envelope_cents: int | None = Field(default=None, gt=0)
    kinds: tuple[ApplicantKind, ...]
    eligibility: Text
    activity_year: int | None = None
    operational_from: date | None = None
    cost_window_from: date | None = None
    windows: tuple[WindowDefinition, ...]
    prerequisites: tuple[Requirement, ...] = ()
    prerequisites_later: bool = False
    objectives: tuple[Requirement, ...]
    unknown: tuple[Text, ...] = ()
    sources: tuple[str, ...] = ()

    @classmethod
    def parse(cls, content: str) -> Self:
        """Read a call's TOML file.

        Raises:
            Refusal: not TOML, or a field that is wrong; the place is named.

        """
        try:
            return cls.model_validate(tomllib.loads(content))
        except tomllib.TOMLDecodeError as error:
            raise Refusal(_("Ce fichier n’est pas du TOML : %(why)s.") % {"why": error}, "not_toml") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            message = _("Définition d’appel : le champ « %(place)s » n’est pas valable (%(why)s).")
            raise Refusal(message % {"place": place, "why": first["msg"]}, "bad_definition") from error

    @classmethod
    def cached(cls, digest: str, content: str) -> "CallDefinition":
        """Return the definition of a stored version, parsed once a process."""
        return _parsed(digest, content)

    def requirement(self, code: str) -> Requirement:
        """Return the prerequisite or the objective of that code.

        Raises:
            KeyError: the call has none.

        """
        return {item.code: item for item in (*self.prerequisites, *self.objectives)}[code]


def digest_of(content: str) -> str:
    """Return the SHA-256 of a definition's text."""
    return hashlib.sha256(content.encode()).hexdigest()


@lru_cache(maxsize=64)
def _parsed(digest: str, content: str) -> CallDefinition:
    del digest  # the key of the cache
    return CallDefinition.parse(content)
