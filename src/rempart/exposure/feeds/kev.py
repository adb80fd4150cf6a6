"""CISA's Known Exploited Vulnerabilities, JSON (schema of cisagov/kev-data)."""

from datetime import date
from typing import Any

from rempart.exposure.feeds.feed import KEV, Feed, frame


def recognises(content: Any) -> bool:  # noqa: ANN401 — any JSON value
    """Tell whether a JSON value is the catalogue."""
    return isinstance(content, dict) and {"catalogVersion", "dateReleased", "vulnerabilities"} <= content.keys()


def read(content: Any, where: str) -> Feed:  # noqa: ANN401 — any JSON value
    """Return the entries; an entry without a CVE or a date is a flaw with its rank."""
    rows: list[dict[str, object]] = []
    flaws = []
    for rank, entry in enumerate(content["vulnerabilities"]):
        try:
            rows.append(
                {
                    "cve": str(entry["cveID"]),
                    "vendor": str(entry["vendorProject"]),
                    "product": str(entry["product"]),
                    "added": date.fromisoformat(entry["dateAdded"]),
                    "ransomware": entry.get("knownRansomwareCampaignUse") == "Known",
                }
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            flaws.append((f"{where}: vulnerabilities[{rank}]", "no cveID, vendorProject, product or dateAdded"))
    return Feed(KEV, date.fromisoformat(str(content["dateReleased"])[:10]), frame(KEV, rows), len(rows), flaws)
