"""What the tests of proofs share: a folder of their own for files, a real antivirus, a real S3 server."""

import pytest

from tests.hub.proofs import servers


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Let each test have its own files."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture(scope="session")
def antivirus_address(tmp_path_factory):
    """Start clamd once."""
    with servers.clamd(tmp_path_factory.mktemp("clamd")) as address:
        yield address


@pytest.fixture(scope="session")
def s3_address():
    """Start the S3 server once."""
    with servers.s3() as address:
        yield address
