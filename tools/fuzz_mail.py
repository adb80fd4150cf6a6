"""The harnesses of mail and DNS: records, greetings, DNS answers, and a whole domain judged on what any bytes say.

What a parser says of bad bytes, `Malformed`, is an answer; anything else is a finding.
"""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from tools.fuzz_harnesses import Harness, Run

_CUT = b"\n%%\n"
"""Between the answers of a domain."""
_ROOMS = "rempart.exposure.protocols"
_SPF = [
    b"v=spf1 mx include:_spf.a.test ip4:192.0.2.0/24 ip6:2001:db8::/32 -all",
    b"v=spf1 exists:%{ir}.%{v}._spf.%{d2} a:h.test/24//64 ptr redirect=r.test exp=e.%{d} x=y",
]
_RECORDS = [
    b"v=DKIM1; k=ed25519; t=y:s; h=sha256; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    b"v=DMARC1; p=reject; sp=none; np=reject; adkim=s; pct=5; t=y; psd=n; rua=mailto:a@b.test!10m,mailto:c@d.test",
    b"v=STSv1; id=20261124;",
    b"v=TLSRPTv1; rua=mailto:a@b.test,https://b.test/r",
]
_SERVERS = [
    b"version: STSv1\r\nmode: enforce\r\nmx: *.b.test\r\nmax_age: 604800\r\n",
    b"220 mx ESMTP\r\n250-mx\r\n250-AUTH=LOGIN PLAIN\r\n250 STARTTLS\r\n",
]


def _part(name: str) -> Any:
    return import_module(f"{_ROOMS}.{name}")


def _run(malformed: type[Exception], *readers: Callable[[bytes], object]) -> Run:
    """Return what gives the bytes to each reader; the room's own error is an answer."""

    def run(data: bytes, _: Path) -> None:
        for reader in readers:
            with suppress(malformed):
                reader(data)

    return run


def spf() -> Harness:
    """Read any text as an SPF record."""
    record = _part("mail.spf_record")

    def read(data: bytes) -> None:
        text = data.decode("latin-1")
        record.is_spf(text)
        record.parse(text)

    return Harness(_run(import_module("rempart.exposure.protocols").Malformed, read), lambda _: _SPF, 2048)


def records() -> Harness:
    """Read any text as each record made of tags."""
    dkim, dmarc, transport = _part("mail.dkim"), _part("mail.dmarc"), _part("mail.transport")
    readers = (dkim.is_key, dkim.parse, dmarc.is_dmarc, dmarc.parse, transport.sts_id, transport.report_addresses)
    each = [lambda data, reader=reader: reader(data.decode("latin-1")) for reader in readers]
    return Harness(_run(import_module("rempart.exposure.protocols").Malformed, *each), lambda _: _RECORDS, 2048)


def servers() -> Harness:
    """Read any bytes as a policy and as a talk with a mail server."""
    smtp, policy = _part("mail.smtp"), _part("mail.transport").parse_policy

    def talk(data: bytes) -> None:
        smtp.complete(data)
        for reply in smtp.replies(data):
            smtp.extensions(reply)

    return Harness(_run(import_module("rempart.exposure.protocols").Malformed, policy, talk), lambda _: _SERVERS, 4096)


def answers() -> Harness:
    """Read any bytes as the answer to a query, with its number."""
    made, at = _world()
    query = made["CAA"][0]
    read = _part("dns.answers").read_answer

    def give(data: bytes) -> None:
        read(query, query[:2] + data, at)
        read(b"", data, at)

    return Harness(
        _run(import_module("rempart.exposure.protocols").Malformed, give),
        lambda _: [answer[2:] for _, answer in made.values()],
        4096,
    )


def domain() -> Harness:
    """Judge a domain on answers that say anything, signatures included."""
    made, at = _world()
    answers_room, malformed = _part("dns.answers"), import_module("rempart.exposure.protocols").Malformed
    read_all = import_module("rempart.exposure.collect.surveys.names").read_all

    def run(data: bytes, _: Path) -> None:
        held = answers_room.Answers()
        for part in data.split(_CUT, 20):
            with suppress(malformed):
                asked, answer = answers_room.read_answer(b"", part, at)
                held.add(asked, answer)
                held.add(asked, answer)
        read_all("a.test", held)

    whole = [answer for _, answer in made.values()]
    return Harness(run, lambda _: [_CUT.join(whole), *whole], 16384)


def _world() -> tuple[dict[str, tuple[bytes, bytes]], Any]:
    """Return the query and the answer of some types of `a.test`, and when they came."""
    message, rrset = import_module("dns.message"), import_module("dns.rrset")
    said = {
        "SOA": "ns1.a.test. h.a.test. 1 1 1 1 1",
        "MX": "10 mx.a.test.",
        "NS": "ns1.a.test.",
        "TXT": '"v=spf1 mx include:a.test -all"',
        "CAA": '0 issue "b.test"',
        "DS": f"1 13 2 {'ab' * 32}",
        "DNSKEY": "257 3 13 " + "A" * 86 + "==",
        "A": "192.0.2.1",
    }
    made = {}
    for rdtype, text in said.items():
        query = message.make_query("a.test", rdtype, id=7)
        reply = message.make_response(query)
        reply.answer.append(rrset.from_text("a.test.", 60, "IN", rdtype, text))
        proof = f"{rdtype} 13 2 60 20300101000000 20200101000000 1 a.test. {'A' * 86}=="
        reply.answer.append(rrset.from_text("a.test.", 60, "IN", "RRSIG", proof))
        made[rdtype] = (query.to_wire(), reply.to_wire())
    return made, import_module("tests.exposure.mail.world").AT
