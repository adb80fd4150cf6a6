"""The addresses of the candidate's space."""

from django.urls import path

from rempart.hub.pages.candidate import views

urlpatterns = [
    path("", views.space, name="candidate"),
    path("ouvrir/<slug:code>/", views.open_file, name="candidate_open"),
]
