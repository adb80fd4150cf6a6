"""nuclei's JSON lines (`-jsonl`) or JSON export: one finding a match."""

import re

from rempart.exposure.collect.outside.rows import Rows, moment, port, records

_PLACE = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:\[([0-9a-fA-F:]+)\]|([^/:?#\s]+))(?::(\d{1,5}))?")


def recognises(content: bytes) -> bool:
    """Tell whether the file speaks of nuclei's templates."""
    return b'"template-id"' in content[:65536] and content.lstrip()[:1] in {b"{", b"["}


def read(content: bytes, where: str) -> Rows:
    """Return the findings; a record that is no match of nuclei's is a flaw with its rank."""
    rows = Rows()
    for rank, record in records(content):
        info = record.get("info") if isinstance(record, dict) else None
        if not isinstance(record, dict) or not isinstance(info, dict):
            rows.flaw(f"{where}:{rank}", "not a nuclei result")
            continue
        place = _PLACE.match(str(record.get("matched-at") or record.get("host") or ""))
        host = (place[1] or place[2]) if place else ""
        address = str(record.get("ip") or "")
        rows.add(
            "nuclei",
            str(info.get("name") or record.get("template-id")),
            at=moment(record.get("timestamp")),
            subject="" if host == address else host.lower(),
            address=address,
            port=port(place[3]) if place and place[3] else None,
            severity=str(info.get("severity") or ""),
            reference=str(record.get("template-id") or ""),
            detail=str(record.get("matcher-name") or ""),
        )
    return rows
