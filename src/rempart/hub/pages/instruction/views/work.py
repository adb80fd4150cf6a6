"""What is said of a file and who follows it: messages, notes, labels, assignment, region, delays, archive."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.clock import end_of
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Annotation, Application, Archive, Label, LateDecision
from rempart.hub.funding.applications.permissions import is_agent, roles_on
from rempart.hub.funding.applications.services import admit_late
from rempart.hub.funding.applications.services.archives import request_archive
from rempart.hub.funding.applications.services.conversation import (
    annotate,
    mark_read,
    remove_annotation,
    send_message,
)
from rempart.hub.funding.applications.services.late import WHO
from rempart.hub.funding.applications.services.work import assign, follow, make_label, reassign, set_labels
from rempart.hub.funding.calls.models import Stage
from rempart.hub.pages.instruction import sheet
from rempart.hub.pages.instruction.forms.work import (
    AssignForm,
    DraftLateForm,
    LabelsForm,
    LateForm,
    MessageForm,
    NoteForm,
    RegionForm,
)
from rempart.hub.pages.instruction.people import agents_only, person
from rempart.hub.pages.instruction.views.file import frame

REASSIGNING = frozenset({Role.ARS_LEAD, Role.ANS_VERIFIER})
Done = Callable[[HttpRequest, User, Application], str]


@agents_only
@require_safe
def talk(request: HttpRequest, number: str) -> HttpResponse:
    """Show the messages and the complements asked, the latest first."""
    user = person(request)
    file = sheet.file_of(user, number)
    mark = file.read_marks.filter(user=user).first()
    said = file.messages.select_related("author").order_by("-at", "-pk")
    context = {
        **frame(user, file, "instruction_talk"),
        "said": said,
        "unread": said.filter(side="applicant", **({"at__gt": mark.until} if mark else {})).count(),
        "read_until": mark.until if mark else None,
        "corrections": file.corrections.select_related("asked_by").order_by("-asked_at", "-pk"),
        "form": MessageForm(),
        "may_write": is_agent(user, file),
    }
    return render(request, "instruction/talk.html", context)


@agents_only
@require_safe
def work(request: HttpRequest, number: str) -> HttpResponse:
    """Show how the file is followed: who, which labels, which notes."""
    user = person(request)
    file = sheet.file_of(user, number)
    roles = roles_on(user, file)
    context = {
        **frame(user, file, "instruction_work"),
        "may_work": is_agent(user, file),
        "assign_form": AssignForm(user=user, initial={"person": str(file.assigned_to_id or "")}),
        "labels_form": LabelsForm(user=user, file=file),
        "labels": Label.objects.visible_to(user).filter(applications=file).order_by("name", "pk"),
        "note_form": NoteForm(),
        "notes": Annotation.objects.visible_to(user).filter(application=file).select_related("author").order_by("-at"),
        "following": file.followers.filter(pk=user.pk).exists(),
        "region_form": RegionForm() if roles & REASSIGNING else None,
        "late_form": LateForm() if any(roles & who for who in WHO.values()) else None,
        "delays": LateDecision.objects.filter(application=file).select_related("decided_by").order_by("-decided_at"),
        "archives": Archive.objects.visible_to(user).filter(application=file).order_by("-requested_at"),
    }
    return render(request, "instruction/work.html", context)


@agents_only
@require_POST
def do(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Do one of the small things of a file, and say so; a refusal is said the same way."""
    user = person(request)
    file = sheet.file_of(user, number)
    if what not in DOING:
        raise Http404
    view, doing = DOING[what]
    try:
        messages.success(request, doing(request, user, file))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if what == "reassign" and not Application.objects.visible_to(user).filter(pk=file.pk).exists():
        return redirect("instruction_queue")
    return redirect(view, file.number)


