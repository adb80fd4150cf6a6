"""The same server read live and by `ldapsearch` into LDIF: the same verdicts."""

import pytest

from rempart.directory.audit import judge
from rempart.directory.collect import ldif
from rempart.directory.collect.ldap_live import Credentials, collect
from rempart.directory.collect.source import silent
from rempart.directory.forest import Forest
from tests.directory.samba.faults import ACCOUNTS, PERMISSIONS
from tests.directory.samba.planting import Planting
from tests.samba import PASSWORD, run

pytestmark = pytest.mark.samba

OWNER_GROUP_AND_DACL = "!1.2.840.113556.1.4.801=::MAMCAQc="


def partitions(lab):
    configuration = f"CN=Configuration,{lab.dn}"
    return {
        "domain": lab.dn,
        "configuration": configuration,
        "schema": f"CN=Schema,{configuration}",
        "domaindns": f"DC=DomainDnsZones,{lab.dn}",
        "forestdns": f"DC=ForestDnsZones,{lab.dn}",
    }


def ldapsearch(lab, folder):
    """One file a partition, as the guide says to make them."""
    for name, base in partitions(lab).items():
        text = run(
            *("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-E", OWNER_GROUP_AND_DACL, "-E", "pr=500/noprompt"),
            *(
                "-H",
                f"ldap://{lab.address}",
                "-D",
                lab.administrator,
                "-w",
                PASSWORD,
                "-b",
                base,
                "(objectClass=*)",
                "*",
            ),
        )
        (folder / f"{name}.ldif").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def readings(samba, tmp_path_factory):
    planting = Planting(samba, [*ACCOUNTS.values(), *PERMISSIONS.values()])
    planting.plant()
    try:
        live = collect(samba.address, Credentials(samba.administrator, PASSWORD), ca_file=samba.ca_file)
        files = ldif.read(ldapsearch(samba, tmp_path_factory.mktemp("ldapsearch")), silent)
    finally:
        planting.repair()
    return live, files


def test_the_same_objects_and_descriptors(readings):
    live, files = readings
    assert files.objects["dn_key"].to_list() == live.objects["dn_key"].to_list()
    assert files.objects["sd"].null_count() == 0
    assert set(files.descriptors["bytes"]) == set(live.descriptors["bytes"])


def test_the_same_verdicts(readings):
    live, files = readings
    first, second = (
        {
            verdict.key: (verdict.status, tuple(map(tuple, verdict.subjects.rows())))
            for verdict in judge(Forest(snapshot, live.manifest.taken_at))
        }
        for snapshot in (live, files)
    )
    assert {key: answer for key, answer in second.items() if answer != first[key]} == {}
