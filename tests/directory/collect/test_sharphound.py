import io
import json
import zipfile
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart.directory.collect import sharphound
from rempart.directory.collect.sharphound.properties import FORMS, sid_bytes
from rempart.directory.collect.sharphound.stream import entries
from rempart.directory.collect.source import silent
from rempart.measurement.errors import InputError, RempartError
from tests.directory.maker import DN, DNS, DOMAIN_SID
from tests.shared_data import needs_data, shared_data

SAMPLE = "directory/bloodhound-ce-sample/ad_sampledata.zip"
UPPER = DN.upper()
GPO = "11111111-2222-3333-4444-555555555555"
TEMPLATE = "AAAAAAAA-2222-3333-4444-555555555555"
ALICE = f"{DOMAIN_SID}-1101"
GROUP = f"{DOMAIN_SID}-512"


def node(identifier, dn, **extra):
    properties = {"domain": DNS.upper(), "distinguishedname": dn, **extra.pop("properties", {})}
    return {"ObjectIdentifier": identifier, "Properties": properties, "Aces": [], **extra}


def user(**properties):
    shown = {"samaccountname": "alice", "enabled": True, "pwdneverexpires": False, "sidhistory": [], **properties}
    return node(ALICE, f"CN=ALICE,CN=USERS,{UPPER}", properties=shown, PrimaryGroupSID=f"{DOMAIN_SID}-513")


def domain(**extra):
    return node(
        DOMAIN_SID, UPPER, properties={"functionallevel": "2016", "name": DNS.upper()}, Trusts=[], Links=[], **extra
    )


def dump(kind, data, *, version=6, count=None, meta_first=False, bom=False):  # noqa: PLR0913 — every knob of the format
    meta = {"meta": {"methods": 0, "type": kind, "count": len(data) if count is None else count, "version": version}}
    body = {"data" if version > 3 else kind: data}
    text = json.dumps(meta | body if meta_first else body | meta)
    return text.encode("utf-8-sig" if bom else "utf-8")


@pytest.fixture
def read(tmp_path):
    """Write files into a zip and read it: contents by name."""

    def run(files, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "collection.bin"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return sharphound.read(path, silent)

    return run


def only(snapshot, class_name):
    return snapshot.objects.filter(pl.col("class") == class_name).row(0, named=True)


def topics(snapshot, *, capped):
    return set(snapshot.gaps.filter(pl.col("domain").is_not_null() if capped else pl.col("domain").is_null())["topic"])


def test_accounts_keep_their_attributes(read):
    shown = user(
        displayname="Alice",
        pwdneverexpires=True,
        dontreqpreauth=True,
        enabled=False,
        pwdlastset=1700000000,
        lastlogontimestamp=-1,
        whencreated=1600000000,
        admincount=True,
        serviceprincipalnames=["http/x"],
        sidhistory=["S-1-5-21-9-9-9-500"],
        isaclprotected=True,
    )
    row = only(
        read({"20261123120000_users.json": dump("users", [shown]), "d.json": dump("domains", [domain()])}), "user"
    )
    assert row["sAMAccountName"] == "alice"
    assert row["userAccountControl"] == 0x410202
    assert row["pwdLastSet"] == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert row["lastLogonTimestamp"] is None
    assert row["whenCreated"] == datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC)
    assert (row["adminCount"], row["primaryGroupID"], row["isAclProtected"]) == (1, 513, True)
    assert (row["servicePrincipalName"], row["sIDHistory"]) == (["http/x"], ["S-1-5-21-9-9-9-500"])
    assert row["objectSid"] == ALICE


def test_the_whole_user_account_control_wins_over_its_bits(read):
    snapshot = read({"u.json": dump("users", [user(useraccountcontrol=0x200280)])})
    assert only(snapshot, "user")["userAccountControl"] == 0x200280
    assert topics(snapshot, capped=False) & {"uac:0x80", "uac:0x200000", "uac:0x800"} == {"uac:0x800"}


def test_bits_that_no_user_shows_are_gaps(read):
    snapshot = read({"u.json": dump("users", [user()])})
    assert {"uac:0x80", "uac:0x200000", "uac:0x40000", "uac:0x800"} <= topics(snapshot, capped=False)
    assert "uac:0x10000" not in topics(snapshot, capped=False)


