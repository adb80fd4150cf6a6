"""The addresses of the public pages."""

from django.urls import path

from rempart.hub.pages.public import views

urlpatterns = [
    path("", views.home, name="home"),
]
