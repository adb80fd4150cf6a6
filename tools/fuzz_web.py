"""The harnesses of what web servers say: an answer, a page, single headers, and a whole snapshot of one service."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from tools.fuzz_harnesses import Harness

_PROTOCOL = "rempart.exposure.protocols.http"
_OK = b"HTTP/1.1 200 OK\r\n"


def _part(name: str) -> Any:
    return import_module(f"{_PROTOCOL}.{name}")


def _answers(_: Path) -> Iterable[bytes]:
    return [
        _OK + b"Content-Type: text/html\r\nContent-Length: 3\r\n\r\nabc",
        _OK + b"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: 1\r\n\r\n",
        b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.0 301 M\r\nLocation: https://a.example/\r\nSet-Cookie: a=1\r\n b\r\n\r\n",
        _OK + b"Content-Encoding: gzip, deflate\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    ]


def answer() -> Harness:
    """Read any bytes as an answer, alone and among others."""
    response, exchange, front = _part("response"), _part("exchange"), _part("fronts").front
    requests = [_part("request").Request(method, "/") for method in ("GET", "HEAD", "GET")]
    malformed = import_module("rempart.exposure.protocols").Malformed

    def run(data: bytes, _: Path) -> None:
        exchange.answers(data, [len(data) // 2, len(data) // 4, len(data)], requests)
        try:
            response.measure(data, "GET")
            response.body_begun(data, "HEAD", 10)
            front(response.read(data))
        except malformed:
            return

    return Harness(run, _answers, 16384)


def page() -> Harness:
    """Read any bytes as a page, and look for signs in it."""
    html, url = _part("html"), _part("url")
    signs = import_module("rempart.exposure.facts.web_signs")
    here = url.Url(secure=True, host="a.example", port=443, target="/")

    def run(data: bytes, _: Path) -> None:
        read = html.read_page(html.text_of(data))
        _part("favicon").icon_target(here, read)
        for reference in (read.base, read.refresh, *read.active, *(form.action for form in read.forms)):
            url.resolve(here, reference or "")
        signs.panel(read.title, data)
        for kind in ("default", "listing", "trace"):
            signs.sign(kind, read.title, data)

    seeds = [
        b"<title>Index of /</title><form action=/in><input type=password></form><script src=//a/b integrity=x>",
        b"<meta charset=utf-16><meta http-equiv=content-security-policy content='default-src *'><!-- a --><![CDATA[",
    ]
    return Harness(run, lambda _: seeds, 16384)


def headers() -> Harness:
    """Read any bytes as the value of each header that is judged."""
    policies, csp, security = _part("policies"), _part("csp"), _part("security_txt")
    readers = [
        policies.read_hsts,
        policies.read_cookie,
        policies.read_permissions,
        policies.read_token,
        lambda value: policies.referrer([value]),
        lambda value: policies.stops_framing([value]),
        lambda value: [csp.weaknesses(one) for one in csp.policies([value]) + csp.policies([value], meta=True)],
        security.read_security_txt,
        lambda value: security.read_security_txt(f"Contact: a\nExpires: {value}"),
    ]

    def run(data: bytes, _: Path) -> None:
        for reader in readers:
            reader(data.decode("latin-1"))

    seeds = [
        b"max-age=1; includeSubDomains",
        b"sid=1; Secure; SameSite=Lax",
        b"default-src 'self' 'nonce-a'; script-src https:",
        b"Contact: mailto:a@b.example\nExpires: 2027-01-01T00:00:00Z\n",
        b'geolocation=(self "https://a.example"), camera=()',
    ]
    return Harness(run, lambda _: seeds)


def snapshot() -> Harness:
    """Put the bytes as what a service said, page and list, and read every fact of the web."""
    maker, said = import_module("tests.exposure.maker"), import_module("tests.exposure.web.said")
    readings = {
        name: reading
        for name, reading in import_module("rempart.exposure.facts").readings().items()
        if name.startswith("web_") or name == "security_txt"
    }

    def run(data: bytes, _: Path) -> None:
        made = maker.Maker()
        said.page(made, data)
        said.page(made, data, secure=False)
        said.listed(made, {"GET /.git/HEAD": data, "HEAD /.env": data[: len(data) // 2]}, cors=data)
        for reading in readings.values():
            reading(made.snapshot())

    return Harness(run, _answers, 16384)
