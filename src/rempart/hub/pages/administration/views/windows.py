"""A desk: its first dates when no text gave them, then its moves, each with its reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.calls import selectors, services
from rempart.hub.funding.calls.models import Call, Window
from rempart.hub.pages.administration.access import person, writes
from rempart.hub.pages.administration.forms import ExtendForm, OpenForm


@writes
def window_page(request: HttpRequest, code: str, stage: str) -> HttpResponse:
    """Give a desk its dates, or move its end."""
    call: Call = get_object_or_404(Call.objects.visible_to(person(request)), pk=code)
    window = get_object_or_404(selectors.windows_with_history(call), stage=stage)
    form = (ExtendForm if window.opens_at or window.closes_at else OpenForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _apply(window, form, person(request))
        except Refusal as refusal:
            form.add_error("closes_on" if refusal.code != "reason_missing" else "reason", str(refusal))
        else:
            messages.success(request, _("Les dates du guichet sont enregistrées."))
            return redirect("administration_call", call.pk)
    return render(request, "administration/window.html", {"form": form, "call": call, "window": window})


def _apply(window: Window, form: OpenForm | ExtendForm, by: User) -> None:
    if isinstance(form, OpenForm):
        data = form.cleaned_data
        services.open_window(window, data["opens_on"], data["closes_on"], by=by, at=timezone.now())
    else:
        services.extend_window(window, form.closes_at, form.cleaned_data["reason"], by=by, at=timezone.now())
