import pytest

from rempart.measurement.verdict import Status
from tests.exposure.web.said import PAGE, http, listed, page
from tests.exposure.web.test_controls_pages import fails, passes

ORIGIN = "https://rempart-question.invalid"


@pytest.mark.parametrize(
    ("given", "three", "four"),
    [
        (None, Status.FAILED, Status.FAILED),
        ("max-age=15551999", Status.FAILED, Status.FAILED),
        ("max-age=15552000", Status.SATISFIED, Status.FAILED),
        ('max-age="31536000"; includeSubDomains', Status.SATISFIED, Status.SATISFIED),
        ("includeSubDomains", Status.FAILED, Status.FAILED),
        ("max-age=1; max-age=99999999", Status.FAILED, Status.FAILED),
    ],
)
def test_vuln_web_hsts_has_two_thresholds(maker, judge, given, three, four):
    page(maker, http(PAGE, *([f"Strict-Transport-Security: {given}"] if given else [])))
    assert judge(maker, "vuln_web_hsts", level=3).status is three
    assert judge(maker, "vuln_web_hsts", level=4).status is four


def test_vuln_web_hsts_fails_on_a_redirection_that_leaves(maker, judge):
    page(maker, http("", "Location: https://ailleurs.example/", status=302))
    assert judge(maker, "vuln_web_hsts", level=3).status is Status.FAILED


def test_vuln_web_hsts_passes(maker, judge):
    page(maker, http(PAGE, "Strict-Transport-Security: max-age=63072000"))
    page(maker, http("", "Location: https://www.valmont.example/", status=301), secure=False)
    passes(judge(maker, "vuln_web_hsts", level=4))


def test_vuln_web_csp_missing_fails(maker, judge):
    page(maker, http(PAGE, "Content-Security-Policy-Report-Only: default-src 'self'"))
    fails(judge(maker, "vuln_web_csp_missing"))


@pytest.mark.parametrize(
    "answer",
    [
        http(PAGE, "Content-Security-Policy: default-src 'self'"),
        http("<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'\">"),
    ],
)
def test_vuln_web_csp_missing_passes(maker, judge, answer):
    page(maker, answer)
    passes(judge(maker, "vuln_web_csp_missing"))


def test_vuln_web_csp_missing_does_not_judge_what_is_no_page(maker, judge):
    page(maker, http("{}", kind="application/json"))
    assert judge(maker, "vuln_web_csp_missing").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("policy", "lets"),
    [
        ("script-src 'self' 'unsafe-inline'; object-src 'none'", "inline"),
        ("default-src https:", "broad, objects"),
        ("script-src 'self' 'unsafe-eval'; object-src 'none'", "eval"),
        ("script-src 'self'", "objects"),
        ("frame-ancestors 'self'", "broad, objects"),
        ("script-src http://cdn.example; object-src 'none'", "plain"),
    ],
)
def test_vuln_web_csp_unsafe_fails(maker, judge, policy, lets):
    page(maker, http(PAGE, f"Content-Security-Policy: {policy}"))
    fails(judge(maker, "vuln_web_csp_unsafe"), csp_lets=lets, csp_header=policy)


@pytest.mark.parametrize(
    "policies",
    [
        ["default-src 'self'"],
        ["script-src 'nonce-abc' 'unsafe-inline' https: 'strict-dynamic'; object-src 'none'"],
        ["script-src 'self' 'unsafe-inline'", "script-src 'self'; object-src 'none'"],
    ],
)
def test_vuln_web_csp_unsafe_passes(maker, judge, policies):
    page(maker, http(PAGE, *[f"Content-Security-Policy: {policy}" for policy in policies]))
    passes(judge(maker, "vuln_web_csp_unsafe"))


@pytest.mark.parametrize(
    "header",
    [
        "X-Frame-Options: ALLOW-FROM https://a.example",
        "Content-Security-Policy: frame-ancestors *",
        "Content-Security-Policy: default-src 'none'",
        "X-Nothing: x",
    ],
)
def test_vuln_web_framing_fails(maker, judge, header):
    page(maker, http(PAGE, header))
    fails(judge(maker, "vuln_web_framing"))


@pytest.mark.parametrize("header", ["X-Frame-Options: sameorigin", "Content-Security-Policy: frame-ancestors 'self'"])
def test_vuln_web_framing_passes(maker, judge, header):
    page(maker, http(PAGE, header))
    passes(judge(maker, "vuln_web_framing"))


