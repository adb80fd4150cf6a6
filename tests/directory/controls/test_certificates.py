import random
from datetime import timedelta
from functools import cache
from math import isqrt, prod

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from rempart.directory.controls.certificates import assess, is_roca, split_pair
from rempart.measurement.verdict import Status
from tests.directory.maker import AT, DN

PKI = f"CN=Public Key Services,CN=Services,CN=Configuration,{DN}"
NTAUTH = f"CN=NTAuthCertificates,{PKI}"
SHA256_RSA = bytes.fromhex("2a864886f70d01010b")
LEVELS = (1, 2, 3)


@cache
def signer(kind="rsa"):
    return {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ed": ed25519.Ed25519PrivateKey.generate,
        "dsa": lambda: dsa.generate_private_key(2048),
    }[kind]()


def make_certificate(public=None, *, kind="rsa", until=AT + timedelta(days=365)):
    """A certificate signed by a throw-away key, over `public` (default: that key's own)."""
    key = signer(kind)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Essai")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(7)
        .public_key(public or key.public_key())
        .not_valid_before(until - timedelta(days=3650))
        .not_valid_after(until)
    )
    return builder.sign(key, None if kind == "ed" else hashes.SHA256()).public_bytes(Encoding.DER)


def rsa_public(bits, exponent=65537, seed=1):
    """A key of that size; nobody needs to know its factors."""
    modulus = random.Random(seed).getrandbits(bits) | (1 << (bits - 1)) | 1  # noqa: S311 — no secret here
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def first_primes(count):
    found = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found if prime <= isqrt(number)):
            found.append(number)
        number += 1
    return found


