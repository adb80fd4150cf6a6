"""What a file really is: told by its content, never by its name. Macros and scripts are not let in."""

import re
import zlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO
from zipfile import BadZipFile, ZipFile

import puremagic
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal

HEAD = 8_192
MOST_ENTRIES = 10_000
MOST_UNPACKED = 20_000_000
"""Bytes of compressed objects of a PDF that are looked into."""

PDF = "application/pdf"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG = "image/png"
JPEG = "image/jpeg"
CSV = "text/csv"
TXT = "text/plain"

EXTENSIONS = {
    PDF: ".pdf", ODT: ".odt", ODS: ".ods", DOCX: ".docx", XLSX: ".xlsx", PNG: ".png", JPEG: ".jpg", CSV: ".csv",
    TXT: ".txt",
}  # fmt: skip
OOXML_MAIN = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
}
MACRO_PARTS = re.compile(
    r"vbaProject|vbaData|activeX|macrosheets|^Basic/|^Scripts/|\.(exe|dll|js|vbs|ps1|bat)$", re.IGNORECASE
)
PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|RichMedia|EmbeddedFile)\b")
PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
PDF_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
SCRIPT = re.compile(r"\A\s*(#!|<\?php|<script|<html|<svg|<!doctype|@echo|<%)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def recognise(file: IO[bytes], name: str) -> str:
    """Return the media type of a file, by its content. The name only tells a table (`.csv`) from a text.

    Raises:
        Refusal: a type that is not accepted (`file_type`), or active content (`active_content`).

    """
    file.seek(0)
    head = file.read(HEAD)
    found = {match.mime_type for match in _guesses(head)}
    if head.startswith(b"%PDF-") and PDF in found:
        return _without_scripts(file)
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    for image in (PNG, JPEG):
        if image in found:
            return image
    return _text(file, name)


def refused_type() -> Refusal:
    """Return the refusal of a type that is not accepted."""
    return Refusal(
        _("Ce type de fichier n’est pas accepté."),
        "file_type",
        _("Déposez un PDF, un ODT, un ODS, un DOCX, un XLSX, une image PNG ou JPEG, un CSV ou un texte."),
    )


def refused_active() -> Refusal:
    """Return the refusal of macros and scripts."""
    return Refusal(
        _("Ce fichier contient des macros, un script ou un fichier joint."),
        "active_content",
        _("Exportez-le en PDF simple, ou enregistrez-le sans macro, puis déposez-le de nouveau."),
    )


def safe_name(name: str, media_type: str) -> str:
    """Return a file name without folder nor control character, ending as its type says, 120 characters at most."""
    bare = PurePath(name.replace("\\", "/")).name
    stem = re.sub(r"[^\w .,()'’-]", "_", PurePath(bare).stem).strip(" .") or "document"
    ending = EXTENSIONS[media_type]
    return stem[: 120 - len(ending)] + ending


def _guesses(head: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []


def _without_scripts(file: IO[bytes]) -> str:
    """Check that a PDF carries no script, no launch and no attachment, in the open or in compressed objects."""
    file.seek(0)
    content = file.read()
    for text in _pdf_texts(content):
        plain = PDF_ESCAPED.sub(lambda escaped: bytes([int(escaped[1], 16)]), text)
        if PDF_ACTIVE.search(plain):
            raise refused_active()
    return PDF


def _pdf_texts(content: bytes) -> Iterator[bytes]:
    """Yield what a PDF says outside its streams, then inside its compressed objects."""
    end, room = 0, MOST_UNPACKED
    for stream in PDF_STREAM.finditer(content):
        before = content[end : stream.start()]
        yield before
        end = stream.end()
        if b"/ObjStm" in before[-2_000:] and room > 0:
            try:
                unpacked = zlib.decompressobj().decompress(stream[1], room)
            except zlib.error:
                continue
            room -= len(unpacked)
            yield unpacked
    yield content[end:]


def _office(file: IO[bytes]) -> str:
    """Return the type of an office file, which is a zip whose parts say what it is."""
    file.seek(0)
    try:
        with ZipFile(file) as archive:
            names = archive.namelist()
            if len(names) > MOST_ENTRIES:
                raise refused_type()
            kind = _kind_of(archive, set(names))
            if any(MACRO_PARTS.search(name) for name in names):
                raise refused_active()
            return kind
    except (BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError, OSError, zlib.error) as error:
        raise refused_type() from error


def _kind_of(archive: ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            said = part.read(200).decode("ascii", "replace").strip()
        if said in (ODT, ODS):
            return said
    if "[Content_Types].xml" in names:
        with archive.open("[Content_Types].xml") as part:
            types = part.read(1_000_000)
        if b"macroEnabled" in types or b"vbaProject" in types:
            raise refused_active()
        for main, kind in OOXML_MAIN.items():
            if main in types:
                return kind
    raise refused_type()


def _text(file: IO[bytes], name: str) -> str:
    """Return the type of a text, once it is one: readable letters, no script."""
    file.seek(0)
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if not text.strip() or "\ufffd" in text or CONTROL.search(text) or SCRIPT.search(text):
        raise refused_type()
    return CSV if name.lower().endswith(".csv") else TXT
