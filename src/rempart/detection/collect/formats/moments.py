"""When an event says it happened: the ways logs write a moment, read column by column into UTC."""

from datetime import timedelta

import polars as pl

from rempart.detection.collect.formats.context import Context

MOMENT = pl.Datetime("us", "UTC")
_NAIVE = pl.Datetime("us")
_AHEAD = timedelta(days=1)
"""A clock may be ahead of ours, or of another zone: a moment without a year is not put a year back for less."""
_YEARS_BACK = 9
"""How far a 29 February is looked for."""


def none(rows: int) -> pl.Series:
    """Return moments that nobody said."""
    return pl.repeat(None, rows, dtype=MOMENT, eager=True)


def said(texts: pl.Series, form: str) -> pl.Series:
    """Return local moments written in one form of `strftime`, null where they are not."""
    return texts.str.to_datetime(form, time_unit="us", strict=False)


def local(naive: pl.Series, context: Context) -> pl.Series:
    """Return local moments in UTC: of the zone that was declared, else taken as UTC, and counted."""
    if context.declared.zone is None:
        context.census.unzoned += len(naive) - naive.null_count()
        return naive.dt.replace_time_zone("UTC")
    zoned = naive.dt.replace_time_zone(context.declared.zone, ambiguous="earliest", non_existent="null")
    missing = zoned.is_null() & naive.is_not_null()
    if missing.any():  # an hour that summer time jumped over: a clock that did not jump
        later = (naive.set(~missing, None) + timedelta(hours=1)).dt.replace_time_zone(
            context.declared.zone, ambiguous="earliest", non_existent="null"
        )
        zoned = zoned.zip_with(~missing, later)
    return zoned.dt.convert_time_zone("UTC")


def yearless(texts: pl.Series, context: Context) -> pl.Series:
    """Return moments of RFC 3164 (`Nov 24 18:47:38`): of the last such day before the file was last written."""
    latest = context.modified.replace(tzinfo=None) + _AHEAD
    plain = texts.str.replace_all(r"\s+", " ")
    found = pl.repeat(None, len(texts), dtype=_NAIVE, eager=True)
    for year in range(latest.year, latest.year - _YEARS_BACK, -1):
        tried = said(f"{year} " + plain, "%Y %b %e %H:%M:%S%.f")
        tried = tried.set(tried > latest, None)
        found = found.zip_with(found.is_not_null(), tried)
        if not (found.is_null() & texts.is_not_null()).any():
            break
    return local(found, context)


def iso(texts: pl.Series, context: Context) -> pl.Series:
    """Return moments of RFC 3339 and its neighbours (a blank for the T, a comma, no zone, no colon in the zone)."""
    plain = texts.str.replace_all(",", ".", literal=True).str.replace(r"^(\d{4}-\d\d-\d\d) ", "${1}T")
    plain = plain.str.replace(r"[Zz]$", "+0000").str.replace(r"([+-]\d\d):(\d\d)$", "$1$2")
    zoned = plain.str.contains(r"[+-]\d{4}$").fill_null(value=False)
    at = plain.set(~zoned, None).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", strict=False)
    if zoned.all():
        return at
    naive = said(plain.set(zoned, None).str.replace(r"T(\d\d:\d\d)$", "T${1}:00"), "%Y-%m-%dT%H:%M:%S%.f")
    return at.zip_with(zoned, local(naive, context))


def epoch(texts: pl.Series) -> pl.Series:
    """Return moments written as seconds since 1970, with a fraction or not; milliseconds, micro, nano by their size."""
    number = texts.cast(pl.Float64, strict=False)
    size = number.abs()
    scale = (
        pl.when(size >= 1e17).then(1e-3).when(size >= 1e14).then(1.0).when(size >= 1e11).then(1e3).otherwise(1e6)  # noqa: PLR2004
    )
    micro = pl.select((number * scale).round()).to_series()
    micro = micro.set(micro.abs() > _LATEST, None)
    return micro.cast(pl.Int64, strict=False).cast(_NAIVE).dt.replace_time_zone("UTC")


_LATEST = 4102444800e6
"""Year 2100: what comes later is no moment of a log."""


def declared(texts: pl.Series, form: str | None, context: Context) -> pl.Series:
    """Return moments in the form a person declared: `strftime`, "epoch", or None for what looks like ISO."""
    if form == "epoch":
        return epoch(texts)
    if form is None:
        return iso(texts, context)
    if "%z" in form or "%:z" in form:
        return texts.str.to_datetime(form.replace("%:z", "%z"), time_unit="us", strict=False).cast(MOMENT)
    return local(said(texts, form), context)
