"""The web sites of a fictional hospital on a real nginx: one well kept, others with the faults one meets."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.exposure.lab import certificates
from tests.exposure.lab.namespace import Daemon, Namespace

GOOD_HEADERS = """
add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
add_header Content-Security-Policy "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'" always;
add_header X-Content-Type-Options nosniff always;
add_header Referrer-Policy no-referrer always;
add_header X-Frame-Options DENY always;
add_header Permissions-Policy "geolocation=(), camera=()" always;
add_header Cross-Origin-Resource-Policy same-origin always;
add_header Cross-Origin-Opener-Policy same-origin always;
"""  # noqa: E501 — as nginx reads it
_SECURITY_TXT = "Contact: mailto:ssi@valmont.example\nExpires: 2027-06-01T00:00:00Z\nPreferred-Languages: fr, en\n"
_LOGIN = """<!doctype html><html><head><title>Portail patients</title>{head}</head><body>
<form action="{action}" method="post"><input name="u"><input type="password" name="p"></form></body></html>"""


@dataclass(frozen=True)
class Site:
    """One name on an address of its own: what nginx is told for http and https, and the files it serves."""

    name: str
    address: str
    plain: str | None = "return 301 https://$host$request_uri;"
    secure: str | None = ""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    trusted: bool = True


def _page(title: str, head: str = "", body: str = "<p>Centre hospitalier de Valmont (fictif)</p>") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


SITES = (
    Site(
        "good.valmont.test",
        "127.77.4.1",
        secure=GOOD_HEADERS,
        files={
            "index.html": _page("Accueil", '<script src="/app.js" integrity="sha384-abc"></script>'),
            "favicon.ico": b"\0\0\1\0icon of the lab",
            ".well-known/security.txt": _SECURITY_TXT,
        },
    ),
    Site(
        "bad.valmont.test",
        "127.77.4.2",
        plain="",
        secure=(
            'add_header Set-Cookie "PHPSESSID=s3cr3t; Path=/"; '
            'location = /actuator { default_type application/json; return 200 \'{"_links":{"self":{}}}\'; } '
            "location = /nginx_status { stub_status; }"
        ),
        files={
            "index.html": _LOGIN.format(
                head='<script src="http://cdn.example/a.js"></script>', action="http://bad.valmont.test/login"
            ),
            ".git/HEAD": "ref: refs/heads/main\n",
            ".env": "DB_PASSWORD=never-read\n",
            "backup.sql": "-- never read\n",
            "phpinfo.php": f"<style>{'a{} ' * 200}</style><title>PHP 8.2.7 - phpinfo()</title>",
            "server-status": "Total Accesses: 12\nScoreboard: _W\n",
        },
    ),
    Site(
        "weak.valmont.test",
        "127.77.4.3",
        secure=(
            'add_header Strict-Transport-Security "max-age=300"; '
            "add_header Content-Security-Policy \"script-src 'self' 'unsafe-inline'; object-src 'none'\"; "
            "add_header X-Frame-Options SAMEORIGIN; add_header Referrer-Policy unsafe-url; "
            'add_header Set-Cookie "sessionid=1; Secure; HttpOnly"; add_header Set-Cookie "lang=fr; Secure"; '
            "add_header Access-Control-Allow-Origin $http_origin always; "
            "add_header Access-Control-Allow-Credentials true always; "
            "if ($request_method = OPTIONS) { return 204; }"
        ),
        files={"index.html": _page("Faible", '<script src="https://cdn.example/a.js"></script>')},
    ),
    Site(
        "self.valmont.test",
        "127.77.4.4",
        secure=GOOD_HEADERS,
        trusted=False,
        files={"index.html": _page("Auto-signé")},
    ),
    Site(
        "clear.valmont.test",
        "127.77.4.5",
        plain="autoindex on;",
        secure=None,
        files={"plan.pdf": "%PDF", "notes/a.txt": "a"},
    ),
    Site(
        "late.valmont.test",
        "127.77.4.6",
        plain=(
            "location = / { return 302 http://late.valmont.test/accueil; } "
            "location = /accueil { return 302 https://late.valmont.test/; }"
        ),
        secure='add_header Content-Security-Policy "default-src https:"; add_header X-Content-Type-Options nosniff;',
        files={"index.html": _page("Tard", '<meta name="referrer" content="same-origin">')},
    ),
    Site(
        "off.valmont.test",
        "127.77.4.7",
        plain="return 301 https://good.valmont.test/;",
        secure="return 302 https://ailleurs.example/connexion;",
    ),
    Site(
        "meta.valmont.test",
        "127.77.4.8",
        plain=None,
        secure=(
            'add_header Strict-Transport-Security "max-age=31536000"; '
            "add_header Cross-Origin-Embedder-Policy require-corp;"
        ),
        files={
            "index.html": _page(
                "Méta",
                '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'; img-src http:">'
                '<script src="//cdn.example/x.js" integrity="sha384-x"></script>',
            )
        },
    ),
    Site(
        "basic.valmont.test",
        "127.77.4.9",
        plain='auth_basic "Supervision"; auth_basic_user_file htpasswd;',
        secure='auth_basic "Supervision"; auth_basic_user_file htpasswd;',
        files={"index.html": _page("Supervision")},
    ),
)
_CSP = 'add_header Content-Security-Policy "{}" always; add_header Strict-Transport-Security "max-age=15552000";'
_COOKIE = "add_header Set-Cookie '{}';"
VARIANTS = tuple(
    Site(f"v{number:02}.valmont.test", "127.77.4.20", secure=secure, files={"index.html": _page("Variante", head)})
    for number, (secure, head) in enumerate(
        [
            (_CSP.format("script-src 'self' 'unsafe-eval'; object-src 'none'"), ""),
            (_CSP.format("script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'"), ""),
            (_CSP.format("script-src 'strict-dynamic'; object-src 'none'"), ""),
            (_CSP.format("default-src 'self'; style-src 'self' 'unsafe-inline'"), ""),
            (_CSP.format("default-src 'self'; script-src http://cdn.example"), ""),
            (_CSP.format("default-src 'self'; default-src 'none'"), ""),
            (_CSP.format("default-src 'self'; report-uri /a; report-uri /b"), ""),
            (_CSP.format("default-src 'self'") + _CSP.format("default-src 'self' 'unsafe-inline'"), ""),
            (_CSP.format("x"), ""),
            ('add_header Content-Security-Policy-Report-Only "default-src none";', ""),
            ("", "<meta http-equiv='content-security-policy' content=\"frame-ancestors 'none'\">"),
            ("", "<meta http-equiv='content-security-policy' content=\"default-src 'self'; frame-ancestors 'self'\">"),
            (_COOKIE.format("a=1; Secure; SameSite=Lax"), ""),
            (_COOKIE.format("login=1; Secure; HttpOnly; SameSite=None"), ""),
            (_COOKIE.format("csrftoken=1; Secure"), ""),
            (_COOKIE.format("lang=fr"), ""),
            (_COOKIE.format("session=1; Secure; SameSite=Strict"), ""),
            (_COOKIE.format("a=1; Secure; SameSite=Sometimes"), ""),
            (_COOKIE.format("lang=fr") + 'add_header Strict-Transport-Security "max-age=63072000";', ""),
            ('add_header Strict-Transport-Security "includeSubDomains";', ""),
            ('add_header X-Frame-Options "ALLOW-FROM https://a.example"; add_header X-Content-Type-Options "no";', ""),
            ('add_header X-Frame-Options "nope"; add_header Referrer-Policy "nope";', ""),
            ('add_header Referrer-Policy "no-referrer, unsafe-url";', "<meta name='referrer' content='origin'>"),
            ('add_header Cross-Origin-Resource-Policy "nope"; add_header X-Frame-Options SAMEORIGIN;', ""),
            ("", '<script src="https://cdn.valmont.test/a.js"></script>'),
            ("", '<script src="http://cdn.example/a.js" integrity="sha384-x"></script>'),
            ("", '<script src="//cdn.example/a.js"></script>'),
            ("", '<script>1</script><script src="https://cdn.example/a.js" integrity="sha384-x"></script>'),
            ("", '<script src="/a.js" integrity="sha384-x"></script><script src="https://cdn.example/a.js"></script>'),
            ("add_header Access-Control-Allow-Origin * always; if ($request_method = OPTIONS) { return 204; }", ""),
            ("location = / { return 403; }", ""),
        ]
    )
)
"""One thing each, for the scores of headers."""
SITES += VARIANTS
HOSTS = {site.name: site.address for site in SITES}


@dataclass(frozen=True)
class Websites:
    """The running sites, and the file of the authority that signed their certificates."""

    daemon: Daemon
    authority: Path


def serve(namespace: Namespace, folder: Path) -> Websites:
    """Start nginx in a namespace with every site; the name of each is in `HOSTS`."""
    authority = _certificates(folder)
    (folder / "htpasswd").write_text("supervision:{PLAIN}never-tried\n")
    for site in SITES:
        for name, content in site.files.items():
            path = folder / site.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "nginx.conf").write_text(_configuration(folder))
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
    command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    daemon = namespace.start(command, ready=(SITES[0].address, 443), log=folder / "nginx.log")
    return Websites(daemon, authority)


def _configuration(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    return (
        f"daemon off; user root; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;\n"
        f"events {{ worker_connections 500; }}\nhttp {{ access_log off; {temporary} types {{ text/html html php; "
        "text/plain txt; application/javascript js; image/x-icon ico; application/sql sql; }\n"
        + "".join(_blocks(site, folder) for site in SITES)
        + "}\n"
    )


def _blocks(site: Site, folder: Path) -> str:
    common = f"server_name {site.name}; root {folder}/{site.name}; index index.html;"
    tls = f"ssl_certificate {folder}/{site.name}.pem; ssl_certificate_key {folder}/{site.name}.key;"
    plain = f"server {{ listen {site.address}:80; {common} {site.plain} }}\n" if site.plain is not None else ""
    secure = f"server {{ listen {site.address}:443 ssl; {common} {tls} {site.secure} }}\n"
    return plain + (secure if site.secure is not None else "")


def _certificates(folder: Path) -> Path:
    """Write the lab's authority and a certificate for each site; return the authority's file."""
    for site in SITES:
        certificates.write(
            folder, site.name, [certificates.leaf(certificates.root() if site.trusted else None, [site.name])]
        )
    return certificates.write(folder, "authority", [certificates.root()])[0]
