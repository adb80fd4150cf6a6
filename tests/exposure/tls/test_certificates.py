"""Controls of certificates and of profiles, on servers made of bytes."""

from datetime import UTC, datetime

import pytest
from cryptography import x509

from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import evaluations
from rempart.exposure.controls.tls_grade import grade
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.surface import Surface
from rempart.measurement.verdict import Status
from tests.exposure.lab import certificates as lab
from tests.exposure.maker import AT
from tests.exposure.tls.served import AES_13, CODES, ECDHE_CBC, ECDHE_GCM, X25519, Served, leaf, played
from tests.shared_data import needs_data, shared_data

S = Status
OCSP = x509.AuthorityInformationAccess(
    [
        x509.AccessDescription(
            x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.valmont.example")
        )
    ]
)
STAPLE = x509.TLSFeature([x509.TLSFeatureType.status_request])


def with_chain(**changes: object) -> Served:
    return Served(chain=leaf(**changes))


def test_vuln_tls_expired_fails(judge):
    verdict = judge(played(with_chain(days=(-100, -1))), "vuln_tls_expired")
    assert verdict.status is S.FAILED
    assert verdict.subjects["subject"].to_list() == ["CN=portail.valmont.example"]


def test_vuln_tls_expired_fails_before_its_time(judge):
    assert judge(played(with_chain(days=(5, 60))), "vuln_tls_expired").status is S.FAILED


def test_vuln_tls_expired_passes(judge):
    assert judge(played(Served()), "vuln_tls_expired").status is S.SATISFIED


def test_warning_tls_expires_soon_fails(judge):
    assert judge(played(with_chain(days=(-60, 29))), "warning_tls_expires_soon").status is S.FAILED


def test_warning_tls_expires_soon_passes(judge):
    assert judge(played(with_chain(days=(-60, 31))), "warning_tls_expires_soon").status is S.SATISFIED


@pytest.mark.parametrize(
    ("days", "expected"),
    [((-10, 190), S.SATISFIED), ((-10, 191), S.FAILED), ((-300, 98), S.SATISFIED), ((-300, 99), S.FAILED)],
)
def test_warning_tls_validity_fails_by_the_calendar_of_the_day_of_issue(judge, days, expected):
    assert judge(played(with_chain(days=days)), "warning_tls_validity").status is expected


def test_warning_tls_validity_passes(judge):
    assert judge(played(Served()), "warning_tls_validity").status is S.SATISFIED


def test_vuln_tls_name_fails_on_another_name(judge):
    verdict = judge(played(with_chain(names=["autre.valmont.example", "*.portail.valmont.example"])), "vuln_tls_name")
    assert verdict.subjects["shown"].to_list() == ["autre.valmont.example, *.portail.valmont.example"]


@pytest.mark.parametrize("names", [["portail.valmont.example"], ["*.valmont.example"], ["PORTAIL.valmont.example."]])
def test_vuln_tls_name_passes_by_name_or_wildcard(judge, names):
    assert judge(played(with_chain(names=names)), "vuln_tls_name").status is S.SATISFIED


def test_vuln_tls_name_passes_over_a_service_without_a_name(judge):
    assert judge(played(Served(name="")), "vuln_tls_name").status is S.NOT_APPLICABLE
    speaking = Served(name="", chain=leaf(names=["192.0.2.99"]))
    assert judge(played(speaking), "vuln_tls_name").status is S.FAILED


def test_vuln_tls_trust_fails_on_a_self_signed_certificate(judge):
    own = lab.leaf(None, ["portail.valmont.example"], at=AT)
    verdict = judge(played(Served(chain=(own.der,), trust_code=18)), "vuln_tls_trust")
    assert verdict.subjects.select("self_signed", "trust_code").rows() == [(True, 18)]


def test_vuln_tls_trust_passes(judge):
    assert judge(played(Served()), "vuln_tls_trust").status is S.SATISFIED


def test_vuln_tls_trust_is_not_evaluated_when_the_date_hides_it(judge):
    assert judge(played(Served(trust_code=10)), "vuln_tls_trust").status is S.NOT_EVALUATED


def test_vuln_tls_chain_fails_without_its_intermediate(judge):
    assert judge(played(Served(chain=leaf()[:1], trust_code=20)), "vuln_tls_chain").status is S.FAILED


def test_vuln_tls_chain_fails_out_of_order(judge):
    own, middle = leaf()
    disordered = Served(chain=(own, lab.root().der, middle))
    assert judge(played(disordered), "vuln_tls_chain").status is S.FAILED


def test_vuln_tls_chain_passes(judge):
    assert judge(played(Served()), "vuln_tls_chain").status is S.SATISFIED


@pytest.mark.parametrize(
    ("bits", "year", "expected"),
    [
        (1024, 2026, (S.SATISFIED, S.FAILED, S.FAILED)),
        (2048, 2030, (S.SATISFIED, S.SATISFIED, S.FAILED)),
        (2048, 2031, (S.SATISFIED, S.FAILED, S.FAILED)),
        (3072, 2031, (S.SATISFIED, S.SATISFIED, S.SATISFIED)),
    ],
)
def test_vuln_tls_key_size_fails_by_size_and_date(bits, year, expected):
    maker = played(with_chain(key=lab.rsa_key(bits)))
    surface = Surface(maker.snapshot(), datetime(year, 6, 1, tzinfo=UTC))
    verdicts = evaluations()["vuln_tls_key_size"](catalogue().controls["vuln_tls_key_size"], surface)
    assert tuple(verdict.status for verdict in verdicts) == expected


def test_vuln_tls_key_size_passes_on_a_curve(judge):
    assert judge(played(with_chain(key=lab.ec_key())), "vuln_tls_key_size", level=4).status is S.SATISFIED


