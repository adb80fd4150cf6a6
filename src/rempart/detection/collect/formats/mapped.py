"""From the fields of a declared source to native names, values, moment and class."""

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import moments
from rempart.detection.collect.formats.context import Context
from rempart.detection.collect.sources import Declared
from rempart.detection.events import TIME


def mapped(frame: pl.DataFrame, context: Context, declared: Declared | None = None) -> pl.DataFrame:
    """Return a frame of fields under their native names, with its source, code and moment, as declared.

    Args:
        frame: columns of fields, and ours; SOURCE, TIME and CODE stay where nothing is declared of them.
        context: of the file.
        declared: what is declared of these events; None: what is of the file.

    """
    said = context.declared if declared is None else declared
    if said.time is not None and said.time in frame.columns:
        own = frame.get_column(TIME) if TIME in frame.columns else moments.none(len(frame))
        at = moments.declared(frame.get_column(said.time), said.time_format, context)
        frame = frame.with_columns(at.zip_with(at.is_not_null(), own).alias(TIME))
    frame = _renamed(frame, said)
    for name, meanings in said.values.items():
        if name in frame.columns:
            frame = frame.with_columns(pl.col(name).replace(dict(meanings)))
    frame = frame.with_columns(pl.lit(value).alias(name) for name, value in said.constants.items())
    if said.source is not None:
        frame = frame.with_columns(pl.lit(said.source).alias(SOURCE))
    if said.code is not None and said.code in frame.columns:
        frame = frame.with_columns(context.known(frame.get_column(said.code)).alias(CODE))
    return frame


def _renamed(frame: pl.DataFrame, said: Declared) -> pl.DataFrame:
    """Rename the fields; of two that get one name, the first that says something wins."""
    given: dict[str, list[str]] = {}
    for name in frame.columns:
        given.setdefault(said.fields.get(name, name), []).append(name)
    return frame.select(
        pl.coalesce(names).alias(name) if len(names) > 1 else pl.col(names[0]).alias(name)
        for name, names in given.items()
    )
