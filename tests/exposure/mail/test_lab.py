"""Against real servers: Knot and Unbound with a root of our own, Exim, aiosmtpd, nginx."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from rempart.exposure.snapshot import Outcome
from rempart.measurement.verdict import Status
from tests.exposure.lab import mail_hosts, zones
from tests.exposure.lab.asked import ask_names, remember
from tests.exposure.mail.conftest import NAMES
from tests.exposure.maker import Maker

FAILED, SATISFIED = Status.FAILED, Status.SATISFIED


def rows(lab, frame, *columns):
    """The rows of a frame by subject."""
    return {row[0]: row[1:] for row in lab.maker().surface().facts(frame).select("subject", *columns).iter_rows()}


def test_dnssec_of_every_kind_of_zone(lab):
    assert rows(lab, "dnssec", "status", "problems") == {
        "valmont.test": ("secure", []),
        "island.test": ("island", []),
        "bad.test": ("unsigned", []),
        "expired.test": ("bogus", ["dnssec.expired"]),
        "wrongds.test": ("bogus", ["dnssec.ds_without_key"]),
        "sha1.test": ("secure", []),
        "loop1.valmont.test": ("unknown", None),
    }
    assert rows(lab, "dnssec", "algorithms", "shortest_rsa")["sha1.test"] == ([5], 1024)


def test_a_validating_resolver_agrees(lab):
    """Unbound holds the lab's trust anchor: without CD it refuses what we call bogus, and says AD of what is secure."""
    said = lab.namespace.run(validated, ("valmont.test", "expired.test", "wrongds.test", "island.test", "bad.test"))
    assert said == {
        "valmont.test": ("NOERROR", True),
        "expired.test": ("SERVFAIL", False),
        "wrongds.test": ("SERVFAIL", False),
        "island.test": ("NOERROR", False),
        "bad.test": ("NOERROR", False),
    }


def validated(names):
    """What Unbound says of each SOA: its code, and whether it proved it (runs inside the lab)."""
    import dns.flags  # noqa: PLC0415 — inside the lab's process
    import dns.message  # noqa: PLC0415
    import dns.query  # noqa: PLC0415
    import dns.rcode  # noqa: PLC0415

    said = {}
    for name in names:
        answer = dns.query.tcp(dns.message.make_query(name, "SOA", want_dnssec=True), zones.RESOLVERS[0], timeout=5)
        said[name] = (dns.rcode.to_text(answer.rcode()), bool(answer.flags & dns.flags.AD))
    return said


def test_spf_of_every_kind_of_policy(lab):
    found = rows(lab, "spf", "lookups", "voids", "final", "problems")
    assert found["valmont.test"] == (2, 0, "-", [])
    assert found["deep.test"] == (11, 0, "-", ["spf.too_many_lookups"])
    assert found["void.test"] == (3, 3, "-", ["spf.too_many_voids"])
    assert found["loop.test"][3] == ["spf.loop"]
    assert found["two.test"][3] == ["spf.several_records"]
    assert found["syntax.test"][3] == ["spf.unknown_mechanism", "spf.syntax"]
    assert found["redirect.test"] == (1, 0, "-", [])
    assert rows(lab, "spf", "open_by")["open.test"] == (["ip4:0.0.0.0/0 (wide.test)"],)


def test_an_answer_too_long_for_udp_comes_by_tcp(lab):
    ways = [each.endpoint.transport for each in lab.observations if each.question == "giant.test TXT dnssec"]
    assert set(ways) == {"udp", "tcp"}
    assert rows(lab, "spf", "record")["giant.test"] == ("v=spf1 -all",)


def test_mta_sts_read_by_https(lab):
    found = rows(lab, "mta_sts", "state", "read", "mode", "unmatched")
    assert found["valmont.test"] == ("present", "read", "enforce", [])
    assert found["bad.test"][:2] == ("present", "unreadable")


def test_mta_sts_of_a_host_that_nobody_vouches_for(lab):
    observations = lab.namespace.run(ask_names, ("valmont.test",), zones.RESOLVERS, "mail_dns")
    made = Maker()
    made.asset("valmont.test")
    row = remember(made, observations).surface().facts("mta_sts").row(0, named=True)
    assert (row["read"], row["why"]) == ("unreadable", "CERTIFICATE_VERIFY_FAILED")


def test_dane_counts_in_a_proven_zone_only(lab):
    found = rows(lab, "dane", "state", "usable", "dnssec")
    assert found["valmont.test"] == ("present", 1, "secure")
    assert found["bad.test"] == ("present", 0, "unsigned")


def test_name_servers_asked_themselves(lab):
    frame = lab.maker().surface().facts("nameservers").filter(subject="bad.test").sort("server")
    assert frame.select("server", "state", "free", "recursion", "transfer").rows() == [
        ("ns.nobody.test", "nowhere", True, None, None),
        ("ns1.bad.test", "authoritative", False, False, True),
        ("ns2.bad.test", "lame", False, True, False),
    ]


