import polars as pl
import pytest

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.catalogue import catalogue
from rempart.directory.controls.permission_paths import (
    PERMISSIONS,
    PathRule,
    Resolved,
    in_each_domain,
    judge_level,
    judge_paths,
    path_subjects,
    subtree,
)
from rempart.directory.forest import Forest
from rempart.directory.graph.kinds import kinds
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status
from tests.directory.maker import AT, CONTROL_ACCESS, DN, WRITE_DACL, WRITE_PROPERTY

SERVICE_NAME = "f3a64788-5306-11d1-a9c5-0000f80367c1"
ENTRY = catalogue().controls["vuln_permissions_dc"]
SINGLE = catalogue().controls["vuln_dnsadmins"]


def forest_with(maker, *aces):
    target = maker.user("cible")
    maker.protect(target, list(aces))
    forest = maker.forest()
    return forest, forest.by_dn(target)["id"].to_list()


def test_every_permission_is_a_kind_of_the_graph():
    assert set(kinds()) >= PERMISSIONS
    assert not any(kinds()[name].structural or kinds()[name].partial for name in PERMISSIONS)


def test_subjects_are_sorted_and_say_who_how_and_on_what(maker):
    alice, bob = (maker.sid_of(maker.user(name)) for name in ("alice", "bob"))
    forest, targets = forest_with(maker, ("A", WRITE_DACL, bob), ("A", WRITE_DACL, alice))
    subjects = path_subjects(forest, forest.graph.entries(targets, level=1))
    assert subjects.columns == ["key", "name", "principal", "sid", "right", "target", "reach"]
    assert subjects["key"].is_sorted()
    assert subjects.select("name", "sid", "reach").rows() == [("alice → cible", alice, 1), ("bob → cible", bob, 1)]


def test_two_thresholds_grade_the_rights(maker):
    alice = maker.sid_of(maker.user("alice"))
    forest, targets = forest_with(maker, ("A", WRITE_PROPERTY, alice, {"object": SERVICE_NAME}))
    first, second = judge_paths(ENTRY, forest, targets)
    assert (first.level, first.status, second.level, second.status) == (1, Status.SATISFIED, 2, Status.FAILED)


def test_one_threshold_weighs_every_right(maker):
    alice = maker.sid_of(maker.user("alice"))
    forest, targets = forest_with(maker, ("A", WRITE_PROPERTY, alice, {"object": SERVICE_NAME}))
    (only,) = judge_paths(SINGLE, forest, targets)
    assert (only.level, only.status) == (1, Status.FAILED)


def test_a_group_is_one_row_and_counts_who_can_use_it(maker):
    team = maker.group("Equipe", members=[maker.user("alice"), maker.user("bob")])
    desk = maker.sid_of(maker.user("assistance"))
    maker.protect(team, [("A", WRITE_DACL, desk)])
    forest, targets = forest_with(maker, ("A", WRITE_DACL, maker.sid_of(team)))
    verdict = judge_level(ENTRY, forest, targets, 1)
    assert verdict.subjects.select("principal", "reach").rows() == [("Equipe", 3)]
    assert verdict.measured == {"principals": 1, "rights": 1}


def test_the_rule_keeps_what_it_does_not_tolerate(maker):
    alice = maker.sid_of(maker.user("alice"))
    forest, targets = forest_with(maker, ("A", WRITE_DACL, alice), ("A", CONTROL_ACCESS, alice))
    kept = PathRule(keep=lambda rows: rows.filter(pl.col("kind") != "WriteDacl"))
    assert judge_level(ENTRY, forest, targets, 1, kept).subjects["right"].to_list() == ["AllExtendedRights"]


def test_what_was_not_seen_forbids_a_pass_but_not_a_failure(maker):
    alice = maker.sid_of(maker.user("alice"))
    forest, targets = forest_with(maker, ("A", WRITE_DACL, alice))
    blind = PathRule(unseen=Text(fr="pas vu", en="not seen"))
    assert judge_level(ENTRY, forest, targets, 1, blind).status is Status.FAILED
    verdict = judge_level(ENTRY, forest, [], 1, blind)
    assert (verdict.status, verdict.reason.fr) == (Status.NOT_EVALUATED, "pas vu")


@pytest.mark.parametrize(
    ("resolved", "clean", "granted"),
    [
        (Resolved.ENOUGH, Status.SATISFIED, Status.FAILED),
        (Resolved.FAILURES_ONLY, Status.NOT_EVALUATED, Status.FAILED),
        (Resolved.NOTHING, Status.NOT_EVALUATED, Status.NOT_EVALUATED),
    ],
)
def test_a_source_that_resolves_rights_itself(maker, resolved, clean, granted):
    alice, target = maker.user("alice"), maker.user("cible")
    for record in maker.records.values():
        record.pop("nTSecurityDescriptor")

    def status(*grants):
        builder = SnapshotBuilder("sharphound")
        for dn, attributes in maker.records.items():
            builder.add(dn, attributes)
        for dn, trustee, right in grants:
            builder.grant(dn, trustee, right, inherited=False)
        forest = Forest(builder.finish(AT), AT)
        targets = forest.by_dn(target)["id"]
        return judge_level(ENTRY, forest, targets, 1, PathRule(resolved=resolved)).status

    assert status() is clean
    assert status((target, maker.sid_of(alice), "GenericAll")) is granted


def test_places_are_looked_for_in_every_domain(maker):
    forest = maker.forest()
    found, missing = in_each_domain(forest, "CN=AdminSDHolder,CN=System")
    assert (found.height, missing) == (1, None)
    found, missing = in_each_domain(forest, "CN=Nowhere")
    assert found.is_empty()
    assert "CN=Nowhere" in missing.fr


def test_a_subtree_holds_its_top_and_no_namesake(maker):
    maker.add(f"CN=Autre System,{DN}", ["container"])
    inside = subtree(maker.forest(), [f"cn=system,{DN.lower()}"])["dn_key"]
    assert inside.str.ends_with(f"cn=system,{DN.lower()}").all()
    assert f"cn=system,{DN.lower()}" in inside.to_list()
    assert subtree(maker.forest(), []).is_empty()
