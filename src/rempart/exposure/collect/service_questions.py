"""The question of each protocol. Every one is a client's ordinary first words: no login, no secret, no data is asked.

What each does not do is written in the catalogue, beside the control that judges the answer.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from rempart.exposure.collect.exchange import Exchange, Step, anything, at_least, line
from rempart.exposure.collect.question import Endpoint, Load
from rempart.exposure.protocols import (
    Malformed,
    brokers,
    dicom,
    ftp,
    hl7,
    infrastructure,
    ldap,
    mongodb,
    rdp,
    smb,
    snmp,
    ssh,
    stores,
    vnc,
    web_answer,
)

_NTP = 48
_IPP_WAIT, _GREETING, _PAGE = 5.0, 1.0, 3.0


def host_of(endpoint: Endpoint) -> str:
    """Return the host to name in a request: the declared name, else the address (IPv6 in brackets), and the port."""
    host = endpoint.name or (f"[{endpoint.address}]" if ":" in endpoint.address else endpoint.address)
    return host if endpoint.port in (80, 443) else f"{host}:{endpoint.port}"


def web(path: str = "/", method: str = "GET", *, probe: str, tls: bool = False, accept: str = "*/*") -> Exchange:
    """Return the question of one page, its answer kept up to 64 KiB."""
    words = Step(lambda endpoint, _: web_answer.request(host_of(endpoint), path, method, accept), web_answer.complete)
    return Exchange(probe, (words,), f"{method} {path}", Load.MEDIUM, tls, limit=1 << 16)


def _ssh(_: Endpoint, received: bytes) -> bytes:
    try:
        return ssh.HELLO if ssh.greeting(received) else b""
    except Malformed:
        return b""


def _vnc(_: Endpoint, received: bytes) -> bytes:
    try:
        return vnc.reply(received)
    except Malformed:
        return b""


def _after(code: bytes, words: bytes) -> Step:
    """Return the step of an FTP talk that is said only when the last reply began with `code`."""

    def say(_: Endpoint, received: bytes) -> bytes:
        return words if received.rstrip(b"\r\n").rpartition(b"\n")[2].startswith(code) else b""

    return Step(say, ftp.complete)


def _mongo(_: Endpoint, received: bytes) -> bytes:
    try:
        return mongodb.ask_parameter() if mongodb.read(received) else b""
    except Malformed:
        return b""


def _page(received: bytes) -> bool:
    """Tell whether a page, or the line that another protocol answers instead, is there."""
    return web_answer.complete(received) or (line(received) and not received.startswith(b"HTTP/"))


def _leave(goodbye: bytes) -> tuple[Step, ...]:
    return (Step(goodbye),)


_PLAIN: Mapping[str, Exchange] = {
    "ssh": Exchange("service.ssh", (Step(b"", line), Step(_ssh, ssh.complete)), limit=1 << 16),
    "ftp": Exchange(
        "service.ftp",
        (Step(b"", ftp.complete), _after(b"220", b"FEAT\r\n"), _after(b"", b"AUTH TLS\r\n")),
        "greeting, FEAT, AUTH TLS",
    ),
    "smtp": Exchange("service.smtp", (Step(b"", line), *_leave(b"QUIT\r\n")), "greeting", Load.HIGH),
    "imap": Exchange("service.imap", (Step(b"", line), *_leave(b"a LOGOUT\r\n")), "greeting"),
    "pop3": Exchange("service.pop3", (Step(b"", line), *_leave(b"QUIT\r\n")), "greeting"),
    "telnet": Exchange("service.telnet", (Step(b"", at_least(3)),), "greeting"),
    "vnc": Exchange("service.vnc", (Step(b"", at_least(vnc.LINE)), Step(_vnc, vnc.complete)), load=Load.HIGH),
    "mysql": Exchange("service.mysql", (Step(b"", at_least(20)),), "greeting", Load.HIGH),
    "rsync": Exchange("service.rsync", (Step(b"", line),), "greeting"),
    "rdp": Exchange("service.rdp", (Step(rdp.request(0x0B), rdp.complete),), "offers TLS and NLA", Load.HIGH),
    "smb": Exchange("service.smb", (Step(lambda *_: smb.ask_smb2(), smb.complete),), "offers SMB 2.0.2 to 3.1.1"),
    "ldap": Exchange(
        "service.ldap", (Step(ldap.ask(), ldap.complete), *_leave(ldap.UNBIND)), "root DSE", limit=1 << 16
    ),
    "snmp": Exchange("service.snmp", (Step(snmp.ask(), anything),), "SNMPv3 engine discovery"),
    "redis": Exchange("service.redis", (Step(stores.REDIS, lambda data: b"+OK" in data),), "PING, INFO server"),
    "memcached": Exchange("service.memcached", (Step(stores.MEMCACHED, line),), "version"),
    "zookeeper": Exchange("service.zookeeper", (Step(stores.ZOOKEEPER, lambda data: b"Mode:" in data),), "srvr"),
    "postgresql": Exchange("service.postgresql", (Step(stores.POSTGRESQL, anything),), "SSLRequest"),
    "mssql": Exchange("service.mssql", (Step(stores.mssql(), at_least(8)),), "PRELOGIN"),
    "mongodb": Exchange(
        "service.mongodb",
        (Step(mongodb.ask_hello(), mongodb.complete), Step(_mongo, mongodb.complete)),
        "isMaster, getParameter",
    ),
    "mqtt": Exchange(
        "service.mqtt",
        (Step(brokers.mqtt_connect(), at_least(4)), *_leave(brokers.MQTT_LEAVE)),
        "CONNECT without user",
    ),
    "amqp": Exchange("service.amqp", (Step(brokers.AMQP, brokers.amqp_complete),), "protocol header"),
    "kafka": Exchange("service.kafka", (Step(brokers.kafka_ask(), brokers.framed),), "ApiVersions"),
    "rpcbind": Exchange("service.rpcbind", (Step(infrastructure.rpc_null(100000, 2), brokers.framed),), "null call"),
    "nfs": Exchange("service.nfs", (Step(infrastructure.rpc_null(100003, 3), brokers.framed),), "null call"),
    "ntp": Exchange("service.ntp", (Step(infrastructure.NTP, at_least(_NTP)),), "client request"),
    "sip": Exchange(
        "service.sip",
        (Step(lambda endpoint, _: infrastructure.sip_options(endpoint.transport), lambda data: b"\r\n\r\n" in data),),
        "OPTIONS",
    ),
    "rtsp": Exchange("service.rtsp", (Step(infrastructure.RTSP_OPTIONS, lambda data: b"\r\n\r\n" in data),), "OPTIONS"),
    "ipp": Exchange(
        "service.ipp",
        (Step(lambda endpoint, _: infrastructure.ipp_ask(host_of(endpoint)), web_answer.complete, _IPP_WAIT),),
        "Get-Printer-Attributes",
    ),
    "smux": Exchange("service.smux", (Step(infrastructure.SMUX_CLOSE, anything, _GREETING),), "ClosePDU"),
    "dicom": Exchange(
        "health.dicom",
        (Step(lambda *_: dicom.ask(dicom.random_title()), dicom.complete), *_leave(dicom.ABORT)),
        "association, any AE title",
    ),
    "hl7": Exchange("health.hl7", (Step(lambda *_: _hl7(), hl7.complete),), "empty QCN"),
    "http": web("/", probe="identify.http"),
}


def question_of(protocol: str, *, tls: bool = False, seconds: float | None = None) -> Exchange:
    """Return the question of a protocol, inside TLS or not; `seconds` shortens the wait for its first answer.

    Raises:
        KeyError: no question is known for it.

    """
    found = _PLAIN[protocol]
    steps = found.steps if seconds is None else (replace(found.steps[0], seconds=seconds), *found.steps[1:])
    return replace(found, tls=tls, steps=steps, handshake=seconds)


def known() -> frozenset[str]:
    """Return the protocols that have a question."""
    return frozenset(_PLAIN)


GREETING = Exchange(
    "identify.greeting",
    (
        Step(b"", anything, _GREETING, optional=True),
        Step(lambda _, received: b"" if received else b"GET / HTTP/1.0\r\n\r\n", _page, _PAGE),
    ),
    "waits, then GET /",
)
"""Waits for a server that speaks first; a silent one is asked for a page, over the same connection.

No Host header: Redis and its kin take one for an attack and hang up; without it they answer with their own error.
"""

RDP_STANDARD = Exchange(
    "service.rdp", (Step(rdp.request(0), rdp.complete),), "offers standard security only", Load.HIGH
)
RDP_TLS = Exchange("service.rdp", (Step(rdp.request(1), rdp.complete),), "offers TLS only", Load.HIGH)
SMB1 = Exchange("service.smb", (Step(smb.ask_smb1(), smb.complete),), "offers SMB 1 only")
FTP_ANONYMOUS = Exchange(
    "service.ftp_anonymous",
    (
        Step(b"", ftp.complete),
        _after(b"220", b"USER anonymous\r\n"),
        _after(b"331", b"PASS " + ftp.CONTACT + b"\r\n"),
        *_leave(b"QUIT\r\n"),
    ),
    "USER anonymous, PASS, QUIT",
)


def _hl7() -> bytes:
    now = datetime.now(UTC)
    return hl7.ask(f"REMPART{now:%H%M%S%f}", f"{now:%Y%m%d%H%M%S}")
