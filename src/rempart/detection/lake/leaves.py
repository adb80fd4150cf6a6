"""One test on one column as a SQL condition that is never NULL: absent is false, so that its contrary is true."""

from collections.abc import Callable

from sqlglot import exp

from rempart.detection.events import TEXT
from rempart.detection.kernel.patterns import Shape, sought
from rempart.detection.lake.addresses import address_pattern
from rempart.detection.lake.asked import Asked, Dialect, impossible
from rempart.detection.rules.form import (
    Compare,
    Exists,
    Network,
    Nothing,
    Number,
    OtherField,
    Pattern,
    Predicate,
    Regex,
    TimePart,
    Wildcard,
)

Sql = exp.Expr
_NUMBER = r"^\s*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\s*$"
_ELEMENT = "one"
COMPARISONS: dict[Compare, type[exp.Binary]] = {
    Compare.EQ: exp.EQ,
    Compare.NEQ: exp.NEQ,
    Compare.LT: exp.LT,
    Compare.LTE: exp.LTE,
    Compare.GT: exp.GT,
    Compare.GTE: exp.GTE,
}


class Leaves:
    """Writes tests for a lake."""

    def __init__(self, asked: Asked, where: str) -> None:
        self._asked = asked
        self._where = where

    def leaf(self, predicate: Predicate) -> Sql:
        """Return the condition of a test.

        Raises:
            InputError: SQL cannot say it, or the lake lacks what it needs.

        """
        test = predicate.test
        if isinstance(test, TimePart):
            return self._moment(test)
        name = self._name(predicate.field)
        if name is None:
            return exp.true() if isinstance(test, Nothing) else exp.false()
        value = column(name)
        if isinstance(test, Nothing):
            return exp.Is(this=value, expression=exp.null())
        if isinstance(test, Exists):
            return exp.Not(this=exp.Is(this=value, expression=exp.null()))
        return sure(self._on(name, lambda one: self._test(test, one)))

    def _name(self, field: str) -> str | None:
        """Return the column of a field, None when the table lacks it."""
        if field == TEXT:
            if self._asked.text is None:
                raise impossible(
                    "la règle lit tout le texte de l'événement ; dites la colonne qui le porte (--text)",
                    "the rule reads the whole text of the event; name the column that holds it (--text)",
                    self._where,
                )
            return self._asked.text
        held = self._asked.columns
        return field if held is None or field in held else None

    def _on(self, name: str, test: Callable[[Sql], Sql]) -> Sql:
        """Return the test of a column, or of one element of a list at least."""
        if name not in self._asked.lists:
            return test(column(name))
        element = exp.to_identifier(_ELEMENT)
        passes = exp.Lambda(this=test(exp.Column(this=element)), expressions=[element.copy()])
        kept = exp.ArrayFilter(this=column(name), expression=passes)
        return exp.GT(this=exp.ArraySize(this=kept), expression=exp.Literal.number(0))

    def _test(self, test: Pattern | Regex | Network | Number | OtherField, value: Sql) -> Sql:
        match test:
            case Pattern():
                return self._pattern(test, value)
            case Regex(pattern, flags):
                return found(self._asked.dialect, pattern, flags, value)
            case Network(cidr):
                return self._network(cidr, value)
            case Number(compare, number):
                return _compared(compare, self.number(value), exp.Literal.number(f"{number:.17g}"))
            case OtherField():
                return self._other(test, value)

    def _pattern(self, test: Pattern, value: Sql) -> Sql:
        what = sought(test)
        text = value if test.cased else self.lower(value)
        if what.glob:
            return like(self._asked.dialect, text, what.glob)
        literal = exp.Literal.string(what.literal.decode("utf-8", "surrogateescape"))
        if what.shape is Shape.EQUALS:
            return exp.EQ(this=text, expression=literal)
        if not what.literal:
            return exp.Not(this=exp.Is(this=value, expression=exp.null()))
        return _placed(what.shape, text, literal)

    def _network(self, cidr: str, value: Sql) -> Sql:
        pattern = address_pattern(cidr)
        if pattern is None:
            raise impossible(
                f"le réseau IPv6 {cidr} ne se reconnaît pas à l'écriture",
                f"the IPv6 network {cidr} cannot be told by how addresses are written",
                self._where,
            )
        return found(self._asked.dialect, pattern, "", self.lower(exp.Trim(this=value.copy())))

    def _other(self, test: OtherField, value: Sql) -> Sql:
        name = self._name(test.field)
        if name is None:
            return exp.false()
        if name in self._asked.lists:
            raise impossible(f"comparer avec une liste ({name})", f"comparing with a list ({name})", self._where)
        other: Sql = column(name)
        if not test.cased:
            value, other = self.lower(value), self.lower(other)
        if test.starts and test.ends:
            return exp.EQ(this=value, expression=other)
        shape = Shape.STARTS if test.starts else Shape.ENDS if test.ends else Shape.CONTAINS
        return _placed(shape, value, other)

    def _moment(self, test: TimePart) -> Sql:
        if self._asked.time is None:
            raise impossible(
                "la règle lit l'heure de l'événement ; dites la colonne qui la porte (--time)",
                "the rule reads the moment of the event; name the column that holds it (--time)",
                self._where,
            )
        moment = column(self._asked.time)
        if test.part == "week" and self._asked.dialect is Dialect.CLICKHOUSE:
            part: Sql = exp.Anonymous(this="toISOWeek", expressions=[moment])
        else:
            part = exp.Extract(this=exp.Var(this=test.part.upper()), expression=moment)
        return sure(_compared(test.compare, part, exp.Literal.number(test.value)))

    def number(self, value: Sql) -> Sql:
        """Return a text read as a decimal number, NULL when it is none."""
        read = exp.Cast(this=value.copy(), to=exp.DataType.build("double"))
        return exp.Case(ifs=[exp.If(this=found(self._asked.dialect, _NUMBER, "", value), true=read)])

    def lower(self, value: Sql) -> Sql:
        """Lower-case beyond ASCII, as each dialect calls it."""
        if self._asked.dialect is Dialect.CLICKHOUSE:
            return exp.Anonymous(this="lowerUTF8", expressions=[value.copy()])
        return exp.Lower(this=value.copy())


