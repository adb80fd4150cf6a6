"""The addresses of the API, and of its pages for people: what it does, their tokens."""

from django.urls import path

from rempart.hub.api import views
from rempart.hub.api.site import api

urlpatterns = [
    path("v1/", api.urls),
    path("docs/", views.documentation, name="api_docs"),
    path("jetons/", views.tokens, name="api_tokens"),
    path("jetons/<int:pk>/retrait/", views.revoke, name="api_token_revoke"),
]
