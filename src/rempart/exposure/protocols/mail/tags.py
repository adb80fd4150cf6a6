"""Records made of `tag=value` pairs between semicolons: DKIM, DMARC, MTA-STS, TLS-RPT, BIMI (RFC 6376, section 3.2)."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed

_TAG = re.compile(r"[ \t\r\n]*([A-Za-z][A-Za-z0-9_]*)[ \t\r\n]*=[ \t\r\n]*(.*?)[ \t\r\n]*\Z", re.DOTALL)
_LONGEST = 1 << 16
_MOST = 200


@dataclass(frozen=True)
class Tags:
    """The pairs in order, the first of each name winning; `broken` are parts without a pair, `repeated` names."""

    pairs: dict[str, str]
    broken: tuple[str, ...]
    repeated: tuple[str, ...]

    def get(self, name: str, default: str = "") -> str:
        """Return a value."""
        return self.pairs.get(name, default)

    @property
    def first(self) -> tuple[str, str]:
        """Return the first pair, empty when there is none."""
        return next(iter(self.pairs.items()), ("", ""))


def parse_tags(text: str) -> Tags:
    """Return the pairs of a record.

    Raises:
        Malformed: longer than a TXT record can be, or more than 200 pairs.

    """
    parts = text.split(";", _MOST + 1)
    if len(text) > _LONGEST or len(parts) > _MOST:
        raise Malformed("a record of more than 200 tags")
    pairs: dict[str, str] = {}
    broken, repeated = [], []
    for part in parts:
        if not part.strip():
            continue
        found = _TAG.match(part)
        if found is None:
            broken.append(part.strip()[:80])
        elif found[1] in pairs:
            repeated.append(found[1])
        else:
            pairs[found[1]] = found[2]
    return Tags(pairs, tuple(broken), tuple(repeated))
