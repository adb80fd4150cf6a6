"""Whether a desk is open to a file: its dates are the call's, moved for one file by a recorded decision."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.clock import PARIS
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications.models import Application, LateDecision
from rempart.hub.funding.calls.models import Stage, Window


def closing(application: Application, stage: Stage) -> datetime | None:
    """Return the last moment at which a desk takes the file; None when no text gives it. Two queries."""
    window = _window(application, stage)
    if window is None or window.closes_at is None:
        return None
    late = _late(application, stage)
    return max(window.closes_at, late.until) if late else window.closes_at


def require_open(application: Application, stage: Stage, at: datetime) -> None:
    """Let through what comes while a desk is open, first and last moments included; a day ends at 23:59:59 in Paris.

    An end that no text gives never comes. A late decision opens a closed desk to one file from the day it was taken.

    Raises:
        Refusal: `window_not_announced` when neither opening nor end is known, `window_not_open` before,
            `window_closed` after.

    """
    window = _window(application, stage)
    if window is None or (window.opens_at is None and window.closes_at is None):
        raise Refusal(
            _("Les dates de ce guichet ne sont pas encore connues."),
            "window_not_announced",
            _("Préparez votre dossier dès maintenant : ce que vous écrivez est gardé."),
        )
    if window.opens_at and at < window.opens_at:
        raise Refusal(
            filled(_("Le guichet ouvre le %(when)s."), when=paris(window.opens_at)),
            "window_not_open",
            _("Préparez votre dossier dès maintenant : il restera en brouillon."),
        )
    if window.closes_at and at > window.closes_at:
        late = _late(application, stage)
        if late is None or not late.decided_at <= at <= late.until:
            raise Refusal(
                filled(_("Le guichet a fermé le %(when)s."), when=paris(window.closes_at)),
                "window_closed",
                _("Écrivez à votre ARS : une décision motivée peut accorder un délai à ce dossier."),
            )


def is_open(application: Application, stage: Stage, at: datetime) -> bool:
    """Return whether a desk takes the file at that moment."""
    try:
        require_open(application, stage, at)
    except Refusal:
        return False
    return True


def _said(moment: datetime) -> str:
    local = timezone.localtime(moment, PARIS)
    return gettext("%(day)s à %(hour)s (heure de Paris)") % {
        "day": date_format(local, "DATE_FORMAT"),
        "hour": date_format(local, "H:i"),
    }


_lazily_said = lazy(_said, str)


def paris(moment: datetime) -> str:
    """Return a moment as people read it in their language, its zone said: overseas applicants count in another one."""
    return _lazily_said(moment)


def _window(application: Application, stage: Stage) -> Window | None:
    return Window.objects.filter(call=application.call_id, stage=stage).first()


def _late(application: Application, stage: Stage) -> LateDecision | None:
    return LateDecision.objects.filter(application=application, stage=stage).order_by("-until").first()
