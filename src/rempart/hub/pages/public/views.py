"""The public pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show what Rempart is and where to go."""
    return render(request, "public/home.html")
