"""The addresses of the API. Its pages for people (what it does, their tokens) are beside it."""

from django.urls import path

from rempart.hub.api.site import api

urlpatterns = [
    path("v1/", api.urls),
]
