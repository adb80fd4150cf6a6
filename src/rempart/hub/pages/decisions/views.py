"""Giving the PDF of a decision to who may see its file."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from rempart.hub.funding.decisions.models import Decision
from rempart.hub.funding.decisions.selectors import pdf_of


@login_required
@never_cache
def document(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Send the PDF as an attachment; a decision one may not see does not exist.

    Raises:
        AlteredError: the stored file is no longer the one that was signed; the person is told that the site failed.

    """
    decision = get_object_or_404(Decision.objects.visible_to(request.user), key=key)
    headers = {"Content-Disposition": f'attachment; filename="{decision.number}.pdf"'}
    return HttpResponse(pdf_of(decision), content_type="application/pdf", headers=headers)
