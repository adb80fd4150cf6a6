"""ORADAD, ANSSI's collector: the clear folder it writes, or a zip or tar of it.

Format, after the collector's published source: `tables.tsv` (single bytes, line feeds) alone names the columns of every
other table; those are UTF-16LE with a byte order mark, tabs, CRLF, no quotes, no header. An object stands in `top.tsv`
(with its class and its descriptor) and in the table of its class; the two are joined on the DN.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import polars as pl

from rempart.directory.attributes import ATTRIBUTES, Attribute
from rempart.directory.builder import DESCRIPTOR, SnapshotBuilder
from rempart.directory.collect.archive import Tree, is_archive, opened, read_whole
from rempart.directory.collect.oradad_values import converted
from rempart.directory.collect.source import Progress
from rempart.directory.columns import spread
from rempart.directory.snapshot import Snapshot
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

NAME = "oradad"

_TABLES = "tables.tsv"
_PIECE = 1 << 25
_ROW_LIMIT = 1 << 28
"""Bytes of one row: 256 MiB hold a group of a million members."""
_FEED = b"\n\0"
_BOM = b"\xff\xfe"
_FIRST_LINE = re.compile(rb"[^\t\r\n]*_\d{8}-\d{6}\r?\n|[^\t\r\n]+_[^\t\r\n]+\r?\n[^\t\r\n]+\.tsv\t")
_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[-T ](\d\d):?(\d\d):?(\d\d)")
_FIXED = 4  # path, table, table without its domain, number of columns
_PARTITIONS = ("domain", "configuration", "schema", "domaindns", "forestdns")

_BAD_TABLES = Text(fr="liste des tables illisible", en="unreadable list of tables")
_SEVERAL = Text(fr="plusieurs collectes ORADAD dans ce dossier", en="several ORADAD collections in this folder")
_CHOOSE = Text(fr="Donnez le dossier d'une seule collecte.", en="Give the folder of one collection.")
_NO_CLASSES = Text(
    fr="la collecte ne donne la classe d'aucun objet (table « top » absente)",
    en="the collection gives no object's class (table `top` missing)",
)
_NOT_UTF16 = Text(fr="table qui n'est pas en UTF-16", en="table that is not in UTF-16")
_ENDLESS = Text(fr="ligne de plus de 256 Mo", en="line of more than 256 MB")
_NO_TABLE = Text(fr="la table {name} manque dans la collecte", en="table {name} is missing from the collection")
_SYSVOL = Text(
    fr="la collecte contient des fichiers de SYSVOL, que l'instantané ne garde pas",
    en="the collection holds files of SYSVOL, which the snapshot does not keep",
)


@dataclass(frozen=True)
class _Table:
    """A table: its place in the collection, its columns (name, SQL type) in order."""

    name: str
    columns: list[tuple[str, str]]

    def wanted(self) -> dict[int, tuple[Attribute | None, str]]:
        """Return which columns to read: position to attribute (None for the descriptor) and SQL type.

        Of a number given twice, in words and as `<name>_int`, the number counts.
        """
        places = {name.lower(): place for place, (name, _) in enumerate(self.columns)}
        chosen = {name: places.get(f"{name}_int", places.get(name)) for name in ATTRIBUTES}
        wanted: dict[int, tuple[Attribute | None, str]] = {
            at: (ATTRIBUTES[name], self.columns[at][1]) for name, at in chosen.items() if at is not None
        }
        if DESCRIPTOR in places:
            wanted[places[DESCRIPTOR]] = (None, self.columns[places[DESCRIPTOR]][1])
        return dict(sorted(wanted.items()))


def recognises(path: Path) -> bool:
    """Tell whether a folder, zip or tar holds a list of tables as ORADAD writes it."""
    if not path.is_dir() and not is_archive(path):
        return False
    with suppress(InputError), opened(path) as tree:
        return any(_FIRST_LINE.match(read_whole(tree, name)) for name in _lists(tree))
    return False


def read(path: Path, progress: Progress) -> Snapshot:
    """Read a collection; progress counts bytes of its tables, unpacked.

    Raises:
        InputError: a damaged or dangerous archive, several collections, an unreadable list of tables, no class.

    """
    builder = SnapshotBuilder(NAME)
    with opened(path) as tree:
        root = _root(tree)
        taken_at, tables = _described(tree, root)
        files = {name.lower(): name for name in tree.names}
        present = {files[key]: table for table in tables if (key := (root + table.name).lower()) in files}
        _tell_missing(builder, tables, {table.name for table in present.values()})
        if f"{root}sysvol.tsv".lower() in files:
            builder.gap("sysvol", _SYSVOL)
        total, done = sum(tree.size(name) for name in present), 0
        parts: list[pl.DataFrame] = []
        for name in tree.names:  # in the archive's own order
            if name in present:
                parts.extend(_parts(tree, name, present[name], builder))
                done += tree.size(name)
                progress(done, total)
    builder.add_frame(_merged(parts))
    try:
        return builder.finish(taken_at)
    except InputError as error:
        raise InputError(error.what, str(path), error.advice) from error


# -- the list of tables -----------------------------------------------------------------------------------------------


def _lists(tree: Tree) -> list[str]:
    return [name for name in tree.names if PurePosixPath(name).name.lower() == _TABLES]


def _root(tree: Tree) -> str:
    lists = _lists(tree)
    if len(lists) > 1:
        raise InputError(_SEVERAL, str(tree.path), _CHOOSE)
    if not lists:
        raise InputError(_BAD_TABLES, str(tree.path))
    return lists[0][: -len(_TABLES)]


def _described(tree: Tree, root: str) -> tuple[datetime | None, list[_Table]]:
    """Return when the collection was taken and its tables of objects (those whose first column is `dn`)."""
    name = next(name for name in _lists(tree) if name.startswith(root))
    head, *lines = read_whole(tree, name).decode("latin-1").splitlines() or [""]
    tables = [_table(line, f"{tree.path} ({name}:{number})") for number, line in enumerate(lines, 2) if line]
    objects = [table for table in tables if table.columns[0][0].lower() == "dn"]
    if not any(column.lower() == "objectclass" for table in objects for column, _ in table.columns):
        raise InputError(_NO_CLASSES, str(tree.path))
    return _date(tree, root) or _moment(head), objects


def _table(line: str, place: str) -> _Table:
    fields = line.rstrip("\t").split("\t")
    names, types = fields[_FIXED::2], fields[_FIXED + 1 :: 2]
    if len(fields) <= _FIXED or fields[3] != str(len(names)) or len(names) != len(types):
        raise InputError(_BAD_TABLES, place)
    path = PurePosixPath(fields[0].replace("\\", "/"))
    return _Table(path.as_posix(), list(zip(names, (kind.lower() for kind in types), strict=True)))


def _date(tree: Tree, root: str) -> datetime | None:
    name = next((name for name in tree.names if name.lower() == f"{root}metadata.tsv".lower()), None)
    if name is None:
        return None
    raw = read_whole(tree, name)
    text = raw.decode("utf-16" if raw.startswith(_BOM) else "latin-1", errors="replace")
    rows = (line.split("\t", 1) for line in text.splitlines() if "\t" in line)
    return next((_moment(value) for key, value in rows if key.lower() == "forest|systemtime"), None)


def _moment(text: str) -> datetime | None:
    """Return the moment written in a text as ORADAD stamps it: `YYYYMMDD-hhmmss`, universal time."""
    found = _STAMP.search(text)
    try:
        return datetime(*map(int, found.groups()), tzinfo=UTC) if found else None  # type: ignore[arg-type,misc]
    except ValueError:
        return None


def _tell_missing(builder: SnapshotBuilder, tables: list[_Table], present: set[str]) -> None:
    builder.asked({column for table in tables for column, _ in table.columns} | {"distinguishedName"})
    for table in tables:
        partition, *between, _ = table.name.split("/") if "/" in table.name else ("", "")
        if table.name not in present and partition in _PARTITIONS:
            domain = between[0].lower() if between else None
            builder.gap(f"partition:{partition}", _NO_TABLE.filled(name=table.name), domain)


# -- the tables -------------------------------------------------------------------------------------------------------


def _parts(tree: Tree, name: str, table: _Table, builder: SnapshotBuilder) -> Iterator[pl.DataFrame]:
    """Yield a table piece by piece: the DN, the attributes it gives in their column types, the descriptor's row."""
    wanted = table.wanted()
    line = 1
    for text in _texts(tree, name):
        lines = pl.Series([text]).str.split("\n").explode()
        whole = lines.str.count_matches("\t", literal=True) == len(table.columns) - 1
        for at in ((~whole) & (lines != "")).arg_true():
            builder.flaw(f"{name}:{line + at}", f"a row without its {len(table.columns)} columns")
        if "\ufffd" in text:
            builder.flaw(f"{name}:{line}", "bytes that are no UTF-16, in this line or a later one")
        rows = lines.filter(whole)
        line += text.count("\n")
        if not rows.is_empty():
            yield _typed(_fields(rows, [0, *(at for at in wanted if at)]), wanted, name, builder)


