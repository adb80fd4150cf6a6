"""What services say of themselves before anything is asked of them: the texts that fingerprints are matched with."""

from collections.abc import Callable

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.talks import Row, frame, read_talks
from rempart.exposure.protocols import (
    brokers,
    dicom,
    ftp,
    hl7,
    infrastructure,
    ldap,
    mongodb,
    smb,
    ssh,
    stores,
    vnc,
    web_answer,
)
from rempart.exposure.protocols.octets import Malformed, line_of
from rempart.exposure.snapshot import Snapshot


def _ldap(data: bytes) -> str:
    shown = ldap.root_dse(data).attributes
    return " ".join((*shown.get("vendorname", ()), *shown.get("vendorversion", ()), *shown.get("objectclass", ())[1:]))


def _ftp(data: bytes) -> str:
    replies = ftp.replies(data)
    return replies[0].text if replies else ""


def _dicom(data: bytes) -> str:
    answer = dicom.association(data)
    return f"{answer.implementation} {answer.version}".strip()


def _amqp(data: bytes) -> str:
    start = brokers.amqp_start(data)
    return f"{start.product} {start.version}".strip()


def _mongodb(data: bytes) -> str:
    version = mongodb.read(data).wire_version
    return "" if version is None else f"MongoDB wire version {version}"


_READERS: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "service.ssh": ("ssh", lambda data: f"SSH-{ssh.greeting(data).version}-{ssh.greeting(data).software}"),
    "service.ftp": ("ftp", _ftp),
    "service.smtp": ("smtp", line_of),
    "service.imap": ("imap", line_of),
    "service.pop3": ("pop3", line_of),
    "service.telnet": ("telnet", lambda data: infrastructure.telnet(data)[1]),
    "service.vnc": ("vnc", lambda data: f"RFB {vnc.offer(data).version}"),
    "service.rsync": ("rsync", line_of),
    "service.mysql": ("mysql", lambda data: stores.mysql(data).version),
    "service.redis": ("redis", lambda data: stores.redis(data).version),
    "service.memcached": ("memcached", lambda data: stores.memcached(data).version),
    "service.zookeeper": ("zookeeper", lambda data: stores.zookeeper(data).version),
    "service.mssql": ("mssql", lambda data: stores.mssql_prelogin(data)[0]),
    "service.mongodb": ("mongodb", _mongodb),
    "service.amqp": ("amqp", _amqp),
    "service.smb": ("smb", lambda data: smb.negotiated(data).dialect or ""),
    "service.ldap": ("ldap", _ldap),
    "service.sip": ("sip", lambda data: infrastructure.text_answer(data, "SIP").product),
    "service.rtsp": ("rtsp", lambda data: infrastructure.text_answer(data, "RTSP").product),
    "service.ipp": ("ipp", infrastructure.ipp_model),
    "identify.http": ("http", lambda data: web_answer.read(data).headers.get("server", "")),
    "health.dicom": ("dicom", _dicom),
    "health.hl7": ("hl7", lambda data: hl7.acknowledgement(data).application),
}


@facts("banners")
def banners(snapshot: Snapshot) -> pl.DataFrame:
    """Texts by endpoint: `protocol` and `banner`, never empty. Nothing is guessed: what was not said is not here."""
    rows: list[Row] = [
        {**endpoint, "protocol": protocol, "banner": banner}
        for probe, (protocol, reader) in _READERS.items()
        for endpoint, _, banner in read_talks(snapshot, probe, reader)
        if banner
    ]
    rows += _greetings(snapshot)
    return frame(rows, {"protocol": pl.String(), "banner": pl.String()})


def _greetings(snapshot: Snapshot) -> list[Row]:
    """Return the first line of servers that spoke first on a port of no hint."""

    def spoken(data: bytes) -> str:
        if data.startswith((b"HTTP/", b"-ERR")) or not data[:1].isascii():
            raise Malformed("not a greeting")
        return line_of(data)

    protocols = {
        (row["address"], row["port"], row["transport"]): row["protocol"]
        for row in snapshot.services.filter(pl.col("protocol") != "").iter_rows(named=True)
    }
    return [
        {**endpoint, "protocol": protocols[key], "banner": banner}
        for endpoint, _, banner in read_talks(snapshot, "identify.greeting", spoken)
        if banner and (key := (endpoint["address"], endpoint["port"], endpoint["transport"])) in protocols
    ]