def test_vuln_web_nosniff_fails(maker, judge):
    page(maker, http(PAGE, "X-Content-Type-Options: sniff"))
    fails(judge(maker, "vuln_web_nosniff"))


def test_vuln_web_nosniff_passes(maker, judge):
    page(maker, http(PAGE, "X-Content-Type-Options: NoSniff"))
    passes(judge(maker, "vuln_web_nosniff"))


@pytest.mark.parametrize("policy", ["unsafe-url", "origin", "no-referrer, unsafe-url", "whatever"])
def test_vuln_web_referrer_fails(maker, judge, policy):
    page(maker, http(PAGE, f"Referrer-Policy: {policy}"))
    fails(judge(maker, "vuln_web_referrer"))


@pytest.mark.parametrize("policy", ["no-referrer", "unsafe-url, strict-origin", None])
def test_vuln_web_referrer_passes(maker, judge, policy):
    page(maker, http(PAGE, *([f"Referrer-Policy: {policy}"] if policy else [])))
    passes(judge(maker, "vuln_web_referrer"))


def test_vuln_web_session_secure_fails(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: PHPSESSID=abc; HttpOnly", "Set-Cookie: lang=fr"))
    fails(judge(maker, "vuln_web_session_secure"), cookie="PHPSESSID")


def test_vuln_web_session_secure_fails_over_http(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: session=abc; Secure"), secure=False)
    fails(judge(maker, "vuln_web_session_secure"), cookie="session")


def test_vuln_web_session_secure_passes(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: PHPSESSID=abc; Secure"))
    passes(judge(maker, "vuln_web_session_secure"))


def test_the_value_of_a_cookie_is_in_no_verdict(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: PHPSESSID=s3cr3t"))
    assert "s3cr3t" not in judge(maker, "vuln_web_session_secure").model_dump_json()


def test_vuln_web_session_http_only_fails(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: auth_token=abc; Secure"))
    fails(judge(maker, "vuln_web_session_http_only"), cookie="auth_token")


def test_vuln_web_session_http_only_passes(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: auth_token=abc; httponly", "Set-Cookie: csrf_token=1"))
    passes(judge(maker, "vuln_web_session_http_only"))


@pytest.mark.parametrize("attribute", ["", "; SameSite=None; Secure", "; SameSite=x"])
def test_vuln_web_session_same_site_fails(maker, judge, attribute):
    page(maker, http(PAGE, f"Set-Cookie: sid=1{attribute}"))
    fails(judge(maker, "vuln_web_session_same_site"), cookie="sid")


def test_vuln_web_session_same_site_passes(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: sid=1; samesite=Strict"))
    passes(judge(maker, "vuln_web_session_same_site"))


def test_a_site_without_a_session_cookie_is_not_applicable(maker, judge):
    page(maker, http(PAGE, "Set-Cookie: lang=fr"))
    assert judge(maker, "vuln_web_session_secure").status is Status.NOT_APPLICABLE


def test_vuln_web_cors_fails(maker, judge):
    said = http("", f"Access-Control-Allow-Origin: {ORIGIN}", "Access-Control-Allow-Credentials: true")
    page(maker, http())
    listed(maker, {"GET /robots.txt": http()}, cors=said)
    fails(judge(maker, "vuln_web_cors"), cors_origin=ORIGIN)


@pytest.mark.parametrize("origin", ["*", "https://portail.valmont.example"])
def test_vuln_web_cors_passes(maker, judge, origin):
    said = http("", f"Access-Control-Allow-Origin: {origin}", "Access-Control-Allow-Credentials: true")
    page(maker, http())
    listed(maker, {"GET /robots.txt": http()}, cors=said)
    passes(judge(maker, "vuln_web_cors"))


def test_warning_web_trace_fails(maker, judge):
    page(maker, http())
    listed(maker, {"GET /robots.txt": http()}, cors=http("", "Allow: GET, HEAD, trace"))
    fails(judge(maker, "warning_web_trace"), http_methods="GET, HEAD, TRACE")


def test_warning_web_trace_passes(maker, judge):
    page(maker, http())
    listed(maker, {"GET /robots.txt": http()}, cors=http("", "Allow: GET, HEAD"))
    passes(judge(maker, "warning_web_trace"))
