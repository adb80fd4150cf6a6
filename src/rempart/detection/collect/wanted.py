"""What to take from the events of a source: the fields that rules read, and those that tell who and where."""

from rempart.detection.collect.standin import Entities, entities
from rempart.detection.events import Reading


class Wanted:
    """A reading, with its answers by source kept: asked once a class of events, never once an event."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.every_field = reading.every_field
        self._fields: dict[str, frozenset[str]] = {}
        self._text: dict[str, bool] = {}

    def fields(self, source: str) -> frozenset[str]:
        """Return the native names to take from the events of a source: rules' and entities'."""
        if source not in self._fields:
            found = self.entities(source)
            own = frozenset((*found.host, *found.user, *found.address))
            self._fields[source] = self.reading.of(source) | own
        return self._fields[source]

    def keeps(self, source: str, name: str) -> bool:
        """Tell whether a field of that name stays in the blocks of a source."""
        return self.every_field or name in self.reading.of(source)

    def text(self, source: str) -> bool:
        """Tell whether the blocks of a source need TEXT."""
        if source not in self._text:
            self._text[source] = self.reading.wants_text(source)
        return self._text[source]

    def entities(self, source: str) -> Entities:
        """Return the fields that tell the machine, the account, the address and the moment."""
        return entities(source)
