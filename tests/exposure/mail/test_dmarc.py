import pytest

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.mail.dmarc import is_dmarc, parse
from rempart.exposure.protocols.mail.dmarc_walk import path
from tests.exposure.mail.world import VALMONT, dmarc, world


def found(*parts, name=VALMONT, **more):
    """The row of a name after its survey; it receives mail, so that it is judged."""
    receives = {(name, "MX"): ["10 mx.valmont.test."]}
    return world(receives, *parts, **more).observed([name]).surface().facts("dmarc").row(0, named=True)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("v=DMARC1; p=none", True),
        ("v = DMARC1 ;p=none", True),
        ("v=DMARC1", True),
        ("v=dmarc1; p=none", False),
        ("p=none; v=DMARC1", False),
        ("v=DMARC10; p=none", False),
    ],
)
def test_a_record_is_known_by_its_version(text, is_one):
    assert is_dmarc(text) is is_one


def test_a_whole_record():
    record = parse(
        "v=DMARC1; p=Reject; sp=quarantine; np=reject; adkim=s; psd=n; rua=mailto:a@x.test,mailto:b@y.test!10m"
    )
    assert (record.policy, record.subdomains, record.nonexistent, record.psd) == ("reject", "quarantine", "reject", "n")
    assert record.report_hosts == ("x.test", "y.test")
    assert (record.problems, record.removed, record.unknown) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("v=DMARC1; rua=mailto:a@x.test", ("dmarc.no_policy",)),
        ("v=DMARC1; p=block", ("dmarc.unknown_policy",)),
        ("v=DMARC1; p=none; p=reject", ("dmarc.repeated",)),
        ("v=DMARC1; p=none; oops", ("dmarc.syntax",)),
        ("v=DMARC1; p=none; rua=a@x.test", ("dmarc.report_address",)),
        ("v=DMARC1; p=none; adkim=x", ("dmarc.alignment",)),
    ],
)
def test_faults_are_named_and_ask_for_nothing(text, problems):
    record = parse(text)
    assert record.problems == problems
    assert record.policy == "none"


def test_what_rfc_9989_removed_and_what_it_never_had():
    record = parse("v=DMARC1; p=reject; pct=10; rf=afrf; ri=3600; colour=blue")
    assert (record.removed, record.unknown, record.problems) == (("pct", "rf", "ri"), ("colour",), ())


def test_test_mode_is_no_enforcement():
    assert parse("v=DMARC1; p=reject; t=y").enforced == "none"
    assert parse("v=DMARC1; p=reject; t=n").enforced == "reject"


def test_what_is_no_record_is_malformed():
    with pytest.raises(Malformed):
        parse("v=spf1 -all")


def test_the_walk_asks_eight_names_at_most():
    assert path("a.b.c.test") == ["a.b.c.test", "b.c.test", "c.test", "test"]
    long = ".".join("abcdefghij") + ".valmont.test"
    assert path(long)[:2] == [long, "f.g.h.i.j.valmont.test"]
    assert len(path(long)) == 8


def test_a_name_below_takes_the_policy_of_the_domain():
    row = found(dmarc("v=DMARC1; p=reject; sp=quarantine"), name="dpi.valmont.test")
    assert (row["found_at"], row["applied"], row["organizational"]) == (VALMONT, "quarantine", VALMONT)


def test_psd_n_makes_a_domain_of_its_own():
    row = found(
        dmarc("v=DMARC1; p=reject"), dmarc("v=DMARC1; p=none; psd=n", "dpi.valmont.test"), name="a.dpi.valmont.test"
    )
    assert (row["organizational"], row["applied"]) == ("dpi.valmont.test", "none")


def test_psd_y_leaves_the_name_below_it():
    row = found(dmarc("v=DMARC1; p=reject; psd=y", "test"), name=VALMONT)
    assert (row["organizational"], row["found_at"], row["applied"]) == (VALMONT, "test", "reject")


def test_several_records_count_as_none():
    row = found({(f"_dmarc.{VALMONT}", "TXT"): ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"']})
    assert (row["state"], row["several"]) == ("absent", True)


def test_silence_above_is_unknown_and_a_record_below_it_is_not():
    assert found(silent={f"_dmarc.{VALMONT}"})["state"] == "unknown"
    assert found(dmarc("v=DMARC1; p=reject"), silent={"_dmarc.test"})["state"] == "present"


def test_reports_elsewhere_need_consent():
    elsewhere = dmarc("v=DMARC1; p=none; rua=mailto:a@other.test")
    consent = {(f"{VALMONT}._report._dmarc.other.test", "TXT"): ['"v=DMARC1"']}
    assert found(elsewhere)["refused_reports"] == ["other.test"]
    assert found(elsewhere, consent)["refused_reports"] == []
