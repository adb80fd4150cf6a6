from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import CHILD_DN, add_child_domain, add_child_user, child_group
from tests.directory.maker import AT, DN

ADMINISTRATOR = f"CN=Administrateur,CN=Users,{DN}"
ADMINS = "Admins du domaine"
ENABLED, DISABLED = 0x200, 0x202
NEVER_EXPIRES, REVERSIBLE = 0x10000, 0x80


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def test_vuln_dont_expire_priv_fails(maker, judge):
    maker.user("chef", groups=[ADMINS], userAccountControl=ENABLED | NEVER_EXPIRES)
    maker.user("agent", userAccountControl=ENABLED | NEVER_EXPIRES)
    verdict = judge(maker, "vuln_dont_expire_priv")
    assert verdict.level == 1
    assert names(verdict) == ["chef"]


def test_vuln_dont_expire_priv_passes(maker, judge):
    maker.user("chef", groups=[ADMINS])
    maker.user("ancien", groups=[ADMINS], userAccountControl=DISABLED | NEVER_EXPIRES)
    maker.change(maker.controller, userAccountControl=0x82000 | NEVER_EXPIRES)
    assert judge(maker, "vuln_dont_expire_priv").status is Status.SATISFIED


def test_dont_expire_priv_sees_rid_500_nested_groups_and_other_domains(maker, judge):
    add_child_domain(maker)
    maker.change(ADMINISTRATOR, userAccountControl=ENABLED | NEVER_EXPIRES)
    inner = maker.group("Informatique", members=[maker.user("nested", userAccountControl=ENABLED | NEVER_EXPIRES)])
    maker.join(inner, maker.builtin[551])
    maker.join(add_child_user(maker, "site", rid=1105, userAccountControl=ENABLED | NEVER_EXPIRES), child_group(512))
    maker.user("cache", primaryGroupID=512, userAccountControl=ENABLED | NEVER_EXPIRES)
    assert names(judge(maker, "vuln_dont_expire_priv")) == ["Administrateur", "cache", "nested", "site"]


def test_the_mark_of_adminsdholder_does_not_make_an_account_privileged(maker, judge):
    maker.user("sorti", adminCount=1, userAccountControl=ENABLED | NEVER_EXPIRES)
    assert judge(maker, "vuln_dont_expire_priv").status is Status.SATISFIED


def test_privileged_accounts_cannot_pass_when_their_groups_were_not_collected(maker, judge):
    del maker.records[maker.domain[512]]
    verdict = judge(maker, "vuln_dont_expire_priv")
    assert verdict.status is Status.NOT_EVALUATED
    assert verdict.reason.fr == "groupes privilégiés : rien n'a été collecté dans hopital.test"


def test_privileged_account_whose_flags_are_hidden_is_no_pass(maker, judge):
    maker.user("opaque", groups=[ADMINS])
    maker.change(f"CN=opaque,CN=Users,{DN}", userAccountControl=None)
    verdict = judge(maker, "vuln_dont_expire_priv")
    assert verdict.status is Status.NOT_EVALUATED
    assert "opaque" in verdict.reason.en


def population(maker, eternal, total):
    """Make `eternal` users of `total` enabled ones never expire; the Administrator is one of the total."""
    for number in range(total - 1):
        control = ENABLED | (NEVER_EXPIRES if number < eternal else 0)
        maker.user(f"agent{number}", userAccountControl=control)


def test_vuln_dont_expire_fails(maker, judge):
    population(maker, eternal=3, total=29)
    verdict = judge(maker, "vuln_dont_expire")
    assert names(verdict) == ["agent0", "agent1", "agent2"]
    assert verdict.measured == {"accounts": 3, "enabled": 29, "percent": 10.3}


def test_vuln_dont_expire_passes(maker, judge):
    population(maker, eternal=3, total=30)
    maker.user("parti", userAccountControl=DISABLED | NEVER_EXPIRES)
    verdict = judge(maker, "vuln_dont_expire")
    assert verdict.status is Status.SATISFIED
    assert verdict.measured["percent"] == 10.0


