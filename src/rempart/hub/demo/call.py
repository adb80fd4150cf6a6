"""The call that the demonstration replays: the first call as public texts tell it, and one objective of its own."""

from datetime import date, datetime
from importlib.resources import files

from django.utils.translation import gettext as _

from rempart.hub.accounts.models import User
from rempart.hub.common.clock import end_of
from rempart.hub.funding.calls import catalogue
from rempart.hub.funding.calls.models import CallVersion, Stage
from rempart.hub.funding.calls.services import extend_window, load_call, publish

CODE = "D1-REJEU"
REOPENED_UNTIL = date(2029, 12, 31)
"""The desks stay open in the demonstration, so that people can try every step of a file's life."""
_SHIPPED_CODE = 'code = "D1-2024"'
_REOPENED = (Stage.APPLICATION, Stage.ARS_REVIEW, Stage.DECLARATION, Stage.ARS_CHECK, Stage.ANS_REVIEW, Stage.PAYMENT)


def replayed_content() -> str:
    """Return the replayed TOML: the shipped first call under another code, then the demonstration's objective."""
    shipped = catalogue.read("D1-2024")
    added = files(__package__).joinpath("replayed.toml").read_text(encoding="utf-8")
    return f"{shipped.replace(_SHIPPED_CODE, f'code = {CODE!r}', 1)}\n{added}"


def load_replayed_call(*, by: User, at: datetime) -> CallVersion:
    """Load and publish the replayed call, marked as simulated, its last desks reopened for the demonstration."""
    version = publish(load_call(replayed_content(), by=by, at=at, simulated=True), by=by, at=at)
    reason = _("Démonstration : le guichet est rouvert pour que chacun essaie la suite du parcours.")
    for window in version.call.windows.filter(stage__in=_REOPENED):
        extend_window(window, end_of(REOPENED_UNTIL), reason, by=by, at=at)
    return version
