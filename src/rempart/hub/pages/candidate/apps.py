"""The app's name card."""

from django.apps import AppConfig


class CandidatePagesConfig(AppConfig):
    """CandidatePages."""

    name = "rempart.hub.pages.candidate"
    label = "candidate_pages"