@agents_only
@require_safe
def archive(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """Give the archive of a file to the person who asked for it."""
    user = person(request)
    file = sheet.file_of(user, number)
    made = get_object_or_404(Archive.objects.visible_to(user), pk=pk, application=file, ready_at__isnull=False)
    answer = FileResponse(
        default_storage.open(made.key),
        as_attachment=True,
        filename=f"{file.number}.zip",
        content_type="application/zip",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@agents_only
def late_draft(request: HttpRequest) -> HttpResponse:
    """Grant a delay to a draft, named by its number: a lead does not see drafts, and need not."""
    user = person(request)
    if Role.ARS_LEAD not in Scope.of(user).roles:
        raise PermissionDenied
    form = DraftLateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            file = _draft(user, asked["number"])
            admit_late(file, Stage.APPLICATION, end_of(asked["until"]), asked["reason"], by=user, at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Le délai est accordé au dossier %(number)s.") % {"number": file.number})
            return redirect("instruction")
    return render(request, "instruction/late_draft.html", {"form": form}, status=400 if form.errors else 200)


def _draft(user: User, number: str) -> Application:
    file = Application.objects.filter(number=number, region__in=list(Scope.of(user).regions)).first()
    if file is None:
        raise Refusal(_("Aucun dossier de votre région ne porte ce numéro."), "unknown_file")
    return file


def _checked(form: MessageForm | NoteForm | RegionForm | LateForm | LabelsForm | AssignForm) -> dict[str, object]:
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        label = form.fields[field].label if field in form.fields else ""
        raise Refusal(f"{label} : {errors[0]}", "invalid_form")
    return form.cleaned_data


def _message(request: HttpRequest, user: User, file: Application) -> str:
    now = timezone.now()
    send_message(file, str(_checked(MessageForm(request.POST))["body"]), by=user, at=now)
    mark_read(file, by=user, at=now)
    return _("Votre message est envoyé.")


def _read(request: HttpRequest, user: User, file: Application) -> str:
    del request
    mark_read(file, by=user, at=timezone.now())
    return _("Les messages sont marqués comme lus.")


def _note(request: HttpRequest, user: User, file: Application) -> str:
    annotate(file, str(_checked(NoteForm(request.POST))["body"]), by=user, at=timezone.now())
    return _("L’annotation est gardée.")


def _forget_note(request: HttpRequest, user: User, file: Application) -> str:
    notes = Annotation.objects.visible_to(user).filter(application=file)
    pk = request.POST.get("pk", "")
    remove_annotation(get_object_or_404(notes, pk=pk if pk.isdigit() else 0), by=user)
    return _("L’annotation est retirée.")


def _assign(request: HttpRequest, user: User, file: Application) -> str:
    chosen = _checked(AssignForm(request.POST, user=user))["person"]
    whom = User.objects.get(pk=int(str(chosen))) if chosen else None
    assign(file, whom, by=user, at=timezone.now())
    return _("Le dossier est attribué à %(who)s.") % {"who": whom} if whom else _("Le dossier n’est plus attribué.")


def _labels(request: HttpRequest, user: User, file: Application) -> str:
    asked = _checked(LabelsForm(request.POST, user=user, file=file))
    chosen = list(Label.objects.visible_to(user).filter(pk__in=[int(pk) for pk in asked["labels"]]))  # type: ignore[attr-defined]
    if asked["new"]:
        region = None if Scope.of(user).is_national else file.region
        chosen.append(make_label(str(asked["new"]), asked["colour"] or "grey", region, by=user))  # type: ignore[arg-type]
    set_labels(file, chosen, by=user)
    return _("Les étiquettes sont posées.")


def _follow(request: HttpRequest, user: User, file: Application) -> str:
    following = request.POST.get("following") == "1"
    follow(file, by=user, following=following)
    return _("Vous suivez ce dossier.") if following else _("Vous ne suivez plus ce dossier.")


def _reassign(request: HttpRequest, user: User, file: Application) -> str:
    asked = _checked(RegionForm(request.POST))
    reassign(file, asked["region"], str(asked["reason"]), by=user, at=timezone.now())  # type: ignore[arg-type]
    return _("Le dossier %(number)s est confié à la région %(region)s.") % {
        "number": file.number,
        "region": asked["region"],
    }


def _late(request: HttpRequest, user: User, file: Application) -> str:
    asked = _checked(LateForm(request.POST))
    until = end_of(asked["until"])  # type: ignore[arg-type]
    admit_late(file, Stage(str(asked["stage"])), until, str(asked["reason"]), by=user, at=timezone.now())
    return _("Le délai est accordé.")


def _archive(request: HttpRequest, user: User, file: Application) -> str:
    del request
    request_archive(file, by=user, at=timezone.now())
    return _("L’archive se prépare. Un message vous préviendra quand elle sera prête.")


DOING: dict[str, tuple[str, Done]] = {
    "message": ("instruction_talk", _message),
    "read": ("instruction_talk", _read),
    "note": ("instruction_work", _note),
    "forget-note": ("instruction_work", _forget_note),
    "assign": ("instruction_work", _assign),
    "labels": ("instruction_work", _labels),
    "follow": ("instruction_work", _follow),
    "reassign": ("instruction_work", _reassign),
    "late": ("instruction_work", _late),
    "archive": ("instruction_work", _archive),
}
"""The small things of a file, by the last word of their address, with the page they come back to."""