def test_vuln_password_change_priv_fails(maker, judge):
    old = AT - timedelta(days=1097)
    maker.user("chef", groups=[ADMINS], pwdLastSet=old)
    maker.user("ancien", groups=[ADMINS], pwdLastSet=old, userAccountControl=DISABLED)
    maker.user("agent", pwdLastSet=old)
    maker.change(ADMINISTRATOR, pwdLastSet=old)
    assert names(judge(maker, "vuln_password_change_priv")) == ["Administrateur", "ancien", "chef"]


def test_vuln_password_change_priv_passes(maker, judge):
    maker.user("chef", groups=[ADMINS], pwdLastSet=AT - timedelta(days=1096))
    maker.user("nouveau", groups=[ADMINS], pwdLastSet=0)
    maker.change(maker.controller, pwdLastSet=AT - timedelta(days=2000))
    assert judge(maker, "vuln_password_change_priv").status is Status.SATISFIED


def test_password_of_unknown_age_is_as_old_as_its_account(maker, judge):
    maker.user("mystere", groups=[ADMINS], pwdLastSet=0)
    maker.change(f"CN=mystere,CN=Users,{DN}", whenCreated="20200101000000.0Z")
    assert names(judge(maker, "vuln_password_change_priv")) == ["mystere"]


def test_password_without_any_date_is_no_pass(maker, judge):
    maker.user("mystere", groups=[ADMINS], pwdLastSet=0)
    maker.change(f"CN=mystere,CN=Users,{DN}", whenCreated=None)
    assert judge(maker, "vuln_password_change_priv").status is Status.NOT_EVALUATED


def test_vuln_reversible_password_priv_uac_fails(maker, judge):
    maker.user("chef", groups=[ADMINS], userAccountControl=ENABLED | REVERSIBLE)
    maker.user("ancien", groups=[ADMINS], userAccountControl=DISABLED | REVERSIBLE)
    assert names(judge(maker, "vuln_reversible_password_priv_uac")) == ["ancien", "chef"]


def test_vuln_reversible_password_priv_uac_passes(maker, judge):
    maker.user("agent", userAccountControl=ENABLED | REVERSIBLE)
    assert judge(maker, "vuln_reversible_password_priv_uac").status is Status.SATISFIED


def test_vuln_reversible_password_priv_namingcontext_fails(maker, judge):
    add_child_domain(maker)
    maker.change(CHILD_DN, pwdProperties=17, name="site")
    verdict = judge(maker, "vuln_reversible_password_priv_namingcontext")
    assert names(verdict) == ["site"]
    assert verdict.subjects["value"].to_list() == ["17"]


def test_vuln_reversible_password_priv_namingcontext_passes(maker, judge):
    maker.change(DN, pwdProperties=1 | 2 | 4 | 8 | 32)
    assert judge(maker, "vuln_reversible_password_priv_namingcontext").status is Status.SATISFIED


def test_vuln_smartcard_expire_passwords_fails(maker, judge):
    add_child_domain(maker)
    maker.change(DN, msDS_ExpirePasswordsOnSmartCardOnlyAccounts=False, name="hopital")
    maker.change(CHILD_DN, msDS_ExpirePasswordsOnSmartCardOnlyAccounts=None, name="site")
    verdict = judge(maker, "vuln_smartcard_expire_passwords")
    assert verdict.level == 4
    assert names(verdict) == ["hopital", "site"]


def test_vuln_smartcard_expire_passwords_passes(maker, judge):
    assert judge(maker, "vuln_smartcard_expire_passwords").status is Status.SATISFIED


@pytest.mark.parametrize("control", ["vuln_reversible_password_priv_namingcontext", "vuln_smartcard_expire_passwords"])
def test_domain_whose_root_was_not_collected_is_no_pass(maker, judge, control):
    add_child_domain(maker)
    del maker.records[CHILD_DN]
    verdict = judge(maker, control)
    assert verdict.status is Status.NOT_EVALUATED
    assert "site.hopital.test" in verdict.reason.fr


def test_share_that_hidden_accounts_could_change_is_no_verdict(maker, judge):
    population(maker, eternal=3, total=29)
    maker.change(maker.user("opaque"), userAccountControl=None)
    assert judge(maker, "vuln_dont_expire").status is Status.NOT_EVALUATED
    maker.user("eternel", userAccountControl=ENABLED | NEVER_EXPIRES)
    assert len(names(judge(maker, "vuln_dont_expire"))) == 4
