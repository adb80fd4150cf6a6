import pytest

from rempart.hub.accounts.oidc import network
from tests.hub.accounts.identity_provider import IdentityProvider


@pytest.fixture(scope="session")
def running_provider():
    provider = IdentityProvider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider, settings):
    """The provider, well behaved, known to the site under both its names."""
    running_provider.behave()
    network.forget()
    settings.OIDC_PROVIDERS = {"psc": running_provider.psc, "proconnect": running_provider.proconnect}
    return running_provider