def column(name: str) -> exp.Column:
    """Return a column by its exact name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def sure(condition: Sql) -> Sql:
    """Return a condition that is false where it would be NULL."""
    return exp.Coalesce(this=condition, expressions=[exp.false()])


def found(dialect: Dialect, pattern: str, flags: str, value: Sql) -> Sql:
    """Return whether a regular expression is found in a value; every dialect's is linear but Spark's (Java)."""
    wanted = "".join(sorted(set(flags)))
    if dialect is Dialect.CLICKHOUSE and "s" not in wanted:
        wanted += "-s"  # there, the dot takes line feeds unless told otherwise
    return exp.RegexpLike(
        this=value.copy(), expression=exp.Literal.string(f"(?{wanted}){pattern}" if wanted else pattern)
    )


def like(dialect: Dialect, text: Sql, glob: tuple[bytes | Wildcard, ...]) -> Sql:
    """Return a LIKE with the wildcards of a pattern; what LIKE would read as its own is escaped."""
    parts = []
    for part in glob:
        if isinstance(part, Wildcard):
            parts.append("%" if part is Wildcard.ANY else "_")
        else:
            plain = part.decode("utf-8", "surrogateescape").replace("\\", "\\\\")
            parts.append(plain.replace("%", "\\%").replace("_", "\\_"))
    condition = exp.Like(this=text, expression=exp.Literal.string("".join(parts)))
    if dialect is Dialect.DUCKDB:  # the two others escape by a backslash without being told
        return exp.Escape(this=condition, expression=exp.Literal.string("\\"))
    return condition


def _placed(shape: Shape, text: Sql, other: Sql) -> Sql:
    functions = {Shape.STARTS: exp.StartsWith, Shape.ENDS: exp.EndsWith, Shape.CONTAINS: exp.Contains}
    return functions[shape](this=text, expression=other)


def _compared(compare: Compare, one: Sql, other: Sql) -> Sql:
    return COMPARISONS[compare](this=one, expression=other)
