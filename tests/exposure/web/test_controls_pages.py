import pytest

from rempart.measurement.verdict import Status
from tests.exposure.web.said import NAME, http, page

LOGIN = '<title>Portail</title><form action="{}"><input type=password></form>'
STRANGER = "https://cdn.example/a.js"


def fails(verdict, **shown):
    assert verdict.status is Status.FAILED
    assert verdict.subjects["key"].to_list()[0].startswith(NAME)
    for column, value in shown.items():
        assert verdict.subjects[column].to_list() == [value]


def passes(verdict):
    assert verdict.status is Status.SATISFIED
    assert verdict.measured["looked"] == 1


def test_vuln_web_login_clear_fails_on_http(maker, judge):
    page(maker, http(LOGIN.format("/login")), secure=False)
    fails(judge(maker, "vuln_web_login_clear"), title="Portail")


def test_vuln_web_login_clear_fails_when_the_form_leaves_tls(maker, judge):
    page(maker, http(LOGIN.format(f"http://{NAME}/login")))
    fails(judge(maker, "vuln_web_login_clear"))


def test_vuln_web_login_clear_passes(maker, judge):
    page(maker, http(LOGIN.format("/login")))
    passes(judge(maker, "vuln_web_login_clear"))


def test_vuln_web_basic_clear_fails(maker, judge):
    page(maker, http("", 'WWW-Authenticate: Basic realm="Supervision"', status=401), secure=False)
    fails(judge(maker, "vuln_web_basic_clear"), basic_realm='Basic realm="Supervision"')


def test_vuln_web_basic_clear_passes(maker, judge):
    page(maker, http("", 'WWW-Authenticate: Basic realm="Supervision"', status=401))
    passes(judge(maker, "vuln_web_basic_clear"))


def test_vuln_web_mixed_content_fails(maker, judge):
    page(maker, http('<script src="http://cdn.example/a.js"></script>'))
    fails(judge(maker, "vuln_web_mixed_content"), mixed_loads="http://cdn.example/a.js")


def test_vuln_web_mixed_content_passes(maker, judge):
    page(maker, http('<script src="/a.js"></script><img src="http://cdn.example/i.png">'))
    passes(judge(maker, "vuln_web_mixed_content"))


@pytest.mark.parametrize(("source", "secure"), [("http://cdn.example/a.js", True), ("//cdn.example/a.js", False)])
def test_vuln_web_scripts_plain_fails(maker, judge, source, secure):
    page(maker, http(f'<script src="{source}"></script>'), secure=secure)
    fails(judge(maker, "vuln_web_scripts_plain"), plain_scripts="http://cdn.example/a.js")


def test_vuln_web_scripts_plain_passes(maker, judge):
    page(maker, http('<script src="//cdn.example/a.js"></script>'))
    passes(judge(maker, "vuln_web_scripts_plain"))


def test_vuln_web_sri_fails(maker, judge):
    page(maker, http(f'<script src="{STRANGER}"></script>'))
    fails(judge(maker, "vuln_web_sri"), unchecked_scripts=STRANGER)


def test_vuln_web_sri_passes(maker, judge):
    page(maker, http(f'<script src="{STRANGER}" integrity="sha384-x"></script><script src="/own.js"></script>'))
    passes(judge(maker, "vuln_web_sri"))


@pytest.mark.parametrize("title", ["Index of /", "Directory listing for /"])
def test_vuln_web_listing_fails(maker, judge, title):
    page(maker, http(f"<title>{title}</title>"))
    fails(judge(maker, "vuln_web_listing"), title=title)


def test_vuln_web_listing_passes(maker, judge):
    page(maker, http("<title>Index of our services</title>"))
    passes(judge(maker, "vuln_web_listing"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("<pre>\n  at fr.valmont.Dossier.lire(Dossier.java:42)\n</pre>", "Java"),
        ("<pre>Traceback (most recent call last):</pre>", "Python"),
        ("<b>Fatal error</b>:  Uncaught Error in <b>/var/www/index.php</b>", "PHP"),
        ("<b>Stack Trace:</b>", ".NET"),
        ("<pre>    at lire (/srv/app/dossier.js:10:5)</pre>", "Node.js"),
        ("<p>SQLSTATE[HY000]", "SQL"),
    ],
)
def test_vuln_web_error_trace_fails(maker, judge, text, language):
    page(maker, http(text, status=500))
    fails(judge(maker, "vuln_web_error_trace"), error_trace=language)


