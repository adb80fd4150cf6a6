"""The addresses of the public pages."""

from django.urls import path
from django.views.i18n import set_language

from rempart.hub.pages.public import views

urlpatterns = [
    path("", views.home, name="home"),
    path("appels/", views.calls, name="calls"),
    path("appels/<slug:code>/", views.call, name="call"),
    path("donnees-ouvertes/", views.open_data, name="open_data"),
    path("donnees-ouvertes/<slug:code>/version-<int:number>.toml", views.rules, name="open_rules"),
    path("aide/", views.page, {"name": "help"}, name="help"),
    path("glossaire/", views.glossary, name="glossary"),
    path("accessibilite/", views.page, {"name": "accessibility"}, name="accessibility"),
    path("mentions-legales/", views.page, {"name": "legal"}, name="legal"),
    path("donnees-personnelles/", views.page, {"name": "privacy"}, name="privacy"),
    path("cle-du-hub.pub", views.hub_key, name="hub_key"),
    path("langue/", set_language, name="set_language"),
]