def test_an_attribute_shown_empty_is_no_gap_and_one_never_shown_is(read):
    computer = node(
        f"{DOMAIN_SID}-1000",
        f"CN=DC1,{UPPER}",
        properties={
            "samaccountname": "DC1$",
            "sidhistory": [],
            "isdc": True,
            "enabled": True,
            "name": "DC1.HOPITAL.TEST",
        },
    )
    snapshot = read(
        {
            "u.json": dump("users", [user()]),
            "c.json": dump("computers", [computer]),
            "d.json": dump("domains", [domain()]),
        }
    )
    gaps = topics(snapshot, capped=False)
    assert "attribute:sIDHistory" not in gaps | topics(snapshot, capped=True)
    assert {"attribute:ms-DS-MachineAccountQuota", "attribute:dSHeuristics", "descriptors", "partition:schema"} <= gaps
    assert {"attribute:sAMAccountName", "partition:configuration", "attribute:msDS-Behavior-Version"} <= topics(
        snapshot, capped=True
    )
    assert only(snapshot, "computer")["userAccountControl"] == 0x2000
    assert only(snapshot, "computer")["dNSHostName"] == "dc1.hopital.test"


def test_controllers_are_told_by_their_primary_group(read):
    def computer(rid, group):
        shown = {"samaccountname": f"DC{rid}$", "enabled": True, "isdc": group == 516}
        return node(
            f"{DOMAIN_SID}-{rid}", f"CN=DC{rid},{UPPER}", properties=shown, PrimaryGroupSID=f"{DOMAIN_SID}-{group}"
        )

    data = [computer(1000, 516), computer(1001, 521), computer(1002, 515)]
    rows = read({"c.json": dump("computers", data)}).objects
    assert rows["userAccountControl"].to_list() == [0x2000, 0x4001000, 0x1000]


def test_managed_accounts_have_their_class(read):
    snapshot = read({"u.json": dump("users", [user(gmsa=True)])})
    assert only(snapshot, "msds-groupmanagedserviceaccount")["userAccountControl"] == 0x1000


def test_members_become_names_whoever_they_are(read):
    members = [ALICE, "HOPITAL.TEST-S-1-5-7", "S-1-5-21-7-7-7-1200", f"{DOMAIN_SID}-9999", f"CN=ODD,{UPPER}"]
    group = node(
        GROUP, f"CN=DOMAIN ADMINS,{UPPER}", Members=[{"ObjectIdentifier": m, "ObjectType": "User"} for m in members]
    )
    snapshot = read(
        {"g.json": dump("groups", [group]), "u.json": dump("users", [user()]), "d.json": dump("domains", [domain()])}
    )
    home = "CN=ForeignSecurityPrincipals,DC=hopital,DC=test"
    assert only(snapshot, "group")["member"] == [
        f"CN=ALICE,CN=USERS,{UPPER}",
        f"CN=S-1-5-7,{home}",
        f"CN=S-1-5-21-7-7-7-1200,{home}",
        f"CN={DOMAIN_SID}-9999,{home}",
        f"CN=ODD,{UPPER}",
    ]
    strangers = snapshot.objects.filter(pl.col("class") == "foreignsecurityprincipal")
    assert set(strangers["objectSid"]) == {"S-1-5-7", "S-1-5-21-7-7-7-1200", f"{DOMAIN_SID}-9999"}
    assert snapshot.flaws["place"].to_list() == [f"{DOMAIN_SID}-9999"]


def test_a_well_known_principal_without_a_name_gives_way_to_the_real_one(read):
    stub = {"ObjectIdentifier": "HOPITAL.TEST-S-1-5-32-544", "Properties": {"name": "ADMINISTRATORS", "domain": DNS}}
    real = node("HOPITAL.TEST-S-1-5-32-544", f"CN=ADMINISTRATORS,CN=BUILTIN,{UPPER}", Members=[])
    world = {"ObjectIdentifier": "HOPITAL.TEST-S-1-1-0", "Properties": {"name": "EVERYONE", "domain": DNS}}
    snapshot = read({"g.json": dump("groups", [stub, world, real])})
    assert only(snapshot, "group")["objectSid"] == "S-1-5-32-544"
    assert (
        only(snapshot, "foreignsecurityprincipal")["dn"] == "CN=S-1-1-0,CN=ForeignSecurityPrincipals,DC=hopital,DC=test"
    )


