"""A person's exports: ask, follow, download, throw away. Everybody who holds a role has this page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rempart.hub.common.errors import Refusal
from rempart.hub.exports import services
from rempart.hub.exports.models import ColumnTemplate, Export, Format
from rempart.hub.pages.instruction.forms.exports import ExportForm, in_words, kinds_for
from rempart.hub.pages.instruction.people import person

NOT_FILTERS = (
    "kind",
    "template",
    "csrfmiddlewaretoken",
    "format",
    "columns",
    "keep_as",
    "filters",
    "page",
    "sort",
    "view",
)
SHOWN = 50


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the latest exports of the person, and what they may ask for."""
    user = person(request)
    made = Export.objects.visible_to(user).order_by("-asked_at", "-pk")[:SHOWN]
    return render(request, "instruction/exports/list.html", {"exports": made, "kinds": kinds_for(user)})


@login_required
@require_safe
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one line of the list: the page asks for it again while the file is being made."""
    export = get_object_or_404(Export.objects.visible_to(person(request)), pk=pk)
    return render(request, "instruction/exports/line.html", {"export": export})


@login_required
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for an export; the filters of the list it comes from travel in the address, then in the form."""
    user = person(request)
    if kind not in dict(kinds_for(user)):
        raise PermissionDenied
    filters = _filters(QueryDict(request.POST.get("filters", "")) if request.method == "POST" else request.GET)
    templates = ColumnTemplate.objects.filter(owner=user, kind=kind).order_by("name")
    chosen = templates.filter(pk=request.GET["template"]).first() if request.GET.get("template", "").isdigit() else None
    form = ExportForm(request.POST or None, kind=kind, template=chosen)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            if asked["keep_as"]:
                services.keep_columns(kind, asked["keep_as"], asked["columns"], by=user)
            services.ask(
                kind,
                asked["format"],
                by=user,
                at=timezone.now(),
                filters=dict(filters.lists()),
                columns=asked["columns"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Votre export se prépare. Un message vous préviendra quand il sera prêt."))
            return redirect("exports")
    context = {
        "form": form,
        "kind": kind,
        "title": dict(kinds_for(user))[kind],
        "filters": filters.urlencode(),
        "narrowed": in_words(filters),
        "templates": templates,
    }
    return render(request, "instruction/exports/ask.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the file to the person who asked, if they still may see all it holds."""
    user = person(request)
    export = get_object_or_404(Export.objects.visible_to(user), pk=pk)
    try:
        file = services.open_file(export, by=user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("exports")
    answer = FileResponse(file, as_attachment=True, filename=export.name, content_type=Format(export.format).media_type)
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase an export."""
    user = person(request)
    services.discard(get_object_or_404(Export.objects.visible_to(user), pk=pk), by=user)
    messages.success(request, _("L’export est effacé."))
    return redirect("exports")


@login_required
@require_POST
def forget_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a kept set of columns."""
    template = get_object_or_404(ColumnTemplate, owner=person(request), pk=pk)
    template.delete()
    return redirect(reverse("export_ask", args=[template.kind]))


def _filters(given: QueryDict) -> QueryDict:
    kept = given.copy()
    for name in NOT_FILTERS:
        kept.pop(name, None)
    for name in [name for name, values in kept.lists() if not any(values)]:
        del kept[name]
    return kept
