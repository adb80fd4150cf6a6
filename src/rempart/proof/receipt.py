"""The receipt: the hub's signed word that it holds something, of which file, for which objective, since when.

It is an in-toto Statement v1 whose one subject is what was deposited, by digest. It lets a hospital show, without the
hub, that a proof was handed in on time.
"""

import hashlib
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from securesystemslib.signer import Key, Signer

from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.text import Text
from rempart.proof.attestation import Digest, canonical
from rempart.proof.envelope import open_sealed, seal

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Kind(StrEnum):
    """What the hub may hold."""

    ATTESTATION = "attestation"
    DOCUMENT = "document"


class Deposited(BaseModel):
    """The one subject: the bytes that were deposited, by digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Kind
    digest: Digest


class Reception(BaseModel):
    """The predicate: number of the file, code of the requirement, moment, size in bytes, address of the hub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Word
    requirement: Word
    received_at: AwareDatetime
    size: int = Field(gt=0)
    hub: Word


class Receipt(BaseModel):
    """An in-toto Statement v1 about one thing received."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    type: Literal["https://in-toto.io/Statement/v1"] = Field(
        default="https://in-toto.io/Statement/v1", validation_alias="_type", serialization_alias="_type"
    )
    subject: tuple[Deposited]
    predicate_type: Literal["urn:rempart:receipt:1"] = Field(
        default="urn:rempart:receipt:1", validation_alias="predicateType", serialization_alias="predicateType"
    )
    predicate: Reception

    @classmethod
    def of(cls, kind: Kind, sha256: str, reception: Reception) -> Self:
        """Return the receipt of what has that digest."""
        return cls(subject=(Deposited(name=kind, digest=Digest(sha256=sha256)),), predicate=reception)

    @property
    def sha256(self) -> str:
        """The digest of what was deposited."""
        return self.subject[0].digest.sha256

    def check(self, deposited: bytes) -> None:
        """Check that the receipt is the one of `deposited`.

        Raises:
            AlteredError: it is the receipt of something else.

        """
        if hashlib.sha256(deposited).hexdigest() != self.sha256:
            raise AlteredError(
                Text(
                    fr="ce reçu n'est pas celui de ce fichier : les empreintes diffèrent",
                    en="this receipt is not the one of this file: the digests differ",
                )
            )


def sign_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """Return the signed receipt, as the bytes of its file."""
    return seal(canonical(receipt.model_dump(mode="json", by_alias=True)), signer)


def verify_receipt(content: bytes, keys: Sequence[Key]) -> Receipt:
    """Return the receipt when `content` is one, unaltered, signed by one of `keys`.

    Raises:
        InputError: not a receipt, or signed by another key.
        AlteredError: the content does not match its signature, or was rewritten.

    """
    try:
        return Receipt.model_validate_json(open_sealed(content, keys))
    except ValidationError as error:
        raise InputError(Text(fr="ce fichier n'est pas un reçu Rempart", en="this is not a Rempart receipt")) from error


def schema() -> str:
    """Return the JSON Schema (2020-12) of a receipt's payload (docs/schemas/receipt-1.json)."""
    described = Receipt.model_json_schema(mode="serialization", by_alias=True)
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["$id"] = Receipt.model_fields["predicate_type"].default
    return json.dumps(described, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
