"""From a file to a feed: its form is known by its content. Bounded: a file that unpacks beyond measure is refused."""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rempart.exposure.feeds import cve, epss, kev, support
from rempart.exposure.feeds.feed import RECOG, Feed, frame
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

LARGEST = 1 << 30
"""Bytes of a file once unpacked: the whole official list of CVE is under half of it a year."""
_LARGEST_RECORD = 1 << 22
_MOST_RECORDS = 1_000_000
_KNOWN = Text(
    fr="Sont lus : KEV (JSON), EPSS (CSV, gz), fiches CVE (JSON 5, zip de cvelistV5, lignes compactes), "
    "endoflife.date (JSON), recog (XML).",
    en="Read here: KEV (JSON), EPSS (CSV, gz), CVE records (JSON 5, cvelistV5 zip, compact lines), "
    "endoflife.date (JSON), recog (XML).",
)


def read_feed(path: Path) -> Feed:
    """Return the feed of one file.

    Raises:
        InputError: unreadable, too large, or of no known form.

    """
    where = str(path)
    try:
        if zipfile.is_zipfile(path):
            return _checked(cve.read(_zipped(path)), where)
        content = _unpacked(path)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise InputError(Text(fr=f"fichier illisible ({error})", en=f"unreadable file ({error})"), where) from error
    if epss.recognises(content):
        return epss.read(content, where)
    if content.lstrip()[:1] == b"<":
        return _recog(content, path)
    return _json(content, path)


def _unpacked(path: Path) -> bytes:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InputError(Text(fr="fichier trop volumineux (1 Gio)", en="file too large (1 GiB)"), str(path))
    return content


def _zipped(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield each JSON member of an archive; one too large is yielded as nothing, for its place to be told."""
    with zipfile.ZipFile(path) as archive:
        members = [each for each in archive.infolist() if each.filename.endswith(".json") and "CVE-" in each.filename]
        if len(members) > _MOST_RECORDS or sum(each.file_size for each in members) > 4 * LARGEST:
            raise InputError(Text(fr="archive trop volumineuse", en="archive too large"), str(path))
        for member in members:
            place = f"{path}/{member.filename}"
            yield place, _value(archive.read(member)) if member.file_size <= _LARGEST_RECORD else None


def _value(content: bytes) -> Any:  # noqa: ANN401 — any JSON value
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _json(content: bytes, path: Path) -> Feed:
    where = str(path)
    first = _value(content.lstrip().split(b"\n", 1)[0])
    if cve.is_compact(first):
        lines = io.BytesIO(content)
        told = ((f"{where}:{number}", _value(line)) for number, line in enumerate(lines, start=1) if line.strip())
        return _checked(cve.read(told), where)
    value = _value(content)
    if cve.is_record(value):
        return _checked(cve.read(iter([(where, value)])), where)
    try:
        if kev.recognises(value):
            return _checked(kev.read(value, where), where)
        if support.recognises(value):
            return _checked(support.read(value, where, _file_date(path)), where)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(Text(fr="jeu de données illisible", en="unreadable data set"), where) from error
    raise InputError(Text(fr="forme de fichier inconnue", en="unknown form of file"), where, _KNOWN)


def _file_date(path: Path) -> date:
    """Return the day of a file whose content says none: the one in its name, else its last change."""
    for part in path.stem.replace("_", "-").split("-20")[1:]:
        try:
            return date.fromisoformat(f"20{part[:8]}")
        except ValueError:
            continue
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _recog(content: bytes, path: Path) -> Feed:
    where = str(path)
    if b"<fingerprints" not in content[:65536]:
        raise InputError(Text(fr="XML d'une forme inconnue", en="XML of an unknown form"), where, _KNOWN)
    rows: list[dict[str, object]] = [{"file": path.name, "content": content}]
    return Feed(RECOG, _file_date(path), frame(RECOG, rows), content.count(b"<fingerprint "))


def _checked(feed: Feed, where: str) -> Feed:
    if not feed.records:
        raise InputError(
            Text(fr="aucun enregistrement lisible", en="no readable record"),
            feed.flaws[0][0] if feed.flaws else where,
            _KNOWN,
        )
    return feed