def _texts(tree: Tree, name: str) -> Iterator[str]:
    """Yield a table in pieces of whole lines."""
    with tree.open(name) as stream:
        start = stream.read(2)
        if start not in {_BOM, b""}:
            raise InputError(_NOT_UTF16, f"{tree.path} ({name})")
        rest = b""
        while piece := stream.read(_PIECE):
            rest += piece
            cut = rest.rfind(_FEED)
            while cut % 2 and cut > 0:  # these two bytes may also stand astride two other characters
                cut = rest.rfind(_FEED, 0, cut + 1)
            if cut >= 0:
                yield _text(rest[: cut + 2])
                rest = rest[cut + 2 :]
            elif len(rest) > _ROW_LIMIT:
                raise InputError(_ENDLESS, f"{tree.path} ({name})")
        yield _text(rest)


def _text(raw: bytes) -> str:
    return raw.decode("utf-16-le", errors="replace").replace("\r\n", "\n")


def _fields(rows: pl.Series, places: list[int]) -> pl.DataFrame:
    text = "\n".join(rows).encode()
    frame = pl.read_csv(text, separator="\t", quote_char=None, has_header=False, columns=places, infer_schema=False)
    frame.columns = [str(place) for place in places]
    return frame.drop_nulls("0")


def _typed(
    fields: pl.DataFrame, wanted: dict[int, tuple[Attribute | None, str]], name: str, builder: SnapshotBuilder
) -> pl.DataFrame:
    fields = fields.filter(pl.col("0") != "dn")  # the header line, which one setting of the collector adds
    columns = [fields["0"].alias("dn")]
    for place, (attribute, kind) in wanted.items():
        texts = fields[str(place)]
        if texts.null_count() == texts.len():
            continue
        if attribute is None:
            columns.append(_descriptor_rows(texts, builder))
            continue
        series, broken = converted(attribute, kind, texts)
        columns.append(series)
        for at, problem in broken:
            builder.flaw(f"{name} {fields['0'][at]} {attribute.name}", problem)
    return pl.DataFrame(columns)


