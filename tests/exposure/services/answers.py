"""The bytes of servers' answers, made as the protocols say; those of SMB follow what Samba 4.17 sent in the lab."""

import json

from rempart.exposure.protocols import ber, dicom

GOOD_SSH = {
    "kex": "mlkem768x25519-sha256,curve25519-sha256",
    "host_key": "ssh-ed25519,rsa-sha2-512",
    "cipher": "aes256-gcm@openssh.com",
    "mac": "hmac-sha2-256-etm@openssh.com",
    "compression": "none",
}


def ssh(version: str = "2.0", software: str = "OpenSSH_9.9", **kinds: str) -> bytes:
    offered = GOOD_SSH | kinds
    order = ("kex", "host_key", "cipher", "cipher", "mac", "mac", "compression", "compression")
    lists = [offered[kind].encode() for kind in order] + [b"", b""]
    body = b"\x14" + bytes(16) + b"".join(len(each).to_bytes(4, "big") + each for each in lists) + bytes(5)
    padding = 4 + -(len(body) + 9) % 8
    packet = bytes([padding]) + body + bytes(padding)
    return f"SSH-{version}-{software}\r\n".encode() + len(packet).to_bytes(4, "big") + packet


def rdp(selected: int | None = None, failure: int = 5) -> bytes:
    kind, value = (3, failure) if selected is None else (2, selected)
    return bytes.fromhex("030000130ed00000123400") + bytes([kind, 0, 8, 0]) + value.to_bytes(4, "little")


def smb2(*, signing: bool, dialect: int = 0x0311) -> bytes:
    header = b"\xfeSMB" + (64).to_bytes(2, "little") + bytes(6) + b"\x00\x00\x01\x00" + bytes(48)
    body = b"\x41\x00" + bytes([3 if signing else 1, 0]) + dialect.to_bytes(2, "little") + bytes(59)
    return (len(header) + len(body)).to_bytes(4, "big") + header + body


def smb1(*, taken: bool) -> bytes:
    header = b"\xffSMB\x72" + bytes(27)
    words = (0 if taken else 0xFFFF).to_bytes(2, "little") + b"\x03" + bytes(31)
    body = (bytes([17]) + words + bytes(2)) if taken else b"\x01\xff\xff\x00\x00"
    return (len(header) + len(body)).to_bytes(4, "big") + header + body


def vnc(*types: int) -> bytes:
    return b"RFB 003.008\n" + bytes([len(types), *types])


def ftp(*, tls: bool) -> bytes:
    features = b"211-Features:\r\n UTF8\r\n" + (b" AUTH TLS\r\n" if tls else b"") + b"211 End\r\n"
    return b"220 FTP server\r\n" + features + (b"234 Go on\r\n" if tls else b"500 Unknown\r\n")


def ftp_visitor(*codes: int) -> bytes:
    return b"220 FTP server\r\n" + b"".join(b"%d word\r\n" % code for code in codes)


def root_dse(*contexts: str, result: int = 0) -> bytes:
    def attribute(name: str, *values: str) -> bytes:
        kept = ber.wrap(ber.SET, *(ber.wrap(ber.OCTETS, value.encode()) for value in values))
        return ber.wrap(ber.SEQUENCE, ber.wrap(ber.OCTETS, name.encode()), kept)

    listed = [attribute("vendorName", "Valmont"), attribute("namingContexts", *contexts)] if contexts else []
    entry = ber.wrap(0x64, ber.wrap(ber.OCTETS), ber.wrap(ber.SEQUENCE, *listed))
    done = ber.wrap(0x65, ber.wrap(0x0A, bytes([result])), ber.wrap(ber.OCTETS), ber.wrap(ber.OCTETS))
    return b"".join(ber.wrap(ber.SEQUENCE, ber.integer(1), part) for part in (entry, done))


