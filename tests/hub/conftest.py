"""What the hub's tests share: the pages in a browser, and static files served from where they stand."""

import pytest

from tests.hub.browser import page  # noqa: F401 — a fixture of every room


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Serve static files without collecting them first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
