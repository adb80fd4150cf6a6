"""The snapshot that ships with Rempart."""

from datetime import UTC, datetime

import polars as pl
import pytest

from rempart.directory.audit import audit
from rempart.directory.demo import REPAIRED, SNAPSHOT
from rempart.directory.snapshot import open_snapshot
from rempart.measurement.verdict import Status


@pytest.fixture(scope="module")
def snapshot():
    return open_snapshot(SNAPSHOT)


@pytest.fixture(scope="module")
def report(snapshot):
    return audit(snapshot)


@pytest.mark.parametrize("path", [SNAPSHOT, REPAIRED], ids=["before", "repaired"])
def test_small_enough_to_ship(path):
    assert path.stat().st_size < 1_000_000


def test_a_hospital_of_four_hundred_people_named_as_fictional(snapshot):
    users = snapshot.objects.filter(pl.col("class") == "user", pl.col("dn").str.contains("OU=Utilisateurs,"))
    assert users.height == 400
    assert users["dn"].str.contains("OU=Centre hospitalier de Valmont (fictif)", literal=True).all()
    assert users["userPrincipalName"].str.ends_with("@valmont.test").all()


def test_taken_on_the_day_of_the_story(snapshot):
    assert snapshot.manifest.taken_at == datetime(2026, 8, 31, 8, tzinfo=UTC)
    for column in ("whenCreated", "whenChanged", "pwdLastSet", "lastLogon", "lastLogonTimestamp"):
        assert (snapshot.objects[column].drop_nulls() <= snapshot.manifest.taken_at).all(), column


def test_every_point_is_judged_and_faults_stand_at_every_level(report):
    statuses = {status: {v.level for v in report.verdicts if v.level and v.status is status} for status in Status}
    assert statuses[Status.NOT_EVALUATED] == set()
    assert statuses[Status.FAILED] == {1, 2, 3, 4}
    assert report.level.value == 1
    assert not report.level.at_most


def test_three_ways_to_the_top_of_three_steps_or_more(report):
    starts = {path.hops[0].source.name for path in report.paths if len(path.hops) >= 3}
    assert {"GG_DIM", "GG_Biomédical", "GG_Support-N1"} <= starts


def test_once_its_plan_is_followed_the_hospital_reaches_level_three():
    repaired = audit(open_snapshot(REPAIRED))
    assert repaired.source.taken_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert repaired.level.value == 3
    assert not repaired.level.at_most
    assert repaired.attackers == 0
