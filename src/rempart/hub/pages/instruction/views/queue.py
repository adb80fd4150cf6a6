"""The queue of files, the list of what to do first, and the views a person keeps."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.funding.applications.audiences import audience_of, label
from rempart.hub.funding.applications.models import SavedView
from rempart.hub.funding.applications.selectors.todo import MOST, Urgency, to_do
from rempart.hub.funding.applications.services.work import save_view
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import Audience
from rempart.hub.pages.instruction import bulk, desk, queue
from rempart.hub.pages.instruction.forms.queue import QueueForm, ViewForm
from rempart.hub.pages.instruction.people import agents_only, person

FIRST = 10


@agents_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show where the work stands and what to do first."""
    user, now = person(request), timezone.now()
    audience = desk.audience_of_desk(user)
    waiting = [one for one in to_do(user, now) if audience_of(user, one.application) is not Audience.APPLICANT]
    counts = dict(desk.listed(user).order_by().values_list("state").annotate(number=Count("pk")))
    first = waiting[:FIRST]
    context = {
        "rows": list(zip(queue.rows([one.application for one in first], audience, now), first, strict=True)),
        "waiting": len(waiting),
        "mine": sum(one.application.assigned_to_id == user.pk for one in waiting),
        "late": sum(one.urgency is Urgency.OVERDUE for one in waiting),
        "many": len(waiting) == MOST,
        "states": [
            {"state": state.value, "label": label(state, audience), "number": counts[state.value]}
            for state in State
            if state.value in counts
        ],
        "views": _kept(request),
        "works": desk.works(user),
        "shortcuts": _shortcuts(user),
    }
    return render(request, "instruction/home.html", context)


@agents_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the queue, filtered, sorted, fifty lines at a time."""
    user, now = person(request), timezone.now()
    audience = desk.audience_of_desk(user)
    form = QueueForm(request.GET, user=user, audience=audience)
    filters = form.filters
    files = queue.ordered(filters.apply(desk.listed(user)), request.GET.get("sort", ""))
    page = Paginator(queue.detailed(files, user), queue.PAGE).get_page(request.GET.get("page"))
    exported = QueryDict(mutable=True)
    for name, value in filters.stored().items():
        exported.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    key, down = queue.sort_of(request.GET.get("sort", ""))
    context = {
        "form": form,
        "page": page,
        "rows": queue.rows(page.object_list, audience, now),
        "heads": [
            _head(request, column, key, down=down)
            for column in queue.COLUMNS
            if column.key != "region" or "region" in form.fields
        ],
        "several_regions": "region" in form.fields,
        "sort": request.GET.get("sort", ""),
        "narrowed": bool(filters.stored()),
        "open_filters": bool(form.errors) or any(filters.stored().keys() - {"q", "state", "verdict", "assigned"}),
        "export": exported.urlencode(),
        "views": _kept(request),
        "view_form": ViewForm(),
        "query": _query(request).urlencode(),
    }
    return render(request, "instruction/queue.html", context)


@agents_only
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters and the order under a name; the same name again replaces it."""
    form = ViewForm(request.POST)
    query = QueryDict(request.POST.get("query", ""))
    if form.is_valid():
        kept = {name: values for name, values in query.lists() if name != "sort" and any(values)}
        save_view(form.cleaned_data["name"], kept, (), query.get("sort", "")[:30], by=person(request))
        messages.success(request, _("La vue « %(name)s » est gardée.") % {"name": form.cleaned_data["name"]})
    else:
        messages.error(request, _("Donnez un nom à la vue."))
    return redirect(f"{reverse('instruction_queue')}?{query.urlencode()}")


@agents_only
@require_POST
def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view."""
    get_object_or_404(SavedView, owner=person(request), pk=pk).delete()
    messages.success(request, _("La vue est oubliée."))
    return redirect("instruction_queue")


def _shortcuts(user: User) -> list[dict[str, object]]:
    """Return the other pages of a person's work."""
    scope = Scope.of(user)
    found: list[dict[str, object]] = [
        {"label": batch.title, "url": reverse("instruction_bulk", args=[batch.action])} for batch in bulk.open_to(user)
    ]
    if scope.is_national:
        found.append({"label": _("Paiements"), "url": reverse("instruction_payments")})
    if Role.ARS_LEAD in scope.roles:
        found.append({"label": _("Accorder un délai à un brouillon"), "url": reverse("instruction_late_draft")})
    return found


def _kept(request: HttpRequest) -> list[dict[str, object]]:
    """Return the views of a person with the address of each."""
    found = []
    for view in SavedView.objects.filter(owner=person(request)).order_by("name", "pk"):
        query = QueryDict(mutable=True)
        for name, values in view.filters.items():
            query.setlist(name, values)
        if view.sort:
            query["sort"] = view.sort
        found.append({"pk": view.pk, "name": view.name, "query": query.urlencode()})
    return found


def _query(request: HttpRequest) -> QueryDict:
    """Return what the address asks, less the page and what is empty."""
    query = request.GET.copy()
    for name in [name for name, values in query.lists() if name == "page" or not any(values)]:
        del query[name]
    return query


def _head(request: HttpRequest, column: queue.Column, key: str, *, down: bool) -> dict[str, object]:
    """Return a column's head: its title, how it is sorted now, and the address that sorts by it."""
    sorted_by = column.key == key
    query = _query(request)
    query["sort"] = column.key if not sorted_by or down else f"-{column.key}"
    direction = ("descending" if down else "ascending") if sorted_by else ""
    return {"column": column, "direction": direction, "query": query.urlencode()}