def test_rights_become_grants_under_one_name(read):
    aces = [
        {"PrincipalSID": "HOPITAL.TEST-S-1-5-32-544", "RightName": "Owns", "IsInherited": False},
        {
            "PrincipalSID": GROUP,
            "RightName": "ExtendedRight",
            "AceType": "User-Force-Change-Password",
            "IsInherited": True,
        },
        {"PrincipalSID": GROUP, "RightName": "ExtendedRight", "AceType": "All"},
        {"PrincipalSID": GROUP, "RightName": "WriteProperty", "AceType": "AddMember"},
        {"PrincipalSID": GROUP, "RightName": "Owner", "AceType": ""},
        {"PrincipalSID": GROUP, "RightName": "GenericAll", "AceType": ""},
        {"PrincipalSID": None, "RightName": "GenericAll"},
    ]
    snapshot = read({"u.json": dump("users", [user() | {"Aces": aces}])})
    assert snapshot.grants.select("trustee", "right", "inherited").rows() == [
        ("S-1-5-32-544", "Owns", False),
        (GROUP, "ForceChangePassword", True),
        (GROUP, "AllExtendedRights", False),
        (GROUP, "AddMember", False),
        (GROUP, "Owns", False),
        (GROUP, "GenericAll", False),
    ]
    assert snapshot.flaws.height == 1
    assert "descriptors" not in topics(snapshot, capped=False)


def test_links_templates_and_delegation_name_their_objects(read):
    gpo = node(
        GPO, f"CN={{X}},CN=POLICIES,CN=SYSTEM,{UPPER}", properties={"name": "BASE@HOPITAL.TEST", "gpcpath": "\\\\X"}
    )
    ou = node(
        "99999999-2222-3333-4444-555555555555",
        f"OU=A,{UPPER}",
        Links=[{"IsEnforced": True, "GUID": GPO.lower()}, {"IsEnforced": False, "Guid": TEMPLATE.replace("A", "B")}],
        properties={"blocksinheritance": True},
    )
    pki = f"CN=PUBLIC KEY SERVICES,CN=SERVICES,CN=CONFIGURATION,{UPPER}"
    template = node(
        TEMPLATE,
        f"CN=WEB,CN=CERTIFICATE TEMPLATES,{pki}",
        properties={
            "certificatenameflag": "ENROLLEE_SUPPLIES_SUBJECT, ADD_EMAIL",
            "enrollmentflag": "PEND_ALL_REQUESTS",
            "ekus": ["1.2"],
            "schemaversion": 2,
            "authorizedsignatures": 0,
        },
    )
    authority = node(
        "77777777-2222-3333-4444-555555555555",
        f"CN=CA,CN=ENROLLMENT SERVICES,{pki}",
        EnabledCertTemplates=[{"ObjectIdentifier": TEMPLATE}],
        properties={"caname": "Valmont-CA"},
    )
    acting = node(
        f"{DOMAIN_SID}-1001",
        f"CN=SRV,{UPPER}",
        AllowedToAct=[{"ObjectIdentifier": ALICE}],
        properties={"allowedtodelegate": ["cifs/dc1"]},
    )
    snapshot = read(
        {
            "o.json": dump("ous", [ou]),
            "g.json": dump("gpos", [gpo]),
            "t.json": dump("certtemplates", [template]),
            "e.json": dump("enterprisecas", [authority]),
            "c.json": dump("computers", [acting]),
        }
    )
    unit = only(snapshot, "organizationalunit")
    assert unit["gPLink"] == f"[LDAP://CN={{X}},CN=POLICIES,CN=SYSTEM,{UPPER};2]"
    assert unit["gPOptions"] == 1
    assert only(snapshot, "grouppolicycontainer")["displayName"] == "BASE"
    assert only(snapshot, "pkienrollmentservice")["certificateTemplates"] == ["WEB"]
    assert only(snapshot, "pkienrollmentservice")["name"] == "Valmont-CA"
    row = only(snapshot, "pkicertificatetemplate")
    assert (row["msPKI-Certificate-Name-Flag"], row["msPKI-Enrollment-Flag"], row["msPKI-RA-Signature"]) == (3, 2, 0)
    assert only(snapshot, "computer")["msDS-AllowedToDelegateTo"] == ["cifs/dc1"]
    assert sid_bytes(ALICE) in only(snapshot, "computer")["msDS-AllowedToActOnBehalfOfOtherIdentity"]
    assert "which was not collected" in snapshot.flaws["problem"][0]


