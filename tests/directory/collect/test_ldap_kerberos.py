"""Logon with the Kerberos ticket of the session, on a real domain controller."""

import os
import tempfile
from pathlib import Path

import pytest

from rempart.directory.collect.ldap_live import Credentials, Encryption, collect
from rempart.directory.collect.ldap_live.link import Transport
from rempart.measurement.errors import RempartError
from tests.samba import PASSWORD, run, running, samba_template

__all__ = ["samba_template"]

pytestmark = pytest.mark.samba

_CONFIGURATION = """[libdefaults]
default_realm = {realm}
dns_lookup_kdc = false
dns_canonicalize_hostname = false
rdns = false
[realms]
{realm} = {{
  kdc = {address}
}}
"""


@pytest.fixture(scope="module")
def realm(samba_template):
    """A controller that also gives tickets; the environment that points to it."""
    with tempfile.TemporaryDirectory(prefix="samba-") as folder, running(Path(folder), template=samba_template) as lab:
        lab.stop()
        lab.configure(services="ldap kdc")
        lab.tool("spn", "add", f"ldap/{lab.address}", "DC1$")
        lab.start()
        settings = lab.folder / "krb5-client.conf"
        settings.write_text(_CONFIGURATION.format(realm=lab.domain.dns.upper(), address=lab.address))
        yield lab, {"KRB5_CONFIG": str(settings), "KRB5CCNAME": f"FILE:{lab.folder}/tickets"}


@pytest.fixture
def kerberos(realm, monkeypatch):
    lab, environment = realm
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lab


@pytest.mark.parametrize("transport", [Transport.LDAP3, Transport.PYTHON_LDAP])
def test_without_a_ticket_then_with_one(kerberos, transport):
    ticket = Path(os.environ["KRB5CCNAME"].removeprefix("FILE:"))
    ticket.unlink(missing_ok=True)
    with pytest.raises(RempartError, match="Kerberos logon impossible"):
        collect(kerberos.address, Credentials.kerberos(), ca_file=kerberos.ca_file, transport=transport)
    run("kinit", f"administrator@{kerberos.domain.dns.upper()}", text=f"{PASSWORD}\n")
    snapshot = collect(kerberos.address, Credentials.kerberos(), ca_file=kerberos.ca_file, transport=transport)
    assert snapshot.objects.height > 3_500
    assert snapshot.objects["sd"].null_count() == 0


def test_kerberos_protects_a_conversation_without_tls(kerberos):
    run("kinit", f"administrator@{kerberos.domain.dns.upper()}", text=f"{PASSWORD}\n")
    snapshot = collect(
        kerberos.address, Credentials.kerberos(), encryption=Encryption.CLEAR, transport=Transport.PYTHON_LDAP
    )
    assert snapshot.objects["sd"].null_count() == 0
