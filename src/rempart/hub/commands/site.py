"""Getting the site ready for a command: its database started, its settings read, its tables up to date or named."""

import os
from pathlib import Path

import django

from rempart.hub import database

SETTINGS = "rempart.hub.settings"
DATA = "REMPART_HUB_DATA"
DEFAULT_DATA = Path.home() / ".local/share/rempart"


def data_folder() -> Path:
    """Return the hub's data folder, as its settings read it."""
    return Path(os.environ.get(DATA) or DEFAULT_DATA).resolve()


def ready() -> None:
    """Start the embedded database when no other is named, and set Django up; run it before any import of a model."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    database.ensure(data_folder())
    django.setup()
