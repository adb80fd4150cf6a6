"""The addresses of the administration."""

from django.urls import path

from rempart.hub.pages.administration.views import calls, versions, windows

VERSION = "appels/<slug:code>/versions/<int:number>"

urlpatterns = [
    path("appels/", calls.call_list, name="administration_calls"),
    path("appels/nouveau/", calls.call_new, name="administration_call_new"),
    path("appels/<slug:code>/", calls.call_page, name="administration_call"),
    path("appels/<slug:code>/plafonds/", calls.ceilings, name="administration_ceilings"),
    path("appels/<slug:code>/enveloppe/", versions.envelope_open, name="administration_envelope"),
    path("appels/<slug:code>/regles/", versions.version_edit, name="administration_version_edit"),
    path("appels/<slug:code>/versions/<int:number>/", versions.version_page, name="administration_version"),
    path(
        "appels/<slug:code>/versions/<int:number>/regles.toml",
        versions.version_text,
        name="administration_version_text",
    ),
    path(
        "appels/<slug:code>/versions/<int:number>/publier/",
        versions.version_publish,
        name="administration_version_publish",
    ),
    path("appels/<slug:code>/guichets/<slug:stage>/", windows.window_page, name="administration_window"),
]
