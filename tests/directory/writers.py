"""Writers of the text formats, for tests: raw LDAP records into LDIF and ORADAD files.

No public ORADAD archive exists; the ORADAD writer is ours, after the collector's published source code.
"""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path

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
