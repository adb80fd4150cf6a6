"""The addresses of the pages, audience by audience."""

from django.urls import include, path

urlpatterns = [
    path("", include("rempart.hub.pages.public.urls")),
    path("", include("rempart.hub.pages.instruction.urls")),
    path("", include("rempart.hub.pages.steering.urls")),
    path("dossiers/", include("rempart.hub.pages.candidate.urls")),
    path("compte/", include("rempart.hub.pages.account.urls")),
    path("decisions/", include("rempart.hub.pages.decisions.urls")),
    path("administration/", include("rempart.hub.pages.administration.urls")),
]
