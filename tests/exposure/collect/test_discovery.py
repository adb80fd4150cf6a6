import contextlib
import datetime as dt
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from rempart.exposure.collect.discovery import MOST_FOUND, Discovery
from rempart.exposure.collect.launches import Launch, add, read
from rempart.exposure.collect.question import Endpoint, Observation
from rempart.exposure.collect.transparency import read_list
from rempart.exposure.perimeter import Scope, read_perimeter
from rempart.exposure.protocols.names_seen import (
    MOST_NAMES,
    certificate_names,
    certificates_in,
    plain_name,
    redirected_to,
    spf_names,
)
from rempart.exposure.snapshot import Outcome
from rempart.measurement.errors import AlteredError, InputError, RempartError

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PERIMETER = """
[mandate]
by = "Direction"
on = 2026-11-01
until = 2026-12-31
contact = "https://www.valmont.example/mesure"
[[names]]
name = "www.valmont.example"
"""


def certificate(*names: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "valmont.example")])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1, AT, AT + dt.timedelta(days=90))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def flight(*certificates: bytes) -> bytes:
    """A TLS 1.2 flight whose Certificate message is cut over records of 100 bytes."""
    listed = b"".join(len(each).to_bytes(3, "big") + each for each in certificates)
    body = len(listed).to_bytes(3, "big") + listed
    message = b"\x0b" + len(body).to_bytes(3, "big") + body
    parts = [message[start : start + 100] for start in range(0, len(message), 100)]
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in parts)


def observed(received: bytes = b"", detail=None, name="www.valmont.example") -> Observation:
    end = Endpoint("192.0.2.1", 443, name=name)
    return Observation("", end, "tls.hello", 1, "x", AT, 0.1, Outcome.ANSWERED, b"", received, detail or {})


@pytest.fixture
def discovery() -> Discovery:
    return Discovery(Scope(read_perimeter(PERIMETER, "x")))


def test_names_of_a_certificate_in_clear_are_found(discovery):
    discovery.learn(observed(flight(certificate("www.valmont.example", "*.pacs.valmont.example", "cdn.autre.example"))))
    found = {each.name: (each.origin, each.source, discovery.distance(each.name)) for each in discovery.found()}
    source = "www.valmont.example:443"
    assert found == {
        "valmont.example": ("certificate", source, 1),
        "pacs.valmont.example": ("certificate", source, 1),
        "cdn.autre.example": ("certificate", source, 2),
    }


def test_a_certificate_with_ten_thousand_names_is_read_in_part_and_said(discovery):
    names = [f"n{number}.valmont.example" for number in range(10_000)]
    discovery.learn(observed(flight(certificate(*names))))
    assert len(discovery.found()) == MOST_NAMES
    assert [gap["subject"] for gap in discovery.gaps()] == ["www.valmont.example:443"]


def test_what_is_found_is_bounded_and_said(discovery):
    for number in range(MOST_FOUND + 5):
        discovery.mention(f"n{number}.valmont.example", "ct", "")
    assert len(discovery.found()) == MOST_FOUND
    assert "5 noms" in next(iter(discovery.gaps()))["fr"]


def test_a_redirection_to_a_name_is_found_and_one_to_an_address_is_not():
    assert redirected_to(b"HTTP/1.1 301 M\r\nLocation: https://extranet.valmont.example:8443/x\r\n\r\n") == (
        "extranet.valmont.example"
    )
    assert redirected_to(b"HTTP/1.1 301 M\r\nLocation: https://192.0.2.4/x\r\n\r\n") is None
    assert redirected_to(b"HTTP/1.1 301 M\r\nLocation: /login\r\n\r\n") is None


def test_spf_names_are_those_it_leans_on():
    text = "v=spf1 include:_spf.fournisseur.example a:mail.valmont.example ip4:192.0.2.1 redirect=b.example ~all"
    assert spf_names(text) == ("_spf.fournisseur.example", "mail.valmont.example", "b.example")
    assert spf_names("google-site-verification=include:x.example") == ()


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data):
    list(certificates_in(b"\x16\x03\x03" + data))
    certificate_names(data)
    redirected_to(b"HTTP/1.1 " + data)
    plain_name(data.decode("latin-1"))
    spf_names("v=spf1 " + data.decode("latin-1"))


CRT_SH = json.dumps([{"name_value": "*.valmont.example\nintranet.valmont.example", "common_name": "valmont.example"}])
CERT_SPOTTER = json.dumps([{"id": "1", "dns_names": ["valmont.example", "intranet.valmont.example"]}])
CSV = "crt.sh ID,Common Name,Matching Identities\n1,valmont.example,intranet.valmont.example\n"


@pytest.mark.parametrize("text", [CRT_SH, CERT_SPOTTER, CSV], ids=["crt.sh", "certspotter", "csv"])
def test_lists_of_certificates_are_read_in_their_three_forms(tmp_path, text):
    path = tmp_path / "list"
    path.write_text(text)
    assert read_list(path) == ("intranet.valmont.example", "valmont.example")


@pytest.mark.parametrize("text", ["<html></html>", '{"message": "rate limited"', "[1, 2]", "a,b\n1,2\n"])
def test_what_is_no_list_is_refused(tmp_path, text):
    path = tmp_path / "list"
    path.write_text(text)
    with pytest.raises(InputError):
        read_list(path)


@given(st.binary(max_size=300))
def test_any_file_is_a_list_or_is_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("lists") / "list"
    path.write_bytes(data)
    with contextlib.suppress(RempartError):
        assert isinstance(read_list(path), tuple)


def launch(event: str) -> Launch:
    return Launch(
        at=AT,
        event=event,
        command="audit",
        user="alice",
        host="poste",
        perimeter="sha256:0",
        mandate="Direction",
        declared=("valmont.example",),
    )


def test_launches_are_added_in_a_chain(tmp_path):
    path = tmp_path / "perimeter.log.jsonl"
    for event in ("began", "ended", "began"):
        add(path, launch(event))
    assert [each.event for each in read(path)] == ["began", "ended", "began"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: [lines[0].replace("alice", "bob"), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], "not json", lines[2]],
    ],
    ids=["changed", "first removed", "middle removed", "moved", "broken"],
)
def test_a_changed_log_shows(tmp_path, spoil):
    path = tmp_path / "perimeter.log.jsonl"
    for event in ("began", "ended", "began"):
        add(path, launch(event))
    path.write_text("\n".join(spoil(path.read_text().splitlines())) + "\n")
    with pytest.raises(AlteredError):
        read(path)


def test_without_its_log_nothing_is_launched(tmp_path):
    with pytest.raises(InputError, match="nothing is launched"):
        add(tmp_path / "none" / "x.log.jsonl", launch("began"))
