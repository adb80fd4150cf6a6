"""The app's name card."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Shared pieces: no model of its own."""

    name = "rempart.hub.common"
    label = "common"
