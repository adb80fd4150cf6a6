"""Answers of resolvers: what is absent, what is unknown, and messages made to hurt."""

import struct
from datetime import UTC, datetime

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import Answers, Asked, State, canonical, read_answer
from rempart.exposure.protocols.dns.names import list_version, parents, registrable
from tests.exposure.mail.world import VALMONT, spf, world

AT = datetime(2026, 11, 23, tzinfo=UTC)
QUERY = dns.message.make_query("a.test", "A")


def reply(*rrsets, rcode=dns.rcode.NOERROR, flags=0, query=QUERY):
    message = dns.message.make_response(query)
    message.set_rcode(rcode)
    message.flags |= flags
    message.answer += [dns.rrset.from_text(name, 60, "IN", rdtype, text) for name, rdtype, text in rrsets]
    return message.to_wire(max_size=65535)


def read(*rrsets, **more):
    return read_answer(QUERY.to_wire(), reply(*rrsets, **more), AT)[1]


def test_states():
    assert read(("a.test.", "A", "192.0.2.1")).state is State.PRESENT
    assert read().state is State.NODATA
    assert read(rcode=dns.rcode.NXDOMAIN).state is State.NXDOMAIN
    assert read(rcode=dns.rcode.SERVFAIL).state is State.UNKNOWN
    assert read(("a.test.", "A", "192.0.2.1"), flags=dns.flags.TC).state is State.UNKNOWN


def test_aliases_are_followed_and_loops_end():
    chain = read(("a.test.", "CNAME", "b.test."), ("b.test.", "CNAME", "c.test."), ("c.test.", "A", "192.0.2.1"))
    assert (chain.aliases, chain.state) == (("b.test", "c.test"), State.PRESENT)
    loop = read(("a.test.", "CNAME", "b.test."), ("b.test.", "CNAME", "a.test."))
    assert (loop.aliases, loop.state) == (("b.test",), State.NODATA)


@pytest.mark.parametrize(
    "received",
    [
        b"",
        b"\0" * 12,
        reply()[:11],
        reply(query=dns.message.make_query("a.test", "A", id=(QUERY.id + 1) % 65536)),
        reply(query=dns.message.make_query("b.test", "A", id=QUERY.id)),
        QUERY.to_wire(),
        # a name that points to itself, and two that point to each other
        QUERY.to_wire()[:2]
        + struct.pack("!5H", 0x8180, 1, 1, 0, 0)
        + b"\xc0\x0c\0\1\0\1"
        + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\0",
        QUERY.to_wire()[:2] + struct.pack("!5H", 0x8180, 1, 0, 0, 0) + b"\xc0\x0e\xc0\x0c\0\1\0\1",
    ],
    ids=lambda received: str(len(received)) if isinstance(received, bytes) else "",
)
def test_what_answers_nothing_is_malformed(received):
    with pytest.raises(Malformed):
        read_answer(QUERY.to_wire(), received, AT)


def test_an_absence_is_said_twice_and_a_record_once():
    answers = Answers()
    answers.add(Asked("a.test", "A"), read(rcode=dns.rcode.NXDOMAIN))
    assert answers.get("a.test", "A").state is State.UNKNOWN
    answers.add(Asked("a.test", "A"), read(rcode=dns.rcode.SERVFAIL))
    assert answers.get("A.test.", "A").state is State.UNKNOWN
    answers.add(Asked("a.test", "A"), read(rcode=dns.rcode.NXDOMAIN))
    assert answers.get("a.test", "A").state is State.NXDOMAIN
    answers.add(Asked("a.test", "A"), read(("a.test.", "A", "192.0.2.1")))
    assert answers.get("a.test", "A").state is State.PRESENT


def test_what_lacks_is_wanted_once():
    answers = Answers()
    assert answers.get("B.test.", "MX").state is State.UNKNOWN
    answers.get("b.test", "MX")
    assert list(answers.wanted) == [Asked("b.test", "MX")]
    assert answers.get("a..test", "A").state is State.NXDOMAIN


def test_names():
    assert canonical("Hôpital.test.") == "xn--hpital-ixa.test"
    assert canonical(".") == "."
    with pytest.raises(Malformed):
        canonical("a" * 64 + ".test")
    assert registrable("www.chu.asso.fr") == registrable("chu.asso.fr")
    assert registrable("x.azurewebsites.net") == "x.azurewebsites.net"
    assert parents("a.b.c") == ["a.b.c", "b.c", "c"]
    assert list_version().count(".") >= 2


def test_a_silent_resolver_is_asked_three_times_and_never_believed():
    made = world(spf("v=spf1 -all"), silent={f"_dmarc.{VALMONT}"})
    surface = made.observed().surface()
    assert made.asked.count((f"_dmarc.{VALMONT}", "TXT")) == 3
    assert surface.facts("dmarc")["state"].to_list() == ["unknown"]


def test_an_absence_takes_two_questions_and_a_selector_one():
    made = world()
    made.observed()
    assert made.asked.count((VALMONT, "CAA")) == 2
    assert made.asked.count((f"selector1._domainkey.{VALMONT}", "TXT")) == 1


def test_a_giant_record_is_read_and_its_length_is_no_danger():
    texts = " ".join(['"' + "x" * 250 + '"'] * 200)
    surface = world({(VALMONT, "TXT"): [texts, '"v=spf1 -all"']}).observed().surface()
    assert surface.facts("spf")["record"].to_list() == ["v=spf1 -all"]


def test_an_answer_that_is_no_dns_is_no_absence():
    made = world(spf("v=spf1 -all"))
    good = made.answer
    made.answer = lambda query, name, rdtype: b"\xff" * 40 if rdtype == "MX" else good(query, name, rdtype)
    assert made.observed().surface().facts("mx")["state"].to_list() == ["unknown"]
