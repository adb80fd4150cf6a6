"""CVE records: the official JSON 5 (one record, or the archive of a list), and its compact form, a record a line."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rempart.exposure.feeds.feed import CVE, Feed, frame, pair_of_cpe, pair_of_words
from rempart.exposure.feeds.versions import keys

Row = dict[str, object]
_ANY = {"", "*", "-", "0", "n/a", "unspecified", "unknown", "all", "any"}
"""What records write for "from the first version on"."""


def is_record(content: Any) -> bool:  # noqa: ANN401 — any JSON value
    """Tell whether a JSON value is an official record."""
    return isinstance(content, dict) and content.get("dataType") == "CVE_RECORD"


def is_compact(content: Any) -> bool:  # noqa: ANN401 — any JSON value
    """Tell whether a JSON value is a line of the compact form."""
    return isinstance(content, dict) and str(content.get("id", "")).startswith("CVE-")


def read(records: Iterator[tuple[str, Any]]) -> Feed:
    """Return the ranges that records name; one that is no CVE record is a flaw with its place.

    The feed is dated by its latest publication.
    """
    rows: list[Row] = []
    flaws = []
    count, dated = 0, date.min
    for place, record in records:
        try:
            told = list(_compact(record) if is_compact(record) else _official(record))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            flaws.append((place, "not a CVE record"))
            continue
        count += 1
        rows += told
        dated = max([dated, *(day for row in told if isinstance(day := row["published"], date))])
    table = frame(CVE, rows)
    table = table.with_columns(low=keys(table["low"]), high=keys(table["high"]))
    return Feed(CVE, dated, table, count, flaws)


def _compact(record: Any) -> Iterator[Row]:  # noqa: ANN401 — any JSON value
    ssvc = record.get("ssvc") or (None, None, None)
    base: Row = {
        "cve": record["id"],
        "published": date.fromisoformat(record["pub"]) if "pub" in record else None,
        "title": record.get("t", ""),
        "cvss": float(record["cvss"][1]) if record.get("cvss") else None,
        "exploitation": ssvc[0],
        "automatable": None if ssvc[1] is None else ssvc[1] == "yes",
        "impact": ssvc[2],
    }
    for product in record.get("a", ()):
        pairs = {pair for cpe in product.get("cpe", ()) if (pair := pair_of_cpe(cpe))}
        pairs = pairs or {pair_of_words(product.get("v", ""), product.get("p", ""))}
        ranges = [_compact_range(each) for each in product.get("r", ())]
        yield from _rows(base, pairs, ranges, by_default=bool(product.get("d")))


def _compact_range(told: list[str]) -> Row:
    affected = told[-1] != "!"
    bounds = told if affected else told[:-1]
    low = bounds[0]
    if len(bounds) == 1:
        return _range(low, low, closed=True, affected=affected)
    closed = bounds[1].startswith("<=")
    return _range(low, bounds[1].lstrip("<="), closed=closed, affected=affected)


def _official(record: Any) -> Iterator[Row]:  # noqa: ANN401 — any JSON value
    meta, containers = record["cveMetadata"], record["containers"]
    cna, others = containers["cna"], containers.get("adp", [])
    metrics = [metric for part in (cna, *others) for metric in part.get("metrics", [])]
    scores = [
        metric[form]["baseScore"]
        for form in ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0")
        for metric in metrics
        if form in metric
    ]
    ssvc = _ssvc(metrics)
    base: Row = {
        "cve": meta["cveId"],
        "published": date.fromisoformat(str(meta.get("datePublished") or meta["dateReserved"])[:10]),
        "title": str(cna.get("title") or cna.get("descriptions", [{}])[0].get("value", ""))[:160],
        "cvss": float(scores[0]) if scores else None,
        "exploitation": ssvc.get("Exploitation"),
        "automatable": ssvc["Automatable"] == "yes" if "Automatable" in ssvc else None,
        "impact": ssvc.get("Technical Impact"),
    }
    for product in [each for part in (cna, *others) for each in part.get("affected", [])]:
        pairs = {pair for cpe in product.get("cpes", ()) if (pair := pair_of_cpe(cpe))}
        pairs = pairs or {pair_of_words(product.get("vendor", ""), product.get("product", ""))}
        ranges = [_official_range(each) for each in product.get("versions", ()) if each.get("status") != "unknown"]
        yield from _rows(base, pairs, ranges, by_default=product.get("defaultStatus") == "affected")


def _ssvc(metrics: list[Any]) -> dict[str, str]:
    for metric in metrics:
        other = metric.get("other", {})
        if other.get("type") == "ssvc":
            options = [pair for option in other["content"]["options"] for pair in option.items()]
            return {name: str(value).lower() for name, value in options}
    return {}


def _official_range(told: Any) -> Row:  # noqa: ANN401 — any JSON value
    affected = told["status"] == "affected"
    low = str(told["version"])
    if "lessThan" in told:
        return _range(low, str(told["lessThan"]), closed=False, affected=affected)
    if "lessThanOrEqual" in told:
        return _range(low, str(told["lessThanOrEqual"]), closed=True, affected=affected)
    return _range(low, low, closed=True, affected=affected)


def _range(low: str, high: str, *, closed: bool, affected: bool) -> Row:
    first = None if low.strip().lower() in _ANY else low
    last = None if high.strip().lower() in _ANY else high
    return {"low": first, "high": last, "closed": closed, "affected": affected}


def _rows(base: Row, pairs: set[str], ranges: list[Row], *, by_default: bool) -> Iterator[Row]:
    """Yield each range of each product; versions that a record does not list follow its default."""
    if by_default and not any(each["affected"] for each in ranges):
        ranges = [*ranges, _range("*", "*", closed=False, affected=True)]
    for pair in sorted(pairs):
        for each in ranges:
            yield base | {"pair": pair} | each
