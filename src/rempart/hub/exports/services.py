"""Asking for an export, opening it, throwing it away; keeping sets of columns."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.exports.models import UNDER_WAY, ColumnTemplate, Export, Format, Kind, Progress
from rempart.hub.exports.rights import still_covered
from rempart.hub.exports.sources import SOURCES
from rempart.hub.exports.tasks import make

MOST_UNDER_WAY = 5
"""Exports one person may have waiting at a time: a finger on the key must not fill the queue."""


@transaction.atomic
def ask(  # noqa: PLR0913 — what, how, of which, by whom and when: each is asked by name
    kind: str,
    format_: str,
    *,
    by: User,
    at: datetime,
    filters: Mapping[str, object] | None = None,
    columns: Iterable[str] = (),
) -> Export:
    """Record what `by` asks for and queue its making, both or neither.

    Raises:
        Refusal: the person may not export that, a filter is wrong, or too many exports wait already.

    """
    source = SOURCES.get(Kind(kind)) if kind in Kind.values else None
    if source is None or format_ not in Format.values:
        raise Refusal(_("Cet export n’existe pas."), "unknown_export")
    if not source.allows(Scope.of(by)):
        raise Refusal(_("Votre rôle ne permet pas cet export."), "export_not_allowed")
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two clicks at once count one after the other
    if Export.objects.filter(asked_by=by, state__in=UNDER_WAY).count() >= MOST_UNDER_WAY:
        message = _("%(most)d exports sont déjà en préparation : attendez que l’un d’eux soit prêt.")
        raise Refusal(filled(message, most=MOST_UNDER_WAY), "too_many_exports")
    export = Export.objects.create(
        asked_by=by,
        asked_at=at,
        kind=kind,
        format=format_,
        filters=source.clean(by, filters or {}),
        columns=[column.key for column in source.chosen(columns)],
        language="en" if get_language() == "en" else "fr",
    )
    make.defer(export_id=export.pk)
    return export


def open_file(export: Export, *, by: User, at: datetime) -> IO[bytes]:
    """Return the file of an export, for the person who asked and still has the rights it was made with.

    Raises:
        Refusal: not theirs, not ready, erased, or rights that changed since.

    """
    if export.asked_by_id != by.pk:
        raise Refusal(_("Cet export n’est pas le vôtre."), "not_your_export")
    if export.state != Progress.DONE or export.expires_at is None or export.expires_at <= at:
        raise Refusal(_("Ce fichier n’est pas disponible."), "export_not_ready", _("Demandez un nouvel export."))
    if not still_covered(export, by):
        raise Refusal(
            _("Vos droits, ou ceux de l’ARS sur un dossier, ont changé depuis cet export : il reste fermé."),
            "export_rights_changed",
            _("Demandez un nouvel export."),
        )
    try:
        return default_storage.open(export.storage_key, "rb")
    except FileNotFoundError as error:
        message = _("Ce fichier n’est plus dans le stockage.")
        raise Refusal(message, "export_file_lost", _("Demandez un nouvel export.")) from error


@transaction.atomic
def discard(export: Export, *, by: User) -> None:
    """Forget an export and erase its file.

    Raises:
        Refusal: not theirs.

    """
    if export.asked_by_id != by.pk:
        raise Refusal(_("Cet export n’est pas le vôtre."), "not_your_export")
    key = export.storage_key
    export.delete()
    transaction.on_commit(lambda: default_storage.delete(key))


def keep_columns(kind: str, name: str, columns: Iterable[str], *, by: User) -> ColumnTemplate:
    """Keep a set of columns under a name; the same name again replaces it.

    Raises:
        Refusal: no name, or a kind that does not exist.

    """
    source = SOURCES.get(Kind(kind)) if kind in Kind.values else None
    if source is None or not name.strip():
        raise Refusal(_("Donnez un nom à ce modèle de colonnes."), "template_without_name")
    keys = [column.key for column in source.chosen(columns)]
    template, _made = ColumnTemplate.objects.update_or_create(
        owner=by, kind=kind, name=name.strip()[:60], defaults={"columns": keys}
    )
    return template
