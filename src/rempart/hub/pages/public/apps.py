"""The app's name card."""

from django.apps import AppConfig


class PublicPagesConfig(AppConfig):
    """PublicPages."""

    name = "rempart.hub.pages.public"
    label = "public_pages"