def test_vuln_tls_certificate_signature_fails_on_sha1(judge, tmp_path):
    own = lab.signed_with_sha1("portail.valmont.example", tmp_path)
    verdict = judge(played(Served(chain=(own.der,))), "vuln_tls_certificate_signature")
    assert verdict.subjects["signature"].to_list() == ["SHA1"]


def test_vuln_tls_certificate_signature_passes(judge):
    assert judge(played(Served()), "vuln_tls_certificate_signature").status is S.SATISFIED


def test_warning_tls_transparency_fails(judge):
    assert judge(played(Served()), "warning_tls_transparency").status is S.FAILED


def test_warning_tls_transparency_passes_when_the_handshake_brings_a_proof(judge):
    beside = Served(extensions=("renegotiation_info", "signed_certificate_timestamp"))
    assert judge(played(beside), "warning_tls_transparency").status is S.SATISFIED


def test_info_tls_stapling_fails(judge):
    bare = Served(chain=leaf(extensions=(OCSP, STAPLE)), stapled=False)
    verdict = judge(played(bare), "info_tls_stapling")
    assert verdict.subjects["must_staple"].to_list() == [True]


def test_info_tls_stapling_passes(judge):
    assert judge(played(Served(chain=leaf(extensions=(OCSP,)))), "info_tls_stapling").status is S.SATISFIED
    assert judge(played(Served(stapled=False)), "info_tls_stapling").status is S.SATISFIED  # no responder is named


def test_info_tls_profile_anssi_fails_with_each_gap_named(judge):
    served = Served(suites={reg.TLS11: (ECDHE_CBC,), reg.TLS12: (ECDHE_GCM, ECDHE_CBC)}, groups=(X25519, 0x0013))
    found = judge(played(served), "info_tls_profile_anssi").subjects
    assert found.select("profile", "distance").rows() == [("anssi", 3)]
    assert set(found["gaps"][0].split(", ")) == {"TLS 1.1", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "secp192r1"}


def test_info_tls_profile_anssi_passes(judge):
    assert judge(played(Served()), "info_tls_profile_anssi").status is S.SATISFIED


def test_info_tls_profile_mozilla_fails_profile_by_profile(judge):
    found = judge(played(Served(suites={reg.TLS12: (ECDHE_GCM,)})), "info_tls_profile_mozilla").subjects
    assert set(found["profile"]) == {"mozilla 5.8 modern", "mozilla 6.0 modern"}


def test_info_tls_profile_mozilla_passes_the_modern_server(judge):
    modern = Served(suites={reg.TLS13: (AES_13,)}, chain=leaf(key=lab.ec_key()))
    found = judge(played(modern), "info_tls_profile_mozilla")
    assert found.subjects["profile"].to_list() == ["mozilla 5.8 old"]  # which asks for an RSA certificate


@needs_data("exposure/mozilla-tls")
def test_the_profiles_say_what_mozilla_publishes():
    import json  # noqa: PLC0415 — only where the data is

    from rempart.exposure.controls.tls_profiles import profiles  # noqa: PLC0415 — same

    versions = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}
    names = {
        "prime256v1": "secp256r1",
        "secp384r1": "secp384r1",
        "X25519": "x25519",
        "X25519MLKEM768": "X25519MLKEM768",
    }
    for guide in ("5.8", "6.0"):
        published = json.loads((shared_data("exposure/mozilla-tls") / f"{guide}.json").read_text())["configurations"]
        ours = {name: p for name, p in profiles().items() if name.startswith(f"mozilla {guide}")}
        assert {name.rpartition(" ")[2] for name in ours} == set(published)
        for name, profile in published.items():
            mine = ours[f"mozilla {guide} {name}"]
            assert mine["versions"] == [versions[version] for version in profile["tls_versions"]]
            assert mine["groups"] == [names[curve] for curve in profile["tls_curves"]]
            assert mine["days"] == profile["maximum_certificate_lifespan"]
            suites = [reg.suites()[CODES[suite]] for suite in profile["ciphers"]["iana"]]
            assert set(mine["exchanges"]) == {suite.key_exchange for suite in suites}
            assert set(mine["ciphers"]) == {suite.cipher for suite in suites}


def test_info_tls_grade_fails_with_every_part_shown(judge):
    served = Served(suites={reg.TLS10: (ECDHE_CBC,), reg.TLS12: (ECDHE_GCM, CODES["TLS_RSA_WITH_RC4_128_SHA"])})
    found = judge(played(served), "info_tls_grade").subjects
    assert found.select("grade", "protocol", "exchange", "cipher").rows() == [("C", 95, 90, 90)]
    assert found["caps"][0] == "RC4 in TLS 1.1+, old versions, RC4, no TLS 1.3"


def test_info_tls_grade_passes(judge):
    assert judge(played(Served()), "info_tls_grade").status is S.SATISFIED


@pytest.mark.parametrize(
    ("parts", "letter", "score"),
    [
        (([reg.TLS12, reg.TLS13], [128, 256], 4096, {}), "A", 96),
        (([reg.TLS12, reg.TLS13], [128, 256], 2048, {}), "A", 93),
        (([reg.SSL3, reg.TLS10], [40, 128], 1024, {}), "B", 70),
        (([reg.TLS12], [0, 256], 2048, {"< 112 bits": "F"}), "F", 77),
        (([reg.TLS12, reg.TLS13], [256], 4096, {"untrusted": "T"}), "T", 100),
        (([reg.TLS12, reg.TLS13], [256], 4096, {"name": "M", "old versions": "B"}), "M", 100),
    ],
)
def test_the_grade_is_what_the_guide_computes(parts, letter, score):
    found = grade(*parts)
    assert (found.letter, found.score) == (letter, score)
