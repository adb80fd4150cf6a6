"""Talking with those who instruct, and the archive of the whole file."""

from datetime import datetime

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import can_act_for
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application, Archive, Side
from rempart.hub.funding.applications.services import archives, conversation
from rempart.hub.pages.candidate.access import applicants_only, own_file, person, sent
from rempart.hub.pages.candidate.forms import MessageForm, refuse
from rempart.hub.pages.candidate.views.file import about


def last_read(file: Application, user: User) -> datetime | None:
    """Return until when a person has read the messages of a file."""
    mark = file.read_marks.filter(user=user).first()
    return mark.until if mark else None


@applicants_only
def conversation_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show the messages of a file; write one."""
    user, file, at = person(request), own_file(request, number), timezone.now()
    form = MessageForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            conversation.send_message(file, form.cleaned_data["body"], by=user, at=at)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Votre message est envoyé."))
            return redirect("candidate_messages", file.number)
    read = last_read(file, user)
    thread = list(file.messages.select_related("author").order_by("at", "id"))
    fresh = [one for one in thread if one.side == Side.AGENT and (read is None or one.at > read)]
    context = about(file, user, "messages") | {
        "form": form,
        "thread": thread,
        "fresh": {one.pk for one in fresh},
        "may_write": can_act_for(user, file) and file.submitted_at is not None,
    }
    return render(request, "candidate/messages.html", context, status=422 if form.errors else 200)


@require_POST
@applicants_only
def mark_read(request: HttpRequest, number: str) -> HttpResponse:
    """Keep that the person has read the messages."""
    file = own_file(request, number)
    conversation.mark_read(file, by=person(request), at=timezone.now())
    return redirect("candidate_messages", file.number)


@applicants_only
def archive(request: HttpRequest, number: str) -> HttpResponse:
    """Show the archives one asked for; ask for one."""
    user, file = person(request), own_file(request, number)
    if request.method == "POST":
        archives.request_archive(file, by=user, at=timezone.now())
        messages.success(request, _("L’archive se prépare : un message vous dira quand elle est prête."))
        return redirect("candidate_archive", file.number)
    mine = Archive.objects.visible_to(user).filter(application=file).order_by("-requested_at", "-id")
    context = about(file, user, "archive") | {"archives": mine, "kept": archives.KEPT.days}
    return render(request, "candidate/archive.html", context)


@require_safe
@applicants_only
def download_archive(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """Send an archive that is ready to the one who asked for it."""
    file = own_file(request, number)
    made = Archive.objects.visible_to(person(request)).filter(application=file, pk=pk, ready_at__isnull=False).first()
    if made is None or not default_storage.exists(made.key):
        raise Http404
    return FileResponse(default_storage.open(made.key), as_attachment=True, filename=f"{file.number}.zip")
