"""The addresses of the site, room by room."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("rempart.hub.operations.urls")),
    path("api/", include("rempart.hub.api.urls")),
    path("", include("rempart.hub.pages.urls")),
    path("theme/", include("rempart.hub.theme.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demonstration/", include("rempart.hub.demo.urls")))
