"""The attestation: what a report proves, without a name, an address or a finding.

It is an in-toto Statement v1 (https://in-toto.io/Statement/v1). Its subjects are the snapshot and the catalogue, by
digest; its predicate says who was measured (FINESS), when, by what, the level, how many verdicts of each status, the
digest of all verdicts, and the challenge of the hub it answers.
"""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Literal, Self

from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement as InTotoStatement
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rempart.measurement.errors import InputError
from rempart.measurement.report import Level, Report
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Finess = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{7}$")]
Challenge = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,128}$")]


class Digest(BaseModel):
    """A digest set with the one algorithm of the house."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Sha256


class Subject(BaseModel):
    """One thing the statement is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Literal["snapshot", "catalogue"]
    digest: Digest


class Measurement(BaseModel):
    """The predicate: figures and moments only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    tool_version: Annotated[str, StringConstraints(max_length=40)]
    catalogue_version: Annotated[str, StringConstraints(max_length=40)]
    finess: Finess | None
    taken_at: datetime
    judged_at: datetime
    level: Level
    counts: dict[Status, int]
    verdicts: Digest
    challenge: Challenge | None


class Attestation(BaseModel):
    """An in-toto Statement v1 about one measurement."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    type: Literal["https://in-toto.io/Statement/v1"] = Field(
        default="https://in-toto.io/Statement/v1", validation_alias="_type", serialization_alias="_type"
    )
    subject: tuple[Subject, Subject]
    predicate_type: Literal["urn:rempart:attestation:measurement:1"] = Field(
        default="urn:rempart:attestation:measurement:1",
        validation_alias="predicateType",
        serialization_alias="predicateType",
    )
    predicate: Measurement

    @classmethod
    def of(cls, report: Report, *, finess: str | None = None, challenge: str | None = None) -> Self:
        """Return the attestation of `report`.

        `finess` completes the report's perimeter; `challenge` is the value the hub issued, if any.

        Raises:
            InputError: a FINESS number or a challenge of the wrong form, or a report without a snapshot's digest.

        """
        try:
            return cls(
                subject=(
                    Subject(name="snapshot", digest=_digest(report.source.digest)),
                    Subject(name="catalogue", digest=_digest(report.tool.catalogue_digest)),
                ),
                predicate=Measurement(
                    engine=report.tool.engine,
                    tool_version=report.tool.version,
                    catalogue_version=report.tool.catalogue_version,
                    finess=finess or report.perimeter.finess,
                    taken_at=report.source.taken_at,
                    judged_at=report.judged_at,
                    level=report.level,
                    counts=report.counts(),
                    verdicts=verdicts_digest(report),
                    challenge=challenge,
                ),
            )
        except ValidationError as error:
            raise _refusal(error) from error

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read a payload: in-toto's own library checks the statement, then the predicate is checked field by field.

        Raises:
            InputError: not an in-toto statement, or not one of ours.

        """
        try:
            statement = json_format.Parse(payload, statement_pb2.Statement())
            InTotoStatement.copy_from_pb(statement).validate()
            return cls.model_validate_json(payload)
        except ValidationError as error:
            raise _refusal(error) from error
        except (json_format.ParseError, ValueError) as error:
            raise InputError(
                Text(fr="le contenu n'est pas une déclaration in-toto", en="the payload is not an in-toto statement")
            ) from error

    def payload(self) -> bytes:
        """Return the canonical JSON bytes that are signed."""
        return canonical(self.model_dump(mode="json", by_alias=True))

    @property
    def snapshot_digest(self) -> str:
        """The snapshot's digest, as reports write it."""
        return f"sha256:{self.subject[0].digest.sha256}"

    @property
    def catalogue_digest(self) -> str:
        """The catalogue's digest, as reports write it."""
        return f"sha256:{self.subject[1].digest.sha256}"


def schema() -> str:
    """Return the JSON Schema (2020-12) of an attestation's payload (docs/schemas/attestation-1.json)."""
    described = Attestation.model_json_schema(mode="serialization", by_alias=True)
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["$id"] = Attestation.model_fields["predicate_type"].default
    return json.dumps(described, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def canonical(value: object) -> bytes:
    """Return JSON bytes with sorted keys and no loose space: equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def verdicts_digest(report: Report) -> Digest:
    """Return the digest over every verdict, subjects and figures included, in the report's order."""
    hasher = hashlib.sha256()
    for verdict in report.verdicts:
        hasher.update(canonical(verdict.model_dump(mode="json")) + b"\n")
    return Digest(sha256=hasher.hexdigest())


def _digest(text: str) -> Digest:
    return Digest(sha256=text.removeprefix("sha256:"))


def _refusal(error: ValidationError) -> InputError:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return InputError(
        Text(
            fr=f"attestation impossible : le champ « {place} » n'a pas la forme attendue",
            en=f"no attestation possible: field {place} does not have the expected form",
        ),
        advice=Text(
            fr="Un numéro FINESS a 9 caractères ; un défi du hub, de 16 à 128 lettres, chiffres, « - » ou « _ ».",
            en="A FINESS number has 9 characters; a challenge of the hub, 16 to 128 letters, digits, - or _.",
        ),
    )
