"""What to take from the events of a source: the fields that rules read, and those that tell who and where."""

from rempart.detection.events import EventClass, Reading
from rempart.detection.logsources import Entities, entities


class Wanted:
    """A reading, with its answers kept: asked once a class of events, never once an event."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.every_field = reading.every_field
        self._fields: dict[EventClass, frozenset[str]] = {}
        self._read: dict[str, frozenset[str]] = {}
        self._text: dict[str, bool] = {}

    def fields(self, source: str, code: str = "") -> frozenset[str]:
        """Return the native names to take from the events of a class: rules' and entities'."""
        event_class = EventClass(source, code)
        if event_class not in self._fields:
            found = self.entities(source, code)
            own = frozenset((*found.host, *found.user, *found.address))
            self._fields[event_class] = self._of(source) | own
        return self._fields[event_class]

    def keeps(self, source: str, name: str) -> bool:
        """Tell whether a field of that name stays in the blocks of a source."""
        return self.every_field or name in self._of(source)

    def text(self, source: str) -> bool:
        """Tell whether the blocks of a source need TEXT."""
        if source not in self._text:
            self._text[source] = self.reading.wants_text(source)
        return self._text[source]

    def entities(self, source: str, code: str = "") -> Entities:
        """Return the fields that tell the machine, the account, the address and the moment."""
        return entities(source, code)

    def _of(self, source: str) -> frozenset[str]:
        if source not in self._read:
            self._read[source] = self.reading.of(source)
        return self._read[source]
