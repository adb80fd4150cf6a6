"""Data sets of our own for the fictional hospital: they speak of a gateway that does not exist, and of nothing real."""

from datetime import date, datetime
from pathlib import Path

from rempart.exposure.feeds.feed import CVE, EPSS, KEV, Feed, frame
from rempart.exposure.feeds.store import Store
from rempart.exposure.feeds.versions import version_key

_FICTION = "CVE-1998-99999"
"""No such number was ever given."""
_GATEWAY = {"vendor": "valmont", "product": "passerelle"}


def store_feeds(folder: Path, *, dated: date, at: datetime) -> Path:
    """Keep the three fictional data sets in `folder`, dated `dated`, loaded at `at`; return the folder."""
    store = Store(folder)
    exploited = {"cve": _FICTION, "added": dated, "ransomware": False, **_GATEWAY}
    weakness = {
        "cve": _FICTION,
        "published": dated,
        "title": "Faille fictive de la passerelle de Valmont",
        "cvss": 9.8,
        "pair": "valmont:passerelle",
        "high": version_key("2.0"),
        "closed": False,
        "affected": True,
    }
    likely = {"cve": _FICTION, "epss": 0.5}
    for dataset, row in ((KEV, exploited), (CVE, weakness), (EPSS, likely)):
        store.keep(Feed(dataset, dated, frame(dataset, [row]), 1), source="démonstration (fictif)", at=at)
    return folder
