"""The candidate's space."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def space(request: HttpRequest) -> HttpResponse:
    """Show the files of the person."""
    return render(request, "base.html")


def open_file(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001
    """Open a draft."""
    return render(request, "base.html")
