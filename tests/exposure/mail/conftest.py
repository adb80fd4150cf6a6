"""The DNS and the mail servers of the lab, asked once for all tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rempart.exposure.collect.question import Endpoint, Observation
from rempart.exposure.collect.surveys import Service
from tests.exposure.lab import mail_hosts, zones
from tests.exposure.lab.asked import ask_names, ask_services, remember
from tests.exposure.lab.namespace import Namespace
from tests.exposure.maker import Maker

NAMES = (
    *("valmont.test", "old.valmont.test", "app.valmont.test", "loop1.valmont.test", "www.valmont.test", "island.test"),
    *("bad.test", "expired.test", "sha1.test", "wrongds.test", "deep.test", "loop.test", "void.test", "open.test"),
    *("neutral.test", "two.test", "nomail.test", "syntax.test", "redirect.test", "nopolicy.test", "twice.test"),
    "giant.test",
)


@dataclass
class Lab:
    """What the lab said; `maker` gives a snapshot of some names."""

    namespace: Namespace
    authority: Path
    observations: list[Observation]
    greetings: list[Observation]
    makers: dict[tuple[str, ...], Maker] = field(default_factory=dict)

    def maker(self, *names: str) -> Maker:
        """A snapshot of these declared names (all by default)."""
        if names not in self.makers:
            made = self.makers[names] = Maker()
            for name in names or NAMES:
                made.asset(name)
            remember(made, self.observations)
        return self.makers[names]


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("maildns")
    hosts = {"mta-sts.valmont.test": zones.WEB}  # for checkdmarc, which reads policies by the system's names
    with Namespace("maildns", hosts=hosts) as namespace:
        zones.start(namespace, folder)
        mail_hosts.start_exim(namespace, folder, zones.MX)
        mail_hosts.start_plain(namespace, folder)
        authority = mail_hosts.start_policy(namespace, folder, zones.WEB)
        observations = namespace.run(ask_names, NAMES, zones.RESOLVERS, "mail_dns", str(authority))
        servers = tuple(Service(Endpoint(address, 25), "smtp") for address in (zones.MX, mail_hosts.PLAIN))
        yield Lab(namespace, authority, observations, namespace.run(ask_services, servers, "smtp"))
