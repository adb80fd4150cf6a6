"""The rules a file follows beside those in force: what would change, and the move."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.services.version import move_version
from rempart.hub.pages.candidate.access import applicants_only, own_file, person
from rempart.hub.pages.candidate.views.file import about
from rempart.hub.pages.public.other_rules import chosen, compared, done


@applicants_only
def rules(request: HttpRequest, number: str) -> HttpResponse:
    """Compare, then let a draft follow the other rules; once submitted, those who instruct decide."""
    user, file, at = person(request), own_file(request, number), timezone.now()
    to = chosen(file, request.GET.get("version", ""))
    refusal = None
    if request.method == "POST" and to is not None:
        try:
            move_version(file, to, "", by=user, at=at)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, done(to))
            return redirect("candidate_file", file.number)
    context = about(file, user, "rules") | compared(file, to, user, at) | {"refusal": refusal}
    return render(request, "candidate/rules.html", context, status=422 if refusal else 200)
