"""The whole of a file as one zip, always the same bytes for the same content. Higher rooms add their pieces.

@archive.register
def documents(application: Application, *, for_agent: bool) -> Iterator[tuple[str, bytes]]:
    yield "preuves/…", content
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from rempart.hub.funding.applications.models import Application

WHEN = (1980, 1, 1, 0, 0, 0)
IN_MEMORY = 8 * 1024 * 1024
CHUNK = 1024 * 1024
Content = bytes | IO[bytes] | Callable[[], IO[bytes]]
"""The content of a piece, or how to open it: one is open at a time."""


class Provider(Protocol):
    """Gives pieces of a file: their path in the archive and their content; private ones only to who instructs."""

    def __call__(self, application: Application, *, for_agent: bool) -> Iterable[tuple[str, Content]]:
        """Return the pieces."""


_PROVIDERS: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Register what gives pieces to every archive."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)
    return provider


def build(application: Application, *, for_agent: bool) -> "tempfile.SpooledTemporaryFile[bytes]":
    """Return the zip of a file, from its beginning: sorted entries, no date of making, and a list of digests.

    Raises:
        ValueError: two pieces of the same path; a defect of ours.

    """
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 — the caller reads it
    digests: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, content in sorted(_pieces(application, for_agent=for_agent), key=lambda piece: piece[0]):
            if path in digests:
                raise ValueError(f"two pieces at {path}")
            digests[path] = _add(archive, path, content)
        listing = "".join(f"{digest}  {path}\n" for path, digest in digests.items())
        _add(archive, "SHA256SUMS", listing.encode())
    target.seek(0)
    return target


def _pieces(application: Application, *, for_agent: bool) -> Iterator[tuple[str, Content]]:
    yield from _own(application, for_agent=for_agent)
    for provider in _PROVIDERS:
        yield from provider(application, for_agent=for_agent)


def _own(application: Application, *, for_agent: bool) -> Iterator[tuple[str, bytes]]:
    """Yield this room's pieces: the file, its perimeter, history, corrections, statement, messages, annotations."""
    hidden = () if for_agent else ("assigned_to",)
    yield "dossier.json", _json([_row(application, hidden)])
    yield "regles.toml", application.version.content.encode()
    tables: dict[str, Iterable[Model]] = {
        "perimetre": application.perimeter.order_by("id"),
        "historique": application.events.order_by("at", "id"),
        "complements": application.corrections.order_by("asked_at", "id"),
        "delais": application.late_decisions.order_by("decided_at", "id"),
        "bilan": application.costs.order_by("spent_on", "id"),
        "messages": application.messages.order_by("at", "id"),
    }
    if for_agent:
        tables["annotations"] = application.annotations.order_by("at", "id")
    for name, rows in tables.items():
        yield f"{name}.json", _json([_row(row, ("application",)) for row in rows])


def _row(row: Model, without: tuple[str, ...]) -> dict[str, object]:
    """Return the values of a row by field; a person is written as their name, other links as their code."""
    people = {field.name: str(getattr(row, field.name) or "") for field in row._meta.fields if _is_person(field)}
    values = {field.name: field.value_from_object(row) for field in row._meta.fields}
    return {name: value for name, value in {**values, **people}.items() if name not in without}


def _is_person(field: object) -> bool:
    related = getattr(field, "related_model", None)
    return isinstance(related, type) and related.__name__ == "User"


def _json(rows: list[dict[str, object]]) -> bytes:
    text = json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def _add(archive: zipfile.ZipFile, path: str, content: Content) -> str:
    """Write an entry and return its digest; content is read by pieces."""
    entry = zipfile.ZipInfo(path, date_time=WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    digest = hashlib.sha256()
    with archive.open(entry, "w", force_zip64=True) as target:
        for chunk in _chunks(content):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _chunks(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content() if callable(content) else content as opened:
        while chunk := opened.read(CHUNK):
            yield chunk
