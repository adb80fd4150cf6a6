import pytest

from rempart.measurement.verdict import Status
from tests.directory.controls.child import add_child_domain, child_group
from tests.directory.maker import DN, sid_bytes


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def test_vuln_group_loop_fails(maker, judge):
    first, second, third = (maker.group(name) for name in ("Alpha", "Beta", "Gamma"))
    for member, group in ((first, second), (second, third), (third, first)):
        maker.join(member, group)
    maker.join(maker.group("Hors-boucle"), first)
    own = maker.group("Soi-même")
    maker.join(own, own)
    verdict = judge(maker, "vuln_group_loop")
    assert verdict.level == 4
    assert names(verdict) == ["Alpha", "Beta", "Gamma", "Soi-même"]
    assert set(verdict.subjects["value"]) == {"Alpha ; Beta ; Gamma", "Soi-même"}
    assert verdict.measured == {"loops": 2}


def test_vuln_group_loop_passes(maker, judge):
    inner = maker.group("Dedans", members=[maker.user("agent")])
    left, right = maker.group("Gauche", members=[inner]), maker.group("Droite", members=[inner])
    maker.group("Dessus", members=[left, right])
    assert judge(maker, "vuln_group_loop").status is Status.SATISFIED


def test_loop_across_domains_is_seen(maker, judge):
    add_child_domain(maker)
    outer = maker.group("Forêt", members=[child_group(512)])
    maker.join(outer, child_group(512))
    assert names(judge(maker, "vuln_group_loop")) == ["Forêt", "Groupe 512"]


def principal(maker, sid, domain=DN):
    return maker.add(
        f"CN={sid},CN=ForeignSecurityPrincipals,{domain}",
        ["foreignSecurityPrincipal"],
        objectSid=sid_bytes(sid),
        name=sid,
    )


def test_vuln_compatible_2000_anonymous_fails(maker, judge):
    maker.join(principal(maker, "S-1-5-7"), maker.builtin[554])
    maker.join(principal(maker, "S-1-1-0"), maker.builtin[554])
    verdict = judge(maker, "vuln_compatible_2000_anonymous")
    assert verdict.level == 2
    assert names(verdict) == ["S-1-5-7"]
    row = verdict.subjects.to_dicts()[0]
    assert row["key"] == "hopital.test/S-1-5-7"
    assert row["dn"] == f"CN=S-1-5-7,CN=ForeignSecurityPrincipals,{DN}"
    assert row["value"] == maker.builtin[554]


def test_vuln_compatible_2000_anonymous_passes(maker, judge):
    maker.join(principal(maker, "S-1-5-11"), maker.builtin[554])
    assert judge(maker, "vuln_compatible_2000_anonymous").status is Status.SATISFIED


def test_anonymous_is_known_by_its_name_when_it_was_not_collected(maker, judge):
    maker.join(f"CN=S-1-5-7,CN=ForeignSecurityPrincipals,{DN}", maker.builtin[554])
    assert names(judge(maker, "vuln_compatible_2000_anonymous")) == ["S-1-5-7"]


def test_compatible_2000_is_judged_in_every_domain(maker, judge):
    add_child_domain(maker)
    maker.join(principal(maker, "S-1-5-7", "DC=site," + DN), child_group(554))
    verdict = judge(maker, "vuln_compatible_2000_anonymous")
    assert verdict.subjects["key"].to_list() == ["site.hopital.test/S-1-5-7"]


def test_vuln_compatible_2000_not_default_fails(maker, judge):
    maker.join(principal(maker, "S-1-5-11"), maker.builtin[554])
    maker.join(principal(maker, "S-1-1-0"), maker.builtin[554])
    maker.join(maker.computer("CERTIFICATS"), maker.builtin[554])
    maker.join(f"CN=Supprimé,CN=Users,{DN}", maker.builtin[554])
    verdict = judge(maker, "vuln_compatible_2000_not_default")
    assert verdict.level == 3
    assert names(verdict) == ["CERTIFICATS$", f"CN=Supprimé,CN=Users,{DN}", "S-1-1-0"]


def test_vuln_compatible_2000_not_default_passes(maker, judge):
    assert judge(maker, "vuln_compatible_2000_not_default").status is Status.SATISFIED
    maker.join(principal(maker, "S-1-5-11"), maker.builtin[554])
    assert judge(maker, "vuln_compatible_2000_not_default").status is Status.SATISFIED


@pytest.mark.parametrize("control", ["vuln_compatible_2000_anonymous", "vuln_compatible_2000_not_default"])
def test_compatible_2000_group_not_collected_is_no_pass(maker, judge, control):
    del maker.records[maker.builtin[554]]
    verdict = judge(maker, control)
    assert verdict.status is Status.NOT_EVALUATED
    assert "S-1-5-32-554" in verdict.reason.fr
