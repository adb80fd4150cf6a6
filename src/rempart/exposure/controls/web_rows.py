"""Rows to judge, one a web service or a thing it shows, with `bad` (null: not known), and the verdict they make."""

import polars as pl

from rempart.exposure.doubts import Looked, settle
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

SPOKEN = ("http", "https")
_SHOWN = 5
_PLACE = list(ENDPOINT[:3])
SAME = [*ENDPOINT, "secure"]
"""What tells one web service, asked by one name, from another."""


def judge(
    entry: Control,
    surface: Surface,
    rows: pl.DataFrame,
    *columns: str | pl.Expr,
    level: int | None = None,
    listed: bool = False,
) -> Verdict:
    """Return the verdict on rows: those that are `bad`; those not known, and services that said nothing, never pass.

    Args:
        entry: the control.
        surface: what is judged.
        rows: columns of `ENDPOINT`, `bad`, and what `columns` name.
        columns: what is shown beside a finding.
        level: the threshold, when the control has several.
        listed: whether it rests on the list of files, not on the page.

    """
    failing = rows.filter(pl.col("bad")).with_columns(*[column for column in columns if isinstance(column, pl.Expr)])
    named = [column if isinstance(column, str) else column.meta.output_name() for column in columns]
    known = rows.filter(pl.col("bad").is_not_null()).select(ENDPOINT).unique()
    doubtful = rows.filter(pl.col("bad").is_null()).select(ENDPOINT)
    unknown = pl.concat([doubtful, _unseen(surface, listed=listed)]).unique(maintain_order=True)
    looked = Looked(known.height, surface.subjects(unknown))
    return settle(entry, surface.subjects(failing, *named), looked, level=level)


def _unseen(surface: Surface, *, listed: bool) -> pl.DataFrame:
    """Return the web services that gave nothing to judge, and those that nobody asked."""
    silent = surface.facts("web_unseen")
    wanted = silent if listed else silent.filter(pl.col("what") == "page")
    asked = pl.concat([surface.facts("web_pages").select(_PLACE), silent.select(_PLACE)])
    unasked = surface.open_services.filter(pl.col("protocol").is_in(SPOKEN)).select(_PLACE).unique(maintain_order=True)
    unasked = unasked.join(asked, on=_PLACE, how="anti").with_columns(name=pl.lit("")).select(ENDPOINT)
    return pl.concat([wanted.select(ENDPOINT), unasked]).unique(maintain_order=True)


def answers(surface: Surface) -> pl.DataFrame:
    """Return each service's own last answer, a front's refusal left out."""
    return surface.facts("web_pages").filter(pl.col("own"), ~pl.col("blocked"))


def pages(surface: Surface) -> pl.DataFrame:
    """Return each service's own page: its last answer when that is a page, not a redirection."""
    return answers(surface).filter(pl.col("html"), pl.col("leads_to").is_null())


def headers(surface: Surface, *, of_pages: bool = True) -> pl.DataFrame:
    """Return the headers of each service's own page; of any last answer when a page is not asked for."""
    kept = (pages if of_pages else answers)(surface).select(SAME)
    return surface.facts("web_headers").join(kept, on=SAME, how="semi")


def some(column: str, name: str) -> pl.Expr:
    """Return a column of texts as one: the first few, separated by commas."""
    shown = pl.col(column).list.head(_SHOWN).list.join(", ")
    more = pl.col(column).list.len().cast(pl.Int64) - _SHOWN
    return pl.when(more > 0).then(pl.concat_str(shown, pl.lit(" (+"), more, pl.lit(")"))).otherwise(shown).alias(name)
