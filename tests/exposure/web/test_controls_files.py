from datetime import timedelta

import pytest

from rempart.exposure.protocols.http.paths import invented, sensitive
from rempart.measurement.verdict import Status
from tests.exposure.maker import AT
from tests.exposure.web.said import NAME, PAGE, http, listed, page
from tests.exposure.web.test_controls_pages import fails, passes

MISSING = http("rien", status=404)
FILE = http("", kind="application/octet-stream")
GIVEN = {
    "vuln_web_source": {"GET /.git/HEAD": http("ref: refs/heads/main\n", kind="")},
    "vuln_web_secrets": {"HEAD /.env": FILE},
    "vuln_web_backup": {"HEAD /dump.sql": FILE},
    "vuln_web_phpinfo": {"GET /info.php": http("<title>PHP 8.2.7 - phpinfo()</title>")},
    "vuln_web_actuator": {"GET /actuator": http('{"_links":{"self":{}}}', kind="application/json")},
    "vuln_web_request_log": {"HEAD /trace.axd": FILE},
    "vuln_web_status": {"GET /server-status?auto": http("localhost\nTotal Accesses: 3\n", kind="text/plain")},
    "vuln_web_panel": {"GET /phpmyadmin/": http("<title>phpMyAdmin</title>")},
}


def all_missing() -> dict[str, bytes]:
    return {f"GET {invented(NAME)}": MISSING} | {
        f"{path.method} {path.target}": http("", status=404) for path in sensitive()
    }


def judged(maker, judge, control, given):
    page(maker, http())
    listed(maker, all_missing() | given)
    return judge(maker, control)


def test_vuln_web_source_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_source", GIVEN["vuln_web_source"]), target_path="/.git/HEAD")


def test_vuln_web_secrets_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_secrets", GIVEN["vuln_web_secrets"]), target_path="/.env")


def test_vuln_web_backup_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_backup", GIVEN["vuln_web_backup"]), target_path="/dump.sql")


def test_vuln_web_phpinfo_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_phpinfo", GIVEN["vuln_web_phpinfo"]), target_path="/info.php")


def test_vuln_web_actuator_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_actuator", GIVEN["vuln_web_actuator"]), target_path="/actuator")


def test_vuln_web_request_log_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_request_log", GIVEN["vuln_web_request_log"]), target_path="/trace.axd")


def test_vuln_web_status_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_status", GIVEN["vuln_web_status"]), target_path="/server-status?auto")


def test_vuln_web_panel_fails(maker, judge):
    fails(judged(maker, judge, "vuln_web_panel", GIVEN["vuln_web_panel"]), target_path="/phpmyadmin/")


def test_vuln_web_source_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_source", {"GET /.git/HEAD": http(PAGE)}))


def test_vuln_web_secrets_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_secrets", {"HEAD /.env": http("", status=403)}))


def test_vuln_web_backup_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_backup", {"HEAD /dump.sql": http("")}))


def test_vuln_web_phpinfo_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_phpinfo", {"GET /info.php": http("<title>Infos</title>")}))


def test_vuln_web_actuator_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_actuator", {"GET /actuator": http("", status=401)}))


def test_vuln_web_request_log_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_request_log", {"HEAD /trace.axd": http("", status=403)}))


def test_vuln_web_status_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_status", {"GET /metrics": http(PAGE)}))


def test_vuln_web_panel_passes(maker, judge):
    passes(judged(maker, judge, "vuln_web_panel", {"GET /wp-login.php": http(PAGE)}))


@pytest.mark.parametrize("control", ["vuln_web_secrets", "vuln_web_backup", "vuln_web_request_log"])
def test_a_server_that_says_yes_to_anything_is_not_judged_by_presence_alone(maker, judge, control):
    verdict = judged(maker, judge, control, GIVEN[control] | {f"GET {invented(NAME)}": http("tout va bien", kind="")})
    assert verdict.status is Status.NOT_EVALUATED


@pytest.mark.parametrize("control", ["vuln_web_source", "vuln_web_phpinfo", "vuln_web_panel"])
def test_a_server_that_says_yes_to_anything_is_judged_by_content(maker, judge, control):
    answers = {asked: http(PAGE) for asked in all_missing()}
    page(maker, http())
    listed(maker, answers)
    passes(judge(maker, control))


def test_a_path_that_was_not_answered_is_not_a_pass(maker, judge):
    page(maker, http())
    listed(maker, {f"GET {invented(NAME)}": MISSING, "GET /.git/HEAD": MISSING})
    assert judge(maker, "vuln_web_source").status is Status.NOT_EVALUATED


