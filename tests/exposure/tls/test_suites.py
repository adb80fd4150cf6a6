"""Controls of versions, suites and manners, on servers made of bytes."""

from datetime import UTC, datetime

import pytest

from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import evaluations
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.surface import Surface
from rempart.measurement.verdict import Status
from tests.exposure.maker import Maker
from tests.exposure.tls.served import AES_13, CODES, ECDHE_CBC, ECDHE_GCM, X25519, Served, played

S = Status


def only(version: str, *names: str, **more: object) -> Maker:
    return played(Served(suites={version: tuple(CODES[name] for name in names)}, **more))


def test_vuln_tls_ssl_fails_when_ssl3_is_offered(judge):
    verdict = judge(only(reg.SSL3, "TLS_RSA_WITH_AES_128_CBC_SHA"), "vuln_tls_ssl")
    assert verdict.status is S.FAILED
    assert verdict.subjects["versions"].to_list() == ["SSL 3.0"]
    assert verdict.subjects["completed"].to_list() == [None]  # the local OpenSSL cannot tell


def test_vuln_tls_ssl_fails_when_ssl2_is_offered(judge):
    assert judge(played(Served(ssl2=True)), "vuln_tls_ssl").subjects["versions"].to_list() == ["SSL 2.0"]


def test_vuln_tls_ssl_passes_on_a_good_server(judge):
    assert judge(played(Served()), "vuln_tls_ssl").status is S.SATISFIED


def test_vuln_tls_old_versions_fails_when_tls10_is_offered(judge):
    verdict = judge(played(Served(suites={reg.TLS10: (ECDHE_CBC,), reg.TLS12: (ECDHE_GCM,)})), "vuln_tls_old_versions")
    assert verdict.subjects.select("versions", "completed").rows() == [("TLS 1.0", True)]


def test_vuln_tls_old_versions_passes_on_a_good_server(judge):
    assert judge(played(Served()), "vuln_tls_old_versions").status is S.SATISFIED


def test_vuln_tls_old_versions_is_not_evaluated_when_tls10_gets_silence(judge):
    assert judge(played(Served(silent=(reg.TLS10,))), "vuln_tls_old_versions").status is S.NOT_EVALUATED


def test_vuln_tls_no_modern_fails_on_tls10_alone(judge):
    assert judge(played(Served(suites={reg.TLS10: (ECDHE_CBC,)})), "vuln_tls_no_modern").status is S.FAILED


def test_vuln_tls_no_modern_passes_on_a_good_server(judge):
    assert judge(played(Served()), "vuln_tls_no_modern").status is S.SATISFIED


@pytest.mark.parametrize(
    ("versions", "fourth", "fifth"),
    [
        ((reg.TLS12,), S.FAILED, S.FAILED),
        ((reg.TLS12, reg.TLS13), S.SATISFIED, S.FAILED),
        ((reg.TLS13,), S.SATISFIED, S.SATISFIED),
    ],
)
def test_vuln_tls_13_passes_level_by_level(judge, versions, fourth, fifth):
    suites = {version: (AES_13,) if version == reg.TLS13 else (ECDHE_GCM,) for version in versions}
    maker = played(Served(suites=suites))
    assert judge(maker, "vuln_tls_13", level=4).status is fourth
    assert judge(maker, "vuln_tls_13", level=5).status is fifth


def test_vuln_tls_13_fails_without_it(judge):
    assert judge(played(Served(suites={reg.TLS12: (ECDHE_GCM,)})), "vuln_tls_13", level=4).status is S.FAILED


BAD_SUITES = {
    ("vuln_tls_null", None): "TLS_RSA_WITH_NULL_SHA256",
    ("vuln_tls_anonymous", None): "TLS_DH_anon_WITH_AES_128_CBC_SHA",
    ("vuln_tls_export", None): "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
    ("vuln_tls_rc4", None): "TLS_RSA_WITH_RC4_128_SHA",
    ("vuln_tls_des", 2): "TLS_RSA_WITH_DES_CBC_SHA",
    ("vuln_tls_des", 3): "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    ("vuln_tls_cbc", 4): "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    ("vuln_tls_forward_secrecy", None): "TLS_RSA_WITH_AES_128_GCM_SHA256",
}


