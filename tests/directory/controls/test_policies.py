from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import CHILD_DN, add_child_domain
from tests.directory.maker import DN

CONTAINER = f"CN=Password Settings Container,CN=System,{DN}"


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def pso(maker, name, *targets, length=14, days=365, **attributes):
    values = {
        "name": name,
        "msDS_MinimumPasswordLength": length,
        "msDS_MaximumPasswordAge": timedelta(days=days),
        "msDS_PasswordComplexityEnabled": True,
        "msDS_PasswordReversibleEncryptionEnabled": False,
        "msDS_LockoutThreshold": 5,
        **attributes,
    }
    if targets:
        values["msDS_PSOAppliesTo"] = list(targets)
    return maker.add(f"CN={name},{CONTAINER}", ["msDS-PasswordSettings"], **values)


def test_warning_password_policy_pso_missing_fails_for_each_domain_it_hides_in(maker, judge):
    add_child_domain(maker)
    maker.change(CHILD_DN, name="site")
    del maker.records[f"CN=Password Settings Container,CN=System,{CHILD_DN}"]
    assert names(judge(maker, "warning_password_policy_pso_missing")) == ["site"]


def test_warning_password_policy_pso_missing_passes(maker, judge):
    assert judge(maker, "warning_password_policy_pso_missing").status is Status.SATISFIED


@pytest.mark.parametrize("fault", [{"length": 7}, {"days": 1097}, {"msDS_PasswordReversibleEncryptionEnabled": True}])
def test_warning_password_policy_pso_weak_fails(maker, judge, fault):
    dn = pso(maker, "faible", maker.domain[512], **fault)
    pso(maker, "forte", maker.domain[512])
    verdict = judge(maker, "warning_password_policy_pso_weak")
    assert names(verdict) == ["faible"]
    assert verdict.subjects["dn"].to_list() == [dn]
    assert maker.domain[512] in verdict.subjects["value"].item()


def test_warning_password_policy_pso_weak_passes(maker, judge):
    pso(maker, "limite", maker.domain[512], length=8, days=1096)
    pso(maker, "sans effet", length=0)
    assert judge(maker, "warning_password_policy_pso_weak").status is Status.SATISFIED


@pytest.mark.parametrize(
    "fault", [{"length": 11}, {"msDS_PasswordComplexityEnabled": False}, {"msDS_LockoutThreshold": 0}]
)
def test_warning_password_policy_pso_weak2_fails(maker, judge, fault):
    pso(maker, "modeste", maker.domain[512], **fault)
    pso(maker, "faible", maker.domain[512], length=7)
    assert names(judge(maker, "warning_password_policy_pso_weak2")) == ["modeste"]


def test_warning_password_policy_pso_weak2_passes(maker, judge):
    pso(maker, "bonne", maker.domain[512], length=12)
    assert judge(maker, "warning_password_policy_pso_weak2").status is Status.SATISFIED


@pytest.mark.parametrize("entry", ["warning_password_policy_pso_weak", "warning_password_policy_pso_weak2"])
def test_without_settings_there_is_nothing_to_weigh(maker, judge, entry):
    assert judge(maker, entry).status is Status.NOT_APPLICABLE
    pso(maker, "illisible", maker.domain[512], msDS_MinimumPasswordLength=None)
    assert judge(maker, entry).status is Status.NOT_EVALUATED


def test_info_password_policy_pso_fails_to_list_them(maker, judge):
    pso(maker, "admins", maker.domain[512], maker.domain[519], length=20, days=90)
    pso(maker, "éternelle", msDS_MaximumPasswordAge=0)
    verdict = judge(maker, "info_password_policy_pso")
    assert dict(zip(verdict.subjects["name"], verdict.subjects["value"], strict=True)) == {
        "admins": f"20 ; 90 j ; {maker.domain[519]} | {maker.domain[512]}"
        if maker.domain[519] < maker.domain[512]
        else f"20 ; 90 j ; {maker.domain[512]} | {maker.domain[519]}",
        "éternelle": "14 ; ∞ ; ",
    }


def test_info_password_policy_pso_passes_without_any(maker, judge):
    assert judge(maker, "info_password_policy_pso").status is Status.SATISFIED


def test_info_gpo_fails_to_list_policies_and_their_links(maker, judge):
    unit = maker.ou("Soins")
    maker.gpo("Postes", DN, unit)
    maker.gpo("Ancienne", unit, options=1)
    maker.gpo("Imposée", unit, options=2)
    maker.gpo("Oubliée")
    verdict = judge(maker, "info_gpo")
    assert dict(zip(verdict.subjects["name"], verdict.subjects["value"], strict=True)) == {
        "Postes": f"{DN} | {unit}",
        "Ancienne": f"{unit} (disabled)",
        "Imposée": f"{unit} (enforced)",
        "Oubliée": "",
    }
    assert verdict.measured == {"policies": 4, "unlinked": 1}


def test_info_gpo_passes_only_where_policies_could_be_read(maker, judge):
    """Every domain is born with two policies: none at all means that none was read."""
    assert judge(maker, "info_gpo").status is Status.NOT_EVALUATED
