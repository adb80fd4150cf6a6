from rempart.measurement.verdict import Status
from tests.directory.maker import DN

KEY = f"B:4:0002:{DN}"


def listed(verdict):
    assert verdict.status is Status.FAILED
    return dict(zip(verdict.subjects["name"], verdict.subjects["value"], strict=True))


def test_info_keycredentiallink_dc_fails_to_list_them(maker, judge):
    maker.change(maker.controller, msDS_KeyCredentialLink=[KEY, f"B:4:0003:{DN}"])
    assert listed(judge(maker, "info_keycredentiallink_dc")) == {"DC1$": "2"}


def test_info_keycredentiallink_dc_passes(maker, judge):
    maker.computer("POSTE", msDS_KeyCredentialLink=[KEY])
    assert judge(maker, "info_keycredentiallink_dc").status is Status.SATISFIED


def test_info_keycredentiallink_priv_fails_to_list_them(maker, judge):
    maker.user("chef", groups=["Admins du domaine"], msDS_KeyCredentialLink=[KEY])
    assert listed(judge(maker, "info_keycredentiallink_priv")) == {"chef": "1"}


def test_info_keycredentiallink_priv_passes(maker, judge):
    maker.user("agent", msDS_KeyCredentialLink=[KEY])
    assert judge(maker, "info_keycredentiallink_priv").status is Status.SATISFIED


def test_info_keycredentiallink_silo_fails_to_list_them(maker, judge):
    maker.user("isolé", msDS_AssignedAuthNPolicySilo=f"CN=Tier0,{DN}", msDS_KeyCredentialLink=[KEY])
    assert listed(judge(maker, "info_keycredentiallink_silo")) == {"isolé": "1"}


def test_info_keycredentiallink_silo_passes(maker, judge):
    maker.user("agent", msDS_KeyCredentialLink=[KEY])
    assert judge(maker, "info_keycredentiallink_silo").status is Status.SATISFIED
