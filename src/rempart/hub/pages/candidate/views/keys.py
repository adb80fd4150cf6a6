"""The signing keys of an establishment: its public keys, registered by its own people."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.proofs import services
from rempart.hub.funding.proofs.models import RegisteredKey
from rempart.hub.funding.proofs.services.keys import may_hold_keys
from rempart.hub.pages.candidate.access import applicants_only, person, sent
from rempart.hub.pages.candidate.forms import KeyForm, refuse
from rempart.hub.territory.models import LegalEntity


def _entities(user: User) -> dict[str, LegalEntity]:
    mine = [finess for finess in Scope.of(user).entities if may_hold_keys(user, finess)]
    return {one.pk: one for one in LegalEntity.objects.filter(pk__in=mine).order_by("name", "finess")}


@applicants_only
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys of the person's establishments; register one."""
    user = person(request)
    entities = _entities(user)
    choices = [(pk, f"{entity} – {pk}") for pk, entity in entities.items()]
    form = KeyForm(*sent(request), entities=choices)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            key = services.register_key(
                entities[typed["entity"]], typed["file"].read(), label=typed["label"], by=user, at=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("La clé « %(label)s » est enregistrée.") % {"label": key.label})
            return redirect("candidate_keys")
    rows = RegisteredKey.objects.filter(legal_entity__in=list(entities)).select_related("legal_entity", "registered_by")
    context = {"entities": entities, "form": form, "keys": rows.order_by("revoked_at", "-registered_at")}
    return render(request, "candidate/keys.html", context, status=422 if form.errors else 200)


@require_POST
@applicants_only
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a key."""
    user = person(request)
    key = RegisteredKey.objects.filter(pk=pk, legal_entity__in=list(_entities(user))).first()
    if key is None:
        raise Http404
    services.revoke_key(key, by=user, at=timezone.now())
    messages.success(request, _("La clé est révoquée : elle ne signera plus rien de nouveau."))
    return redirect("candidate_keys")
