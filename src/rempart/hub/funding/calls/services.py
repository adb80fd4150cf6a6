"""What changes calls: loading, drafting, publishing, moving a desk. Only an administrator does it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.clock import end_of, start_of
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.calls import catalogue
from rempart.hub.funding.calls.definition import CallDefinition, WindowDefinition, digest_of
from rempart.hub.funding.calls.models import Call, CallVersion, Extension, Window

TITLE = 200


def _only_administrators(by: User | None) -> None:
    """Refuse anyone else; None is the machine itself: commands and the demonstration."""
    if by is not None and Role.ADMINISTRATOR not in Scope.of(by).national:
        raise Refusal(_("Seul un administrateur de la plateforme peut changer un appel."), "not_administrator")


@transaction.atomic
def load_call(content: str, *, by: User | None, at: datetime, simulated: bool = False) -> CallVersion:
    """Make a new call from its TOML file: the call, its first version as a draft, its desks with their history.

    Raises:
        Refusal: the file is wrong, or a call of that code exists.

    """
    _only_administrators(by)
    definition = CallDefinition.parse(content)
    call, created = Call.objects.get_or_create(
        pk=definition.code, defaults={"title": definition.title.fr[:TITLE], "simulated": simulated}
    )
    if not created:
        message = filled(_("L’appel %(code)s existe déjà."), code=definition.code)
        raise Refusal(message, "call_exists", _("Préparez plutôt une nouvelle version de cet appel."))
    for window in definition.windows:
        _open_desk(call, window, by)
    return _version(call, 1, content, by=by, at=at, note="")


@transaction.atomic
def new_version(call: Call, content: str, *, by: User | None, at: datetime, note: str = "") -> CallVersion:
    """Prepare a new version of a call's rules; files keep theirs until they are migrated.

    Raises:
        Refusal: the file is wrong, tells of another call, changes nothing, or a draft is already there.

    """
    _only_administrators(by)
    _same_call(call, CallDefinition.parse(content))
    Call.objects.select_for_update().get(pk=call.pk)
    last = call.versions.order_by("-number").first()
    if last is not None and last.published_at is None:
        raise Refusal(_("Une version est déjà en préparation : publiez-la ou modifiez-la."), "draft_exists")
    if last is not None and last.digest == digest_of(content):
        raise Refusal(_("Ces règles sont celles de la version publiée : rien ne change."), "nothing_changes")
    return _version(call, last.number + 1 if last else 1, content, by=by, at=at, note=note)


@transaction.atomic
def rewrite(version: CallVersion, content: str, *, by: User | None, at: datetime, note: str = "") -> CallVersion:
    """Replace the text of a draft.

    Raises:
        Refusal: it is published, or the new text is wrong.

    """
    _only_administrators(by)
    draft = _draft(version)
    _same_call(draft.call, CallDefinition.parse(content))
    draft.content, draft.digest, draft.note = content, digest_of(content), note
    draft.created_by, draft.created_at = by, at
    draft.save()
    return draft


@transaction.atomic
def publish(version: CallVersion, *, by: User | None, at: datetime) -> CallVersion:
    """Publish a draft: from now on nothing in it changes. Desks that the version adds are opened; none is moved.

    Raises:
        Refusal: it is published already.

    """
    _only_administrators(by)
    draft = _draft(version)
    draft.published_at = at
    draft.save()
    definition = draft.definition
    Call.objects.filter(pk=draft.call_id).update(title=definition.title.fr[:TITLE])
    known = set(draft.call.windows.values_list("stage", flat=True))
    for window in definition.windows:
        if window.stage not in known:
            _open_desk(draft.call, window, by)
    return draft


@transaction.atomic
def extend_window(window: Window, closes_at: datetime, reason: str, *, by: User | None, at: datetime) -> Extension:
    """Move the end of a desk; from when to when, why and by whom are kept.

    Raises:
        Refusal: no reason, the same end, or an end before the opening or already past.

    """
    _only_administrators(by)
    if not reason.strip():
        raise Refusal(_("Dites pourquoi le guichet est déplacé : le motif est public."), "reason_missing")
    held = Window.objects.select_for_update().get(pk=window.pk)
    if closes_at == held.closes_at:
        raise Refusal(_("Le guichet ferme déjà à cette date."), "same_end")
    if held.opens_at is not None and closes_at <= held.opens_at:
        raise Refusal(_("Le guichet fermerait avant d’ouvrir."), "ends_before_it_begins")
    if closes_at < at:
        raise Refusal(_("Cette date est passée : on ne ferme pas un guichet dans le passé."), "end_in_the_past")
    moved = Extension.objects.create(
        window=held, before=held.closes_at, after=closes_at, reason=reason.strip(), decided_at=at, decided_by=by
    )
    held.closes_at = closes_at
    held.save()
    return moved


@transaction.atomic
def open_window(window: Window, opens_on: date, closes_on: date | None, *, by: User | None, at: datetime) -> Window:
    """Give its dates to a desk whose opening no text gave when the call was loaded.

    Raises:
        Refusal: its opening is known already, or the dates are past or in the wrong order.

    """
    _only_administrators(by)
    held = Window.objects.select_for_update().get(pk=window.pk)
    if held.opens_at is not None:
        raise Refusal(_("Les dates de ce guichet sont déjà connues : reportez sa fermeture."), "dates_known")
    closes_at = end_of(closes_on) if closes_on else held.closes_at
    if closes_at is not None and closes_at <= start_of(opens_on):
        raise Refusal(_("Le guichet fermerait avant d’ouvrir."), "ends_before_it_begins")
    if closes_on is not None and end_of(closes_on) < at:
        raise Refusal(_("Cette date est passée : on ne ferme pas un guichet dans le passé."), "end_in_the_past")
    held.opens_at, held.closes_at = start_of(opens_on), closes_at
    held.save()
    return held


def seed(*, at: datetime, by: User | None = None) -> list[CallVersion]:
    """Load and publish the shipped calls that are not there yet; running it again changes nothing."""
    known = set(Call.objects.values_list("pk", flat=True))
    return [
        publish(load_call(path.read_text(encoding="utf-8"), by=by, at=at), by=by, at=at)
        for path in catalogue.real_calls()
        if path.stem not in known
    ]


def _version(  # noqa: PLR0913 — the columns of a version
    call: Call, number: int, content: str, *, by: User | None, at: datetime, note: str
) -> CallVersion:
    return CallVersion.objects.create(
        call=call, number=number, content=content, digest=digest_of(content), note=note, created_at=at, created_by=by
    )


def _draft(version: CallVersion) -> CallVersion:
    held = CallVersion.objects.select_for_update().select_related("call").get(pk=version.pk)
    if held.published_at is not None:
        raise Refusal(
            _("Cette version est publiée : elle ne change plus."), "published", _("Préparez une nouvelle version.")
        )
    return held


def _same_call(call: Call, definition: CallDefinition) -> None:
    if definition.code != call.pk:
        message = _("Ce fichier décrit l’appel %(other)s, pas %(code)s.")
        raise Refusal(filled(message, other=definition.code, code=call.pk), "another_call")


def _open_desk(call: Call, definition: WindowDefinition, by: User | None) -> None:
    """Make a desk as first published, then move it as the public texts tell."""
    first = definition.closes_on
    last = definition.extensions[-1].closes_on if definition.extensions else first
    window = Window.objects.create(
        call=call,
        stage=definition.stage,
        opens_at=start_of(definition.opens_on) if definition.opens_on else None,
        closes_at=end_of(last) if last else None,
    )
    before = end_of(first) if first else None
    for move in definition.extensions:
        after = end_of(move.closes_on)
        Extension.objects.create(
            window=window,
            before=before,
            after=after,
            reason=move.reason.fr,
            source=move.source,
            decided_at=start_of(move.decided_on) if move.decided_on else None,
            decided_by=by if move.decided_on else None,
        )
        before = after