@pytest.mark.parametrize(("control", "suite"), BAD_SUITES.items())
def test_a_control_of_suites_names_the_bad_one(judge, control, suite):
    verdict = judge(only(reg.TLS12, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", suite), control[0], level=control[1])
    assert verdict.status is S.FAILED
    assert verdict.subjects["suites"].to_list() == [suite]


def _fails(control: str, level: int | None = None):
    return BAD_SUITES[control, level]


def test_vuln_tls_null_fails_and_says_whether_it_was_completed(judge):
    maker = only(reg.TLS12, _fails("vuln_tls_null"))
    assert judge(maker, "vuln_tls_null").subjects["completed"].to_list() == [True]
    unconfirmed = only(reg.TLS12, _fails("vuln_tls_null"), confirms=False)
    assert judge(unconfirmed, "vuln_tls_null").subjects["completed"].to_list() == [None]


def test_vuln_tls_anonymous_fails(judge):
    assert judge(only(reg.TLS12, _fails("vuln_tls_anonymous")), "vuln_tls_anonymous").status is S.FAILED


def test_vuln_tls_export_fails(judge):
    assert judge(only(reg.TLS10, _fails("vuln_tls_export")), "vuln_tls_export").status is S.FAILED


def test_vuln_tls_rc4_fails(judge):
    assert judge(only(reg.SSL3, _fails("vuln_tls_rc4")), "vuln_tls_rc4").status is S.FAILED


def test_vuln_tls_des_fails(judge):
    assert judge(only(reg.TLS10, _fails("vuln_tls_des", 3)), "vuln_tls_des", level=3).status is S.FAILED


def test_vuln_tls_cbc_fails_without_encrypt_then_mac(judge):
    bare = only(reg.TLS12, _fails("vuln_tls_cbc", 4), extensions=("renegotiation_info",))
    assert judge(bare, "vuln_tls_cbc", level=3).status is S.FAILED
    assert judge(only(reg.TLS12, _fails("vuln_tls_cbc", 4)), "vuln_tls_cbc", level=3).status is S.SATISFIED


def test_vuln_tls_forward_secrecy_fails(judge):
    assert judge(only(reg.TLS12, _fails("vuln_tls_forward_secrecy")), "vuln_tls_forward_secrecy").status is S.FAILED


@pytest.mark.parametrize(("control", "level"), BAD_SUITES)
def test_controls_of_suites_pass_on_a_good_server_and_wait_for_an_untested_one(judge, control, level):
    assert judge(played(Served()), control, level=level).status is S.SATISFIED
    assert judge(played(Served(silent=(reg.SSL3,))), control, level=level).status is S.NOT_EVALUATED


def test_vuln_tls_null_passes(judge):
    assert judge(played(Served()), "vuln_tls_null").status is S.SATISFIED


def test_vuln_tls_anonymous_passes(judge):
    assert judge(played(Served()), "vuln_tls_anonymous").status is S.SATISFIED


def test_vuln_tls_export_passes(judge):
    assert judge(played(Served()), "vuln_tls_export").status is S.SATISFIED


def test_vuln_tls_rc4_passes(judge):
    assert judge(played(Served()), "vuln_tls_rc4").status is S.SATISFIED


def test_vuln_tls_des_passes(judge):
    assert judge(played(Served()), "vuln_tls_des", level=2).status is S.SATISFIED


def test_vuln_tls_cbc_passes(judge):
    assert judge(played(Served()), "vuln_tls_cbc", level=4).status is S.SATISFIED


def test_vuln_tls_forward_secrecy_passes(judge):
    assert judge(played(Served()), "vuln_tls_forward_secrecy").status is S.SATISFIED


DHE = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"


@pytest.mark.parametrize(
    ("bits", "year", "expected"),
    [
        (768, 2026, (S.FAILED, S.FAILED, S.FAILED)),
        (1024, 2026, (S.SATISFIED, S.FAILED, S.FAILED)),
        (2048, 2026, (S.SATISFIED, S.SATISFIED, S.FAILED)),
        (2048, 2030, (S.SATISFIED, S.SATISFIED, S.FAILED)),
        (2048, 2031, (S.SATISFIED, S.FAILED, S.FAILED)),
        (3072, 2031, (S.SATISFIED, S.SATISFIED, S.SATISFIED)),
    ],
)
def test_vuln_tls_dh_fails_by_size_and_date(bits, year, expected):
    surface = Surface(only(reg.TLS12, DHE, dh_bits=bits).snapshot(), datetime(year, 6, 1, tzinfo=UTC))
    verdicts = evaluations()["vuln_tls_dh"](catalogue().controls["vuln_tls_dh"], surface)
    assert tuple(verdict.status for verdict in verdicts) == expected


def test_vuln_tls_dh_passes_without_dhe(judge):
    assert judge(played(Served()), "vuln_tls_dh", level=4).status is S.SATISFIED


def test_vuln_tls_groups_fails_on_a_small_curve(judge):
    verdict = judge(played(Served(groups=(X25519, 0x0013, 0x0015))), "vuln_tls_groups")
    assert verdict.subjects["groups"].to_list() == ["secp192r1, secp224r1"]


def test_vuln_tls_groups_passes(judge):
    assert judge(played(Served()), "vuln_tls_groups").status is S.SATISFIED


def test_vuln_tls_handshake_signature_fails(judge):
    assert judge(played(Served(weak_signature=True)), "vuln_tls_handshake_signature").status is S.FAILED


def test_vuln_tls_handshake_signature_passes(judge):
    assert judge(played(Served()), "vuln_tls_handshake_signature").status is S.SATISFIED
    new = played(Served(suites={reg.TLS13: (AES_13,)}))
    assert judge(new, "vuln_tls_handshake_signature").status is S.SATISFIED


@pytest.mark.parametrize(
    ("control", "changes"),
    [
        ("vuln_tls_renegotiation", {"extensions": ()}),
        ("vuln_tls_compression", {"compression": 1}),
        ("warning_tls_heartbeat", {"extensions": ("renegotiation_info", "heartbeat", "extended_master_secret")}),
        ("warning_tls_fallback", {"fallback": False}),
        ("warning_tls_server_order", {"server_order": False}),
        ("warning_tls_extended_secret", {"extensions": ("renegotiation_info",)}),
        ("info_tls_post_quantum", {"groups": (X25519,)}),
    ],
)
def test_controls_of_manners_fail_and_pass(judge, control, changes):
    assert judge(played(Served(**changes)), control).status is S.FAILED
    assert judge(played(Served()), control).status is S.SATISFIED


def test_vuln_tls_renegotiation_fails(judge):
    assert judge(played(Served(extensions=())), "vuln_tls_renegotiation").status is S.FAILED


def test_vuln_tls_renegotiation_passes_on_tls13_alone(judge):
    assert judge(played(Served(suites={reg.TLS13: (AES_13,)})), "vuln_tls_renegotiation").status is S.SATISFIED


def test_vuln_tls_compression_fails(judge):
    assert judge(played(Served(compression=1)), "vuln_tls_compression").status is S.FAILED


def test_vuln_tls_compression_passes(judge):
    assert judge(played(Served()), "vuln_tls_compression").status is S.SATISFIED


def test_warning_tls_heartbeat_fails(judge):
    assert judge(played(Served(extensions=("heartbeat",))), "warning_tls_heartbeat").status is S.FAILED


def test_warning_tls_heartbeat_passes(judge):
    assert judge(played(Served()), "warning_tls_heartbeat").status is S.SATISFIED


def test_warning_tls_fallback_fails(judge):
    assert judge(played(Served(fallback=False)), "warning_tls_fallback").status is S.FAILED


def test_warning_tls_fallback_passes_with_one_version(judge):
    alone = Served(suites={reg.TLS12: (ECDHE_GCM,)}, fallback=False)
    assert judge(played(alone), "warning_tls_fallback").status is S.SATISFIED


def test_warning_tls_server_order_fails(judge):
    assert judge(played(Served(server_order=False)), "warning_tls_server_order").status is S.FAILED


def test_warning_tls_server_order_passes_with_one_suite(judge):
    alone = Served(suites={reg.TLS12: (ECDHE_GCM,)}, server_order=False)
    assert judge(played(alone), "warning_tls_server_order").status is S.SATISFIED


def test_warning_tls_extended_secret_fails(judge):
    assert judge(played(Served(extensions=())), "warning_tls_extended_secret").status is S.FAILED


def test_warning_tls_extended_secret_passes(judge):
    assert judge(played(Served()), "warning_tls_extended_secret").status is S.SATISFIED


def test_info_tls_post_quantum_fails(judge):
    assert judge(played(Served(groups=(X25519,))), "info_tls_post_quantum").status is S.FAILED


def test_info_tls_post_quantum_passes(judge):
    assert judge(played(Served()), "info_tls_post_quantum").status is S.SATISFIED


def test_a_service_that_never_answered_is_not_evaluated(judge):
    maker = played(Served(silent=tuple(reg.VERSIONS)))
    for control in ("vuln_tls_ssl", "vuln_tls_null", "vuln_tls_expired", "vuln_tls_trust", "warning_tls_fallback"):
        assert judge(maker, control).status is S.NOT_EVALUATED


def test_without_any_tls_there_is_nothing_to_judge(judge, maker):
    assert judge(maker, "vuln_tls_null").status is S.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("outcome", "detail", "status"),
    [
        ("failed", {"error": "STARTTLS_REFUSED"}, S.NOT_APPLICABLE),
        ("failed", {"error": "UNEXPECTED"}, S.NOT_EVALUATED),
        ("timeout", {}, S.NOT_EVALUATED),
    ],
)
def test_a_server_that_refuses_starttls_has_no_tls_to_judge_and_silence_is_a_doubt(judge, outcome, detail, status):
    maker = Maker()
    maker.service(25, "smtp", tls="smtp")
    maker.observed("tls.hello", b"454 no\r\n", port=25, outcome=outcome, detail=detail)
    assert judge(maker, "vuln_tls_old_versions").status is status
