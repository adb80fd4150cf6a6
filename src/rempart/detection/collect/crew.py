"""Threads that read ahead: their pieces come out in the order of the work, and wait within a bound of memory."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Condition, Thread

from rempart.detection.census import Census
from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.kinds import Workshop

AHEAD_BYTES = 160 << 20
"""What threads may have read beyond the item that is being given."""

Work = Callable[[Workshop, Census], Iterator[Piece]]
"""An item of work: what it reads, with the tools of its thread."""


class _Abandoned(Exception):  # noqa: N818 — no error: nobody reads any more
    pass


class _Outlet:
    """What an item has given and nobody took yet."""

    def __init__(self) -> None:
        self.pieces: deque[Piece] = deque()
        self.census = Census()
        self.done = False
        self.error: BaseException | None = None


class Crew:
    """Threads, each with its workshop, that take items in order."""

    def __init__(self, threads: int) -> None:
        self._changed = Condition()
        self._orders: SimpleQueue[tuple[_Outlet, Work] | None] = SimpleQueue()
        self._current: _Outlet | None = None
        self._ahead = 0
        self._abandoned = False
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(threads)]

    def run(self, works: Iterator[Work], census: Census) -> Iterator[Piece]:
        """Give the pieces of all items, item after item; add their counts to the census as each ends."""
        waiting: deque[_Outlet] = deque()
        for thread in self._threads:
            thread.start()
        try:
            while True:
                while len(waiting) <= len(self._threads) and (work := next(works, None)) is not None:
                    waiting.append(_Outlet())
                    self._orders.put((waiting[-1], work))
                if not waiting:
                    break
                yield from self._given(waiting.popleft(), census)
        finally:
            self._end()

    def _end(self) -> None:
        with self._changed:
            self._abandoned = True
            self._changed.notify_all()
        for _ in self._threads:
            self._orders.put(None)
        for thread in self._threads:
            thread.join()

    def _given(self, outlet: _Outlet, census: Census) -> Iterator[Piece]:
        with self._changed:
            self._current = outlet
            self._ahead -= sum(_weight(piece) for piece in outlet.pieces)
            self._changed.notify_all()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: outlet.pieces or outlet.done)
                pieces = list(outlet.pieces)
                outlet.pieces.clear()
                self._changed.notify_all()
            yield from pieces
            if not pieces and outlet.done:
                break
        if outlet.error is not None:
            raise outlet.error
        census.add(outlet.census)

    def _work(self) -> None:
        shop = Workshop()
        with suppress(_Abandoned):
            while (order := self._orders.get()) is not None:
                outlet, work = order
                try:
                    for piece in work(shop, outlet.census):
                        self._put(outlet, piece)
                except _Abandoned:
                    raise
                except BaseException as error:  # noqa: BLE001 — raised again where the pieces are taken
                    outlet.error = error
                with self._changed:
                    outlet.done = True
                    self._changed.notify_all()
        shop.close()

    def _put(self, outlet: _Outlet, piece: Piece) -> None:
        weight = _weight(piece)
        with self._changed:
            self._changed.wait_for(lambda: self._abandoned or self._may(outlet))
            if self._abandoned:
                raise _Abandoned
            outlet.pieces.append(piece)
            if outlet is not self._current:
                self._ahead += weight
            self._changed.notify_all()

    def _may(self, outlet: _Outlet) -> bool:
        """Tell whether one more piece may wait: each has its bound of bytes."""
        if outlet is self._current:
            return sum(_weight(piece) for piece in outlet.pieces) < AHEAD_BYTES // 2
        return self._ahead < AHEAD_BYTES


def _weight(piece: Piece) -> int:
    return int(piece.batch.nbytes)
