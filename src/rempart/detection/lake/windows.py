"""Correlations as windows of SQL: one row for each event at whose moment the condition holds.

The windows are those of the correlation room: [t - timespan, t], both ends included, by time of event, in groups whose
keys are equal after `lower`; an event without a key or without a moment is in none. The room makes one result of a
burst of such moments; the query shows them all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlglot import exp

from rempart.detection.events import covers
from rempart.detection.lake.asked import Asked, Dialect, Query, impossible
from rempart.detection.lake.conditions import class_of, condition_of
from rempart.detection.lake.leaves import COMPARISONS, Leaves, Sql, column, sure
from rempart.detection.rules.form import And, Compare, Compiled, Correlation, Expression, Gather, Leaf, Not, Scope
from rempart.measurement.text import Text

MOMENT, KEY, RULE, VALUE, MEASURED = "rempart_moment", "rempart_key_{}", "rempart_rule_{}", "rempart_value", "measured"
_MICROSECOND = timedelta(microseconds=1)
_WRITTEN = (Gather.EVENT_COUNT, Gather.VALUE_COUNT, Gather.VALUE_SUM, Gather.VALUE_AVG, Gather.TEMPORAL)
_EPOCHS = {Dialect.DUCKDB: "epoch_us", Dialect.SPARK: "unix_micros", Dialect.CLICKHOUSE: "toUnixTimestamp64Micro"}


def related(compiled: Compiled, correlation: Correlation, asked: Asked) -> Query:
    """Return the query of a correlation.

    Raises:
        InputError: a window of SQL cannot say it, or the lake lacks what it needs.

    """
    title = correlation.about.title
    if correlation.gather not in _WRITTEN:
        kind = correlation.gather.value
        raise impossible(f"une corrélation {kind}", f"a correlation of type {kind}", title)
    if any(number >= len(compiled.rules) for number in correlation.rules):
        raise impossible("une corrélation de corrélations", "a correlation of correlations", title)
    if asked.time is None:
        raise impossible(
            "une corrélation lit l'heure ; dites sa colonne (--time)",
            "a correlation reads the moment; name its column (--time)",
            title,
        )
    writing = _Writing(compiled, correlation, asked, asked.time)
    return Query(writing.select().sql(dialect=asked.dialect.value, pretty=True), writing.notes)


@dataclass
class _Writing:
    """One correlation being written."""

    compiled: Compiled
    correlation: Correlation
    asked: Asked
    time: str
    notes: tuple[Text, ...] = ()

    def select(self) -> exp.Select:
        """Return the events that match, then what their windows hold, then those whose condition holds."""
        kept = [exp.not_(exp.Is(this=column(KEY.format(place)), expression=exp.null())) for place in self._places()]
        measures = [exp.alias_(one, name, quoted=True) for name, one in self._measures()]
        windows = exp.select("*", *measures).from_("matched")
        windows = windows.where(*kept) if kept else windows
        return (
            exp.select("*")
            .from_("windows")
            .where(self._holds())
            .order_by(column(MOMENT))
            .with_("matched", as_=self._matched())
            .with_("windows", as_=windows)
        )

    def _places(self) -> range:
        return range(len(self.correlation.group_by))

    def _matched(self) -> exp.Select:
        conditions = []
        for number in self.correlation.rules:
            condition, notes = condition_of(self.compiled.rules[number], self.compiled.predicates, self.asked)
            conditions.append(condition)
            self.notes = (*self.notes, *notes)
        columns = [
            exp.alias_(self._epoch(), MOMENT, quoted=True),
            *(
                exp.alias_(self._leaves().lower(self._field(name, conditions)), KEY.format(place), quoted=True)
                for place, name in enumerate(self.correlation.group_by)
            ),
            *(exp.alias_(one, RULE.format(place), quoted=True) for place, one in enumerate(conditions)),
        ]
        if self.correlation.field is not None:
            columns.append(exp.alias_(self._value(self.correlation.field, conditions), VALUE, quoted=True))
        dated = exp.not_(exp.Is(this=column(self.time), expression=exp.null()))
        return exp.select("*", *columns).from_(exp.to_table(self.asked.table)).where(dated, exp.or_(*conditions))

    def _leaves(self) -> Leaves:
        return Leaves(self.asked, self.correlation.about.title)

    def _epoch(self) -> Sql:
        moment: Sql = column(self.time)
        if self.asked.dialect is Dialect.CLICKHOUSE:
            moment = exp.Anonymous(this="toDateTime64", expressions=[moment, exp.Literal.number(6)])
        return exp.Anonymous(this=_EPOCHS[self.asked.dialect], expressions=[moment])

    def _value(self, name: str, conditions: Sequence[Sql]) -> Sql:
        value = self._field(name, conditions)
        if self.correlation.gather is Gather.VALUE_COUNT:
            return self._leaves().lower(value)
        return self._leaves().number(value)

    def _field(self, name: str, conditions: Sequence[Sql]) -> Sql:
        """Return the native column of a Sigma field; a CASE where it depends on the rule or the class of the event."""
        aliases = dict(dict(self.correlation.aliases).get(name, ()))
        ways: list[tuple[Sql, str | None]] = []
        for number, condition in zip(self.correlation.rules, conditions, strict=True):
            for of_class, native in self._natives(number, aliases.get(number, name)):
                ways.append((condition if of_class is None else exp.and_(condition, of_class), native))
        natives = {native for _, native in ways}
        if len(natives) == 1:
            return self._column(natives.pop())
        return exp.Case(ifs=[exp.If(this=when.copy(), true=self._column(native)) for when, native in ways])

    def _natives(self, number: int, name: str) -> list[tuple[Sql | None, str | None]]:
        """Return what a field is called in each class that a rule looks at."""
        carried = dict(self.compiled.carried).get(name, ())
        found: list[tuple[Sql | None, str | None]] = []
        for scope in self.compiled.rules[number].scopes:
            if self.asked.source is None or covers(scope.source, self.asked.source):
                for code in scope.codes or ("",):
                    one = Scope(scope.source, (code,) if code else None, scope.condition)
                    found.append((class_of(one, self.asked), _native(carried, scope.source, code)))
        return found

    def _column(self, name: str | None) -> Sql:
        held = self.asked.columns
        if name is None or (held is not None and name not in held):
            return exp.Cast(this=exp.null(), to=exp.DataType.build("text"))
        return column(name)

    def _measures(self) -> list[tuple[str, Sql]]:
        """Return the measures of each window."""
        value = column(VALUE)
        match self.correlation.gather:
            case Gather.EVENT_COUNT:
                return [(MEASURED, self._over(exp.Count(this=exp.Star())))]
            case Gather.VALUE_COUNT:
                return [(MEASURED, self._distinct(value))]
            case Gather.VALUE_SUM:
                return [(MEASURED, self._over(exp.Sum(this=value)))]
            case Gather.VALUE_AVG:
                return [(MEASURED, self._over(exp.Avg(this=value)))]
        one, none = exp.Literal.number(1), exp.Literal.number(0)
        flags = [exp.Case(ifs=[exp.If(this=column(RULE.format(n)), true=one)], default=none) for n in self._rules()]
        return [(f"seen_{place}", self._over(exp.Max(this=flag))) for place, flag in enumerate(flags)]

    def _rules(self) -> range:
        return range(len(self.correlation.rules))

    def _distinct(self, value: Sql) -> Sql:
        if self.asked.dialect is Dialect.SPARK:  # it counts no distinct values in a window
            return exp.ArraySize(this=self._over(exp.Anonymous(this="collect_set", expressions=[value])))
        if self.asked.dialect is Dialect.CLICKHOUSE:
            return self._over(exp.Anonymous(this="uniqExact", expressions=[value]))
        return self._over(exp.Count(this=exp.Distinct(expressions=[value])))

    def _over(self, measure: Sql) -> Sql:
        span = exp.Literal.number(self.correlation.timespan // _MICROSECOND)
        return exp.Window(
            this=measure,
            partition_by=[column(KEY.format(place)) for place in self._places()],
            order=exp.Order(expressions=[exp.Ordered(this=column(MOMENT), nulls_first=True)]),
            spec=exp.WindowSpec(kind="RANGE", start=span, start_side="PRECEDING", end="CURRENT ROW"),
        )

    def _holds(self) -> Sql:
        if self.correlation.gather is not Gather.TEMPORAL:
            return exp.and_(*(_bounded(column(MEASURED), *one) for one in self.correlation.condition))
        seen = [exp.EQ(this=column(f"seen_{place}"), expression=exp.Literal.number(1)) for place in self._rules()]
        if self.correlation.formula is not None:
            return _formula(self.correlation.formula, lambda number: seen[self.correlation.rules.index(number)])
        if not self.correlation.condition:
            return exp.and_(*seen)
        total: Sql = exp.Literal.number(0)
        for place in self._rules():
            total = exp.Add(this=total, expression=column(f"seen_{place}"))
        return exp.and_(*(_bounded(exp.Paren(this=total), *one) for one in self.correlation.condition))


def _bounded(measure: Sql, compare: Compare, value: float) -> Sql:
    return sure(COMPARISONS[compare](this=measure.copy(), expression=exp.Literal.number(f"{value:.17g}")))


def _native(carried: Sequence[tuple[str, str, str]], source: str, code: str) -> str | None:
    for wanted in (code, ""):
        for of_source, of_code, native in carried:
            if of_code == wanted and covers(of_source, source):
                return native
    return None


def _formula(expression: Expression, seen: Callable[[int], Sql]) -> Sql:
    """Return an extended condition over the rules that occur."""
    match expression:
        case Leaf(number):
            return seen(number).copy()
        case Not(of):
            return exp.not_(_formula(of, seen))
        case And(of):
            return exp.and_(*(_formula(part, seen) for part in of))
        case _:
            return exp.or_(*(_formula(part, seen) for part in expression.of))