def snmp(enterprise: int = 8072) -> bytes:
    identity = (0x80000000 | enterprise).to_bytes(4, "big") + b"\x03" + bytes(6)
    empty = ber.wrap(ber.OCTETS)
    security = ber.wrap(
        ber.SEQUENCE, ber.wrap(ber.OCTETS, identity), ber.integer(3), ber.integer(900), empty, empty, empty
    )
    header = ber.wrap(ber.SEQUENCE, ber.integer(1))
    return ber.wrap(ber.SEQUENCE, ber.integer(3), header, ber.wrap(ber.OCTETS, security), ber.wrap(ber.SEQUENCE))


def dicom_accepted(*accepted: str) -> bytes:
    def item(kind: int, content: bytes) -> bytes:
        return bytes([kind, 0]) + len(content).to_bytes(2, "big") + content

    contexts = b"".join(
        item(0x21, bytes([2 * rank + 1, 0, 0 if syntax in accepted else 3, 0]) + item(0x40, b"1.2.840.10008.1.2"))
        for rank, syntax in enumerate(dicom.CONTEXTS)
    )
    user = item(
        0x50, item(0x51, bytes(4)) + item(0x52, b"1.2.276.0.7230010.3.0.3.6.7") + item(0x55, b"OFFIS_DCMTK_367")
    )
    body = b"\x00\x01" + bytes(66) + item(0x10, b"1.2.840.10008.3.1.1.1") + contexts + user
    return b"\x02\x00" + len(body).to_bytes(4, "big") + body


def dicom_rejected(source: int = 1, reason: int = 7) -> bytes:
    return b"\x03\x00\x00\x00\x00\x04\x00\x01" + bytes([source, reason])


def hl7(code: str = "AE") -> bytes:
    return f"\x0bMSH|^~\\&|MIRTH|VALMONT|REMPART|REMPART|20261124||ACK|1|T|2.5\rMSA|{code}|1\r\x1c\r".encode()


def http(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} x\r\n{named}Content-Length: {len(body)}\r\n\r\n".encode() + body


def http_json(document: object, status: int = 200, **headers: str) -> bytes:
    return http(status, json.dumps(document).encode(), Content_Type="application/json", **headers)


def bson(**fields: object) -> bytes:
    body = b""
    for name, value in fields.items():
        key = name.encode() + b"\x00"
        if isinstance(value, float):
            body += b"\x01" + key + (b"\x00" * 6 + b"\xf0\x3f" if value else bytes(8))
        elif isinstance(value, bool):
            body += b"\x08" + key + bytes([value])
        else:
            body += b"\x10" + key + int(value).to_bytes(4, "little")
    return (len(body) + 5).to_bytes(4, "little") + body + b"\x00"


def mongodb(*, login: bool) -> bytes:
    hello = bytes(20) + bson(ismaster=True, maxWireVersion=17, ok=1.0)
    second = bytes(5) + (bson(ok=0.0, code=13) if login else bson(ok=1.0))
    frames = ((1, hello), (2013, second))
    return b"".join(
        (16 + len(body)).to_bytes(4, "little") + bytes(8) + kind.to_bytes(4, "little") + body for kind, body in frames
    )


MYSQL = b"\x4a\x00\x00\x00\x0a5.5.5-10.11.6-MariaDB\x00" + bytes(50)
AMQP_MECHANISMS = b"PLAIN AMQPLAIN"


def amqp(mechanisms: bytes = AMQP_MECHANISMS) -> bytes:
    table = (
        b"\x07productS" + (8).to_bytes(4, "big") + b"RabbitMQ" + b"\x07versionS" + (6).to_bytes(4, "big") + b"3.10.8"
    )
    method = b"\x00\x0a\x00\x0a\x00\x09" + len(table).to_bytes(4, "big") + table
    method += len(mechanisms).to_bytes(4, "big") + mechanisms + (5).to_bytes(4, "big") + b"en_US"
    return b"\x01\x00\x00" + len(method).to_bytes(4, "big") + method + b"\xce"
