"""The CSV template of Rempart, for reports that only exist as PDF: SILENE, CERT Santé, a service provider."""

import csv
import io

from rempart.exposure.collect.outside.rows import Rows, moment, port
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

COLUMNS = ("source", "date", "systeme", "port", "titre", "gravite", "reference", "detail")
REQUIRED = ("source", "date", "systeme", "titre")
EXAMPLE = (
    ("SILENE", "2026-11-02", "vpn.valmont.example", "443", "Version obsolète", "élevée", "rapport n° 12, p. 4", ""),
    ("CERT Santé", "2026-10-15", "192.0.2.10", "25", "Chiffrement faible", "moyenne", "", "TLS 1.0 accepté"),
)


def render() -> str:
    """Return the template with two invented examples: UTF-8 with a byte order mark once encoded, `;` between cells."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([COLUMNS, *EXAMPLE])
    return "\ufeff" + out.getvalue()


def recognises(content: bytes) -> bool:
    """Tell whether the first line names the template's columns."""
    first = content[:4096].decode("utf-8-sig", "replace").splitlines()[:1]
    return bool(first) and set(REQUIRED) <= {cell.strip().strip('"').lower() for cell in _split(first[0])}


def _split(line: str) -> list[str]:
    return line.split(";" if ";" in line else ",")


def read(content: bytes, where: str) -> Rows:
    """Return the findings, one a line. A line without a date, a system or a title is a flaw with its number.

    Raises:
        InputError: the text is not UTF-8.

    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            Text(fr=f"le fichier n'est pas en UTF-8 (octet {error.start})", en=f"not UTF-8 (byte {error.start})"),
            where=where,
            advice=Text(fr="Enregistrez-le en « CSV UTF-8 ».", en="Save it as “CSV UTF-8”."),
        ) from error
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = Rows()
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    for line in reader:
        cells = {name: (value or "").strip() for name, value in line.items() if isinstance(value, str | None) and name}
        at = moment(cells["date"])
        if at is None or not cells["systeme"] or not cells["titre"]:
            rows.flaw(f"{where}:{reader.line_num}", "date (AAAA-MM-JJ), systeme, titre: one is missing or unreadable")
            continue
        address = cells["systeme"] if _is_address(cells["systeme"]) else ""
        rows.add(
            cells["source"] or "template",
            cells["titre"],
            at=at,
            subject="" if address else cells["systeme"].lower(),
            address=address,
            port=port(cells.get("port", "")),
            severity=cells.get("gravite", ""),
            reference=cells.get("reference", ""),
            detail=cells.get("detail", ""),
        )
    return rows


def _is_address(system: str) -> bool:
    return ":" in system or system.replace(".", "").isdigit()