def test_trusts_become_objects_in_words_or_in_numbers(read):
    trusts = [
        {
            "TargetDomainName": "CHILD.HOPITAL.TEST",
            "TargetDomainSid": "S-1-5-21-5-5-5",
            "TrustDirection": "Bidirectional",
            "TrustType": "ParentChild",
            "IsTransitive": True,
            "SidFilteringEnabled": False,
        },
        {
            "TargetDomainName": "old.test",
            "TrustDirection": 2,
            "TrustType": 3,
            "IsTransitive": False,
            "SidFilteringEnabled": True,
        },
        {
            "TargetDomainName": "forest.test",
            "TrustDirection": "Inbound",
            "TrustType": "Forest",
            "TrustAttributes": 2120,
        },
        {"TargetDomainName": "krb.test", "TrustDirection": "Outbound", "TrustType": "Kerberos", "TrustAttributes": 1},
        {"TargetDomainName": "odd.test", "TrustDirection": [], "TrustType": {}},
        {"TargetDomainName": None},
    ]
    snapshot = read({"d.json": dump("domains", [domain() | {"Trusts": trusts}])})
    rows = snapshot.objects.filter(pl.col("class") == "trusteddomain")
    assert rows.select("trustPartner", "trustDirection", "trustType", "trustAttributes").rows() == [
        ("child.hopital.test", 3, 2, 0x20),
        ("forest.test", 1, 2, 2120),
        ("krb.test", 2, 3, 1),
        ("old.test", 2, 2, 0x5),
    ]
    assert snapshot.flaws.height == 2
    assert "attribute:trustAttributes" in topics(snapshot, capped=True)
    assert ("domain", "child.hopital.test") in snapshot.gaps.select("topic", "domain").rows()


def test_the_domain_keeps_its_policy(read):
    policy = domain()
    policy["Properties"] |= {
        "machineaccountquota": 10,
        "maxpwdage": "42 days, 1 hour",
        "minpwdage": "",
        "lockoutduration": "Forever",
        "minpwdlength": 7,
        "dsheuristics": "001",
    }
    snapshot = read({"d.json": dump("domains", [policy])})
    row = only(snapshot, "domaindns")
    assert (row["ms-DS-MachineAccountQuota"], row["minPwdLength"], row["msDS-Behavior-Version"]) == (10, 7, 7)
    assert row["maxPwdAge"].total_seconds() == 42 * 86_400 + 3_600
    assert only(snapshot, "ntdsservice")["dSHeuristics"] == "001"
    assert snapshot.manifest.domains == (DNS,)


def test_a_domain_only_named_is_not_taken_for_collected(read):
    other = node("S-1-5-21-5-5-5", "DC=OTHER,DC=TEST", properties={"collected": False})
    assert read({"d.json": dump("domains", [domain(), other])}).manifest.domains == (DNS,)


def test_the_newest_collection_says_what_an_object_is(read):
    files = {
        "20240101000000_users.json": dump("users", [user(samaccountname="before")]),
        "20250101000000_users.json": dump("users", [user(samaccountname="after")]),
    }
    snapshot = read(files)
    assert snapshot.objects["sAMAccountName"].to_list() == ["after"]
    assert snapshot.manifest.taken_at == datetime(2025, 1, 1, tzinfo=UTC)


def test_deleted_objects_are_left_out(read):
    snapshot = read({"u.json": dump("users", [user() | {"IsDeleted": True}]), "d.json": dump("domains", [domain()])})
    assert snapshot.objects["class"].to_list() == ["domaindns"]


