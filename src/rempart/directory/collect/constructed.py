"""Attributes a directory server computes, and sends only to who asks for them by name (MS-ADTS 3.1.1.4.5)."""

from collections.abc import Collection

from rempart.directory.builder import SnapshotBuilder
from rempart.measurement.text import Text

_CONSTRUCTED = ("msDS-User-Account-Control-Computed", "msDS-RevealedList", "msDS-ReplValueMetaData")
_NOT_ASKED = Text(
    fr="{tool} ne demande pas l'attribut calculé {name}", en="{tool} does not ask for the constructed attribute {name}"
)


def constructed_gaps(builder: SnapshotBuilder, tool: str, seen: Collection[str]) -> None:
    """Note as gaps the constructed attributes that a tool which asks for "all attributes" never brings back."""
    found = {name.lower() for name in seen}
    for name in _CONSTRUCTED:
        if name.lower() not in found:
            builder.gap(f"attribute:{name}", _NOT_ASKED.filled(tool=tool, name=name))
