"""Runs bloodhound-ce-python, an independent collector, on a lab's server; written for a process of its own.

Usage: bloodhound_collect.py ADDRESS DOMAIN CONTROLLER ACCOUNT PASSWORD. The JSON files land in the current folder.

The collector speaks NTLM, which Samba refuses in the way it does it, and asks a DNS server that the lab does not run:
the bind becomes a simple one, and the controller's address is given. What it reads, and how it reads it, stays its own.
"""

import argparse
import warnings

warnings.simplefilter("ignore")  # the collector's own libraries, not ours to mend

import ldap3  # noqa: E402 — after the filter
from bloodhound import BloodHound, resolve_collection_methods  # noqa: E402 — same
from bloodhound.ad.authentication import ADAuthentication  # noqa: E402 — same
from bloodhound.ad.domain import AD, ADDC  # noqa: E402 — same
from bloodhound.ad.utils import ADUtils  # noqa: E402 — same


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("address", "domain", "controller", "account", "password"):
        parser.add_argument(name)
    options = parser.parse_args()

    def bound(*_: object, **__: object) -> ldap3.Connection:
        server = ldap3.Server(options.address, get_info=ldap3.ALL)
        return ldap3.Connection(
            server, options.account, options.password, auto_bind=True, auto_referrals=False, auto_range=True
        )

    def connect(self: ADDC, protocol: str = "ldap", *, resolver: bool = False) -> bool:  # noqa: ARG001 — its signature
        setattr(self, "resolverldap" if resolver else "ldap", bound())
        return True

    def connect_catalogue(self: ADDC, protocol: str = "ldap") -> bool:  # noqa: ARG001 — its signature
        self.gcldap = bound()
        return True

    ADAuthentication.getLDAPConnection = bound
    ADDC.ldap_connect = connect
    ADDC.gc_connect = connect_catalogue
    directory = AD(auth=ADAuthentication(options.account, options.password, options.domain), domain=options.domain)
    directory.domain = options.domain
    directory.baseDN = ADUtils.domain2ldap(options.domain)
    directory.override_dc(options.controller)
    directory.override_gc(options.controller)
    collector = BloodHound(directory)
    collector.connect()
    collector.run(
        collect=resolve_collection_methods("DCOnly"), disable_pooling=True, timestamp="", fileNamePrefix="lab"
    )


if __name__ == "__main__":
    main()
