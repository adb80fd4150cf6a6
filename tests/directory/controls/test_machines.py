from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import AT, DN, sid_bytes

SERVER_2019 = "Windows Server 2019 Standard"
DISABLED = 0x1002
CLUSTER = ["MSClusterVirtualServer/bdd", "MSServerCluster/bdd", "HOST/bdd"]
NODE = ["MSServerClusterMgmtAPI/noeud1", "HOST/noeud1"]


def days(count):
    return AT - timedelta(days=count)


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def server(maker, name, **attributes):
    return maker.computer(name, **{"operatingSystem": SERVER_2019, **attributes})


def park(maker, limit):
    """Machines on both sides of the limit (days), and those the rule leaves out."""
    old = days(limit + 1)
    server(maker, "BDD", pwdLastSet=old)
    server(maker, "HYPERV", pwdLastSet=old, operatingSystem="Hyper-V Server 2016")
    server(maker, "NOEUD", pwdLastSet=old, servicePrincipalName=NODE)
    server(maker, "LIMITE", pwdLastSet=days(limit))
    server(maker, "ETEINT", pwdLastSet=old, userAccountControl=DISABLED)
    server(maker, "GRAPPE", pwdLastSet=old, servicePrincipalName=CLUSTER)
    maker.computer("POSTE", pwdLastSet=old, operatingSystem="Windows 11 Professionnel")
    maker.computer("INCONNU", pwdLastSet=old)
    maker.change(maker.controller, pwdLastSet=old)


def test_vuln_password_change_server_no_change_90_fails(maker, judge):
    park(maker, 90)
    verdict = judge(maker, "vuln_password_change_server_no_change_90")
    assert verdict.level == 2
    assert names(verdict) == ["BDD$", "HYPERV$", "NOEUD$"]


def test_vuln_password_change_server_no_change_90_passes(maker, judge):
    park(maker, 89)
    assert judge(maker, "vuln_password_change_server_no_change_90").status is Status.SATISFIED


def test_vuln_password_change_server_no_change_45_fails(maker, judge):
    park(maker, 45)
    verdict = judge(maker, "vuln_password_change_server_no_change_45")
    assert verdict.level == 3
    assert names(verdict) == ["BDD$", "HYPERV$", "NOEUD$"]


def test_vuln_password_change_server_no_change_45_passes(maker, judge):
    park(maker, 44)
    assert judge(maker, "vuln_password_change_server_no_change_45").status is Status.SATISFIED


def test_vuln_password_change_inactive_servers_fails(maker, judge):
    server(maker, "MUET", lastLogonTimestamp=days(91))
    server(maker, "JAMAIS", lastLogonTimestamp=0)
    server(maker, "ETEINT", lastLogonTimestamp=days(91), userAccountControl=DISABLED)
    verdict = judge(maker, "vuln_password_change_inactive_servers")
    assert verdict.level == 3
    assert names(verdict) == ["JAMAIS$", "MUET$"]


def test_vuln_password_change_inactive_servers_passes(maker, judge):
    server(maker, "LIMITE", lastLogonTimestamp=days(90))
    server(maker, "RETARD", lastLogonTimestamp=days(95), lastLogon=days(2))
    neuf = server(maker, "NEUF", lastLogonTimestamp=0)
    maker.change(neuf, whenCreated="20261101000000.0Z")
    maker.computer("POSTE", lastLogonTimestamp=days(400), operatingSystem="Windows 10")
    assert judge(maker, "vuln_password_change_inactive_servers").status is Status.SATISFIED


def test_vuln_password_change_cluster_no_change_3years_fails(maker, judge):
    server(maker, "GRAPPE", pwdLastSet=days(1097), servicePrincipalName=CLUSTER)
    maker.computer("ROLE", pwdLastSet=days(1097), servicePrincipalName=["msclustervirtualserver/role"])
    server(maker, "NOEUD", pwdLastSet=days(1097), servicePrincipalName=NODE)
    verdict = judge(maker, "vuln_password_change_cluster_no_change_3years")
    assert verdict.level == 2
    assert names(verdict) == ["GRAPPE$", "ROLE$"]


