"""The rules the daemon runs, loaded anew when their files change: a set that is broken leaves the old one running."""

import threading
from collections.abc import Callable
from pathlib import Path

from structlog import get_logger

from rempart.detection.rules.form import Compiled
from rempart.measurement.errors import InputError, RempartError
from rempart.measurement.text import Text

_LEAST = 0.5
"""A new set with less than this share of the running rules is taken for broken: a copy under way, a lost folder."""
_log = get_logger("rempart.detection.watch")

Load = Callable[[], Compiled]


class Held:
    """The rules that run.

    Args:
        load: reads and compiles them.
        paths: the files and folders they come from.

    """

    def __init__(self, load: Load, paths: tuple[Path, ...]) -> None:
        self._load = load
        self._paths = paths
        self._seen = signature(paths)
        self._thread: threading.Thread | None = None
        self._result: Compiled | RempartError | None = None
        self._asked = False
        self.compiled = load()
        if not self.compiled.rules and not self.compiled.correlations:
            raise InputError(
                Text(fr="aucune règle n'a pu être chargée", en="no rule could be loaded"),
                where=", ".join(map(str, paths)),
                advice=Text(
                    fr="Voyez pourquoi : rempart detection rules check", en="See why: rempart detection rules check"
                ),
            )

    @property
    def newest(self) -> float | None:
        """When the newest of their files was written (seconds since 1970), None without a file."""
        return max((written / 1e9 for _, written, _ in self._seen), default=None)

    def ask(self) -> None:
        """Load again at the next look, whether files changed or not (SIGHUP)."""
        self._asked = True

    def look(self) -> Compiled | None:
        """Begin to load when files changed; return the new rules once they are there and sound.

        Raises:
            RempartError: the new set is broken; the old one stays.

        """
        if self._thread is None:
            now = signature(self._paths)
            if self._asked or now != self._seen:
                self._asked, self._seen = False, now
                self._thread = threading.Thread(target=self._reload, name="rules", daemon=True)
                self._thread.start()
            return None
        if self._thread.is_alive():
            return None
        self._thread, result, self._result = None, self._result, None
        if isinstance(result, RempartError):
            raise result
        if result is None or result.digest == self.compiled.digest:
            return None
        before, after = _size(self.compiled), _size(result)
        if after == 0 or after < before * _LEAST:
            raise InputError(
                Text(
                    fr=f"le nouveau jeu n'a que {after} règles, contre {before} : l'ancien reste en service",
                    en=f"the new set has only {after} rules against {before}: the old one keeps running",
                )
            )
        self.compiled = result
        return result

    def _reload(self) -> None:
        try:
            self._result = self._load()
        except RempartError as error:
            self._result = error
        except Exception as error:  # noqa: BLE001 — whatever breaks in a new set, the old one must go on
            what = f"{type(error).__name__}: {error}"
            self._result = InputError(Text(fr=f"jeu de règles illisible ({what})", en=f"unreadable rules ({what})"))


def signature(paths: tuple[Path, ...]) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a rule file is added, removed or written."""
    found = []
    for path in paths:
        entries = sorted(path.rglob("*")) if path.is_dir() else [path]
        for entry in entries:
            try:
                status = entry.stat()
            except OSError:
                continue
            if not entry.is_dir():
                found.append((str(entry), status.st_mtime_ns, status.st_size))
    return tuple(found)


def _size(compiled: Compiled) -> int:
    return len(compiled.rules) + len(compiled.correlations)
