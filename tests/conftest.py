"""What all tests share: property tests never judge by the clock; the database starts with the first test that asks."""

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres
from tests.browser import the_browser  # noqa: F401 — a fixture of every room

settings.register_profile(
    "house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):  # noqa: ARG001 — one database a worker
    """Start PostgreSQL before pytest-django makes its database."""
    postgres.start()
