"""What an event is for every room of this engine: its class, and the columns of a block of events of one class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

NULL = "\x00"
"""The value of a field that is there and holds an explicit null. A field that is not there is an Arrow null."""

FILE = "@file"
"""Column: the file an event comes from; `archive!member` inside an archive, `-` for standard input."""
OFFSET = "@offset"
"""Column: where the event starts, bytes of the unpacked file; the record number in an EVTX file."""
LENGTH = "@length"
"""Column: bytes of the event; 0 where it is found by its number."""
TIME = "@time"
"""Column: the moment of the event, null when it says none that can be read."""
TEXT = "@text"
"""Column: every value of the event, unescaped, joined by line feeds: what keyword rules read. Only when asked."""
HOST = "@host"
"""Column: the machine that speaks."""
USER = "@user"
"""Column: the account that acts."""
ADDRESS = "@address"
"""Column: the address it acts from."""

MOMENT = pa.timestamp("us", tz="UTC")
ORIGIN: Mapping[str, pa.DataType] = {
    FILE: pa.dictionary(pa.int32(), pa.string()),
    OFFSET: pa.int64(),
    LENGTH: pa.int32(),
    TIME: MOMENT,
    HOST: pa.dictionary(pa.int32(), pa.string()),
    USER: pa.dictionary(pa.int32(), pa.string()),
    ADDRESS: pa.dictionary(pa.int32(), pa.string()),
}
"""The columns every block has, before its fields."""


class EventClass(NamedTuple):
    """What kind of event: rules are chosen by it.

    Attributes:
        source: who wrote it, a name of `logsources/sources.toml` ("windows/sysmon", "linux/auditd", "unknown"...).
        code: what tells its events apart: EventID on Windows, record type of auditd, program of syslog; may be empty.

    """

    source: str
    code: str


@dataclass(frozen=True)
class Block:
    """Events of one class.

    Attributes:
        event_class: their class.
        batch: the columns of ORIGIN, TEXT when asked, then one a field under its native name (the name its source gives
            it: `NewProcessName` for Security 4688, `Image` for Sysmon 1). A field is `string`, `dictionary<string>`, or
            `list<string>` when an event of the block holds several values. Values are text as written (`true`, `4624`),
            not lower-cased. A field that no event of the block has may be missing.

    """

    event_class: EventClass
    batch: pa.RecordBatch


@dataclass(frozen=True)
class Reading:
    """Which fields to take from the events.

    Attributes:
        fields: by source (`windows/*` is every source of Windows), the native names that rules read.
        text: the sources whose blocks need TEXT.
        every_field: take them all, whatever `fields` says: for a store.

    """

    fields: Mapping[str, frozenset[str]]
    text: frozenset[str] = frozenset()
    every_field: bool = False

    def of(self, source: str) -> frozenset[str]:
        """Return the fields wanted of a source."""
        return frozenset().union(*(names for key, names in self.fields.items() if covers(key, source)))

    def wants_text(self, source: str) -> bool:
        """Tell whether keyword rules read the events of a source."""
        return any(covers(key, source) for key in self.text)


def covers(pattern: str, source: str) -> bool:
    """Tell whether a source is the one named, or one of a family: `*` is all, `windows/*` all of Windows."""
    return pattern in {"*", source} or (pattern.endswith("/*") and source.startswith(pattern[:-1]))