def test_vuln_web_error_trace_passes(maker, judge):
    page(maker, http("<p>Une erreur est survenue.", status=500))
    passes(judge(maker, "vuln_web_error_trace"))


@pytest.mark.parametrize(
    ("title", "server"),
    [
        ("Welcome to nginx!", "nginx"),
        ("Apache2 Debian Default Page: It works", "Apache"),
        ("IIS Windows Server", "IIS"),
    ],
)
def test_warning_web_default_page_fails(maker, judge, title, server):
    page(maker, http(f"<title>{title}</title>"))
    fails(judge(maker, "warning_web_default_page"), default_page=server)


def test_warning_web_default_page_passes(maker, judge):
    page(maker, http())
    passes(judge(maker, "warning_web_default_page"))


def test_warning_web_oddities_fails(maker, judge):
    page(maker, http("<p>", "Content-Length : 90"))
    verdict = judge(maker, "warning_web_oddities")
    assert verdict.subjects["http_oddities"].to_list() == ["lengths_disagree, space_before_colon"]


def test_warning_web_oddities_passes(maker, judge):
    page(maker, http())
    passes(judge(maker, "warning_web_oddities"))


def test_info_web_server_version_fails(maker, judge):
    page(maker, http(PAGE_, "Server: Apache/2.4.57", "X-Powered-By: PHP/8.2.7"))
    fails(judge(maker, "info_web_server_version"), server_versions="server: Apache/2.4.57, x-powered-by: PHP/8.2.7")


def test_info_web_server_version_passes(maker, judge):
    page(maker, http(PAGE_, "Server: nginx"))
    passes(judge(maker, "info_web_server_version"))


def test_info_web_front_fails(maker, judge):
    page(maker, http(PAGE_, "Server: cloudflare", "CF-RAY: 1"))
    fails(judge(maker, "info_web_front"), web_front="Cloudflare", web_blocked=False)


def test_info_web_front_passes(maker, judge):
    page(maker, http())
    passes(judge(maker, "info_web_front"))


def test_what_a_front_refused_is_not_judged(maker, judge):
    page(maker, http("<title>Attention Required! | Cloudflare</title>", status=403), secure=False)
    for control in ("vuln_web_login_clear", "vuln_web_csp_missing", "vuln_web_https_redirect"):
        verdict = judge(maker, control)
        assert verdict.status is Status.NOT_EVALUATED
        assert NAME in verdict.reason.fr
    assert judge(maker, "info_web_front").subjects["web_blocked"].to_list() == [True]


@pytest.mark.parametrize("outcome", ["timeout", "reset", "closed", "failed"])
def test_a_service_that_does_not_answer_is_never_a_pass(maker, judge, outcome):
    page(maker, http(), name="autre.valmont.example")
    page(maker, outcome=outcome)
    verdict = judge(maker, "vuln_web_login_clear")
    assert verdict.status is Status.NOT_EVALUATED
    assert verdict.measured == {"looked": 1, "unseen": 1}


def test_what_is_no_http_is_not_judged(maker, judge):
    page(maker, b"SSH-2.0-OpenSSH_9.2\r\n", secure=False)
    assert judge(maker, "vuln_web_nosniff").status is Status.NOT_EVALUATED


def test_a_web_service_that_nobody_asked_is_not_a_pass(maker, judge):
    maker.service(8443, "http", tls="direct")
    assert judge(maker, "vuln_web_nosniff").status is Status.NOT_EVALUATED


def test_without_any_web_service_nothing_applies(maker, judge):
    maker.service(22, "ssh")
    assert judge(maker, "vuln_web_nosniff").status is Status.NOT_APPLICABLE


PAGE_ = "<title>Accueil</title>"
