"""The rules a file follows beside those in force: what would change, and the move with its reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.services.version import move_version
from rempart.hub.pages.instruction import sheet
from rempart.hub.pages.instruction.forms.action import RulesForm
from rempart.hub.pages.instruction.people import agents_only, person
from rempart.hub.pages.instruction.views.file import frame
from rempart.hub.pages.public.other_rules import chosen, compared, done


@agents_only
def rules(request: HttpRequest, number: str) -> HttpResponse:
    """Compare; who decides for the region or verifies for the nation moves the file."""
    user, at = person(request), timezone.now()
    file = sheet.file_of(user, number)
    to = chosen(file, request.GET.get("version", ""))
    form = RulesForm(request.POST or None)
    if request.method == "POST" and to is not None and form.is_valid():
        try:
            move_version(file, to, form.cleaned_data["reason"], by=user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done(to))
            return redirect("instruction_file", file.number)
    context = {**frame(user, file, "instruction_rules"), **compared(file, to, user, at), "form": form}
    return render(request, "instruction/rules.html", context, status=400 if form.errors else 200)
