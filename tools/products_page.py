"""Write docs/products.md: how to add a fingerprint, and the catalogue by family."""

from itertools import groupby
from pathlib import Path

from rempart.exposure.fingerprints.model import Product, products

PAGE = Path(__file__).parent.parent / "docs" / "products.md"
HEAD = """# Products that Rempart recognises

A product is recognised by the texts it says of itself: a banner, a header, a title, a cookie, a certificate, a DICOM
implementation. The catalogue is ours: one TOML file a family in `src/rempart/exposure/fingerprints/catalogue/`.
recog files are read by `fingerprints/recog.py`.

## Adding a fingerprint

1. Find the family's file. Add a `[[product]]` table: `id`, `vendor`, `name`, `cpe` (part, vendor and product only:
   `a:f5:nginx`), `weight` when it is not the file's (`entry` or `care` 1.0, `usual` 0.7, `minor` 0.4), and `basis`.
2. `basis` is honest: `observed` (seen on the real product), `documentation` (its publisher describes the text) or
   `general knowledge`. The last one makes the product "deduced" in reports.
3. Add one rule a text: `where` (the values of `Where` in `model.py`), a `pattern` that is bounded and anchored where it
   can be, `version` as a named group (or `v1` to `v4`, joined by dots), `examples` (text = version, "" for none) and
   `misses` (texts that look alike and must not match). `sign = "console"` marks what administers the product.
4. Run `python -m pytest tests/exposure/products`, then `python -m tools.products_page`.

A pattern must read the same in Python's `re` and in the engine of Polars, which has no look-around: the tests run both.
Never invent a text, nor the hash of an icon. Copy nothing from another catalogue.

A new source of text is one line of `_READERS` in `facts/product_texts.py`.

## The catalogue

"""


def page() -> str:
    """Return the page."""
    known = sorted(products().products.values(), key=lambda product: (product.family, product.name.lower()))
    parts = [_table(str(family), list(group)) for family, group in groupby(known, key=lambda product: product.family)]
    return HEAD + f"{len(known)} products.\n\n" + "\n".join(parts)


def _table(family: str, known: list[Product]) -> str:
    rows = [
        f"| {product.name} | {product.vendor} | {product.weight.value_of_asset} | "
        f"{', '.join(sorted({str(rule.where) for rule in product.match}))} | {product.basis} |\n"
        for product in known
    ]
    head = f"### {family} ({len(known)})\n\n| product | publisher | weight | read in | basis |\n|---|---|---|---|---|\n"
    return head + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
