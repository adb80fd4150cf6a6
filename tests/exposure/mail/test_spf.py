import pytest

from rempart.exposure.protocols.dns.answers import Answers
from rempart.exposure.protocols.mail import spf_record
from rempart.exposure.protocols.mail.spf_tree import evaluate
from tests.exposure.mail.world import VALMONT, spf, world


def policy_of(*parts, **more):
    """What the survey of a made world lets one read of its SPF."""
    maker = world(*parts, **more).observed()
    return maker.surface().facts("spf").row(0, named=True)


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1",
        "v=spf1 -all",
        "v=spf1   mx   a  ~all ",
        "V=SPF1 IP4:192.0.2.0/24 IP6:2001:db8::/32 -ALL",
        "v=spf1 a/24 a:h.test/24//64 mx//48 mx:h.test/0 ?all",
        "v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all",
        "v=spf1 ptr ptr:h.test include:_spf.h.test -all exp=explain._spf.%{d}",
        "v=spf1 redirect=_spf.h.test. unknown=any%%thing",
        "v=spf1 a:h.test. -all",
    ],
)
def test_what_the_grammar_allows_has_no_fault(text):
    assert spf_record.parse(text).problems == ()


@pytest.mark.parametrize(
    ("term", "code"),
    [
        ("include", "spf.syntax"),
        ("include:", "spf.syntax"),
        ("include=h.test", None),  # an unknown modifier
        ("all:h.test", "spf.syntax"),
        ("ip4:192.0.2.0/33", "spf.syntax"),
        ("ip4:192.0.2.0/", "spf.syntax"),
        ("ip4:192.0.2.0/08", "spf.syntax"),
        ("ip4:300.0.2.0", "spf.syntax"),
        ("ip4", "spf.syntax"),
        ("ip6:192.0.2.1", "spf.syntax"),
        ("ipv4:192.0.2.1", "spf.unknown_mechanism"),
        ("a:h.test/33", "spf.syntax"),
        ("a:", "spf.syntax"),
        ("mx//129", "spf.syntax"),
        ("exists:%{z}.test", "spf.syntax"),
        ("a:host", "spf.syntax"),
        ("redirect=", "spf.syntax"),
        ("-", "spf.syntax"),
        ("192.0.2.1", "spf.syntax"),
        ("é", "spf.syntax"),
    ],
)
def test_what_the_grammar_forbids_is_named(term, code):
    assert [problem.code for problem in spf_record.parse(f"v=spf1 {term} -all").problems] == ([code] if code else [])


def test_a_redirect_stands_once():
    assert [p.code for p in spf_record.parse("v=spf1 redirect=a.test redirect=b.test").problems] == ["spf.repeated"]


@pytest.mark.parametrize(("text", "is_one"), [("v=spf1", True), ("v=spf10 -all", False), ("v=spf2.0/pra", False)])
def test_a_record_is_known_by_its_version(text, is_one):
    assert spf_record.is_spf(text) is is_one


def test_ten_look_ups_are_allowed_and_eleven_are_not():
    def chain(length):
        links = {(f"i{n}.test", "TXT"): [f'"v=spf1 include:i{n + 1}.test -all"'] for n in range(1, length)}
        return spf("v=spf1 include:i1.test -all"), links, spf("v=spf1 -all", f"i{length}.test")

    assert policy_of(*chain(10))["problems"] == []
    eleven = policy_of(*chain(11))
    assert (eleven["lookups"], eleven["problems"], eleven["places"]) == (11, ["spf.too_many_lookups"], ["11/10"])


def test_a_chain_without_end_is_cut():
    links = {(f"i{n}.test", "TXT"): [f'"v=spf1 include:i{n + 1}.test -all"'] for n in range(1, 500)}
    made = world(spf("v=spf1 include:i1.test -all"), links)
    row = made.observed().surface().facts("spf").row(0, named=True)
    assert row["lookups"] <= 31
    assert sum(name.startswith("i") and rdtype == "TXT" for name, rdtype in made.asked) < 40


def test_an_include_bomb_is_cut():
    """Ten records that each include the ten: 10^10 paths."""
    names = [f"b{n}.test" for n in range(10)]
    text = "v=spf1 " + " ".join(f"include:{name}" for name in names) + " -all"
    made = world(spf(text), *(spf(text, name) for name in names))
    assert "spf.too_many_lookups" in made.observed().surface().facts("spf")["problems"][0]
    assert len(made.asked) < 400


def test_void_look_ups_are_counted_over_both_families():
    void = policy_of(spf("v=spf1 a:n1.test a:n2.test exists:n3.test -all"))
    assert (void["voids"], void["problems"]) == (3, ["spf.too_many_voids"])
    six = policy_of(spf("v=spf1 a:six.test -all"), {("six.test", "AAAA"): ["2001:db8::1"]})
    assert six["voids"] == 0


def test_a_silent_include_is_unknown_not_void():
    row = policy_of(spf("v=spf1 include:silent.test -all"), silent={"silent.test"})
    assert (row["voids"], row["unanswered"], row["problems"]) == (0, ["silent.test"], [])


def test_a_loop_is_a_fault():
    assert policy_of(spf("v=spf1 include:valmont.test -all"))["problems"] == ["spf.loop"]


def test_a_name_without_spf_cannot_be_included():
    row = policy_of(spf("v=spf1 include:none.test -all"), {("none.test", "TXT"): ['"hello"']})
    assert row["problems"] == ["spf.nothing_included"]


def test_more_than_ten_servers_behind_mx():
    many = {(VALMONT, "MX"): [f"10 m{n}.test." for n in range(11)]}
    assert "spf.too_many_mx" in policy_of(spf("v=spf1 mx -all"), many)["problems"]


def test_redirect_gives_the_end_and_is_ignored_beside_all():
    target = spf("v=spf1 ~all", "r.test")
    assert policy_of(spf("v=spf1 redirect=r.test"), target)["final"] == "~"
    beside = policy_of(spf("v=spf1 -all redirect=r.test"), target)
    assert (beside["final"], beside["lookups"]) == ("-", 0)


def test_what_follows_all_is_never_read():
    row = policy_of(spf("v=spf1 -all include:none.test ptr"))
    assert (row["lookups"], row["pointers"], row["problems"]) == (0, [], [])


def test_an_open_include_opens_and_a_neutral_one_does_not():
    assert policy_of(spf("v=spf1 include:o.test -all"), spf("v=spf1 +all", "o.test"))["open_by"] == ["+all (o.test)"]
    assert policy_of(spf("v=spf1 -include:o.test -all"), spf("v=spf1 +all", "o.test"))["final"] == "-"
    assert policy_of(spf("v=spf1 include:o.test -all"), spf("v=spf1 ?all", "o.test"))["open_by"] == []


def test_a_macro_counts_and_is_not_followed():
    made = world(spf("v=spf1 exists:%{i}._spf.test include:%{d}.test -all"))
    row = made.observed().surface().facts("spf").row(0, named=True)
    assert (row["lookups"], row["voids"]) == (2, 0)
    assert not any("%" in name for name, _ in made.asked)


def test_nothing_asked_is_unknown():
    policy = evaluate(VALMONT, Answers())
    assert (policy.record, policy.unknown) == ("", [VALMONT])