def _descriptor_rows(texts: pl.Series, builder: SnapshotBuilder) -> pl.Series:
    distinct = texts.drop_nulls().unique(maintain_order=True)
    known = pl.DataFrame({"hex": distinct, "sd": builder.descriptor_rows(distinct.str.decode("hex", strict=False))})
    for text in known.filter(pl.col("sd").is_null())["hex"]:
        builder.flaw(f"nTSecurityDescriptor {text[:40]}", "not a hexadecimal descriptor")
    return texts.to_frame("hex").join(known, on="hex", how="left", maintain_order="left")["sd"]


def _merged(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Join the tables on the DN; of two values for one attribute of an object, the first stays."""
    dns = pl.concat([part["dn"] for part in parts] or [pl.Series("dn", [], dtype=pl.String)])
    objects = dns.to_frame().unique(maintain_order=True).with_row_index("row")
    pieces: dict[str, list[pl.DataFrame]] = {}
    for part in parts:
        rows = part.select("dn").join(objects, on="dn", how="left", maintain_order="left")["row"]
        for series in part.iter_columns():
            if series.name != "dn":
                piece = pl.DataFrame([rows, series]).filter(series.is_not_null())
                pieces.setdefault(series.name, []).append(piece)
    columns = [objects["dn"], objects["dn"].alias("distinguishedName")]
    for name, frames in pieces.items():
        if name != "distinguishedName":
            found = pl.concat(frames)
            columns.append(spread(found[name], found["row"].to_numpy(), objects.height))
    return pl.DataFrame(columns)
