"""The compiled form of rules: plain data, that any engine loads in milliseconds and any kernel can run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from rempart.detection.events import covers
from rempart.measurement.text import Text


class Wildcard(StrEnum):
    """What stands between the literal parts of a pattern."""

    ANY = "*"
    ONE = "?"


class Compare(StrEnum):
    """How a number is compared."""

    EQ = "eq"
    NEQ = "neq"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"


@dataclass(frozen=True)
class Pattern:
    """The whole value, as literal parts and wildcards: `*cmd.exe` is (ANY, "cmd.exe"); the empty value is ().

    Without `cased`, both sides are compared after `str.lower` (not ASCII only). A keyword is a pattern on TEXT that
    begins and ends by ANY.
    """

    parts: tuple[str | Wildcard, ...]
    cased: bool = False


@dataclass(frozen=True)
class Regex:
    """A regular expression that must be found somewhere in the value; `flags` among "i", "m", "s"."""

    pattern: str
    flags: str = ""


@dataclass(frozen=True)
class Network:
    """The value is an address of this network, IPv4 or IPv6 (CIDR)."""

    cidr: str


@dataclass(frozen=True)
class Number:
    """The value read as a number compares so; a value that is no number never does."""

    compare: Compare
    value: float


@dataclass(frozen=True)
class Nothing:
    """Sigma's `null`: the field is absent or holds an explicit null (NULL). The empty text is not nothing."""


@dataclass(frozen=True)
class Exists:
    """The field is there, whatever it holds."""


@dataclass(frozen=True)
class OtherField:
    """The value equals, starts with, ends with or contains that of another field of the same event (fieldref)."""

    field: str
    starts: bool = False  # both starts and ends: equals; neither: contains
    ends: bool = False
    cased: bool = False


@dataclass(frozen=True)
class TimePart:
    """A part of the event's moment (minute, hour, day, week, month, year), UTC, compares so."""

    part: str
    compare: Compare
    value: int


Test = Pattern | Regex | Network | Number | Nothing | Exists | OtherField | TimePart


@dataclass(frozen=True)
class Predicate:
    """One test on one field, under its native name; on a list of values, one that passes is enough."""

    field: str
    test: Test


@dataclass(frozen=True)
class Leaf:
    """The predicate of that number."""

    predicate: int


@dataclass(frozen=True)
class And:
    """All of them; true when there is none."""

    of: tuple["Expression", ...]


@dataclass(frozen=True)
class Or:
    """One of them; false when there is none."""

    of: tuple["Expression", ...]


@dataclass(frozen=True)
class Not:
    """Its contrary. A test on an absent field is false, so its contrary is true."""

    of: "Expression"


Expression = Leaf | And | Or | Not


@dataclass(frozen=True)
class Scope:
    """Where a rule looks, and how its condition reads there.

    Attributes:
        source: a source, or a family of them (`windows/*`).
        codes: the codes of its events, None for all.
        condition: the whole condition on native field names; what the logsource itself demands is in it.

    """

    source: str
    codes: tuple[str, ...] | None
    condition: Expression


@dataclass(frozen=True)
class About:
    """What a rule, simple or of correlation, says of itself; carried into every alert (its author and licence too)."""

    id: str
    title: str
    level: str  # informational, low, medium, high, critical
    status: str
    author: str
    licence: str
    description: str
    tags: tuple[str, ...]  # "attack.t1003.001"...
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    pack: str  # name of the folder or archive it comes from
    path: str  # inside it
    logsource: str = ""  # as the rule writes it: "windows/process_creation/"


@dataclass(frozen=True)
class Rule:
    """A rule on single events. `alone` is false when only correlations use it: it raises no alert by itself."""

    about: About
    scopes: tuple[Scope, ...]
    alone: bool = True


class Gather(StrEnum):
    """The eight types of correlation of Sigma 2.1."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    VALUE_SUM = "value_sum"
    VALUE_AVG = "value_avg"
    VALUE_PERCENTILE = "value_percentile"
    VALUE_MEDIAN = "value_median"


@dataclass(frozen=True)
class Correlation:
    """A rule on what other rules matched.

    Attributes:
        about: what it says of itself.
        gather: its type.
        rules: numbers of what it gathers: rules first, then correlations, numbered together (`Compiled.number`).
        group_by: Sigma names of the fields that must be equal.
        aliases: for a name of `group_by`, the field that each gathered rule has for it (rule number, Sigma field).
        timespan: the window: sliding, both ends included, by time of event.
        condition: comparisons that must all hold on what is gathered (empty for a temporal type without one).
        formula: extended condition of a temporal type, over numbers of rules in place of predicates; None: all of them.
        field: Sigma name of the field whose values are counted or summed.
        percentile: for value_percentile.
        alone: raises alerts.

    """

    about: About
    gather: Gather
    rules: tuple[int, ...]
    group_by: tuple[str, ...]
    aliases: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    timespan: timedelta
    condition: tuple[tuple[Compare, float], ...]
    formula: Expression | None = None
    field: str | None = None
    percentile: float | None = None
    alone: bool = True


@dataclass(frozen=True)
class Refusal:
    """A rule that was not loaded, and why; or, among `Compiled.notes`, what is not looked at of one that was."""

    pack: str
    path: str
    title: str
    reason: Text


@dataclass(frozen=True)
class Compiled:
    """All rules, ready. `carried` names the columns that correlations need from the matched events.

    Attributes:
        carried: by Sigma name of a field, its native name by (source, code): ((source, code or "", native), ...).
        notes: what of the loaded rules is not looked at, and why: a log source that lacks a field, a faulty date.

    """

    predicates: tuple[Predicate, ...]
    rules: tuple[Rule, ...]
    correlations: tuple[Correlation, ...]
    refusals: tuple[Refusal, ...]
    carried: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    digest: str
    notes: tuple[Refusal, ...] = ()

    def about(self, number: int) -> About:
        """Return what the rule or the correlation of that number says of itself."""
        if number < len(self.rules):
            return self.rules[number].about
        return self.correlations[number - len(self.rules)].about

    def looking_at(self, source: str, code: str) -> Iterator[tuple[int, Scope]]:
        """Yield the rules that look at a class of events, by number, with where they do."""
        for number, rule in enumerate(self.rules):
            for scope in rule.scopes:
                if covers(scope.source, source) and (scope.codes is None or code in scope.codes):
                    yield number, scope
