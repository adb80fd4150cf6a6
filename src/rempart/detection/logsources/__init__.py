"""From the logsource that a rule names to the classes of events where it looks, and their native fields."""

from rempart.detection.logsources.table import digest, table
from rempart.detection.logsources.target import SYSTEM, Entities, Target

__all__ = [
    "SYSTEM",
    "Entities",
    "Target",
    "code_field",
    "digest",
    "entities",
    "known_product",
    "source_of_channel",
    "targets",
]

_USUAL = Entities(
    ("host", "hostname", "Computer"),
    ("user", "User", "UserId"),
    ("src_ip", "address", "SourceIp", "ipAddress"),
    ("time", "timestamp", "@timestamp"),
)
"""For a source that the tables do not know: one that a hospital declared, or none."""


def source_of_channel(channel: str) -> str:
    """Return the source of a Windows channel, whatever its case; `windows/other` for one that Sigma does not name."""
    return table().channels.get(channel.lower(), "windows/other")


def entities(source: str, code: str = "") -> Entities:
    """Return which native fields tell the machine, the account, the address and the moment of a source.

    Args:
        source: its name.
        code: of the events, where it is known: in a few, the account that acts stands elsewhere.

    """
    known = table()
    family = f"{source.partition('/')[0]}/*"
    found = known.entities.get(source) or known.entities.get(family, _USUAL)
    acting = known.acting.get((source, code))
    return found if acting is None else found._replace(user=acting)


def code_field(source: str) -> str | None:
    """Return the native field that always holds the code of the events of a source, None when no field does."""
    codes = table().codes
    return codes.get(source) or codes.get(f"{source.partition('/')[0]}/*")


def known_product(product: str) -> bool:
    """Tell whether the tables know a product: what they lack of it does not exist."""
    return product in table().products


def targets(category: str | None, product: str | None, service: str | None) -> tuple[Target, ...]:
    """Return the places where the events of a logsource are; none when the tables know of none.

    A category without a product is that category of every product. A category with a service is the category where the
    service has it. A product and a service that the tables do not know are the source `product/service`, for a hospital
    to declare.
    """
    known = table().targets
    wanted = (category or "", product or "", service or "")
    if wanted in known:
        return known[wanted]
    if not product and not service and category:
        return tuple(one for (kind, _, of), found in known.items() if kind == category and not of for one in found)
    if category and service:
        return _both(category, product or "", service)
    if product and service and not known_product(product):
        return (Target(f"{product}/{service}"),)
    return ()


def _both(category: str, product: str, service: str) -> tuple[Target, ...]:
    of_service, of_category = targets(None, product, service), targets(category, product, None)
    if not of_category:  # of a product that does not part its events so
        return of_service
    sources = {one.source for one in of_service}
    return tuple(one for one in of_category if one.source in sources)
