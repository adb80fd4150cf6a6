from datetime import UTC, datetime

import pytest

from rempart.exposure.perimeter import Refusal, Scope, read_perimeter
from rempart.exposure.perimeter.quiet import quiet_until

TEXT = """
[mandate]
by = "Direction"
on = 2026-11-01
until = 2026-12-31
contact = "https://www.valmont.example/mesure"
[[names]]
name = "www.valmont.example"
[[names]]
name = "vpn.valmont.example"
sweep = true
[[names]]
name = "labo.example"
subdomains = true
[[ranges]]
range = "192.0.2.0/28"
[[ranges]]
range = "2001:db8:77::/64"
[[exclusions]]
range = "192.0.2.9"
port = 104
author = "Imagerie"
reason = "migration"
until = 2026-11-30
[[exclusions]]
name = "portail.labo.example"
author = "Éditeur"
reason = "contrat"
until = 2027-01-31
[[exclusions]]
survey = "smb"
author = "DSI"
reason = "alertes"
until = 2026-12-31
[[exclusions]]
port = 8080
author = "DSI"
reason = "ancien"
until = 2026-10-31
[[quiet]]
from = "22:00"
until = "06:00"
[[quiet]]
from = "06:00"
until = "06:30"
"""
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def scope() -> Scope:
    return Scope(read_perimeter(TEXT, "perimeter.toml"))


def test_declared_ranges_are_permitted_and_swept(scope):
    assert scope.permits("192.0.2.1", 4242, "", AT)
    assert scope.permits("2001:db8:77::5", 22, "", AT)
    assert scope.sweeps("192.0.2.1")


@pytest.mark.parametrize(("address", "name"), [("192.0.2.16", ""), ("2001:db8:78::5", ""), ("198.51.100.1", "x.test")])
def test_nothing_outside_is_permitted(scope, address, name):
    permission = scope.permits(address, 443, name, AT)
    assert permission.refusal is Refusal.OUTSIDE
    assert not scope.sweeps(address)


def test_an_address_behind_a_name_is_asked_on_usual_ports_only(scope):
    assert scope.permits("198.51.100.7", 443, "www.valmont.example", AT).refusal is Refusal.OUTSIDE
    scope.learn("www.valmont.example", "198.51.100.7")
    assert scope.permits("198.51.100.7", 443, "www.valmont.example", AT)
    assert scope.permits("198.51.100.7", 443, "", AT)
    assert scope.permits("198.51.100.7", 4242, "", AT).refusal is Refusal.SHARED
    assert scope.permits("198.51.100.7", 443, "other.example", AT).refusal is Refusal.OUTSIDE
    assert not scope.sweeps("198.51.100.7")


def test_a_name_may_ask_for_its_addresses_to_be_swept(scope):
    scope.learn("vpn.valmont.example", "198.51.100.8")
    assert scope.permits("198.51.100.8", 4242, "", AT)
    assert scope.sweeps("198.51.100.8")


def test_names_that_are_not_declared_teach_nothing(scope):
    scope.learn("evil.example", "198.51.100.9")
    assert scope.addresses() == ()
    assert scope.permits("198.51.100.9", 443, "evil.example", AT).refusal is Refusal.OUTSIDE


def test_subdomains_are_declared_when_their_parent_says_so(scope):
    assert scope.permits_name("resultats.labo.example", AT)
    assert scope.permits_name("x.www.valmont.example", AT).refusal is Refusal.OUTSIDE
    assert scope.permits_name("mta-sts.www.valmont.example", AT)


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 10, 31, 22, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)],
    ids=["before", "after"],
)
def test_without_a_mandate_nothing_is_permitted(scope, at):
    assert scope.permits("192.0.2.1", 443, "", at).refusal is Refusal.MANDATE
    assert scope.permits_name("labo.example", at).refusal is Refusal.MANDATE


def test_the_last_day_of_the_mandate_counts_whole_in_paris(scope):
    assert scope.permits("192.0.2.1", 443, "", datetime(2026, 12, 31, 22, 59, tzinfo=UTC))


def test_an_exclusion_narrows_by_all_its_keys(scope):
    assert scope.permits("192.0.2.9", 104, "", AT).refusal is Refusal.EXCLUDED
    assert "Imagerie" in scope.permits("192.0.2.9", 104, "", AT).reason.fr
    assert scope.permits("192.0.2.9", 443, "", AT)
    assert scope.permits("192.0.2.8", 104, "", AT)


def test_an_excluded_name_protects_the_address_it_leads_to(scope):
    scope.learn("portail.labo.example", "192.0.2.3")
    assert scope.permits("192.0.2.3", 443, "", AT).refusal is Refusal.EXCLUDED
    assert scope.permits("192.0.2.3", 443, "www.labo.example", AT)
    assert scope.permits_name("portail.labo.example", AT).refusal is Refusal.EXCLUDED


def test_an_excluded_survey_is_the_only_one(scope):
    assert scope.permits("192.0.2.1", 445, "", AT, "smb").refusal is Refusal.EXCLUDED
    assert scope.permits("192.0.2.1", 445, "", AT, "tls")


def test_an_exclusion_that_ended_warns_and_protects_no_more(scope):
    assert scope.permits("192.0.2.1", 8080, "", AT)
    assert [text.fr for text in scope.warnings(AT)] == ["exclusion de 8080 échue le 31/10/2026 (DSI : ancien)"]


@pytest.mark.parametrize(
    ("hour", "ends"),
    [
        ((2026, 11, 23, 20, 59), None),
        ((2026, 11, 23, 21, 0), (2026, 11, 24, 5, 30)),  # 22:00 in Paris, in winter
        ((2026, 11, 24, 2, 0), (2026, 11, 24, 5, 30)),
        ((2026, 11, 24, 5, 30), None),
        ((2026, 7, 23, 20, 0), (2026, 7, 24, 4, 30)),  # in summer
        ((2026, 10, 24, 22, 0), (2026, 10, 25, 5, 30)),  # the night that lasts an hour more
    ],
)
def test_quiet_hours_are_those_of_paris_and_cross_midnight(scope, hour, ends):
    found = quiet_until(scope.perimeter.quiet, datetime(*hour, tzinfo=UTC))
    assert found == (None if ends is None else datetime(*ends, tzinfo=UTC))


def test_windows_that_cover_the_day_end_somewhere():
    whole = read_perimeter(TEXT + '[[quiet]]\nfrom = "06:00"\nuntil = "22:00"\n', "x").quiet
    assert quiet_until(whole, AT) > AT
