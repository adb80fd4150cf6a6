"""What a RELP sender sends again after a broken connection, though it had come: told by its content, and left out.

A sender sends again, in order and first of all, what it had no answer for. So the first messages of a connection that
repeat what came last before it (of the same peer; of anybody after a restart) came already. The first one that does not
ends the search: a message that a machine truly writes twice is never taken for one sent again later on.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Sequence
from hashlib import blake2b

WINDOW = 1024
"""Messages remembered; rsyslog sends 128 at most ahead of the answers."""
_PEERS = 1000


class Resent:
    """What came last, by peer. `tail` is what stood last in the journal when the daemon started."""

    def __init__(self, tail: Iterable[bytes] = ()) -> None:
        self._before = deque((_mark(message) for message in tail), maxlen=WINDOW)
        self._last: OrderedDict[str, deque[bytes]] = OrderedDict()

    def connection(self, peer: str) -> "Connection":
        """Return the filter of a new connection of a peer."""
        known = self._last.pop(peer, None)
        last = known if known is not None else deque(self._before, maxlen=WINDOW)
        self._last[peer] = deque(maxlen=WINDOW)
        while len(self._last) > _PEERS:
            self._last.popitem(last=False)
        return Connection(Counter(last), self._last[peer])


class Connection:
    """One connection: `came` is what may be sent again, `last` where what comes is remembered."""

    def __init__(self, came: Counter[bytes], last: deque[bytes]) -> None:
        self._came = came
        self._last = last

    def new(self, messages: Sequence[bytes]) -> list[bytes]:
        """Return the messages that did not come before."""
        found = []
        for message in messages:
            mark = _mark(message)
            self._last.append(mark)
            if self._came[mark] > 0:
                self._came[mark] -= 1
                continue
            self._came.clear()
            found.append(message)
        return found


def _mark(message: bytes) -> bytes:
    return blake2b(message, digest_size=16).digest()
