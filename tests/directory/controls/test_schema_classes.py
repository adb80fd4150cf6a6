import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import DN

SCHEMA = f"CN=Schema,CN=Configuration,{DN}"


def add_class(maker, name, parent="top", **attributes):
    return maker.add(
        f"CN={name},{SCHEMA}", ["classSchema"], lDAPDisplayName=name, subClassOf=parent, cn=name, **attributes
    )


@pytest.mark.parametrize(
    "ace",
    [
        "(A;;GA;;;AU)",
        "(A;CI;RPWD;;;WD)",
        "(A;;RPWP;;;DU)",
        "(A;;CR;;;AN)",
        "(A;;0x000f01ff;;;S-1-5-11)",
        "(OA;;WO;bf967aba-0de6-11d0-a285-00aa003049e2;;DC)",
    ],
)
def test_warning_schema_default_sd_fails(maker, judge, ace):
    dn = add_class(maker, "user", defaultSecurityDescriptor=f"D:(A;;GA;;;DA){ace}S:(AU;SA;WD;;;WD)")
    verdict = judge(maker, "warning_schema_default_sd")
    assert (verdict.status, verdict.level) == (Status.FAILED, None)
    assert verdict.subjects.select("name", "dn", "principal").rows() == [
        ("user", dn, ace.strip(")").rpartition(";")[2])
    ]


def test_warning_schema_default_sd_passes_for_the_rights_windows_gives(maker, judge):
    add_class(
        maker,
        "user",
        defaultSecurityDescriptor=(
            "D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;GA;;;SY)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;AO)(A;;RPLCLORC;;;PS)"
            "(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)(OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)"
            "(A;;CC;;;AU)(D;;GA;;;AU)(A;CIIO;GA;;;AU)(A;;GA;;;S-1-5-21-1-2-3-512)S:(A;;GA;;;WD)"
        ),
    )
    verdict = judge(maker, "warning_schema_default_sd")
    assert verdict.status is Status.SATISFIED
    assert verdict.measured == {"classes": 1}


def test_warning_schema_posssuperiors_fails_as_old_exchange_did(maker, judge):
    add_class(maker, "container")
    add_class(maker, "person")
    add_class(maker, "user", "person")
    add_class(maker, "computer", "user")
    add_class(maker, "msDS-GroupManagedServiceAccount", "computer")
    add_class(maker, "msExchBase", "container")
    dn = add_class(maker, "msExchStorageGroup", "msExchBase", possSuperiors=["computer", "organization"])
    managed = add_class(maker, "autre", "container", systemPossSuperiors=["msDS-GroupManagedServiceAccount"])
    verdict = judge(maker, "warning_schema_posssuperiors")
    assert verdict.status is Status.FAILED
    assert sorted(verdict.subjects.select("dn", "value").rows()) == sorted(
        [(dn, "computer"), (managed, "msDS-GroupManagedServiceAccount")]
    )


def test_warning_schema_posssuperiors_passes_for_leaves_under_computers(maker, judge):
    add_class(maker, "container", possSuperiors=["organizationalUnit"])
    add_class(maker, "connectionPoint", "leaf", systemPossSuperiors=["container", "computer"])
    assert judge(maker, "warning_schema_posssuperiors").status is Status.SATISFIED


def test_a_class_that_derives_from_itself_does_not_hang(maker, judge):
    add_class(maker, "a", "b")
    add_class(maker, "b", "a", possSuperiors=["user"])
    assert judge(maker, "warning_schema_posssuperiors").status is Status.SATISFIED
