"""The addresses of decisions."""

from django.urls import path

from rempart.hub.pages.decisions import views

urlpatterns = [path("<uuid:key>.pdf", views.document, name="decision")]
