"""The catalogue made ready: from texts to what each says of a product."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl

from rempart.exposure.fingerprints.matcher import Matcher, Pattern
from rempart.exposure.fingerprints.model import Product, Rule, Sign, products

SAID: dict[str, pl.DataType] = {
    "where": pl.String(),
    "text": pl.String(),
    "rank": pl.UInt32(),
    "id": pl.String(),
    "product": pl.String(),
    "vendor": pl.String(),
    "family": pl.String(),
    "weight": pl.Float64(),
    "version": pl.String(),
    "cpe": pl.String(),
    "certainty": pl.String(),
    "console": pl.Boolean(),
}


@dataclass(frozen=True)
class RankedRule:
    """One rule with its product; a rank is its place in `rules()`, the lower one taken first."""

    product: Product
    rule: Rule


@cache
def rules() -> tuple[RankedRule, ...]:
    """Return every rule: products in the order of the catalogue, rules in the order of their product."""
    return tuple(RankedRule(product, rule) for product in products().products.values() for rule in product.match)


@cache
def matcher() -> Matcher:
    """Return the matcher of the whole catalogue."""
    return Matcher(Pattern(rank, str(ranked.rule.where), ranked.rule.pattern) for rank, ranked in enumerate(rules()))


def said(texts: pl.DataFrame) -> pl.DataFrame:
    """Return what each distinct text (`where`, `text`) says, as `SAID`: one row a product and version it names."""
    matches = matcher().match(texts.select("where", "text"))
    # a loop over distinct texts that matched: few, and each names other fields
    return pl.DataFrame(list(_rows(matches)), schema=SAID, orient="row")


def _rows(matches: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    for where, text, rank, groups in matches.select("where", "text", "rank", "groups").iter_rows():
        product, rule = rules()[rank].product, rules()[rank].rule
        version = version_of(rule, groups)
        yield (
            where, text, rank, product.id, product.name, product.vendor, str(product.family),
            product.weight.value_of_asset, version, product.cpe23(version),
            "deduced" if product.basis == "general knowledge" else "observed", rule.sign is Sign.CONSOLE,
        )  # fmt: skip


def version_of(rule: Rule, groups: list[str | None] | None) -> str | None:
    """Return the version that a rule's groups caught: `version`, or `v1` to `v4` joined by dots; None for none."""
    caught = dict(zip(_groups(rule.pattern), groups or [], strict=False))
    if caught.get("version"):
        return caught["version"]
    parts = [caught[name] for name in ("v1", "v2", "v3", "v4") if caught.get(name)]
    return ".".join(part for part in parts if part) or None


@cache
def _groups(pattern: str) -> tuple[str, ...]:
    index = re.compile(pattern).groupindex
    return tuple(sorted(index, key=index.__getitem__))
