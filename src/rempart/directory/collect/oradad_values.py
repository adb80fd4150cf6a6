"""The values of an ORADAD table: texts into column values, by the attribute's kind and the column's SQL type.

Several values are joined by `;` without any escape; `nvarchar` is text, `varchar` hexadecimal bytes or SIDs,
`datetime2` dates, `uniqueidentifier` GUIDs, the others numbers. A date of 0 is empty, "never" is the year 2999.
"""

import uuid
from collections.abc import Callable

import polars as pl

from rempart.directory.attributes import Attribute
from rempart.directory.columns import spread
from rempart.directory.decode import Broken, decode

_NEVER = "2999-12-12 23:59:59"
_SEPARATOR = "\x1f"  # a control character, which no value of a directory holds
_NAMED = r"^(?:[BS]:[0-9]+:[^:]*:)?(?i:CN|OU|DC|O|L)="
_END = r"((?i:DC)=[^,;\\]+);"


def converted(attribute: Attribute, kind: str, texts: pl.Series) -> tuple[pl.Series, Broken]:
    """Return the column of an attribute from its texts (null when empty), and the rows that could not be understood."""
    given = texts.drop_nulls()
    rows = pl.Series("row", texts.is_not_null().arg_true())
    if attribute.many:
        split = pl.DataFrame([rows, _split(given).alias("piece")]).explode("piece").filter(pl.col("piece") != "")
        rows, given = split["row"], split["piece"]
    values, broken = _values(attribute, kind, given)
    told = [(int(rows[place]), problem) for place, problem in broken]
    if not attribute.many:
        return spread(values.alias(attribute.name), rows.to_numpy(), texts.len()), told
    lists = (
        pl.DataFrame([rows, values.alias("value")])
        .drop_nulls("value")
        .group_by("row", maintain_order=True)
        .agg(pl.col("value"))
    )
    return spread(lists["value"].alias(attribute.name), lists["row"].to_numpy(), texts.len()), told


def _split(texts: pl.Series) -> pl.Series:
    """Cut joined values. Names may hold a `;` of their own, but each ends with its domain: only after that is a cut."""
    named = texts.str.contains(_NAMED)
    tagged = texts.str.starts_with("<")
    names = texts.str.replace_all(_END, f"${{1}}{_SEPARATOR}")
    tags = texts.str.replace_all(r"(>\s*);<", f"${{1}}{_SEPARATOR}<")
    plain = texts.str.replace_all(";", _SEPARATOR, literal=True)
    return names.zip_with(named, tags.zip_with(tagged, plain)).str.split(_SEPARATOR)


def _values(attribute: Attribute, kind: str, texts: pl.Series) -> tuple[pl.Series, Broken]:
    if kind == "datetime2":
        return _moments(texts)
    if attribute.kind == "text" and kind.startswith("nvarchar"):
        return texts, []
    if attribute.kind == "sid" and texts.str.starts_with("S-1-").any():
        return _marked(texts, texts.str.contains(r"^S-1-[0-9]+(-[0-9]+)*$"), "not a SID")
    read = _reader(kind)
    raw: list[bytes] = []
    unread: dict[int, str] = {}
    # a loop, because bytes in hexadecimal are few: certificates, keys and the like
    for place, text in enumerate(texts):
        try:
            raw.append(read(text))
        except ValueError as error:
            unread[place] = f"ValueError: {error}"
            raw.append(b"")
    values, broken = decode(attribute, raw)
    kept = pl.Series([place not in unread for place in range(len(raw))], dtype=pl.Boolean)
    return _masked(values, kept), sorted((dict(broken) | unread).items())


def _moments(texts: pl.Series) -> tuple[pl.Series, Broken]:
    never = texts == _NEVER
    moments = texts.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us", time_zone="UTC")
    _, broken = _marked(texts, moments.is_not_null(), "not a date")
    return _masked(moments, ~never), broken


def _marked(texts: pl.Series, good: pl.Series, problem: str) -> tuple[pl.Series, Broken]:
    return _masked(texts, good), [(int(place), f"{problem}: {texts[place]}") for place in (~good).arg_true()]


def _masked(values: pl.Series, kept: pl.Series) -> pl.Series:
    return values.zip_with(kept, pl.Series([None], dtype=values.dtype))


def _reader(kind: str) -> Callable[[str], bytes]:
    """Return what makes the raw value a directory server gives from the text of one value."""
    if kind == "uniqueidentifier":
        return lambda text: uuid.UUID(text).bytes_le
    if kind.startswith("varchar"):
        return bytes.fromhex
    return str.encode
