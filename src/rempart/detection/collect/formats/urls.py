"""The parts of an address a proxy was asked for, under the names Sigma gives them."""

import polars as pl

PROXY = "web/proxy"
_URL = r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?P<host>\[[^\]]*\]|[^/?#:\s]*)(?::(?P<port>\d+))?(?P<stem>/[^?#\s]*)?(?:\?(?P<query>[^#\s]*))?"
_EXTENSION = r"\.([A-Za-z0-9]{1,10})$"


def url_parts(frame: pl.DataFrame) -> list[pl.Series]:
    """Return `cs-host`, `c-uri-stem`, `c-uri-query`, `c-uri-extension`, `cs-uri-port`: those not there yet."""
    found = frame.get_column("c-uri").str.extract_groups(_URL).struct.unnest()
    stem = found.get_column("stem")
    parts = {
        "cs-uri": frame.get_column("c-uri"),
        "cs-host": found.get_column("host").replace("", None),
        "cs-uri-port": found.get_column("port"),
        "c-uri-stem": stem,
        "c-uri-query": found.get_column("query"),
        "c-uri-extension": stem.str.extract(_EXTENSION).str.to_lowercase(),
    }
    return [column.alias(name) for name, column in parts.items() if name not in frame.columns]
