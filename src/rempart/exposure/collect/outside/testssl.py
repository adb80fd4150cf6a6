"""testssl.sh's JSON (`--jsonfile`): one finding a line that testssl ranks LOW or worse."""

from rempart.exposure.collect.outside.rows import Rows, port, records

_RANKED = {"LOW", "MEDIUM", "HIGH", "CRITICAL"}
_QUIET = {"OK", "INFO", "DEBUG", "WARN", "FATAL"}


def recognises(content: bytes) -> bool:
    """Tell whether the file holds testssl's records."""
    head = content[:65536]
    return b'"finding"' in head and b'"severity"' in head and b'"ip"' in head and content.lstrip()[:1] == b"["


def read(content: bytes, where: str) -> Rows:
    """Return the findings; its file says no date, so theirs is unknown. A record of another shape is a flaw."""
    rows = Rows()
    for rank, record in records(content):
        told = record if isinstance(record, dict) else {}
        severity = str(told.get("severity", "")).upper()
        if severity in _RANKED and "id" in told and "finding" in told:
            name, _, address = str(told.get("ip", "")).partition("/")
            rows.add(
                "testssl",
                f"{told['id']} : {told['finding']}",
                subject=name.lower(),
                address=address,
                port=port(told.get("port")),
                severity=severity.lower(),
                reference=str(told.get("cve") or told.get("cwe") or ""),
            )
        elif severity not in _QUIET:
            rows.flaw(f"{where}:{rank}", "not a testssl record")
    return rows