def test_the_list_is_short_justified_and_reads_no_secret():
    paths = sensitive()
    assert len(paths) <= 25
    assert all(path.why and path.method in {"GET", "HEAD"} for path in paths)
    assert all((path.proof is None) == (path.method == "HEAD") for path in paths)
    assert all(path.method == "HEAD" for path in paths if path.kind in {"secrets", "backup", "trace"})


def test_vuln_web_panel_infrastructure_fails(maker, judge):
    page(maker, http("<title>Proxmox Virtual Environment</title>"))
    verdict = judge(maker, "vuln_web_panel_infrastructure")
    assert verdict.subjects["web_family"].to_list() == ["hypervisor"]
    assert judge(maker, "vuln_web_panel").status is Status.SATISFIED


def test_vuln_web_panel_infrastructure_passes(maker, judge):
    page(maker, http("<title>Actualités de la virtualisation Proxmox</title>"))
    passes(judge(maker, "vuln_web_panel_infrastructure"))


@pytest.mark.parametrize(
    ("content", "panel"),
    [
        ("<title>GlobalProtect Portal</title>", "Palo Alto Networks GlobalProtect"),
        ("<script>location='/dana-na/auth/'</script>", "Ivanti / Pulse Connect Secure"),
        ("<title>SSL VPN Service</title>", "Cisco ASA / AnyConnect"),
    ],
)
def test_info_web_edge_fails(maker, judge, content, panel):
    page(maker, http(content))
    fails(judge(maker, "info_web_edge"), web_panel=panel)


def test_info_web_edge_passes(maker, judge):
    page(maker, http())
    passes(judge(maker, "info_web_edge"))


def to(url, status=301):
    return http("", f"Location: {url}", status=status)


@pytest.mark.parametrize(
    "answer", [http(), to(f"http://{NAME}/accueil"), http("", "Location: http://[bad", status=301)]
)
def test_vuln_web_https_redirect_fails(maker, judge, answer):
    page(maker, answer, secure=False)
    fails(judge(maker, "vuln_web_https_redirect"))


def test_vuln_web_https_redirect_fails_when_https_comes_late(maker, judge):
    page(maker, to("/accueil"), secure=False)
    page(maker, to(f"https://{NAME}/"), secure=False, target="/accueil")
    page(maker, http())
    verdict = judge(maker, "vuln_web_https_redirect")
    assert verdict.subjects["web_route"].to_list() == [f"http://{NAME}/, http://{NAME}/accueil, https://{NAME}/"]


@pytest.mark.parametrize("target", [f"https://{NAME}/", "https://portail.valmont.example/", f"https://{NAME}:8443/x"])
def test_vuln_web_https_redirect_passes(maker, judge, target):
    page(maker, to(target), secure=False)
    passes(judge(maker, "vuln_web_https_redirect"))


def test_a_way_that_leaves_in_clear_is_unknown(maker, judge):
    page(maker, to("http://ailleurs.example/"), secure=False)
    assert judge(maker, "vuln_web_https_redirect").status is Status.NOT_EVALUATED


def test_info_web_leaves_fails(maker, judge):
    page(maker, to("https://ailleurs.example/connexion"))
    fails(judge(maker, "info_web_leaves"), web_leaves_to="ailleurs.example")


def test_info_web_leaves_passes(maker, judge):
    page(maker, to(f"https://{NAME}:8443/"))
    passes(judge(maker, "info_web_leaves"))


def security(expires):
    return http(f"Contact: mailto:ssi@valmont.example\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\n", kind="text/plain")


def test_info_web_security_txt_fails_without_one(maker, judge):
    page(maker, http())
    listed(maker, {"GET /.well-known/security.txt": http(PAGE)})
    fails(judge(maker, "info_web_security_txt"))


def test_info_web_security_txt_fails_when_it_has_expired(maker, judge):
    page(maker, http())
    listed(maker, {"GET /.well-known/security.txt": security(AT - timedelta(seconds=1))})
    fails(judge(maker, "info_web_security_txt"))


def test_info_web_security_txt_passes(maker, judge):
    page(maker, http())
    listed(maker, {"GET /.well-known/security.txt": security(AT + timedelta(seconds=1))})
    listed(maker, {"GET /.well-known/security.txt": MISSING}, secure=False)
    passes(judge(maker, "info_web_security_txt"))


def test_info_web_observatory_fails(maker, judge):
    page(maker, http())
    verdict = judge(maker, "info_web_observatory")
    assert verdict.subjects["grade"].to_list() == ["D"]
    assert verdict.measured["worst_score"] == 30
    assert verdict.subjects["observatory_losses"][0].startswith("csp-not-implemented (-25)")


def test_info_web_observatory_passes(maker, judge):
    headers = (
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        "Strict-Transport-Security: max-age=63072000",
        "X-Content-Type-Options: nosniff",
    )
    page(maker, http(PAGE, *headers))
    passes(judge(maker, "info_web_observatory"))
