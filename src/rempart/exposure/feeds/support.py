"""Dates of end of support: our own table, and the data of endoflife.date that a hospital loads."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from rempart.exposure.feeds.feed import SUPPORT, Feed, frame, pair_of_cpe

Row = dict[str, object]


@cache
def own_table() -> Feed:
    """Return the table Rempart ships: facts gathered from the publishers' pages it names, at its own date."""
    content = tomllib.loads(files(__package__).joinpath("support.toml").read_text(encoding="utf-8"))
    rows: list[Row] = [
        {"pair": pair, "product": product["name"], "cycle": cycle, "ends": ends, "ended": False}
        for product in content["product"]
        for pair in product["pairs"]
        for cycle, ends in product["ends"].items()
    ]
    return Feed(SUPPORT, content["dated"], frame(SUPPORT, rows), len(rows))


def recognises(content: Any) -> bool:  # noqa: ANN401 — any JSON value
    """Tell whether a JSON value is endoflife.date's: products by name with releases, or the site's full answer."""
    return any(True for _ in _products(content))


def read(content: Any, where: str, dated: date) -> Feed:  # noqa: ANN401 — any JSON value
    """Return the cycles of the products that have a CPE; the data says no date: `dated` is the file's own."""
    rows: list[Row] = []
    flaws = []
    records = 0
    for name, title, cpes, releases in _products(content):
        pairs = sorted({pair for cpe in cpes if (pair := pair_of_cpe(cpe))})
        for release in releases:
            records += 1
            try:
                rows += [_row(pair, title, release) for pair in pairs]
            except (KeyError, TypeError, ValueError):
                flaws.append((f"{where}: {name}", "a release without a cycle, or with a date that is none"))
    return Feed(SUPPORT, dated, frame(SUPPORT, rows), records, flaws)


def _products(content: Any) -> Any:  # noqa: ANN401 — any JSON value in, tuples out
    """Yield name, title, CPE names and releases of each product, in the two shapes known."""
    if isinstance(content, dict) and isinstance(content.get("result"), list):
        entries = [(each.get("name", ""), each) for each in content["result"] if isinstance(each, dict)]
    else:
        entries = list(content.items()) if isinstance(content, dict) else []
    for name, entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("releases"), list):
            told = entry.get("cpe") or [
                each.get("id") for each in entry.get("identifiers", []) if isinstance(each, dict)
            ]
            cpes = [cpe for cpe in told if isinstance(cpe, str)]
            yield name, entry.get("title") or entry.get("label") or name, cpes, entry["releases"]


def _row(pair: str, title: str, release: Any) -> Row:  # noqa: ANN401 — any JSON value
    ends = release.get("eol", release.get("eolFrom"))
    ended = ends is True or release.get("isEol") is True
    return {
        "pair": pair,
        "product": title,
        "cycle": str(release["releaseCycle"] if "releaseCycle" in release else release["name"]),
        "ends": date.fromisoformat(ends) if isinstance(ends, str) else None,
        "ended": ended and not isinstance(ends, str),
    }
