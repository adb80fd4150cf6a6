"""Bulk decisions in three pages: the list to review, the recapitulation to sign, what became of each file."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from rempart.hub.accounts.models import User
from rempart.hub.funding.applications.models import Application
from rempart.hub.pages.instruction import bulk
from rempart.hub.pages.instruction.people import agents_only, person
from rempart.hub.pages.instruction.queue import verdict_counts


@agents_only
def batch(request: HttpRequest, action: str) -> HttpResponse:
    """Show the green files; then what is chosen against the envelope; then decide, on a second yes."""
    user = person(request)
    if action not in bulk.BATCHES:
        raise Http404
    asked = bulk.BATCHES[action]
    if asked not in bulk.open_to(user):
        raise PermissionDenied
    context: dict[str, object] = {"batch": asked, "user_name": str(user)}
    if request.method != "POST":
        return render(request, "instruction/bulk/list.html", {**context, **_list(asked, user)})
    chosen = _chosen(request, asked, user)
    if not chosen:
        return render(
            request, "instruction/bulk/list.html", {**context, **_list(asked, user), "none": True}, status=400
        )
    if request.POST.get("step") == "decide" and request.POST.get("mine") == "1":
        results = bulk.decide(asked, chosen, by=user, at=timezone.now())
        context["done"] = [one for one in results if one.refusal is None]
        context["refused"] = [one for one in results if one.refusal is not None]
        return render(request, "instruction/bulk/done.html", context)
    context |= {
        "files": chosen,
        "totals": bulk.totals(chosen),
        "total": sum(file.ceiling_cents or 0 for file in chosen),
        "unsigned": request.POST.get("step") == "decide",
    }
    return render(request, "instruction/bulk/recap.html", context, status=400 if context["unsigned"] else 200)


def _list(asked: bulk.Batch, user: User) -> dict[str, object]:
    files = list(bulk.green(asked, user)[: bulk.MOST])
    verdicts = verdict_counts(files)
    return {
        "rows": [(file, [one for one in verdicts.get(file.pk, {}).items() if one[1]]) for file in files],
        "totals": bulk.totals(files),
        "most": bulk.MOST if len(files) == bulk.MOST else None,
    }


def _chosen(request: HttpRequest, asked: bulk.Batch, user: User) -> list[Application]:
    """Return the chosen files that are still green and still theirs: a tick in an old page decides nothing."""
    keys = {int(pk) for pk in request.POST.getlist("file") if pk.isdigit() and len(pk) < 19}  # noqa: PLR2004 — bigint
    return list(bulk.green(asked, user).filter(pk__in=keys)[: bulk.MOST])