def test_vuln_password_change_cluster_no_change_3years_passes(maker, judge):
    server(maker, "GRAPPE", pwdLastSet=days(1096), servicePrincipalName=CLUSTER)
    server(maker, "RETIREE", pwdLastSet=days(1097), servicePrincipalName=CLUSTER, userAccountControl=DISABLED)
    assert judge(maker, "vuln_password_change_cluster_no_change_3years").status is Status.SATISFIED


def managed(maker, name, kind="msDS-GroupManagedServiceAccount", **attributes):
    return maker.add(
        f"CN={name},CN=Users,{DN}",
        ["user", "computer", kind],
        sAMAccountName=f"{name}$",
        objectSid=sid_bytes(maker.next_sid()),
        userAccountControl=attributes.pop("userAccountControl", 0x1000),
        primaryGroupID=515,
        **attributes,
    )


def test_vuln_password_change_msa_no_change_90_fails(maker, judge):
    managed(maker, "gmsa", pwdLastSet=days(91))
    managed(maker, "smsa", kind="msDS-ManagedServiceAccount", pwdLastSet=days(91))
    verdict = judge(maker, "vuln_password_change_msa_no_change_90")
    assert verdict.level == 2
    assert names(verdict) == ["gmsa$", "smsa$"]


def test_vuln_password_change_msa_no_change_90_passes(maker, judge):
    managed(maker, "gmsa", pwdLastSet=days(90))
    managed(maker, "eteint", pwdLastSet=days(91), userAccountControl=DISABLED)
    assert judge(maker, "vuln_password_change_msa_no_change_90").status is Status.SATISFIED


def read_only_controller(maker, **attributes):
    return maker.computer("RODC", primaryGroupID=521, userAccountControl=0x5001000, **attributes)


def test_vuln_password_change_dc_no_change_fails(maker, judge):
    maker.change(maker.controller, pwdLastSet=days(46))
    read_only_controller(maker, pwdLastSet=days(46))
    verdict = judge(maker, "vuln_password_change_dc_no_change")
    assert verdict.level == 1
    assert names(verdict) == ["DC1$", "RODC$"]


def test_vuln_password_change_dc_no_change_passes(maker, judge):
    maker.change(maker.controller, pwdLastSet=days(45))
    server(maker, "BDD", pwdLastSet=days(400))
    assert judge(maker, "vuln_password_change_dc_no_change").status is Status.SATISFIED


def test_vuln_password_change_inactive_dc_fails(maker, judge):
    maker.change(maker.controller, lastLogonTimestamp=days(46))
    read_only_controller(maker, lastLogonTimestamp=0)
    verdict = judge(maker, "vuln_password_change_inactive_dc")
    assert verdict.level == 1
    assert names(verdict) == ["DC1$", "RODC$"]


def test_vuln_password_change_inactive_dc_passes(maker, judge):
    maker.change(maker.controller, lastLogonTimestamp=days(50), lastLogon=days(40))
    assert judge(maker, "vuln_password_change_inactive_dc").status is Status.SATISFIED


@pytest.mark.parametrize(
    "control",
    [
        "vuln_password_change_dc_no_change",
        "vuln_password_change_inactive_dc",
        "vuln_password_change_inactive_servers",
        "vuln_password_change_server_no_change_45",
        "vuln_password_change_msa_no_change_90",
    ],
)
def test_forest_without_its_controllers_is_no_pass(maker, judge, control):
    del maker.records[maker.controller]
    verdict = judge(maker, control)
    assert verdict.status is Status.NOT_EVALUATED
    assert verdict.reason.fr == "contrôleurs de domaine : rien n'a été collecté dans hopital.test"


@pytest.mark.parametrize("control", ["vuln_password_change_dc_no_change", "vuln_password_change_inactive_dc"])
def test_the_controller_of_entra_is_no_machine(maker, judge, control):
    cloud = read_only_controller(maker, pwdLastSet=days(400), lastLogonTimestamp=0)
    maker.change(cloud, sAMAccountName="AzureADKerberos$")
    assert names(judge(maker, control)) == ["AzureADKerberos$"]
    mark = f"CN=900274c4-b7d2-43c8-90ee-00a9f650e335,CN=AzureAD,CN=System,{DN}"
    maker.add(mark, ["serviceConnectionPoint"])
    assert judge(maker, control).status is Status.SATISFIED
