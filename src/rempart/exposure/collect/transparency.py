"""Lists of certificates that a person downloaded from a certificate-transparency service: the names they hold.

Taken: crt.sh (JSON of `?output=json`, or its table saved as CSV) and Cert Spotter (JSON of `/v1/issuances`).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from rempart.exposure.protocols.names_seen import plain_name
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_LIMIT = 1 << 28
_COLUMNS = ("name_value", "common_name", "matching identities", "common name", "dns_names", "name", "domain")


def read_list(path: Path) -> tuple[str, ...]:
    """Return the names of a list, sorted, each once.

    Raises:
        InputError: no such file, or neither form.

    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LIMIT + 1)
    except OSError as error:
        raise InputError(Text(fr="liste introuvable", en="list not found"), where=str(path)) from error
    if len(content) > _LIMIT:
        raise InputError(Text(fr="liste trop grande (256 Mio au plus)", en="list too large"), where=str(path))
    text = content.decode("utf-8-sig", errors="replace")
    try:
        written = list(_json(text) if text.lstrip()[:1] in {"[", "{"} else _csv(text))
    except (ValueError, TypeError, AttributeError, csv.Error, RecursionError) as error:
        raise _unknown(path) from error
    if not written and text.strip() not in {"", "[]"}:
        raise _unknown(path)
    return tuple(sorted({name for each in written if (name := plain_name(each)) is not None}))


def _json(text: str) -> Iterator[str]:
    """Yield the names of a JSON array, or of one object a line."""
    stripped = text.strip()
    rows = json.loads(stripped) if stripped.startswith("[") else [json.loads(line) for line in stripped.splitlines()]
    for row in rows:
        yield from row.get("dns_names") or ()
        yield from str(row.get("name_value") or "").splitlines()
        yield str(row.get("common_name") or "")


def _csv(text: str) -> Iterator[str]:
    rows = csv.DictReader(io.StringIO(text))
    columns = [name for name in rows.fieldnames or () if name.strip().lower() in _COLUMNS]
    for row in rows:
        for column in columns:
            yield from _words(row.get(column) or "")


def _words(cell: str) -> Iterable[str]:
    return cell.replace(",", " ").replace(";", " ").split()


def _unknown(path: Path) -> InputError:
    return InputError(
        Text(
            fr="ce n'est pas une liste de certificats connue (crt.sh en JSON ou CSV, Cert Spotter en JSON)",
            en="no list of certificates known here (crt.sh JSON or CSV, Cert Spotter JSON)",
        ),
        where=str(path),
    )
