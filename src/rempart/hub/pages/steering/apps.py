"""The app's name card."""

from django.apps import AppConfig


class SteeringPagesConfig(AppConfig):
    """SteeringPages."""

    name = "rempart.hub.pages.steering"
    label = "steering_pages"
