"""The list of the catalogues the hub recognises."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import can_administer
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.proofs.models import KnownCatalogue

SHIPPED = Path(__file__).parent.parent / "catalogues.toml"
Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Catalogue(BaseModel):
    """One published catalogue: engine, version, digest over its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Word
    version: Word
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class CatalogueList(BaseModel):
    """The shape of the TOML file: `[[catalogue]]` tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    catalogue: tuple[Catalogue, ...]


@transaction.atomic
def load_catalogues(content: str | None = None, *, by: User | None = None, at: datetime) -> int:
    """Add the catalogues of a TOML file, the one shipped by default, and return how many are new.

    `by` is None for the command line of the server's own administrator.

    Raises:
        Refusal: not such a file (`bad_catalogues`), or no right to (`not_allowed`).

    """
    _check_administers(by)
    try:
        listed = CatalogueList.model_validate(tomllib.loads(content or SHIPPED.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise Refusal(_("Ce fichier n’est pas une liste de catalogues (TOML)."), "bad_catalogues") from error
    rows = [
        KnownCatalogue(
            engine=one.engine, version=one.version, digest=one.digest.removeprefix("sha256:"), added_at=at, added_by=by
        )
        for one in listed.catalogue
    ]
    before = KnownCatalogue.objects.count()
    KnownCatalogue.objects.bulk_create(rows, ignore_conflicts=True)
    return KnownCatalogue.objects.count() - before


@transaction.atomic
def retire_catalogue(catalogue: KnownCatalogue, *, by: User | None = None, at: datetime) -> None:
    """Stop recognising a catalogue in new attestations; those already deposited stay as they were judged.

    Raises:
        Refusal: no right to (`not_allowed`).

    """
    _check_administers(by)
    KnownCatalogue.objects.filter(pk=catalogue.pk, retired_at=None).update(retired_at=at)


def _check_administers(user: User | None) -> None:
    if user is not None and not can_administer(user):
        raise Refusal(_("Seul un administrateur de la plateforme gère les catalogues reconnus."), "not_allowed")
