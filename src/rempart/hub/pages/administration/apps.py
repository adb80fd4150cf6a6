"""The app's name card."""

from django.apps import AppConfig


class AdministrationPagesConfig(AppConfig):
    """AdministrationPages."""

    name = "rempart.hub.pages.administration"
    label = "administration_pages"
