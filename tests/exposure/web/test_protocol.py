import gzip
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.http.body import BODY_LIMIT, dechunk, decode
from rempart.exposure.protocols.http.csp import policies, read_policy, weaknesses
from rempart.exposure.protocols.http.exchange import answers
from rempart.exposure.protocols.http.favicon import favicon_hash, icon_target, murmur3
from rempart.exposure.protocols.http.fronts import front, fronts
from rempart.exposure.protocols.http.html import HTML_LIMIT, Page, read_page, text_of
from rempart.exposure.protocols.http.policies import (
    read_cookie,
    read_hsts,
    read_permissions,
    read_token,
    referrer,
    stops_framing,
)
from rempart.exposure.protocols.http.request import Request, agent, build, host_header, read_requests
from rempart.exposure.protocols.http.response import HEAD_LIMIT, body_begun, measure, read
from rempart.exposure.protocols.http.security_txt import read_security_txt
from rempart.exposure.protocols.http.url import Url, resolve

HERE = Url(secure=True, host="www.valmont.example", port=443, target="/a/b")
OK = b"HTTP/1.1 200 OK\r\n"


# -- requests ----------------------------------------------------------------------------------------------------------


def test_a_request_names_rempart_and_the_page_that_says_why():
    sent = build(Request("GET", "/"), "www.valmont.example", "https://valmont.example/audit")
    assert sent.startswith(b"GET / HTTP/1.1\r\nHost: www.valmont.example\r\nUser-Agent: Rempart ")
    assert b"+https://valmont.example/audit)" in sent
    assert sent.endswith(b"\r\n\r\n")
    assert "+" not in agent("")
    assert agent("é\r\nX: y").endswith("; +X:y)")


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/a b"),
        Request("GET", "/\r\nX: y"),
        Request("get", "/"),
        Request("GET", "/", (("X", "a\r\nb"),)),
        Request("GET", "/", (("X y", "a"),)),
    ],
)
def test_a_request_that_breaks_out_of_its_line_is_refused(request_):
    with pytest.raises(ValueError, match="line"):
        build(request_, "h")


def test_requests_are_read_back_in_order():
    made = [Request("GET", "/"), Request("OPTIONS", "/x?y=1", (("Origin", "https://a.invalid"),))]
    read_back = read_requests(b"".join(build(one, "h") for one in made))
    assert [(one.method, one.target) for one in read_back] == [("GET", "/"), ("OPTIONS", "/x?y=1")]
    assert read_back[1].first("origin") == "https://a.invalid"


@pytest.mark.parametrize(
    ("host", "port", "secure", "expected"),
    [("a", 443, True, "a"), ("a", 80, True, "a:80"), ("::1", 8080, False, "[::1]:8080")],
)
def test_host_header(host, port, secure, expected):
    assert host_header(host, port, secure=secure) == expected


# -- answers -----------------------------------------------------------------------------------------------------------


def test_headers_keep_their_order_and_repeats():
    response = read(OK + b"B: 1\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\nhi and more")
    assert response.head.headers[:3] == (("B", "1"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2"))
    assert response.head.all("set-cookie") == ["a=1", "b=2"]
    assert response.body == b"hi"
    assert response.whole


@pytest.mark.parametrize(
    ("lines", "oddity"),
    [
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "length_and_chunks"),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n", "lengths_disagree"),
        (b"Content-Length: +2\r\n", "lengths_disagree"),
        (b"A : 1\r\n", "space_before_colon"),
        (b"A: 1\r\n folded\r\n", "folded_header"),
        (b"A: 1\rB: 2\r\n", "control_in_header"),
        (b"A: 1\0\r\n", "control_in_header"),
        (b"nonsense\r\n", "not_a_header"),
        (b"A: 1\n", "bare_line_feed"),
        (b"A: 1\r\n" * 600, "too_many_headers"),
    ],
)
def test_what_is_odd_is_noted(lines, oddity):
    assert oddity in read(OK + lines + b"\r\n0\r\n\r\n").oddities


def test_chunks_win_over_a_length():
    data = OK + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\nGET"
    assert read(data).body == b"abc"
    assert measure(data, "GET") == len(data) - 3


def test_an_answer_to_head_has_no_body():
    data = OK + b"Content-Length: 400\r\n\r\n"
    assert measure(data, "HEAD") == len(data)
    assert read(data, "HEAD").whole
    assert measure(data, "GET") is None


def test_interim_answers_are_passed_over():
    assert read(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"\r\n").head.status == 200
    with pytest.raises(Malformed):
        read(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"<html>\n\n",
        OK + b"A: 1\r\n",
    ],
)
def test_what_is_no_answer_is_malformed(data):
    with pytest.raises(Malformed):
        read(data)


def test_a_head_of_ten_megabytes_is_malformed():
    with pytest.raises(Malformed):
        measure(OK + b"X: " + b"a" * 10_000_000, "GET")


