"""Writers of the text formats, for tests: raw LDAP records into LDIF and ORADAD files.

No public ORADAD archive exists; the ORADAD writer is ours, after the collector's published source code.
"""

import base64
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rempart.directory.attributes import ATTRIBUTES, sid_text
from rempart.directory.names import dn_key, domain_of, partition_of

Records = Mapping[str, Mapping[str, Iterable[bytes]]]

_FOLD = 76


def ldif_line(name: str, value: bytes) -> bytes:
    """One logical line, plain when RFC 2849 allows it, else base64, folded at 76 columns."""
    safe = (
        all(0 < byte < 0x80 and byte not in b"\r\n" for byte in value)
        and value[:1] not in {b" ", b":", b"<"}
        and not value.endswith(b" ")
    )
    line = name.encode() + (b": " + value if safe else b":: " + base64.b64encode(value))
    pieces = [line[:_FOLD], *(line[at : at + _FOLD - 1] for at in range(_FOLD, len(line), _FOLD - 1))]
    return b"\n ".join(pieces) + b"\n"


def ldif(records: Records) -> bytes:
    """The records as one LDIF text."""
    return b"version: 1\n" + b"".join(
        b"\n"
        + ldif_line("dn", dn.encode())
        + b"".join(ldif_line(name, value) for name, values in record.items() for value in values)
        for dn, record in records.items()
    )


def write_ldif(records: Records, path: Path) -> Path:
    """Write the records as one LDIF file."""
    path.write_bytes(ldif(records))
    return path


# -- ORADAD ------------------------------------------------------------------------------------------------------------

_TOP = (
    *("objectClass", "instanceType", "whenCreated", "whenChanged", "objectGUID", "cn", "name", "isDeleted"),
    *("systemFlags", "showInAdvancedViewOnly", "objectCategory", "nTSecurityDescriptor"),
)
"""What every object has stands in `top.tsv`; the rest in the table of its class."""
_IN_WORDS = frozenset(
    {
        "userAccountControl",
        "msDS-SupportedEncryptionTypes",
        "groupType",
        "trustAttributes",
        "trustDirection",
        "trustType",
    }
    | {"systemFlags", "searchFlags", "msLAPS-PasswordExpirationTime"}
)
"""Numbers the collector writes twice: in words, then as a number in `<name>_int`."""
_IN_HEX = frozenset({"msDS-KeyCredentialLink", "msDS-RevealedUsers"})
"""Texts the collector takes for bytes."""
_TICKS = 10_000_000


def write_oradad(records: Records, folder: Path, at: datetime, *, header: bool = False) -> Path:
    """Write the records as a clear ORADAD folder taken at `at`."""
    tables: dict[str, list[str]] = {}
    described: list[str] = []
    for dn, record in records.items():
        place = _place(dn)
        classes = list(record.get("objectClass", [b"top"]))
        own = [name for name in (attribute.name for attribute in ATTRIBUTES.values()) if name not in _TOP]
        for table, columns in ((f"{place}/top", _TOP), (f"{place}/{classes[-1].decode()}", own)):
            if table not in tables:
                names, entry = _described(table, columns)
                described.append(entry)
                tables[table] = ["\t".join(names)] if header else []
            short = [place, dn] if table.endswith("/top") else []
            tables[table].append("\t".join([dn, *short, *(text for name in columns for text in _texts(name, record))]))
    for table, rows in tables.items():
        path = folder / f"{table}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\xfe" + "".join(f"{row}\r\n" for row in rows).encode("utf-16-le"))
    stamp = at.strftime("%Y%m%d-%H%M%S")
    (folder / "tables.tsv").write_text(f"hopital.test_{stamp}\n" + "".join(described), encoding="cp1252")
    metadata = f"oradad_version\t3.6.218\r\nforest|systemtime\t{stamp}\r\n"
    (folder / "metadata.tsv").write_bytes(b"\xff\xfe" + metadata.encode("utf-16-le"))
    return folder


def _place(dn: str) -> str:
    key = dn_key(dn)
    partition = partition_of(key)
    return partition if partition in {"configuration", "schema", "forestdns"} else f"{partition}/{domain_of(key)}"


def _described(table: str, attributes: Iterable[str]) -> tuple[list[str], str]:
    """The names of a table's columns, and its line in `tables.tsv`."""
    columns = [("dn", "nvarchar(200)")]
    if table.endswith("/top"):
        columns += [("shortname", "nvarchar(200)"), ("shortdn", "nvarchar(200)")]
    for name in attributes:
        kind = _sql(name)
        columns += [(name, "nvarchar(99)"), (f"{name}_int", kind)] if _in_words(name) else [(name, kind)]
    path, flat = table.replace("/", "\\"), table.replace("/", "_")
    fields = [f"{path}.tsv", flat, flat, str(len(columns)), *(field for column in columns for field in column)]
    return [name for name, _ in columns], "\t".join(fields) + "\n"


def _in_words(name: str) -> bool:
    return name in _IN_WORDS or _kind(name) == "interval"


def _kind(name: str) -> str:
    return "descriptor" if name == "nTSecurityDescriptor" else ATTRIBUTES[name.lower()].kind


def _sql(name: str) -> str:
    if name in _IN_HEX:
        return "varchar(max)"
    if _in_words(name) or name == "ms-Mcs-AdmPwdExpirationTime":
        return "int" if _kind(name) == "integer" else "bigint"
    return {
        "text": "nvarchar(400)", "integer": "int", "boolean": "tinyint", "filetime": "datetime2", "time": "datetime2",
        "sid": "varchar(100)", "guid": "uniqueidentifier", "octets": "varchar(max)", "descriptor": "varchar(8000)",
    }[_kind(name)]  # fmt: skip


def _texts(name: str, record: Mapping[str, Iterable[bytes]]) -> list[str]:
    """The text, or the two texts, of an attribute of a record."""
    values = list(record.get(name, []))
    if name != "nTSecurityDescriptor" and not ATTRIBUTES[name.lower()].many:
        values = values[:1]
    if _in_words(name):
        number = values[0].decode() if values else ""
        return [f"IN | WORDS {number}" if number else "", number]
    text = ";".join(_text(name, value) for value in values)
    return [text.translate({ord("\r"): " ", ord("\n"): " ", ord("\t"): " "})]


def _text(name: str, value: bytes) -> str:
    kind = _kind(name)
    if name in _IN_HEX or kind in {"octets", "descriptor"}:
        return value.hex()
    if kind == "sid":
        return sid_text(value)
    if kind == "guid":
        return str(uuid.UUID(bytes_le=value))
    text = value.decode()
    if kind == "boolean":
        return {"TRUE": "1", "FALSE": "0"}[text.upper()]
    if kind == "time":
        return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:14]}"
    return _date(int(text)) if kind == "filetime" and name != "ms-Mcs-AdmPwdExpirationTime" else text


def _date(ticks: int) -> str:
    if ticks == (1 << 63) - 1:
        return "2999-12-12 23:59:59"
    moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(seconds=ticks // _TICKS)
    return moment.strftime("%Y-%m-%d %H:%M:%S") if ticks else ""