@pytest.mark.parametrize("version", [3, 4, 5, 6])
@pytest.mark.parametrize("meta_first", [False, True])
@pytest.mark.parametrize("bom", [False, True])
def test_every_layout_is_read(read, version, meta_first, bom):
    snapshot = read(
        {"u.json": dump("users", [user()], version=version, meta_first=meta_first, bom=bom)}, zipfile.ZIP_STORED
    )
    assert snapshot.objects.height == 1
    assert snapshot.flaws.is_empty()


def test_utf16_and_odd_case_are_read(read):
    text = dump("users", [user()]).decode().replace("ObjectIdentifier", "OBJECTidentifier")
    assert read({"u.json": text.encode("utf-16")}).objects["objectSid"].to_list() == [ALICE]


def test_a_folder_and_a_file_are_read(tmp_path):
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "x.json"
    file.write_bytes(dump("users", [user()]))
    (tmp_path / "other.json").write_text('{"a": 1}')
    assert sharphound.recognises(tmp_path)
    assert sharphound.recognises(file)
    assert not sharphound.recognises(tmp_path / "other.json")
    assert sharphound.read(file, silent).objects.height == 1
    snapshot = sharphound.read(tmp_path, silent)
    assert snapshot.flaws.rows() == [("other.json", "not read: not a SharpHound file")]


def test_a_count_that_disagrees_and_unknown_files_are_flaws(read):
    snapshot = read({"u.json": dump("users", [user()], count=3), "s.json": dump("sessions", []), "n.json": b"hello"})
    assert sorted(snapshot.flaws["problem"]) == [
        "1 objects, though the file says 3",
        "not read: not a SharpHound file",
        "not read: sessions",
    ]


def test_an_old_format_is_refused_with_advice(read):
    with pytest.raises(InputError, match="format 2"):
        read({"u.json": dump("users", [], version=2)})


def test_broken_files_are_refused_with_their_name(read, tmp_path):
    tail = b'], "meta": {"type": "users", "count": 1, "version": 6}}'
    deep = b'{"data": [' + b"[" * 100_000 + b"]" * 100_000 + tail
    for content in [
        b'{"data": [{"a": 1} {"b": 2}' + tail,
        b'{"data": [\xff' + tail,
        deep,
        b'{"x" 1' + tail,
    ]:
        with pytest.raises(InputError, match=r"u\.json"):
            read({"u.json": content})
    with pytest.raises(InputError, match="no SharpHound file"):
        read({"u.json": b"{}"})
    path = tmp_path / "cut.zip"
    path.write_bytes((tmp_path / "collection.bin").read_bytes()[:-30])
    with pytest.raises(InputError):
        sharphound.read(path, silent)
    assert not sharphound.recognises(path)


def test_numbers_of_any_size_never_break_the_reading(read):
    text = dump("users", [user()]).replace(b'"pwdneverexpires": false', b'"pwdlastset": ' + b"9" * 4_000)
    snapshot = read({"u.json": text})
    assert snapshot.flaws.height == 1
    with pytest.raises(InputError):
        read({"u.json": text.replace(b"9" * 4_000, b"9" * 9_000)})


def test_an_archive_that_unpacks_beyond_measure_is_refused(read):
    with pytest.raises(InputError, match="beyond measure"):
        read({"u.json": b" " * (40 << 20)})


