"""The parsers and builders of TLS, on good bytes and on any bytes."""

import ssl
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.protocols.tls import ssl2, starttls
from rempart.exposure.protocols.tls.answer import read_answer
from rempart.exposure.protocols.tls.certificate import covers, read_certificate
from rempart.exposure.protocols.tls.flight import FlightEnd
from rempart.exposure.protocols.tls.hello import client_hello, offer, read_client_hello
from tests.exposure.lab import certificates
from tests.exposure.tls.served import Served, leaf

RANDOM = bytes(range(32))
FLIGHTS = [
    Served().answer(offer(version, reg.suites_of(version), "a.example"))[1] for version in (reg.TLS12, reg.TLS13)
]


def test_the_table_holds_more_than_360_suites_and_says_what_their_names_say():
    suites = reg.suites().values()
    assert len(suites) >= 360
    assert len({suite.name for suite in suites}) == len(suites) - 2  # FIPS suites have two codes each
    for suite in suites:
        if "_WITH_" in suite.name:
            assert suite.export == ("EXPORT" in suite.name)
            assert (suite.cipher == "NULL") == ("WITH_NULL" in suite.name)
            assert (suite.authentication == "anon") == ("_anon" in suite.name)
            assert suite.fs == (suite.key_exchange in {"ECDHE", "DHE", "CECPQ1", "ECCPWD", "any"})
        for bits in ("128", "256"):
            if f"AES_{bits}" in suite.name:
                assert suite.bits == int(bits)


def test_the_table_agrees_with_openssl():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    for cipher in context.get_ciphers():
        suite = reg.suites()[cipher["id"] & 0xFFFF]
        assert suite.bits == cipher["strength_bits"] or "CCM_8" in suite.name
        assert suite.aead == cipher["aead"]


def test_the_order_offers_what_servers_speak_first():
    first = [reg.suites()[code] for code in reg.suites_of(reg.TLS12)[:64]]
    assert all(suite.usual for suite in first[:40])
    assert {s.code for s in reg.suites().values() if s.usual and s.lowest != reg.TLS13} <= {s.code for s in first}


@pytest.mark.parametrize("version", [version for version in reg.VERSIONS if version != reg.SSL2])
def test_a_hello_is_read_as_it_was_built(version):
    hello = offer(version, reg.suites_of(version)[:10], "portail.valmont.example", ("h2",))
    read, start = read_client_hello(b"EHLO x\r\nSTARTTLS\r\n" + client_hello(hello, RANDOM))
    assert start == 18
    assert (read.version, read.suites) == (hello.version, hello.suites)
    if version != reg.SSL3:
        assert (read.groups, read.name) == (hello.groups, hello.name)


@pytest.mark.parametrize("name", ["", "a" * 70 + ".example", "..", "hôpital.example"])
def test_a_name_that_dns_cannot_write_is_not_sent(name):
    client_hello(offer(reg.TLS12, (1,), name), RANDOM)


def test_ssl2_says_its_suites():
    record = b"\x04\x00\x01\x00\x02\x00\x03\x00\x06\x00\x10DER" + bytes.fromhex("010080020080") + bytes(16)
    answer = ssl2.read_answer((len(record) | 0x8000).to_bytes(2) + record)
    assert answer == ssl2.OldAnswer((0x010080, 0x020080), b"DER")
    assert ssl2.client_hello(bytes(16))[:5].hex() == "802e010002"


@pytest.mark.parametrize(
    ("names", "wanted", "expected"),
    [
        (("a.example",), "A.example.", True),
        (("*.valmont.example",), "x.valmont.example", True),
        (("*.valmont.example",), "y.x.valmont.example", False),
        (("*.valmont.example",), "valmont.example", False),
        (("*.example",), "a.example", False),
        (("192.0.2.1",), "192.0.2.1", True),
        (("2001:db8::1",), "2001:db8:0::1", True),
        ((), "a.example", False),
    ],
)
def test_names_are_compared_as_clients_do(names, wanted, expected):
    assert covers(names, wanted) is expected


def test_a_certificate_with_ten_thousand_names_is_read():
    names = [f"n{number}.example" for number in range(6000)]
    read = read_certificate(certificates.leaf(certificates.root(), names).der)
    assert len(read.names) == 6000


@pytest.mark.parametrize("dialect", starttls.DIALECTS)
def test_a_refusal_is_told_from_a_consent(dialect):
    good = {
        "smtp": [b"220 mx\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"220 go\r\n"],
        "imap": [b"* OK ready\r\n", b"a1 OK begin\r\n"],
        "pop3": [b"+OK ready\r\n", b"+OK begin\r\n"],
        "ftp": [b"220-hello\r\n220 ready\r\n", b"234 go\r\n"],
        "ldap": [bytes.fromhex("300c02010178070a010004000400")],
        "postgresql": [b"S"],
        "mysql": [b"\x23\x00\x00\x00\x0a8.0.1\x00" + bytes(4) + bytes(8) + b"\x00\xff\xff" + bytes(13)],
        "rdp": [bytes.fromhex("030000130ed000000000000200080001000000")],
        "xmpp": [
            b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
            b"<proceed/>",
        ],
    }
    steps = [step for step in starttls.steps(dialect) if step.replied]
    for step, reply in zip(steps, good[dialect], strict=True):
        assert step.ended(reply), reply
        assert step.agreed(reply), reply
        assert not step.agreed(b"-ERR no\r\n")
        assert not step.ended(b"")


ANY = st.binary(max_size=400) | st.tuples(st.sampled_from(FLIGHTS), st.integers(0, 4000), st.binary(max_size=6)).map(
    lambda parts: parts[0][: parts[1] % len(parts[0])] + parts[2] + parts[0][parts[1] % len(parts[0]) + len(parts[2]) :]
)


@pytest.mark.parametrize(
    ("good", "bad"),
    [(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x3a"), (b"\x55\x1d\x11", b"\x55\x1d\x23"), (b"\x30", b"\x31")],
)
def test_a_certificate_that_lies_about_its_version_or_repeats_itself_is_malformed(good, bad):
    with pytest.raises(Malformed):
        read_certificate(leaf()[0].replace(good, bad, 1))


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_any_answer_is_read_or_malformed(data):
    hello = client_hello(offer(reg.TLS13, reg.suites_of(reg.TLS13), ""), RANDOM)
    with suppress(Malformed):
        read_answer(data, hello)
    assert FlightEnd(hello)(data) in {True, False}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_old_answer_hello_or_word_is_read_or_malformed(data):
    for reader in (ssl2.read_answer, read_client_hello):
        with suppress(Malformed):
            reader(b"\x80\x20\x04" + data)
    ssl2.ended(data)
    for steps in starttls.DIALECTS.values():
        for step in steps:
            step.ended(data)
            step.agreed(data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1200), st.binary(max_size=8))
def test_any_certificate_is_read_or_malformed(at, change):
    der = leaf()[0]
    with suppress(Malformed):
        read_certificate(der[:at] + change + der[at + len(change) :])
