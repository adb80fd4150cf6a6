"""The addresses of the demonstration: they exist only where `REMPART_HUB_DEMO` is set."""

from django.urls import path

from rempart.hub.demo import views

urlpatterns = [
    path("", views.characters, name="demo"),
]
