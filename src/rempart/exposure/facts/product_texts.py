"""What services say of themselves: every text worth matching, from the bytes of every probe.

A new source of text is one line of `_READERS`: the probe's name, and what reads its bytes into texts.
"""

import json
from collections.abc import Callable, Iterable, Iterator

import polars as pl

from rempart.exposure.facts import ENDPOINT, facts
from rempart.exposure.facts.certificates import certificates
from rempart.exposure.fingerprints.model import Where
from rempart.exposure.protocols import Malformed, brokers, dicom, ftp, hl7, infrastructure, ldap, snmp, ssh, stores
from rempart.exposure.protocols.http.exchange import answers
from rempart.exposure.protocols.http.html import read_page, text_of
from rempart.exposure.protocols.http.request import read_requests
from rempart.exposure.protocols.http.response import Head, Response, read
from rempart.exposure.protocols.octets import printable
from rempart.exposure.snapshot import Outcome, Snapshot

Text = tuple[Where, str]
Row = dict[str, object]
LONGEST = 16_384
"""Characters of one text that are kept."""
_MOST_LENGTHS = 1000
_SCHEMA: dict[str, pl.DataType] = {
    "address": pl.String(),
    "port": pl.UInt16(),
    "transport": pl.String(),
    "name": pl.String(),
    "where": pl.String(),
    "text": pl.String(),
}


@facts("product_texts")
def texts(snapshot: Snapshot) -> pl.DataFrame:
    """Return each distinct text of each service: the endpoint's columns, `where` (`Where`) and `text`."""
    rows = list(_observed(snapshot))
    named = certificates(snapshot).filter(pl.col("first"))
    shown = pl.concat(
        named.select(*ENDPOINT, pl.lit(str(where)).alias("where"), pl.col(column).alias("text"))
        for where, column in ((Where.SUBJECT, "subject"), (Where.ISSUER, "issuer"))
    )
    read_texts = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    both = pl.concat([read_texts, shown.cast(pl.Schema(_SCHEMA))])
    return both.filter(pl.col("text").fill_null("") != "").unique(maintain_order=True)


def readers() -> frozenset[str]:
    """Return the probes whose bytes are read."""
    return frozenset(_READERS)


def unheard(snapshot: Snapshot) -> pl.DataFrame:
    """Return the services that were asked and never answered (time-out, reset, failure): endpoint's columns."""
    known = snapshot.observations.filter(pl.col("probe").is_in(list(_READERS)), pl.col("port").is_not_null())
    silent = (Outcome.TIMEOUT, Outcome.RESET, Outcome.FAILED, Outcome.UNREACHABLE, Outcome.SKIPPED)
    never = pl.col("outcome").is_in([str(outcome) for outcome in silent]).all()
    return known.group_by(ENDPOINT, maintain_order=True).agg(never.alias("never")).filter("never").select(ENDPOINT)


def _observed(snapshot: Snapshot) -> Iterator[tuple[object, ...]]:
    """Yield the texts of each observation; a loop, for each is bytes to parse."""
    known = snapshot.observations.filter(
        pl.col("probe").is_in(list(_READERS)), pl.col("received").bin.size() > 0, pl.col("subject").fill_null("") == ""
    )
    for row in known.sort("at", maintain_order=True).iter_rows(named=True):
        place = tuple(row[column] for column in ENDPOINT)
        try:
            found = list(_READERS[row["probe"]](row))
        except Malformed:
            continue  # bytes that are not of this protocol tell no product
        yield from ((*place, str(where), text[:LONGEST]) for where, text in found)


def _bytes(reader: Callable[[bytes], Iterable[Text]]) -> Callable[[Row], Iterable[Text]]:
    return lambda row: reader(bytes(row["received"]))  # type: ignore[call-overload]


def _first_line(where: Where, prefix: str = "") -> Callable[[Row], Iterable[Text]]:
    """Return the reader of a greeting: its first line, without the words that every such server begins with."""
    return _bytes(lambda data: [(where, printable(data.partition(b"\n")[0].strip()).removeprefix(prefix).strip())])


def _smtp(data: bytes) -> Iterable[Text]:
    line = printable(data.partition(b"\n")[0].strip())
    return [(Where.SMTP, line[4:])] if line[:3] == "220" else []


def _dicom(data: bytes) -> Iterable[Text]:
    said = dicom.association(data)
    return [(Where.DICOM, said.version), (Where.DICOM_CLASS, said.implementation)]


def _ldap(data: bytes) -> Iterable[Text]:
    attributes = ldap.root_dse(data).attributes
    return [(Where.LDAP, "\n".join(f"{name}: {value}" for name, values in attributes.items() for value in values))]


def _amqp(data: bytes) -> Iterable[Text]:
    said = brokers.amqp_start(data)
    return [(Where.BROKER, f"{said.product} {said.version}".strip())]


