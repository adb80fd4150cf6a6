"""The public pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from rempart.hub.funding.calls.models import Call
from rempart.hub.theme.glossary import glossary as definitions


def home(request: HttpRequest) -> HttpResponse:
    """Show what Rempart is and where to go."""
    return render(request, "public/home.html")


def calls(request: HttpRequest) -> HttpResponse:
    """List the calls."""
    return render(request, "public/calls.html", {"calls": Call.objects.all()})


def call(request: HttpRequest, code: str) -> HttpResponse:
    """Show one call."""
    return render(request, "public/call.html", {"call": get_object_or_404(Call, pk=code)})


def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the words of the programme."""
    return render(request, "public/glossary.html", {"definitions": definitions().values()})


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a page that is text only."""
    return render(request, f"public/{name}.html")
