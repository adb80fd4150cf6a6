"""Our control graph against the reading of bloodhound-ce-python, a collector nobody here wrote, on the same server."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from rempart.directory.collect import sharphound
from rempart.directory.collect.ldap_live import Credentials, collect
from rempart.directory.forest import Forest
from tests.directory.maker import make_ace
from tests.directory.samba.ldif import USERS, Fault, computer, dn_of_user, group, new, user
from tests.directory.samba.planting import OPTIONS, Planting, with_ace
from tests.samba import PASSWORD

pytestmark = pytest.mark.samba

DOMAIN = "{dn}"
PERSON = dn_of_user("cible")
GROUP, MACHINE = f"CN=cible-groupe,{USERS}", "CN=cible-poste,CN=Computers,{dn}"
UNIT, INSIDE = "OU=cible-ou,{dn}", "CN=dedans,OU=cible-ou,{dn}"
POLICY = "CN={31B2F340-016D-11D2-945F-00C04FB984F9},CN=Policies,CN=System,{dn}"
ALL, WRITE_DACL, WRITE_OWNER, WRITE, CONTROL, SELF = 0xF01FF, 0x40000, 0x80000, 0x20, 0x100, 0x8
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
PASSWORD_RESET = "00299570-246d-11d0-a768-00aa006e0529"
SPN = "f3a64788-5306-11d1-a9c5-0000f80367c1"
KEY_CREDENTIAL = "5b47d60f-6090-40b2-9f37-2a4de88f3063"
ALLOWED_TO_ACT = "3f78c3e5-f79a-46bd-a0b8-9d18116ddc79"
GET_CHANGES, GET_CHANGES_ALL = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
USER_CLASS = "bf967aba-0de6-11d0-a285-00aa003049e2"
GPLINK = "f30e3bbe-9ff0-11d1-b603-0000f80367c1"
TO_CHILDREN, TO_CHILDREN_ONLY = 0x2, 0xA

PLANTED = [
    # who, allow or deny, the mask, on what, the rest of the ACE; ACEs of one object stand in this order
    ("tout", "A", ALL, PERSON, {}),
    ("dacl", "A", WRITE_DACL, PERSON, {}),
    ("proprio", "A", WRITE_OWNER, GROUP, {}),
    ("membre", "A", WRITE, GROUP, {"object": MEMBER}),
    ("soi", "A", SELF, GROUP, {"object": MEMBER}),
    ("mdp", "A", CONTROL, PERSON, {"object": PASSWORD_RESET}),
    ("spn", "A", WRITE, PERSON, {"object": SPN}),
    ("cle", "A", WRITE, PERSON, {"object": KEY_CREDENTIAL}),
    ("cle", "A", WRITE, MACHINE, {"object": KEY_CREDENTIAL}),
    ("rbcd", "A", WRITE, MACHINE, {"object": ALLOWED_TO_ACT}),
    ("ecrit", "A", WRITE, MACHINE, {}),
    ("etendu", "A", CONTROL, PERSON, {}),
    ("paire", "A", CONTROL, DOMAIN, {"object": GET_CHANGES}),
    ("paire", "A", CONTROL, DOMAIN, {"object": GET_CHANGES_ALL}),
    ("moitie", "A", CONTROL, DOMAIN, {"object": GET_CHANGES}),
    ("gpo", "A", WRITE, POLICY, {}),
    ("lien", "A", WRITE, UNIT, {"object": GPLINK}),
    ("herite", "A", ALL, UNIT, {"flags": TO_CHILDREN}),
    (
        "enfants",
        "A",
        CONTROL,
        UNIT,
        {"object": PASSWORD_RESET, "inherited_type": USER_CLASS, "flags": TO_CHILDREN_ONLY},
    ),
    ("refuse", "D", ALL, PERSON, {}),
    ("refuse", "A", ALL, PERSON, {}),
]
WHO = sorted({row[0] for row in PLANTED})

SEEN_BY_BOTH = {
    ("tout", "GenericAll", "cible"),
    ("dacl", "WriteDacl", "cible"),
    ("proprio", "WriteOwner", "cible-groupe"),
    ("membre", "AddMember", "cible-groupe"),
    ("soi", "AddSelf", "cible-groupe"),
    ("mdp", "ForceChangePassword", "cible"),
    ("spn", "WriteSPN", "cible"),
    ("rbcd", "AddAllowedToAct", "cible-poste"),
    ("ecrit", "GenericWrite", "cible-poste"),
    ("etendu", "AllExtendedRights", "cible"),
    ("paire", "DCSync", "hopital"),
    ("paire", "GetChanges", "hopital"),
    ("paire", "GetChangesAll", "hopital"),
    ("moitie", "GetChanges", "hopital"),
    ("gpo", "GenericWrite", "{31b2f340-016d-11d2-945f-00c04fb984f9}"),
    ("lien", "WriteGPLink", "cible-ou"),
    ("herite", "GenericAll", "cible-ou"),
    ("herite", "GenericAll", "dedans"),
    ("enfants", "ForceChangePassword", "dedans"),  # and not on the unit itself: the ACE is for its children only
    # the rest is how Samba provisions a domain
    ("enterprise read-only domain controllers", "GetChanges", "hopital"),
    ("dnsadmins", "WriteDacl", "microsoftdns"),
    ("dnsadmins", "WriteOwner", "microsoftdns"),
}

SEEN_BY_US_ONLY = {
    # the collector names the attribute by the forest's schema, which Samba 4.17 makes without it; we know its GUID
    ("cle", "AddKeyCredentialLink", "cible"),
    ("cle", "AddKeyCredentialLink", "cible-poste"),
    # on a plain container the collector reads neither the writing of attributes nor the creation of children
    ("dnsadmins", "CreateChild", "microsoftdns"),
    ("dnsadmins", "GenericWrite", "microsoftdns"),
}

SEEN_BY_THEM_ONLY = {
    # the collector leaves out ACEs that deny: for the server, the one in front takes the right away
    ("refuse", "GenericAll", "cible"),
}

STRUCTURE = {"Contains", "GPOScope", "GPLink", "SDProp"}
BELONGING = {"MemberOf", "PrimaryGroup", "ByNature"}


def planted_objects():
    fault = Fault()
    for name in WHO:
        fault += user(name)
    return fault + user("cible") + group("cible-groupe") + computer("cible-poste") + new(UNIT, "organizationalUnit")


@pytest.fixture(scope="module")
def seeded(samba):
    planting = Planting(samba, [planted_objects()])
    planting.plant()
    sids = planting._sids()
    places = {row[3] for row in PLANTED}
    before = planting._descriptors(places)
    after = dict(before)
    # the last ACE goes in first, so that those of the table stand in its order, in front of what was there
    for who, kind, mask, place, options in reversed(PLANTED):
        after[place] = with_ace(after[place], make_ace(kind, mask, sids[who], options))
    planting._write(after)
    inside = new(INSIDE, "user", sAMAccountName="dedans", userAccountControl=0x220)
    samba.modify(inside.plant, *OPTIONS)
    yield samba
    samba.modify(inside.repair, *OPTIONS)
    planting._write(before)
    planting.repair()


@pytest.fixture(scope="module")
def ours(seeded):
    snapshot = collect(seeded.address, Credentials(seeded.administrator, PASSWORD), ca_file=seeded.ca_file)
    return Forest(snapshot, snapshot.manifest.taken_at)


@pytest.fixture(scope="module")
def theirs(seeded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bloodhound")
    script = Path(__file__).parent / "bloodhound_collect.py"
    host = f"{seeded.domain.host}.{seeded.domain.dns}"
    command = [sys.executable, str(script), seeded.address, seeded.domain.dns, host, seeded.administrator, PASSWORD]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    snapshot = sharphound.read(folder)
    return Forest(snapshot, snapshot.manifest.taken_at)


def edges(forest, other, kinds):
    """The edges of these kinds between nodes that both readings have, by the first label of the DN (or the SID)."""
    both = set(forest.objects["dn_key"]) & set(other.objects["dn_key"])
    places = dict(forest.objects.filter(pl.col("dn_key").is_in(list(both))).select("id", "dn_key").iter_rows())
    last = forest.objects.height
    sids = dict(forest.graph.nodes.filter(pl.col("id") >= last).select("id", "key").iter_rows())
    named = {node: dn.partition(",")[0].partition("=")[2] for node, dn in places.items()} | sids
    return {
        (named[source], kind, named[target])
        for source, target, kind in forest.graph.edges.select("source", "target", "kind").iter_rows()
        if kind in kinds and source in named and target in named
    }


def test_the_same_rights_are_read(ours, theirs):
    rights = set(ours.graph.edges["kind"]) | set(theirs.graph.edges["kind"])
    rights -= STRUCTURE | BELONGING
    here, there = edges(ours, theirs, rights), edges(theirs, ours, rights)
    assert here & there == SEEN_BY_BOTH
    assert here - there == SEEN_BY_US_ONLY
    assert there - here == SEEN_BY_THEM_ONLY


def test_the_same_memberships_are_read(ours, theirs):
    here = edges(ours, theirs, BELONGING)
    assert here == edges(theirs, ours, BELONGING)
    assert {kind for _, kind, _ in here} == BELONGING


def test_the_same_structure_is_read(ours, theirs):
    """Who inherits is read from the descriptor here, from IsACLProtected there: the same."""
    for kind in ("Contains", "GPLink", "SDProp"):
        assert edges(ours, theirs, {kind}) == edges(theirs, ours, {kind}) != set()


def test_what_a_policy_applies_to_is_the_same(ours, theirs):
    accounts = {name.lower().removesuffix("$") for name in ours.accounts["sAMAccountName"]}
    here, there = (
        {edge for edge in edges(one, other, {"GPOScope"}) if edge[2] in accounts}
        for one, other in ((ours, theirs), (theirs, ours))
    )
    assert here == there != set()


def test_every_account_is_read_by_both(ours, theirs):
    assert set(ours.accounts["objectSid"]) == set(theirs.accounts["objectSid"])