def roca_modulus(primes, bits):
    """The product of two numbers of the faulty form, k·M + (65537^a mod M); the fingerprint needs no primality."""
    source = random.Random(bits)  # noqa: S311 — no secret here
    product = prod(first_primes(primes))
    return prod(
        source.getrandbits(max(bits // 2 - product.bit_length(), 8)) * product
        + pow(65537, source.getrandbits(60), product)
        for _ in range(2)
    )


def with_signature(last):
    """The same certificate under another PKCS#1 signature algorithm: 5 is SHA-1, 4 MD5, 2 MD2 (RFC 8017, A.2.4)."""
    return make_certificate().replace(SHA256_RSA, SHA256_RSA[:-1] + bytes([last]))


def pair(issued_to, issued_by):
    def element(tag, content):
        return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content

    return element(0x30, element(0xA0, issued_to) + element(0xA1, issued_by))


def add_trusted(maker, *certificates, attribute="cACertificate", dn=NTAUTH):
    return maker.add(dn, ["certificationAuthority"], **{attribute: list(certificates)})


def failed_levels(maker, judge):
    found = {level: judge(maker, "vuln_certificates_vuln", level=level) for level in LEVELS}
    return {level for level, verdict in found.items() if verdict.status is Status.FAILED}


# -- one certificate ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rsa", "ec", "ed"])
def test_a_sound_certificate_has_no_fault(kind):
    found = assess(make_certificate(kind=kind))
    assert found.faults == {}
    assert found.expires == AT + timedelta(days=365)


@pytest.mark.parametrize(
    ("bits", "exponent", "faults"),
    [
        (512, 65537, {1: "RSA 512"}),
        (1023, 65537, {1: "RSA 1023"}),
        (1024, 65537, {3: "RSA 1024"}),
        (2047, 65537, {3: "RSA 2047"}),
        (2048, 65537, {}),
        (2048, 3, {3: "exposant 3"}),
        (1024, 17, {3: "RSA 1024, exposant 17"}),
        (4096, 65539, {}),
    ],
)
def test_rsa_keys_are_weighed(bits, exponent, faults):
    assert assess(make_certificate(rsa_public(bits, exponent))).faults == faults


def test_a_dsa_key_is_a_fault_of_level_1():
    assert assess(make_certificate(signer("dsa").public_key())).faults == {1: "DSA"}


@pytest.mark.parametrize(
    ("last", "fault"), [(5, "signature SHA1"), (4, "signature MD5"), (2, "signature 1.2.840.113549.1.1.2")]
)
def test_weak_signatures_are_faults_of_level_3(last, fault):
    assert assess(with_signature(last)).faults == {3: fault}


def test_a_version_nobody_defined_cannot_be_decoded():
    """The fuzzer's find: version 8 (RFC 5280, 4.1.2.1 knows 1 to 3)."""
    sound = make_certificate()
    assert sound.count(bytes.fromhex("a003020102")) == 1
    assert set(assess(sound.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020107"))).faults) == {2}


@pytest.mark.parametrize("der", [b"", b"\x30", b"-----BEGIN CERTIFICATE-----", make_certificate()[:-40]])
def test_what_cannot_be_decoded_is_a_fault_of_level_2(der):
    found = assess(der)
    assert found.faults == {2: "indéchiffrable"}
    assert found.expires is None


# -- ROCA ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("primes", "bits"), [(39, 512), (71, 1024), (126, 2048), (225, 4096)])
def test_the_fingerprint_of_the_faulty_library_is_seen(primes, bits):
    modulus = roca_modulus(primes, bits)
    assert is_roca(modulus)
    assert "ROCA" in assess(make_certificate(rsa.RSAPublicNumbers(65537, modulus).public_key())).faults[1]


def test_ordinary_moduli_do_not_bear_it():
    source = random.Random(5)  # noqa: S311 — no secret here
    assert not any(is_roca(source.getrandbits(2048) | 1) for _ in range(2000))
    assert not is_roca(signer().public_key().public_numbers().n)


def test_powers_of_different_exponents_are_no_fingerprint():
    """Each residue is a power of 65537, but no exponent gives them all: prime by prime is not enough."""
    primes = first_primes(39)[1:]
    modulus, product = 1, 1
    for place, prime in enumerate(primes):
        wanted = pow(65537, place * place, prime)
        while modulus % prime != wanted:
            modulus += product
        product *= prime
    assert all(any(pow(65537, e, p) == modulus % p for e in range(p)) for p in primes)
    assert not is_roca(modulus)


# -- pairs --------------------------------------------------------------------------------------------------------


def test_a_pair_is_split():
    first, second = make_certificate(), make_certificate(kind="ec")
    assert split_pair(pair(first, second)) == [first, second]


@pytest.mark.parametrize("raw", [b"", b"\x30", b"\x30\x00", b"\x30\x82\x01", b"\x02\x01\x05", make_certificate()])
def test_what_is_no_pair_stays_whole(raw):
    assert split_pair(raw) == [raw]


# -- the control --------------------------------------------------------------------------------------------------


def test_vuln_certificates_vuln_passes(maker, judge):
    add_trusted(maker, make_certificate(), b"\0")
    for level in LEVELS:
        verdict = judge(maker, "vuln_certificates_vuln", level=level)
        assert verdict.status is Status.SATISFIED
        assert verdict.measured == {"certificates": 1}


def test_vuln_certificates_vuln_fails_at_level_1(maker, judge):
    add_trusted(maker, make_certificate(), make_certificate(signer("dsa").public_key()))
    assert failed_levels(maker, judge) == {1}
    verdict = judge(maker, "vuln_certificates_vuln", level=1)
    assert verdict.subjects["name"].to_list() == ["NTAuthCertificates"]
    assert verdict.subjects["fault"].to_list() == ["DSA"]


def test_vuln_certificates_vuln_fails_at_level_2(maker, judge):
    maker.user("agent", userCertificate=[b"\x30\x03abc"])
    assert failed_levels(maker, judge) == {2}
    verdict = judge(maker, "vuln_certificates_vuln", level=2)
    assert verdict.subjects["name"].to_list() == ["agent"]
    assert verdict.subjects["attribute"].to_list() == ["userCertificate"]


def test_vuln_certificates_vuln_fails_at_level_3(maker, judge):
    maker.computer("SRV1", userCertificate=[with_signature(5), make_certificate(rsa_public(1024))])
    assert failed_levels(maker, judge) == {3}
    verdict = judge(maker, "vuln_certificates_vuln", level=3)
    assert verdict.subjects["name"].to_list() == ["SRV1$", "SRV1$"]
    assert sorted(verdict.subjects["fault"]) == ["RSA 1024", "signature SHA1"]


def test_the_value_shown_is_the_thumbprint(maker, judge):
    der = make_certificate(rsa_public(1024))
    maker.user("agent", userCertificate=[der])
    shown = judge(maker, "vuln_certificates_vuln", level=3).subjects["value"].item()
    expected = x509.load_der_x509_certificate(der).fingerprint(hashes.SHA1())  # noqa: S303 — what Windows shows
    assert shown == expected.hex().upper()


@pytest.mark.parametrize(
    ("dn", "failed"),
    [
        (NTAUTH, {3}),
        (f"CN=Racine,CN=Certification Authorities,{PKI}", {3}),
        (f"CN=Racine,CN=AIA,{PKI}", {3}),
        (f"CN=Emission,CN=Enrollment Services,{PKI}", set()),
    ],
)
def test_an_expired_certificate_counts_only_where_it_is_trusted(maker, judge, dn, failed):
    add_trusted(maker, make_certificate(rsa_public(1024), until=AT - timedelta(days=1)), dn=dn)
    assert failed_levels(maker, judge) == failed


def test_both_sides_of_a_pair_are_judged(maker, judge):
    weak = make_certificate(rsa_public(1024))
    add_trusted(
        maker,
        pair(make_certificate(), weak),
        pair(weak, make_certificate()),
        attribute="crossCertificatePair",
        dn=f"CN=Racine,CN=AIA,{PKI}",
    )
    verdict = judge(maker, "vuln_certificates_vuln", level=3)
    assert verdict.subjects["attribute"].to_list() == ["crossCertificatePair"] * 2


def test_one_certificate_held_by_many_is_parsed_once(maker, judge, monkeypatch):
    seen = []
    monkeypatch.setattr("rempart.directory.controls.certificates.assess", lambda der: seen.append(der) or assess(der))
    der = make_certificate(rsa_public(1024))
    for place in range(5):
        maker.user(f"agent{place}", userCertificate=[der])
    verdict = judge(maker, "vuln_certificates_vuln", level=3)
    assert verdict.subjects.height == 5
    assert seen == [der]


@pytest.mark.parametrize("level", LEVELS)
def test_a_directory_without_certificates_has_no_matter(maker, judge, level):
    assert judge(maker, "vuln_certificates_vuln", level=level).status is Status.NOT_APPLICABLE
