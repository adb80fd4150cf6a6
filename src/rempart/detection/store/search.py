r"""A search in a few words, as a rule: the same kernel runs both.

A search is some terms, that must all hold:

* `field=value`: the whole value, whatever its case; `*` is any text, `?` one character, `\*` and `\?` are themselves;
* `field!=value`: no value of the field is that one; true where the field is absent;
* `field~expression`: a regular expression (linear time) found in the value;
* `word`: anywhere in the text of the event, with the same wildcards.

A field goes by its native name or by its name in Sigma (`Image` also looks at `NewProcessName` of Security 4688);
`@host`, `@user` and `@address` are what each source says of who and where.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sigma.exceptions import SigmaError
from sigma.types import SigmaRegularExpression, SigmaString, SigmaType

from rempart.detection.events import ADDRESS, HOST, TEXT, USER
from rempart.detection.logsources.table import table
from rempart.detection.rules.form import About, And, Compiled, Expression, Leaf, Not, Or, Predicate, Rule, Scope, Test
from rempart.detection.rules.refused import Unusable, reason
from rempart.detection.rules.values import Values
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_TERM = re.compile(r"(?s)(@?[\w.:{}\- ]+?)(!=|=|~)(.*)")
STATUS = "search"
"""What stands in the place of the maturity of a rule."""
_COLUMNS = frozenset({HOST, USER, ADDRESS})
_UNKNOWN = Text(
    fr="colonne inconnue (@host, @user et @address existent)", en="unknown column (@host, @user and @address exist)"
)


@dataclass
class _Building:
    """The predicates of a search, numbered."""

    predicates: list[Predicate] = field(default_factory=list)

    def leaf(self, name: str, test: Test) -> Leaf:
        one = Predicate(name, test)
        if one not in self.predicates:
            self.predicates.append(one)
        return Leaf(self.predicates.index(one))


def search(terms: Sequence[str], source: str | None = None) -> Compiled:
    """Return a search as rules: one rule, whose title is the search.

    Args:
        terms: what must hold, all together.
        source: where to look: `windows/sysmon`, or a family, `windows/*`; None: everywhere.

    Raises:
        InputError: a term is not understood, or its regular expression is refused.

    """
    building = _Building()
    condition = And(tuple(_term(term, building) for term in terms))
    title = " ".join(terms)
    digest = sha256(repr((building.predicates, condition, source)).encode("utf-8", "surrogatepass")).hexdigest()
    about = About(
        id=f"search-{digest[:12]}",
        title=title,
        level="informational",
        status=STATUS,
        author="",
        licence="",
        description="",
        tags=(),
        references=(),
        false_positives=(),
        pack="",
        path="",
        logsource=source or "*",
    )
    rule = Rule(about, (Scope(source or "*", None, condition),))
    return Compiled(tuple(building.predicates), (rule,), (), (), (), digest)


def searched(compiled: Compiled) -> bool:
    """Tell whether these rules are a search."""
    return [rule.about.status for rule in compiled.rules] == [STATUS]


def _term(term: str, building: _Building) -> Expression:
    found = _TERM.fullmatch(term)
    if found is None:
        return _test(SigmaString(term), TEXT, building, keyword=True)
    name, operator, value = found.groups()
    if name.startswith("@") and name not in _COLUMNS:
        raise InputError(_UNKNOWN, where=term)
    try:
        sought = SigmaRegularExpression(value) if operator == "~" else SigmaString(value)
        tests = tuple(_test(sought, native, building) for native in natives(name))
    except (SigmaError, Unusable) as error:
        raise InputError(error.reason if isinstance(error, Unusable) else reason(error), where=term) from error
    one = tests[0] if len(tests) == 1 else Or(tests)
    return Not(one) if operator == "!=" else one


def _test(value: SigmaType, name: str, building: _Building, *, keyword: bool = False) -> Expression:
    return Values({}).test(value, lambda test: building.leaf(name, test), keyword=keyword)


def natives(name: str) -> tuple[str, ...]:
    """Return the native names of a field: itself, and those of all sources when it is one of Sigma's."""
    if name.startswith("@"):
        return (name,)
    found = {native for targets in table().targets.values() for one in targets for native in one.natives(name)}
    return (name, *sorted(found - {name}))
