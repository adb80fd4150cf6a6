"""Loading the demonstration, once, and saying what it holds."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from rempart.hub.common.money import euros
from rempart.hub.demo import valmont
from rempart.hub.demo.call import CODE
from rempart.hub.demo.people import CAST
from rempart.hub.demo.replay import replay
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.selectors import balances
from rempart.measurement.language import say


def is_loaded() -> bool:
    """Tell whether the replayed call is there."""
    return Call.objects.filter(pk=CODE).exists()


@transaction.atomic
def load(reports: valmont.Measurements, folder: Path, *, at: datetime) -> None:
    """Load the fictional territory and the replay, then have Valmont's file paid; its key is kept in `folder`."""
    made = replay(at)
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "valmont.key"
    for path in folder.glob("valmont.key*"):
        path.unlink()
    valmont.tell(made.valmont, made.people, reports, key)


def summary() -> list[str]:
    """Return what the demonstration holds, a line each, counted from its rows."""
    call = Call.objects.get(pk=CODE)
    count = Application.objects.filter(call=call).count()
    money = balances(call)
    return [
        say(
            f"{count} dossiers simulés ; sur {euros(money.envelope)} : {euros(money.committed)} engagés,"
            f" {euros(money.paid)} payés.",
            f"{count} simulated files; of {euros(money.envelope)}: {euros(money.committed)} committed,"
            f" {euros(money.paid)} paid.",
        ),
        say("Un compte par rôle, sans mot de passe, à choisir sur", "One account a role, no password, to pick on")
        + f" {settings.SITE_URL}/demonstration/",
        *(f"  {character.email:<36} {character.role.label}" for character in CAST),
    ]
