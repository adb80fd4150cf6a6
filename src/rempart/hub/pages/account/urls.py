"""The addresses of the account pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    raise NotImplementedError


urlpatterns = [path("invitation/<str:token>/", invitation, name="invitation")]
