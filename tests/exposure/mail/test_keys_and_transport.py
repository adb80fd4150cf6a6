"""DKIM keys, MTA-STS, TLS-RPT, TLSA, and the first words of a mail server."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.mail import dkim, smtp, transport
from tests.exposure.lab.zones import rsa_key

POLICY = b"version: STSv1\r\nmode: enforce\r\nmx: mx.valmont.test\r\nmx: *.relay.test\r\nmax_age: 604800\r\n"


def encoded(public, form=PublicFormat.SubjectPublicKeyInfo, encoding=Encoding.DER) -> str:
    return base64.b64encode(public.public_bytes(encoding, form)).decode()


def test_an_rsa_key_is_measured_folded_or_not():
    text = encoded(rsa_key(2048).public_key())
    assert dkim.parse(f"v=DKIM1; k=rsa; p={text}").bits == 2048
    assert dkim.parse(f"p={text[:50]} \t{text[50:]}").bits == 2048


def test_an_ed25519_key_has_32_bytes():
    raw = encoded(ed25519.Ed25519PrivateKey.generate().public_key(), PublicFormat.Raw, Encoding.Raw)
    assert dkim.parse(f"v=DKIM1; k=ed25519; p={raw}").bits == 256
    assert dkim.parse("v=DKIM1; k=ed25519; p=AAAA").problem == "dkim.unreadable_key"


def test_keys_that_nobody_can_use():
    curve = encoded(ec.generate_private_key(ec.SECP256R1()).public_key())
    assert dkim.parse(f"v=DKIM1; p={curve}").problem == "dkim.unreadable_key"
    assert dkim.parse("v=DKIM1; p=!!!").problem == "dkim.unreadable_key"
    assert dkim.parse("v=DKIM1; k=dsa; p=AAAA").problem == "dkim.unknown_algorithm"


def test_what_a_key_says_of_itself():
    key = dkim.parse(f"h=sha1; t=y:s; p={encoded(rsa_key(2048).public_key())}")
    assert (key.testing, key.sha1_only) == (True, True)
    assert dkim.parse("v=DKIM1; p=").revoked
    assert dkim.parse(f"k=rsa; v=DKIM1; p={encoded(rsa_key(2048).public_key())}").problem == "dkim.version_not_first"


def test_other_records_at_the_same_name_are_no_keys():
    assert not dkim.is_key("v=spf1 -all")
    assert not dkim.is_key("v=DMARC1; p=none")
    assert dkim.is_key("k=rsa; p=AAAA")


def test_a_policy_and_its_patterns():
    policy = transport.parse_policy(POLICY)
    assert (policy.mode, policy.max_age, policy.problems) == ("enforce", 604800, ())
    assert policy.allows("MX.valmont.test.")
    assert policy.allows("a.relay.test")
    assert not policy.allows("a.b.relay.test")
    assert not policy.allows("relay.test")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (POLICY.replace(b"STSv1", b"STSv2"), "mta_sts.version"),
        (POLICY.replace(b"enforce", b"on"), "mta_sts.mode"),
        (POLICY.replace(b"604800", b"99999999"), "mta_sts.max_age"),
        (POLICY.replace(b"604800", b"a week"), "mta_sts.max_age"),
        (POLICY.replace(b"mx: ", b"mta: "), "mta_sts.mx"),
        (POLICY.replace(b"*.relay", b"a.*.relay"), "mta_sts.mx"),
    ],
)
def test_policies_with_a_fault(content, problem):
    assert transport.parse_policy(content).problems == (problem,)


def test_mode_none_needs_no_server():
    assert transport.parse_policy(b"version: STSv1\nmode: none\nmax_age: 86400\n").problems == ()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 70_000])
def test_what_is_no_policy(content):
    with pytest.raises(Malformed):
        transport.parse_policy(content)


def test_records_of_sts_and_of_reports():
    assert transport.sts_id("v=STSv1; id=20261124Z;") == "20261124Z"
    for text in ("v=STSv1; id=", "id=1; v=STSv1", "v=STSv1; id=a-b", f"v=STSv1; id={'1' * 33}"):
        with pytest.raises(Malformed):
            transport.sts_id(text)
    assert transport.report_addresses("v=TLSRPTv1; rua=mailto:a@x.test, https://x.test/r") == (
        "mailto:a@x.test",
        "https://x.test/r",
    )
    for text in ("v=TLSRPTv1", "v=TLSRPTv1; rua=a@x.test", "rua=mailto:a@x.test"):
        with pytest.raises(Malformed):
            transport.report_addresses(text)


def test_tlsa_a_sender_can_use():
    assert transport.tlsa_usable(3, 1, 1, b"x" * 32)
    assert transport.tlsa_usable(2, 0, 2, b"x" * 64)
    assert transport.tlsa_usable(3, 1, 0, b"key")
    assert not transport.tlsa_usable(1, 1, 1, b"x" * 32)
    assert not transport.tlsa_usable(3, 1, 1, b"x" * 31)
    assert not transport.tlsa_usable(3, 2, 1, b"x" * 32)


def test_a_talk_with_a_mail_server():
    data = b"220 mx.test ESMTP\r\n250-mx.test Hello\r\n250-AUTH=LOGIN PLAIN\r\n250-SIZE 1000\r\n250 STARTTLS\r\n221 Bye"
    greeting, offer = smtp.replies(data)
    assert greeting == smtp.Reply(220, ("mx.test ESMTP",))
    assert smtp.extensions(offer) == {"AUTH": ("LOGIN", "PLAIN"), "SIZE": ("1000",), "STARTTLS": ()}
    assert smtp.complete(b"250-a\r\n250 b\r\n")
    assert not smtp.complete(b"250-a\r\n250-b\r\n")
    assert not smtp.complete(b"220 mx")


def test_what_is_no_smtp():
    with pytest.raises(Malformed):
        smtp.replies(b"SSH-2.0-OpenSSH\r\n")
