"""What `rempart detection rules check` prints: counts first, then what is refused, then what sees nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from rempart.detection.rules.check import Checked, Seen, Sight
from rempart.detection.rules.form import Refusal
from rempart.measurement.text import Language, Text

_SHOWN = 12  # lines of a list, when details are not asked
_NAMED = 3  # rules named on a line

_SIGHTS: Mapping[Sight, Text] = {
    Sight.ACTIVE: Text(fr="actives", en="active"),
    Sight.WAITING: Text(fr="sans journaux", en="without logs"),
    Sight.DEAD: Text(fr="sans les champs voulus", en="without their fields"),
    Sight.UNKNOWN: Text(fr="non comparées", en="not compared"),
}
_LEVELS: Mapping[str, Text] = {
    "critical": Text(fr="critique", en="critical"),
    "high": Text(fr="élevé", en="high"),
    "medium": Text(fr="moyen", en="medium"),
    "low": Text(fr="faible", en="low"),
    "informational": Text(fr="information", en="informational"),
}


def told(checked: Checked, language: Language, *, details: bool = False, console: Console | None = None) -> None:
    """Print what can be said of rules.

    Args:
        checked: it.
        language: of the sentences.
        details: every rule by its name, not the first ones.
        console: where; the terminal when not said.

    """
    _Teller(console or Console(soft_wrap=True, highlight=False), language, None if details else _SHOWN).all(checked)


class _Teller:
    def __init__(self, out: Console, language: Language, shown: int | None) -> None:
        self._out = out
        self._language = language
        self._shown = shown

    def all(self, checked: Checked) -> None:
        self._counts(checked)
        self._logsources(checked)
        self._refused(checked)
        if checked.compared:
            self._blind(checked.of(Sight.WAITING), _WAITING)
            self._blind(checked.of(Sight.DEAD), _DEAD)
        else:
            self._line(_NOT_COMPARED)
        self._list(_NOTES, self._by_reason(checked.notes) if self._shown is None else self._counted(checked.notes))
        self._list(_UNDECLARED, checked.undeclared)

    def _counts(self, checked: Checked) -> None:
        self._line(_LOADED.filled(loaded=len(checked.rules), refused=len(checked.refusals), silent=len(checked.silent)))
        levels = (
            f"{self._say(_LEVELS.get(name, Text(fr=name, en=name)))} {n}" for name, n in checked.by_level().items()
        )
        self._line(_BY_LEVEL.filled(levels=", ".join(levels)))

    def _logsources(self, checked: Checked) -> None:
        sights = [sight for sight in Sight if checked.of(sight)]
        table = Table(self._say(_LOGSOURCE), *(self._say(_SIGHTS[sight]) for sight in sights), box=None, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        rows = list(checked.by_logsource().items())
        for name, counts in rows[: self._shown]:
            table.add_row(name.strip("/").replace("//", "/"), *(str(counts.get(sight, 0)) for sight in sights))
        self._out.print(table)
        self._more(len(rows))

    def _refused(self, checked: Checked) -> None:
        self._list(_REFUSED, self._by_reason(checked.refusals))

    def _counted(self, notes: Iterable[Refusal]) -> list[str]:
        counts = Counter(self._say(one.reason) for one in notes)
        return [f"{count} × {why}" for why, count in counts.most_common()]

    def _by_reason(self, refusals: Iterable[Refusal]) -> list[str]:
        found: dict[str, list[Refusal]] = {}
        for one in refusals:
            found.setdefault(self._say(one.reason), []).append(one)
        lines = []
        for why, many in sorted(found.items(), key=lambda it: -len(it[1])):
            lines.append(f"{len(many)} × {why}\n    {self._names([self._named(one) for one in many])}")
        return lines

    def _named(self, one: Refusal) -> str:
        """Return the title of a rule, with its place when details are asked or it has no title."""
        place = f"{one.pack}/{one.path}"
        return (f"{one.title} ({place})" if self._shown is None else one.title) if one.title else place

    def _blind(self, rules: Iterable[Seen], title: Text) -> None:
        found: dict[str, list[str]] = {}
        for one in rules:
            found.setdefault(", ".join(one.lacking), []).append(one.about.title)
        colon = "\u00a0:" if self._language is Language.FR else ":"
        ranked = sorted(found.items(), key=lambda it: -len(it[1]))
        self._list(title, [f"{lacking}{colon} {self._names(names)}" for lacking, names in ranked])

    def _names(self, names: list[str]) -> str:
        kept = names if self._shown is None else names[:_NAMED]
        rest = f" … ({len(names)})" if len(names) > len(kept) else ""
        return ", ".join(kept) + rest

    def _list(self, title: Text, lines: Iterable[str]) -> None:
        every = list(lines)
        if not every:
            return
        self._out.print()
        self._out.print(self._say(title), style="bold", markup=False)
        for line in every[: self._shown]:
            self._out.print(f"  {line}", markup=False)
        self._more(len(every))

    def _more(self, count: int) -> None:
        if self._shown is not None and count > self._shown:
            self._line(_MORE.filled(n=count - self._shown))

    def _line(self, text: Text) -> None:
        self._out.print(self._say(text), markup=False)

    def _say(self, text: Text) -> str:
        said = text.say(self._language)
        return said.replace(" :", "\u00a0:") if self._language is Language.FR else said


_LOADED = Text(
    fr="Règles chargées : {loaded}, dont {silent} qui ne servent qu'à des corrélations. Refusées : {refused}.",
    en="Rules loaded: {loaded}, of which {silent} only serve correlations. Refused: {refused}.",
)
_BY_LEVEL = Text(fr="Par gravité : {levels}.", en="By level: {levels}.")
_LOGSOURCE = Text(fr="Journal", en="Log")
_REFUSED = Text(fr="Refusées, et pourquoi", en="Refused, and why")
_WAITING = Text(
    fr="Journaux qui ne viennent pas, et règles qui les attendent", en="Logs that do not come, and rules that wait"
)
_DEAD = Text(
    fr="Champs jamais présents, et règles qui ne peuvent pas jouer",
    en="Fields never there, and rules that cannot match",
)
_NOTES = Text(fr="Chargées, mais pas partout", en="Loaded, but not everywhere")
_UNDECLARED = Text(
    fr="Journaux inconnus de Rempart : à déclarer (--sources), sinon ces règles ne lisent rien",
    en="Logs that Rempart does not know: to be declared (--sources), or these rules read nothing",
)
_NOT_COMPARED = Text(
    fr="Ajoutez --logs pour savoir quelles règles ces journaux nourrissent.",
    en="Add --logs to know which rules these logs feed.",
)
_MORE = Text(fr="… et {n} de plus (--details).", en="... and {n} more (--details).")