def _snmp(data: bytes) -> Iterable[Text]:
    enterprise = snmp.engine(data).enterprise
    return [] if enterprise is None else [(Where.SNMP_MAKER, str(enterprise))]


def _store(name: str, version: Callable[[bytes], str]) -> Callable[[Row], Iterable[Text]]:
    return _bytes(lambda data: [(Where.STORE, f"{name} {version(data)}".strip())])


def _greeting(row: Row) -> Iterator[Text]:
    """Read what a service said to a client that waits: a line of its protocol, or a page."""
    data = bytes(row["received"])  # type: ignore[call-overload]
    if data.startswith(b"HTTP/"):
        yield from _web(row)
    elif data.startswith(b"SSH-"):
        yield Where.SSH, ssh.greeting(data).software
    elif data.startswith(b"* OK"):
        yield Where.IMAP, printable(data.partition(b"\n")[0].strip())
    elif data.startswith(b"+OK"):
        yield Where.POP3, printable(data.partition(b"\n")[0].strip())
    elif data.startswith(b"220"):
        line = printable(data.partition(b"\n")[0].strip())[4:]
        yield from ((Where.SMTP, line), (Where.FTP, line))
    else:
        yield Where.BANNER, printable(data.partition(b"\n")[0].strip())


def _web(row: Row) -> Iterator[Text]:
    """Read every answer of a connection: its headers, and its page."""
    received, sent = bytes(row["received"]), bytes(row["sent"] or b"")  # type: ignore[call-overload]
    for answer in _answers(received, sent, str(row["detail"] or "{}")):
        yield from _headers(answer.head)
        yield from _page(answer)


def _answers(received: bytes, sent: bytes, detail: str) -> list[Response]:
    said = json.loads(detail)
    lengths = said.get("lengths") if isinstance(said, dict) else None
    if not isinstance(lengths, list):
        return [read(received)]
    known = [length for length in lengths[:_MOST_LENGTHS] if isinstance(length, int)]
    return [answer for answer in answers(received, known, read_requests(sent)) if answer is not None]


_HEADERS = {
    "server": Where.SERVER,
    "x-powered-by": Where.POWERED,
    "set-cookie": Where.COOKIE,
    "www-authenticate": Where.AUTHENTICATE,
    "location": Where.LOCATION,
}


def _headers(head: Head) -> Iterator[Text]:
    for name, value in head.headers:
        yield (
            _HEADERS.get(name.lower(), Where.HEADER),
            value if name.lower() in _HEADERS else f"{name.lower()}: {value}",
        )


def _page(answer: Response) -> Iterator[Text]:
    said = answer.head.first("content-type") or ""
    if not answer.body or said.partition("/")[0].strip().lower() in {"image", "font", "video", "audio"}:
        return
    text = text_of(answer.body, said)[:LONGEST]
    yield Where.BODY, text
    if "<" in text:
        yield Where.TITLE, read_page(text).title or ""


_READERS: dict[str, Callable[[Row], Iterable[Text]]] = {
    "service.ssh": _bytes(lambda data: [(Where.SSH, ssh.greeting(data).software)]),
    "service.ftp": _bytes(lambda data: [(Where.FTP, line) for line in ftp.replies(data)[0].lines]),
    "service.smtp": _bytes(_smtp),
    "service.imap": _first_line(Where.IMAP),
    "service.pop3": _first_line(Where.POP3),
    "service.telnet": _bytes(lambda data: [(Where.TELNET, infrastructure.telnet(data)[1])]),
    "service.mysql": _bytes(lambda data: [(Where.MYSQL, stores.mysql(data).version)]),
    "service.mssql": _store("mssql", lambda data: stores.mssql_prelogin(data)[0]),
    "service.redis": _store("redis", lambda data: stores.redis(data).version),
    "service.memcached": _store("memcached", lambda data: stores.memcached(data).version),
    "service.zookeeper": _store("zookeeper", lambda data: stores.zookeeper(data).version),
    "service.amqp": _bytes(_amqp),
    "service.ldap": _bytes(_ldap),
    "service.snmp": _bytes(_snmp),
    "service.sip": _bytes(lambda data: [(Where.SIP, infrastructure.text_answer(data, "SIP").product)]),
    "service.rtsp": _bytes(lambda data: [(Where.RTSP, infrastructure.text_answer(data, "RTSP").product)]),
    "service.ipp": _bytes(lambda data: [(Where.PRINTER, infrastructure.ipp_model(data))]),
    "health.dicom": _bytes(_dicom),
    "health.hl7": _bytes(lambda data: [(Where.HL7, hl7.acknowledgement(data).application)]),
    "identify.greeting": _greeting,
    "identify.http": _web,
    "discovery.page": _web,
    "http.page": _web,
    "http.paths": _web,
}