def test_a_body_is_wanted_up_to_a_limit():
    head = OK + b"Content-Length: 100000\r\n\r\n"
    assert not body_begun(head + b"a" * 10, "GET", 2048)
    assert body_begun(head + b"a" * 2048, "GET", 2048)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "raw deflate"])
def test_compressed_bodies_are_read(coding):
    text = b"Centre hospitalier de Valmont (fictif)" * 50
    raw = zlib.compressobj(wbits=-15)
    packed = {"gzip": gzip.compress(text), "x-gzip": gzip.compress(text), "deflate": zlib.compress(text)}
    packed["raw deflate"] = raw.compress(text) + raw.flush()
    body, whole, _ = decode(packed[coding], coding.removeprefix("raw "))
    assert body == text
    assert whole


def test_a_bomb_is_unpacked_up_to_the_limit():
    bomb = gzip.compress(gzip.compress(b"\0" * 100_000_000))
    body, whole, oddities = decode(bomb, "gzip, gzip")
    assert len(body) == BODY_LIMIT
    assert not whole
    assert oddities == ["body_cut"]


@pytest.mark.parametrize(
    ("coding", "oddity"), [("br", "unknown_coding"), ("gzip", "broken_coding"), ("gzip, gzip, gzip", "many_codings")]
)
def test_what_cannot_be_unpacked_stays_as_it_is(coding, oddity):
    assert decode(b"abc", coding) == (b"abc", False, [oddity])


@pytest.mark.parametrize("size", [b"-1", b"0x3", b"", b"g", b"+3", b"123456789", b"3 3"])
def test_chunk_sizes_that_make_no_sense_end_the_body(size):
    assert dechunk(size + b"\r\nabc\r\n0\r\n\r\n") == (b"", None)


def test_answers_on_one_connection_are_told_apart():
    first, second = OK + b"Content-Length: 1\r\n\r\na", b"HTTP/1.1 404 No\r\n\r\n"
    requests = [Request("GET", "/a"), Request("HEAD", "/b"), Request("GET", "/c")]
    found = answers(first + second, [len(first), len(second)], requests)
    assert [one and one.head.status for one in found] == [200, 404, None]
    assert answers(first[:-1], [len(first)], requests[:1]) == [None]


# -- pages -------------------------------------------------------------------------------------------------------------


def test_a_page_is_read():
    page = read_page(
        "<TITLE> Portail\n patients </title><meta name=generator content='SPIP 4.2'>"
        "<link rel='shortcut icon' href=/i.ico>"
        "<script src=/a.js integrity=sha384-x></script><script>1</script><base href=https://a.example/>"
        "<form action=/in method=POST><input type=PASSWORD></form><img src=http://b.example/i.png>"
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\"><meta name=referrer content=origin>"
    )
    assert (page.title, page.generator, page.icon) == ("Portail patients", "SPIP 4.2", "/i.ico")
    assert [(script.source, script.integrity) for script in page.scripts] == [("/a.js", True)]
    assert page.inline_scripts == 1
    assert page.forms[0].password
    assert page.forms[0].method == "post"
    assert page.base == "https://a.example/"
    assert page.passive == ["http://b.example/i.png"]
    assert page.policies == ["default-src 'self'"]
    assert page.referrer == "origin"


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "<!", "<![CDATA[", "<?", "</", "&", "<title>", "<script>", "<a b='"]
)
def test_a_hostile_page_is_read_in_bounded_time(piece):
    assert isinstance(read_page(piece * (HTML_LIMIT // len(piece))), Page)


def test_the_encoding_of_a_page_is_obeyed():
    assert text_of("é".encode("latin-1"), "text/html; charset=ISO-8859-1") == "é"
    assert text_of(b"<meta charset='windows-1252'>\x80").endswith("€")
    assert text_of(b"\xff", "text/html; charset=rot13") == "\ufffd"
    assert text_of(b"a", "text/html; charset=nonsense") == "a"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("/x", "https://www.valmont.example/x"),
        ("c?d=1", "https://www.valmont.example/a/c?d=1"),
        ("//Autre.example:8443/", "https://autre.example:8443/"),
        ("http://é.example/é", "http://xn--9ca.example/%C3%A9"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
        ("javascript:alert(1)", None),
        ("http://[bad", None),
        ("http://a:99999/", None),
        ("http://a b/", None),
        ("https://a.example/\r\nX: y", "https://a.example/X:%20y"),
        ("x" * 5000, None),
    ],
)
def test_references_are_resolved(reference, expected):
    url = resolve(HERE, reference)
    assert (url and str(url)) == expected


# -- policies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("max-age=31536000", 31536000), ('MAX-AGE="1" ; includeSubDomains', 1), ("max-age=-1", None), ("preload", None)],
)
def test_hsts(value, seconds):
    assert read_hsts(value).seconds == seconds


def test_the_first_of_two_directives_counts_and_a_comma_parts_policies():
    policy = read_policy("Script-Src 'self' ; script-src *; sandbox")
    assert policy.directives == {"script-src": ("'self'",), "sandbox": ()}
    assert policy.repeated == ("script-src",)
    assert len(policies(["default-src 'self', script-src 'none'"])) == 2
    assert policies(["frame-ancestors 'none'"], meta=True) == []


def test_strict_dynamic_makes_hosts_and_inline_void():
    assert (
        weaknesses(read_policy("script-src 'nonce-a' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'")) == []
    )
    assert weaknesses(read_policy("script-src 'strict-dynamic' https:; object-src 'none'")) == ["broad"]


def test_cookies():
    cookie = read_cookie("__Host-SessionId=a=b; Path=/; SECURE; HttpOnly; SameSite=LAX")
    assert (cookie.name, cookie.secure, cookie.http_only, cookie.same_site) == ("__Host-SessionId", True, True, "lax")
    assert cookie.session
    assert not read_cookie("csrftoken=1").session
    assert read_cookie("nothing") is None
    assert read_cookie("=x") is None


def test_small_headers():
    assert referrer(["no-referrer, unknown"]) == "no-referrer"
    assert referrer(["unknown"]) == ""
    assert referrer([]) is None
    assert read_permissions('geolocation=(), camera=(self "https://a.example"), usb=*') == {
        "geolocation": "()",
        "camera": '(self "https://a.example")',
        "usb": "*",
    }
    assert read_token('same-origin; report-to="x"') == "same-origin"
    assert read_token("Same-Origin") is None
    assert stops_framing(["DENY", "deny"])
    assert not stops_framing(["deny, allow-from x"])


def test_security_txt():
    file = read_security_txt(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# ours\nContact: mailto:a@b.example\n"
        "Expires: 2027-01-01T00:00:00z\n-----BEGIN PGP SIGNATURE-----\nContact: no\n"
    )
    assert file.contacts == ("mailto:a@b.example",)
    assert file.expires == datetime(2027, 1, 1, tzinfo=UTC)
    assert file.signed
    assert file.problems == ()
    assert read_security_txt("<html>404</html>") is None
    assert read_security_txt("Contact: a@b.example\nExpires: soon").problems == ("contact_not_uri", "bad_expiry")
    assert read_security_txt("Expires: 2027-01-01T00:00:00").problems == ("no_contact", "bad_expiry")


# -- icons, fronts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", 0), (b"a", 0x3C2569B2), (b"abc", 0xB3DD93FA), (b"abcd", 0x43ED676A), (b"Hello, world!", 0xC0363E43)],
)
def test_murmur3_gives_its_published_values(data, expected):
    assert murmur3(data) == expected