def test_an_archive_with_a_password_says_so(tmp_path):
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("20260101000000_users.json", dump("users", [user()]))
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.rindex(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    assert sharphound.recognises(path)
    with pytest.raises(InputError, match="password"):
        sharphound.read(path, silent)


def test_long_files_are_read_in_pieces(read):
    users = [
        user(displayname="x" * 2_000)
        | {
            "ObjectIdentifier": f"{DOMAIN_SID}-{i}",
            "Properties": {"distinguishedname": f"CN=U{i},{DN}", "displayname": "é" * 2_000},
        }
        for i in range(1_500)
    ]
    snapshot = read({"u.json": dump("users", users)})
    assert snapshot.objects.height == 1_500
    assert snapshot.objects["displayName"].str.len_chars().unique().to_list() == [2_000]


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["S-1-5-32-544", ALICE, DN, "-S-1-", "CN=", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "ObjectIdentifier",
                    "PrincipalSID",
                    "RightName",
                    "GUID",
                    "TargetDomainName",
                    "TrustType",
                    "TrustDirection",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
KEYS = [
    "ObjectIdentifier",
    "Properties",
    "Aces",
    "Members",
    "Links",
    "Trusts",
    "AllowedToAct",
    "PrimaryGroupSID",
    "IsDeleted",
    "EnabledCertTemplates",
]
wild_properties = st.dictionaries(
    st.sampled_from(
        [
            *sorted(FORMS),
            "domain",
            "distinguishedname",
            "name",
            "caname",
            "useraccountcontrol",
            "enabled",
            "isdc",
            "pwdlastset",
            "whencreated",
            "maxpwdage",
            "dsheuristics",
            "collected",
            "supportedencryptiontypes",
            "functionallevel",
            "sidhistory",
        ]
    ),
    anything,
    max_size=6,
)
KINDS = ["users", "groups", "domains", "computers", "ous", "enterprisecas", "gpos", "containers"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(KEYS), anything, max_size=6),
    wild_properties,
    st.tuples(st.booleans(), st.booleans()),
)
def test_no_value_raises_anything_but_our_errors(read, kind, fields, properties, known):
    named, placed = known
    wild = fields | {"Properties": properties | ({"distinguishedname": f"CN=X,{DN}"} if placed else {})}
    wild |= {"ObjectIdentifier": ALICE} if named else {}
    data = [user() if kind == "users" else domain(), wild, fields, None, 3]
    try:
        read({"a.json": dump(kind, data)})
    except RempartError:
        return


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_our_errors(tmp_path, content):
    path = tmp_path / "x.json"
    for text in (
        content,
        b'{"data": [' + content + b'], "meta": {"type": "users", "version": 5}}',
        b"PK\3\4" + content,
    ):
        path.write_bytes(text)
        sharphound.recognises(path)
        try:
            sharphound.read(path, silent)
        except RempartError:
            continue


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=5), st.lists(st.integers() | st.text(max_size=5)) | st.integers() | st.text(), max_size=5
    )
)
def test_the_stream_reads_what_json_reads(value):
    found = {}
    for key, item in entries(io.StringIO(json.dumps(value, indent=1))):
        found.setdefault(key, []).append(item)
    expected = {key: item if isinstance(item, list) else [item] for key, item in value.items() if item != []}
    assert found == expected


@pytest.mark.parametrize("form", sorted(FORMS))
@given(value=anything)
@settings(max_examples=30, deadline=None)
def test_forms_raise_only_value_errors(form, value):
    if value is not None:
        try:
            assert all(isinstance(raw, bytes) for raw in FORMS[form](value))
        except ValueError:
            return


@needs_data(SAMPLE)
def test_phantom():
    path = shared_data(SAMPLE)
    assert sharphound.recognises(path)
    snapshot = sharphound.read(path, silent)
    assert snapshot.manifest.domains == ("ghost.corp", "phantom.corp", "wraith.corp")
    assert snapshot.manifest.taken_at == datetime(2024, 3, 5, 11, 14, 14, tzinfo=UTC)
    classes = dict(snapshot.objects.group_by("class").len().iter_rows())
    # 100 users: 3 without a name, 1 deleted; 285 groups: 82 without a name
    accounts = ("user", "msds-groupmanagedserviceaccount", "msds-managedserviceaccount")
    assert [classes[name] for name in accounts] == [88, 7, 1]
    assert (classes["group"], classes["computer"], classes["domaindns"], classes["trusteddomain"]) == (203, 34, 3, 6)
    assert (classes["pkicertificatetemplate"], classes["pkienrollmentservice"]) == (106, 4)
    # 11,772 rights: 1,095 are seen a second time by another domain of the forest, 12 are on the deleted account
    assert snapshot.grants.height == 10_653
    authorities = snapshot.objects.filter(pl.col("class") == "pkienrollmentservice").explode("certThumbprint")
    stores = snapshot.objects.filter(pl.col("name") == "NTAUTHCERTIFICATES").explode("certThumbprint")
    assert authorities.join(stores, on=["domain", "certThumbprint"], how="semi").height == 4
    problems = dict(snapshot.flaws.iter_rows())
    assert problems["20240305110018_users.json"] == "53 objects, though the file says 49"
    assert snapshot.flaws.height == 6
