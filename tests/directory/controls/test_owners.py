import polars as pl

from rempart.directory.catalogue import catalogue
from rempart.directory.controls import evaluations
from rempart.directory.forest import Forest
from rempart.measurement.verdict import Status
from tests.directory.maker import ADMINISTRATORS, AT, DN, DOMAIN_SID, SYSTEM, sid_bytes


def installer(maker):
    dn = maker.user("installateur")
    return maker.sid_of(dn)


def test_vuln_owner_fails_for_an_account_owned_by_its_installer(maker, judge):
    sid = installer(maker)
    posts = [maker.computer("POSTE1"), maker.add(f"OU=Postes,{DN}", ["organizationalUnit"], name="Postes")]
    for dn in posts:
        maker.protect(dn, [], owner=sid)
    verdict = judge(maker, "vuln_owner")
    assert (verdict.status, verdict.level) == (Status.FAILED, 3)
    assert sorted(verdict.subjects["name"]) == ["POSTE1$", "Postes"]
    assert set(verdict.subjects["value"]) == {"installateur"}
    assert set(verdict.subjects["sid"]) == {sid}
    assert set(verdict.subjects["dn"]) == set(posts)


def test_vuln_owner_passes_for_administration_groups_and_the_system(maker, judge):
    for number, owner in enumerate([ADMINISTRATORS, SYSTEM, f"{DOMAIN_SID}-512", f"{DOMAIN_SID}-519"]):
        maker.protect(maker.user(f"u{number}"), [], owner=owner)
    verdict = judge(maker, "vuln_owner")
    assert verdict.status is Status.SATISFIED
    assert verdict.measured["unknown"] == 0


def test_an_object_less_than_a_week_old_is_not_judged(maker, judge):
    recent = maker.user("recent", whenCreated="20261118000000.0Z")
    maker.protect(recent, [], owner=installer(maker))
    assert judge(maker, "vuln_owner").status is Status.SATISFIED


def test_domain_admins_of_another_domain_are_not_owners_here(maker, judge):
    maker.protect(maker.user("u"), [], owner="S-1-5-21-9-9-9-512")
    verdict = judge(maker, "vuln_owner")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["value"].to_list() == ["S-1-5-21-9-9-9-512"]


def test_a_container_is_not_among_the_objects_judged(maker, judge):
    maker.protect(maker.add(f"CN=Divers,{DN}", ["container"]), [], owner=installer(maker))
    assert judge(maker, "vuln_owner").status is Status.SATISFIED


def test_an_unreadable_owner_is_never_a_pass(maker, judge):
    maker.records[maker.user("u")].pop("nTSecurityDescriptor")
    verdict = judge(maker, "vuln_owner")
    assert verdict.status is Status.NOT_EVALUATED
    assert "1" in verdict.reason.fr


def test_a_descriptor_cut_short_has_no_owner(maker, judge):
    maker.change(maker.user("u"), nTSecurityDescriptor=b"\x01\x00\x04\x80")
    assert judge(maker, "vuln_owner").status is Status.NOT_EVALUATED


def test_owners_resolved_by_the_source_can_fail_but_not_pass_when_some_are_missing(maker):
    def judge(grants):
        snapshot = maker.snapshot("sharphound")
        resolved = snapshot.grants.clear().vstack(pl.DataFrame(grants, schema=snapshot.grants.schema, orient="row"))
        snapshot = type(snapshot)(
            snapshot.manifest,
            snapshot.objects.with_columns(sd=pl.lit(None, pl.UInt32)),
            snapshot.descriptors.clear(),
            resolved,
            snapshot.gaps,
            snapshot.flaws,
        )
        (verdict,) = evaluations()["vuln_owner"](catalogue().controls["vuln_owner"], Forest(snapshot, AT))
        return verdict

    maker.user("zoe", objectSid=sid_bytes(f"{DOMAIN_SID}-4000"))
    zoe = maker.snapshot().objects.filter(pl.col("sAMAccountName") == "zoe")["id"].item()
    assert judge([]).status is Status.NOT_EVALUATED
    assert judge([(zoe, f"{DOMAIN_SID}-512", "Owns", False)]).status is Status.NOT_EVALUATED
    failed = judge([(zoe, f"{DOMAIN_SID}-501", "Owns", False)])
    assert failed.status is Status.FAILED
    assert failed.subjects["name"].to_list() == ["zoe"]
