"""Which protocol an answer belongs to, whatever was asked: greetings, and the errors that servers give to strangers."""

import re
from collections.abc import Callable, Mapping

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

STARTTLS = frozenset({"smtp", "imap", "pop3", "ldap", "ftp", "postgresql", "mysql", "rdp", "xmpp"})
"""Protocols that can turn to TLS after some words: the dialect has the protocol's name."""

_FTP = re.compile(rb"ftp|filezilla|wu-|serv-u", re.IGNORECASE)
_SMTP = re.compile(rb"smtp|mail|postfix|exim|exchange", re.IGNORECASE)


def _text(pattern: bytes) -> Callable[[bytes], object]:
    compiled = re.compile(pattern, re.IGNORECASE)

    def read(data: bytes) -> bool:
        if not compiled.match(data[:512]):
            raise Malformed("another text")
        return True

    return read


def _smtp(data: bytes) -> object:
    return _text(rb"(220|421|554)[ -]")(data)


PROOFS: Mapping[str, Callable[[bytes], object]] = {
    "ssh": ssh.greeting,
    "vnc": vnc.version,
    "rsync": infrastructure.rsync_version,
    "http": web_answer.read,
    "sip": lambda data: infrastructure.text_answer(data, "SIP"),
    "rtsp": lambda data: infrastructure.text_answer(data, "RTSP"),
    "telnet": infrastructure.telnet,
    "ftp": ftp.replies,
    "smtp": _smtp,
    "imap": _text(rb"\* (ok|preauth|bye)\b"),
    "pop3": _text(rb"(\+ok|-err)\b"),
    "mysql": stores.mysql,
    "redis": stores.redis,
    "memcached": stores.memcached,
    "zookeeper": stores.zookeeper,
    "postgresql": stores.postgresql,
    "mssql": stores.mssql_prelogin,
    "mongodb": mongodb.read,
    "mqtt": brokers.mqtt_answer,
    "amqp": brokers.amqp_start,
    "kafka": brokers.kafka_answer,
    "rdp": rdp.confirm,
    "smb": smb.negotiated,
    "ldap": ldap.root_dse,
    "snmp": snmp.engine,
    "dicom": dicom.association,
    "hl7": hl7.acknowledgement,
    "rpcbind": infrastructure.rpc_answer,
    "nfs": infrastructure.rpc_answer,
    "ntp": infrastructure.ntp_answer,
    "ipp": infrastructure.ipp_model,
    "smux": infrastructure.smux_close,
    "xmpp": _text(rb"<\?xml[^>]{0,80}>\s*<stream:"),
}
"""By protocol, what reads the answer to its own question; it raises `Malformed` on any other."""

_STRANGERS: tuple[tuple[str, Callable[[bytes], object]], ...] = (
    ("mongodb", _text(rb"HTTP/1.[01] 200 OK\r\n.{0,200}trying to access MongoDB|It looks like you are trying")),
    *((name, PROOFS[name]) for name in ("ssh", "vnc", "rsync", "http", "sip", "rtsp", "telnet", "hl7", "mysql")),
    ("redis", _text(rb"-(err (unknown command|wrong number of arguments)|noauth|denied|err handle_input)")),
    ("memcached", _text(rb"error\r\n|client_error ")),
    ("imap", PROOFS["imap"]),
    ("pop3", _text(rb"\+ok\b")),
    ("amqp", _text(rb"AMQP[\x00\x01]")),
    ("dicom", _text(rb"\x07\x00\x00\x00\x00\x04\x00\x00[\x00-\x02][\x00-\x06]$")),
    ("ldap", _text(rb"\x30.{1,5}\x02\x01\x00\x78.{0,400}1\.3\.6\.1\.4\.1\.1466\.20036")),
    ("rdp", _text(rb"\x03\x00\x00([\x0b\x13].\xd0|\x09\x02\xf0\x80\x21\x80)")),
    ("xmpp", PROOFS["xmpp"]),
)
TLS_RECORD = re.compile(rb"\x15\x03[\x00-\x04]\x00\x02[\x01\x02].")
_TLS_WANTED = re.compile(
    rb"plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled|"
    rb"Client sent an HTTP request to an HTTPS server|combination of host and port requires TLS",
    re.IGNORECASE,
)


def proves(protocol: str, data: bytes) -> bool:
    """Tell whether `data` is the answer that `protocol` gives to its own question."""
    reader = PROOFS.get(protocol)
    if reader is None or not data:
        return False
    try:
        reader(data)
    except Malformed:
        return False
    return True


def recognise(data: bytes) -> str:
    """Return the protocol whose greeting or error `data` is; "" when it is none that is certain."""
    if not data:
        return ""
    if data[:3] in (b"220", b"421", b"554") and data[3:4] in (b" ", b"-"):
        mail, file = _SMTP.search(data[:512]), _FTP.search(data[:512])
        return "ftp" if file and not mail else "smtp" if mail or data[:3] == b"554" else ""
    return next((name for name, reader in _STRANGERS if _reads(reader, data)), "")


def wants_tls(data: bytes) -> bool:
    """Tell whether a server answered in clear that it speaks TLS: an alert, or a page that says so."""
    return bool(TLS_RECORD.match(data) or _TLS_WANTED.search(data[:2048]))


def _reads(reader: Callable[[bytes], object], data: bytes) -> bool:
    try:
        reader(data)
    except Malformed:
        return False
    return True
