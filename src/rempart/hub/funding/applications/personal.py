"""What files hold about a person: what they did and wrote there, and what they chose for their own comfort."""

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import acts, forgets, holds, keeps
from rempart.hub.funding.applications.models import (
    Annotation,
    Application,
    CostLine,
    Event,
    MailChoices,
    Message,
    ReadMark,
    SavedView,
)
from rempart.hub.funding.applications.services.mail_choices import choices_of

FILE = {"dossier": "application__number"}


@holds("réglages")
def comfort(user: User) -> object:
    """Return the mails a person chose and the views they keep."""
    mails = choices_of(user)
    return {
        "résumé": mails.digest,
        "courriels de messages": mails.messages,
        "vues": list(SavedView.objects.filter(owner=user).order_by("name").values_list("name", flat=True)),
        "dossiers suivis": list(
            Application.objects.filter(followers=user).order_by("pk").values_list("number", flat=True)
        ),
    }


@keeps(_("actes dans les dossiers"))
def events(user: User) -> list[dict[str, object]]:
    """Return the moves a person made."""
    return acts(Event.objects.filter(actor=user), "at", **FILE, acte="action", motif="reason")


@keeps(_("messages"))
def messages(user: User) -> list[dict[str, object]]:
    """Return what a person wrote to the other side."""
    return acts(Message.objects.filter(author=user), "at", **FILE, message="body")


@keeps(_("annotations"))
def annotations(user: User) -> list[dict[str, object]]:
    """Return the private notes a person wrote."""
    return acts(Annotation.objects.filter(author=user), "at", **FILE, annotation="body")


@keeps(_("dépenses saisies"))
def costs(user: User) -> list[dict[str, object]]:
    """Return the expenses a person typed in."""
    return acts(CostLine.objects.filter(entered_by=user), "entered_at", **FILE, dépense="label", centimes="cents")


@forgets
def leave_the_files(user: User) -> None:
    """Give back the files in a person's charge, and forget what was for their comfort alone."""
    Application.objects.filter(assigned_to=user).update(assigned_to=None)
    user.followed_files.clear()
    for model, owner in ((MailChoices, "user"), (SavedView, "owner"), (ReadMark, "user")):
        model.objects.filter(**{owner: user}).delete()
