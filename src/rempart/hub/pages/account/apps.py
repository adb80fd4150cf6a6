"""The app's name card."""

from django.apps import AppConfig


class AccountPagesConfig(AppConfig):
    """AccountPages."""

    name = "rempart.hub.pages.account"
    label = "account_pages"
