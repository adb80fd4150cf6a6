from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exposure.lab.namespace import Namespace
from tests.exposure.lab.websites import HOSTS, Websites, serve


@pytest.fixture(scope="package")
def lab() -> Iterator[Namespace]:
    """A network of this package's own, where the names of the sites are known."""
    with Namespace("web", hosts=HOSTS) as namespace:
        yield namespace


@pytest.fixture(scope="package")
def websites(lab: Namespace, tmp_path_factory: pytest.TempPathFactory) -> Websites:
    """The web sites of the lab, running."""
    folder: Path = tmp_path_factory.mktemp("websites")
    folder.parent.chmod(0o755)
    return serve(lab, folder)
