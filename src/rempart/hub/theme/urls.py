"""The address of the gallery."""

from django.urls import path

from rempart.hub.theme import views

urlpatterns = [path("", views.gallery, name="gallery")]
