"""security.txt (RFC 9116): whom to tell of a vulnerability."""

from dataclasses import dataclass
from datetime import datetime

LONGEST = 32768
"""The bound that RFC 9116, section 5.4, suggests for a line times a fair number of lines; more is not read."""
_KNOWN = frozenset(
    {"acknowledgments", "canonical", "contact", "encryption", "expires", "hiring", "policy", "preferred-languages"}
)
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """What the file says; `problems` are those of section 2.5: without them the file is as the RFC wants."""

    contacts: tuple[str, ...]
    expires: datetime | None
    canonical: tuple[str, ...]
    signed: bool
    problems: tuple[str, ...]


def read_security_txt(text: str) -> SecurityTxt | None:
    """Read a file; None when no line of it is a field of security.txt (an error page, another file)."""
    text = text[:LONGEST]
    signed = text.lstrip().startswith(_SIGNED)
    fields: dict[str, list[str]] = {}
    for line in text.partition(_SIGNATURE)[0].splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith("#") and name.strip().lower() in _KNOWN:
            fields.setdefault(name.strip().lower(), []).append(value.strip())
    if not fields:
        return None
    expires = _moment(fields.get("expires", []))
    return SecurityTxt(
        contacts=tuple(fields.get("contact", ())),
        expires=expires,
        canonical=tuple(fields.get("canonical", ())),
        signed=signed,
        problems=tuple(_problems(fields, expires)),
    )


def _moment(values: list[str]) -> datetime | None:
    """Return the date of `Expires` (RFC 3339), None when there is not exactly one that makes sense."""
    if len(values) != 1:
        return None
    try:
        moment = datetime.fromisoformat(values[0].upper())
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def _problems(fields: dict[str, list[str]], expires: datetime | None) -> list[str]:
    contacts = fields.get("contact", [])
    found = {
        "no_contact": not contacts,
        "contact_not_uri": any(not c.startswith(("https://", "mailto:", "tel:")) for c in contacts),
        "no_expiry": "expires" not in fields,
        "bad_expiry": "expires" in fields and expires is None,
        "languages_repeated": len(fields.get("preferred-languages", [])) > 1,
    }
    return [name for name, holds in found.items() if holds]