def test_the_hash_of_an_icon_is_signed():
    assert favicon_hash(b"\0\0\1\0icon of the lab") == favicon_hash(b"\0\0\1\0icon of the lab")
    assert -(2**31) <= favicon_hash(b"a" * 100) < 2**31


def test_an_icon_is_only_asked_of_the_same_server():
    assert icon_target(HERE, Page()) == "/favicon.ico"
    assert icon_target(HERE, Page(icon="i.png")) == "/a/i.png"
    assert icon_target(HERE, Page(icon="https://cdn.example/i.png")) is None
    assert icon_target(HERE, Page(icon="data:image/png;base64,AA")) is None


def test_fronts_are_known_and_their_refusals_told_apart():
    assert len(fronts()) >= 10
    refused = read(b"HTTP/1.1 403 No\r\n\r\nThe requested URL was rejected. Please consult with your administrator.")
    assert front(refused) == ("F5 BIG-IP ASM", True)
    assert front(read(OK + b"Server: AkamaiGHost\r\n\r\n")) == ("Akamai", False)
    assert front(read(OK + b"Server: nginx\r\n\r\n")) == (None, False)


# -- any bytes ---------------------------------------------------------------------------------------------------------

_NEARLY = st.tuples(
    st.sampled_from([b"", OK, b"HTTP/1.1 301 X\r\nLocation: ", OK + b"Transfer-Encoding: chunked\r\n\r\n"]),
    st.binary(max_size=400),
).map(b"".join)


@given(_NEARLY, st.sampled_from(["GET", "HEAD"]))
def test_any_bytes_are_an_answer_or_malformed(data, method):
    for reader in (measure, read):
        try:
            reader(data, method)
        except Malformed:
            continue


@given(st.binary(max_size=300))
def test_any_bytes_are_no_trouble_to_the_readers(data):
    text = data.decode("latin-1")
    read_requests(data)
    read_page(text_of(data, text))
    read_policy(text)
    read_hsts(text)
    read_cookie(text)
    referrer([text])
    read_permissions(text)
    read_token(text)
    stops_framing([text])
    read_security_txt(text)
    read_security_txt(f"Expires: {text}")
    resolve(HERE, text)
    dechunk(data)
    for coding in ("gzip", "deflate", text):
        decode(data, coding)


def test_a_head_is_bounded():
    assert HEAD_LIMIT == 65536
