"""The addresses for machines."""

from django.urls import path

from rempart.hub.operations import views

urlpatterns = [
    path("health", views.health, name="health"),
    path("metrics", views.metrics, name="metrics"),
]
