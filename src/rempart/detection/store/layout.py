"""Where the events of a class stand in a store, and what the name of a file says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from rempart.detection.events import EventClass

EVENTS, RUNS = "events", "runs"
HOUR = timedelta(hours=1)
UNDATED = "undated"
_EARLIEST, _LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 150
"""Characters of a folder name: file systems take 255 bytes."""


@dataclass(frozen=True)
class Part:
    """A file of events of one class.

    Attributes:
        path: from the folder of the store.
        source, code: their class.
        rows: events.
        bytes: of the file.
        digest: SHA-256 of the file: looking back is no use on events that were altered.
        first, last: hours of the first and the last event; None: they say no moment.

    """

    path: str
    source: str
    code: str
    rows: int
    bytes: int
    digest: str
    first: datetime | None
    last: datetime | None

    @property
    def event_class(self) -> EventClass:
        """The class of its events."""
        return EventClass(self.source, self.code)

    def meets(self, since: datetime | None, until: datetime | None) -> bool:
        """Tell whether it may hold events of a period, `until` left out; events without a moment may be of any."""
        if self.first is None or self.last is None:
            return True
        return (since is None or self.last + HOUR > since) and (until is None or self.first < until)

    def within(self, since: datetime | None, until: datetime | None) -> bool:
        """Tell whether all its events are of a period."""
        if self.first is None or self.last is None:
            return True
        return (since is None or self.first >= since) and (until is None or self.last + HOUR <= until)


def part_path(event_class: EventClass, hours: Sequence[datetime], name: str) -> str:
    """Return the path of a file: `hours` are its first and its last, none for events without a moment."""
    span = "_".join(hour.isoformat()[:13] for hour in hours) or UNDATED
    source, code = (_folder(text) for text in event_class)
    return f"{EVENTS}/source={source}/code={code}/{span}.{name}.parquet"


def hour_of(number: int) -> datetime:
    """Return the hour of that number since 1970; one that no calendar has is the nearest that has."""
    earliest, latest = (int((bound - _EPOCH) / HOUR) for bound in (_EARLIEST, _LATEST))
    return _EPOCH + HOUR * min(max(number, earliest), latest)


def inside(folder: Path, path: str) -> Path | None:
    """Return where a file told by a manifest is; None for one that is not of this store."""
    found = Path(path)
    if found.is_absolute() or ".." in found.parts or found.parts[:1] != (EVENTS,):
        return None
    return folder / found


def _folder(text: str) -> str:
    """Return a text as the name of a folder; logs decide what classes are called, so any text must do."""
    name = quote(text, safe="", errors="surrogatepass")
    if len(name) <= _LONGEST:
        return name
    return name[:_LONGEST] + "-" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
