"""The app's name card."""

from django.apps import AppConfig


class InstructionPagesConfig(AppConfig):
    """InstructionPages."""

    name = "rempart.hub.pages.instruction"
    label = "instruction_pages"
