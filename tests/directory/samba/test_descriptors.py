"""Our reader of security descriptors against Samba's own, on every object of a domain."""

import re

import pytest

from rempart.directory.collect.ldap_live import Credentials, collect
from rempart.directory.graph.descriptor import parse
from rempart.directory.names import dn_key
from tests.directory.samba.sddl import read
from tests.samba import PASSWORD

pytestmark = pytest.mark.samba

RECORD = re.compile(r"^dn: (?P<dn>.*)\n(?:.*\n)*?nTSecurityDescriptor: (?P<sddl>.*)$", re.MULTILINE)


def test_every_descriptor_reads_as_samba_prints_it(samba):
    snapshot = collect(samba.address, Credentials(samba.administrator, PASSWORD), ca_file=samba.ca_file)
    read_here = parse(snapshot.descriptors)
    owners = dict(read_here.heads.select("sd", "owner").iter_rows())
    columns = ("allow", "flags", "mask", "object_type", "inherited_type", "trustee")
    aces = {sd: [] for sd in owners}
    for sd, *ace in read_here.aces.select("sd", *columns).iter_rows():
        aces[sd].append(tuple(ace))
    heads = snapshot.objects.filter(snapshot.objects["dn_key"] == dn_key(samba.dn))
    domain_sid = heads["objectSid"].item()
    printed = {
        dn_key(match["dn"]): read(match["sddl"], domain_sid)
        for base in (samba.dn, f"CN=Configuration,{samba.dn}", f"CN=Schema,CN=Configuration,{samba.dn}")
        for match in RECORD.finditer(samba.search("-b", base, "nTSecurityDescriptor").replace("\n ", ""))
    }
    compared = 0
    for key, sd in snapshot.objects.select("dn_key", "sd").iter_rows():
        if key in printed:
            owner, expected = printed[key]
            assert owners[sd] == owner, key
            assert aces[sd] == expected, key
            compared += 1
    assert compared > 3_500
