"""Tests that cost too much for every value: only those still in play come here, each distinct value once."""

import math
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from rempart.detection.events import TIME
from rempart.detection.kernel.columns import Column, Rows
from rempart.detection.kernel.together import written
from rempart.detection.rules.form import Compare, Network, Number, OtherField, Regex, TimePart

Flags = NDArray[np.bool_]
LONGEST_WRITTEN = 64
"""Characters of the longest number or address that is read."""
_COMPARISONS: dict[Compare, Callable[..., Flags]] = {
    Compare.EQ: np.equal,
    Compare.NEQ: np.not_equal,
    Compare.LT: np.less,
    Compare.LTE: np.less_equal,
    Compare.GT: np.greater,
    Compare.GTE: np.greater_equal,
}


def holds(test: Regex | Network | Number, values: pa.Array) -> Flags:
    """Tell which of these distinct texts pass."""
    match test:
        case Regex():
            return found(test, values)
        case Network(cidr):
            network = ip_network(cidr, strict=False)
            return np.array([within(value, network) for value in values.to_pylist()], dtype=np.bool_)
        case Number(compare, number):
            read = np.array([number_of(value) for value in values.to_pylist()], dtype=np.float64)
            return np.asarray(_COMPARISONS[compare](read, number)) & ~np.isnan(read)


def found(test: Regex, values: pa.Array) -> Flags:
    """Tell in which texts the expression is found: linear in their length, whatever the expression."""
    series = pl.Series(values=pl.from_arrow(values), dtype=pl.String)
    return series.str.contains(written(test), literal=False).to_numpy()


def number_of(text: str) -> float:
    """Return the number a text writes, decimal or hexadecimal (0x), NaN when it writes none."""
    if len(text) > LONGEST_WRITTEN or not text.isascii() or "_" in text:
        return math.nan
    try:
        return float(int(text, 16)) if text.strip()[:2].lower() == "0x" else float(text)
    except (ValueError, OverflowError):
        return math.nan


def within(text: str, network: IPv4Network | IPv6Network) -> bool:
    """Tell whether a text is an address of the network; an IPv4 one may be written inside IPv6."""
    if len(text) > LONGEST_WRITTEN:
        return False
    try:
        address = ip_address(text.strip())
    except ValueError:
        return False
    return any(one in network for one in _ways(address))


def _ways(address: IPv4Address | IPv6Address) -> Sequence[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return (address, IPv6Address(f"::ffff:{address}"))
    mapped = address.ipv4_mapped
    return (address,) if mapped is None else (address, mapped)


def other_field(test: OtherField, mine: Column, other: Column, alive: Rows) -> Rows:
    """Return the rows where a value of a field compares so with a value of another."""
    pairs = _entries(mine, alive, "mine").join(_entries(other, alive, "other"), on="row", how="inner")
    distinct = pairs.select("mine", "other").unique()
    left = mine.values.take(pa.array(distinct["mine"].to_numpy())).to_pylist()
    right = other.values.take(pa.array(distinct["other"].to_numpy())).to_pylist()
    passes = [compares(test, one, another) for one, another in zip(left, right, strict=True)]
    kept = pairs.join(distinct.filter(pl.Series(passes, dtype=pl.Boolean)), on=["mine", "other"], how="semi")
    return np.asarray(kept["row"].unique().sort().to_numpy(), dtype=np.int32)


def _entries(column: Column, alive: Rows, name: str) -> pl.DataFrame:
    rows, values = column.entries(alive)
    return pl.DataFrame({"row": rows, name: values})


def compares(test: OtherField, value: str, other: str) -> bool:
    """Tell whether a value equals, starts with, ends with or contains another."""
    if not test.cased:
        value, other = value.lower(), other.lower()
    if test.starts and test.ends:
        return value == other
    if test.starts:
        return value.startswith(other)
    return value.endswith(other) if test.ends else other in value


def moment(test: TimePart, batch: pa.RecordBatch, alive: Rows) -> Rows:
    """Return the rows whose moment, in UTC, has such a part; an event without a moment never does."""
    times = pl.Series(values=pl.from_arrow(batch.column(TIME).take(pa.array(alive)))).dt
    part: pl.Series = getattr(times, test.part)()
    read = part.cast(pl.Float64).fill_null(math.nan).to_numpy()
    passing: Rows = alive[_COMPARISONS[test.compare](read, float(test.value)) & ~np.isnan(read)]
    return passing
