import pytest


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """Keep the files of each test in its own folder."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": files}
