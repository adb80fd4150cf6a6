"""The pages beside the API: what it does, and a person's own tokens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rempart.hub.accounts.models import User
from rempart.hub.api import services
from rempart.hub.api.forms import TokenForm
from rempart.hub.api.models import ApiToken
from rempart.hub.api.site import api
from rempart.hub.common.errors import Refusal


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """List the operations of the API, read from its own description."""
    schema = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "scope": described.get("x-scope", ""),
            "summary": described["summary"],
            "parameters": described.get("parameters", []),
            "has_body": "requestBody" in described,
        }
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]
    return render(request, "api/documentation.html", {"operations": operations, "rate": services.rate()})


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """List a person's tokens; make one, whose secret this one answer shows."""
    user = _person(request)
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            _token, secret = services.create(asked["name"], asked["scopes"], asked["days"], by=user, at=timezone.now())
            form = TokenForm()
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    now = timezone.now()
    kept = (
        ApiToken.objects.visible_to(user).filter(revoked_at=None).select_related("use").order_by("-created_at", "-pk")
    )
    context = {"form": form, "secret": secret, "tokens": kept, "now": now}
    return render(request, "api/tokens.html", context, status=400 if form.is_bound and form.errors else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a token."""
    user = _person(request)
    token = get_object_or_404(ApiToken.objects.visible_to(user), pk=pk)
    services.revoke(token, by=user, at=timezone.now())
    messages.success(request, _("Le jeton « %(name)s » est retiré.") % {"name": token.name})
    return redirect("api_tokens")


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):  # pragma: no cover — login_required stands before
        raise TypeError(request.user)
    return request.user