def test_nothing_of_a_transferred_zone_is_kept(lab):
    transfers = [each for each in lab.observations if each.probe == "dns.axfr"]
    assert any(each.detail["records"] > 1 for each in transfers)
    assert {each.received for each in transfers} == {b""}
    assert not any(b"pacs" in each.received for each in lab.observations)


def test_greetings_of_real_mail_servers(lab):
    made = remember(Maker(), lab.greetings)
    frame = made.surface().facts("smtp").sort("address")
    assert frame["address"].to_list() == [zones.MX, mail_hosts.PLAIN]
    assert frame["starttls"].to_list() == [True, False]
    assert "Exim" in frame["banner"][0]


@pytest.mark.parametrize(
    ("control", "level", "name", "status"),
    [
        ("vuln_dns_dnssec", None, "island.test", FAILED),
        ("vuln_dns_dnssec", None, "valmont.test", SATISFIED),
        ("vuln_mail_mta_sts", None, "valmont.test", SATISFIED),
        ("vuln_mail_dane", None, "valmont.test", SATISFIED),
        ("warning_mail_dane_broken", None, "bad.test", FAILED),
        ("vuln_dns_axfr", None, "bad.test", FAILED),
        ("vuln_dns_axfr", None, "valmont.test", SATISFIED),
        ("vuln_dns_recursion", None, "bad.test", FAILED),
        ("vuln_dns_lame", 2, "bad.test", FAILED),
        ("vuln_dns_dangling", 2, "old.valmont.test", FAILED),
        ("vuln_dns_dangling", 2, "app.valmont.test", FAILED),
        ("info_dns_wildcard", None, "island.test", FAILED),
        ("vuln_dns_caa", None, "valmont.test", SATISFIED),
    ],
)
def test_verdicts_on_real_servers(lab, judge, control, level, name, status):  # noqa: PLR0913, PLR0917 — one row of the table
    assert judge(lab.maker(name), control, level).status is status


def test_vuln_dns_dnssec_passes_with_a_ds_at_the_parent(lab, judge):
    assert judge(lab.maker("valmont.test"), "vuln_dns_dnssec").status is SATISFIED


def test_vuln_dns_dnssec_broken_fails_on_old_signatures_and_on_a_wrong_ds(lab, judge):
    for name in ("expired.test", "wrongds.test"):
        assert judge(lab.maker(name), "vuln_dns_dnssec_broken").status is FAILED


def test_vuln_dns_dnssec_broken_passes_when_all_holds(lab, judge):
    assert judge(lab.maker("valmont.test"), "vuln_dns_dnssec_broken").status is SATISFIED


def test_vuln_dns_dnssec_weak_fails_on_sha1(lab, judge):
    assert judge(lab.maker("sha1.test"), "vuln_dns_dnssec_weak").status is FAILED


def test_vuln_dns_dnssec_weak_passes_on_an_elliptic_curve(lab, judge):
    assert judge(lab.maker("valmont.test"), "vuln_dns_dnssec_weak").status is SATISFIED


def test_warning_dns_dnssec_expiring_fails_three_days_before(lab, judge):
    made = remember(Maker(), lab.observations)
    made.asset("valmont.test")
    later = datetime.now(UTC) + timedelta(days=12)
    for row in made.rows["observations"]:
        row["at"] = later
    snapshot = made.snapshot()
    made.snapshot = lambda: type(snapshot)(
        snapshot.manifest.model_copy(update={"taken_at": later}), *list(vars(snapshot).values())[1:]
    )
    assert judge(made, "warning_dns_dnssec_expiring").status is FAILED


def test_warning_dns_dnssec_expiring_passes_long_before(lab, judge):
    assert judge(lab.maker("valmont.test"), "warning_dns_dnssec_expiring").status is SATISFIED


def test_warning_mail_dane_broken_passes_in_a_proven_zone(lab, judge):
    assert judge(lab.maker("valmont.test"), "warning_mail_dane_broken").status is SATISFIED


def test_vuln_mail_dane_passes_in_a_proven_zone(lab, judge):
    assert judge(lab.maker("valmont.test"), "vuln_mail_dane").status is SATISFIED


def test_the_load_of_a_name_is_small(lab):
    """About 25 selectors once, the rest twice; a name costs its own servers three questions each."""
    asked = Counter(each.subject for each in lab.observations)
    assert max(asked.values()) < 130
    own = Counter((each.subject, each.endpoint.address) for each in lab.observations if each.endpoint.name)
    assert max(own.values()) <= 3
    assert set(asked) == set(NAMES)


def test_no_question_failed_but_where_nobody_listens(lab):
    assert {each.outcome for each in lab.observations} <= {Outcome.ANSWERED, Outcome.REFUSED}
