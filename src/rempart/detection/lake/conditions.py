"""When an event of a table matches a rule."""

from sqlglot import exp

from rempart.detection.events import covers
from rempart.detection.lake.asked import Asked, impossible
from rempart.detection.lake.leaves import Leaves, Sql, column, sure
from rempart.detection.logsources import code_field
from rempart.detection.logsources.table import table
from rempart.detection.rules.form import And, Expression, Leaf, Not, Or, Predicate, Rule, Scope
from rempart.measurement.text import Text

CHANNEL = "Channel"


def condition_of(rule: Rule, predicates: tuple[Predicate, ...], asked: Asked) -> tuple[Sql, tuple[Text, ...]]:
    """Return when an event of the table matches a rule, and what is taken for granted."""
    scopes = [scope for scope in rule.scopes if asked.source is None or covers(scope.source, asked.source)]
    if not scopes:
        raise impossible(
            f"la règle ne regarde pas {asked.source}", f"the rule does not look at {asked.source}", rule.about.title
        )
    leaves = Leaves(asked, rule.about.title)
    classes = [class_of(scope, asked) for scope in scopes]
    if len(scopes) > 1 and any(one is None for one in classes):
        names = ", ".join(sorted({scope.source for scope in scopes}))
        raise impossible(
            f"rien dans la table ne distingue les sources de la règle ; choisissez-en une (--source) : {names}",
            f"nothing in the table tells the sources of the rule apart; choose one (--source): {names}",
            rule.about.title,
        )
    parts = [
        _both(of_class, written(scope.condition, predicates, leaves))
        for of_class, scope in zip(classes, scopes, strict=True)
    ]
    notes = () if classes[0] is not None else (_only(scopes[0]),)
    return exp.or_(*parts), notes


def _only(scope: Scope) -> Text:
    codes = ", ".join(scope.codes or ())
    return Text(
        fr=f"La table ne doit contenir que des événements de {scope.source}{f' ({codes})' if codes else ''}.",
        en=f"The table must hold events of {scope.source}{f' ({codes})' if codes else ''} only.",
    )


def _both(of_class: Sql | None, condition: Sql) -> Sql:
    return condition if of_class is None else exp.and_(of_class, condition)


def class_of(scope: Scope, asked: Asked) -> Sql | None:
    """Return how the table tells the events of a scope, None when it cannot."""
    parts: list[Sql] = []
    channels = sorted(channel for channel, source in table().channels.items() if covers(scope.source, source))
    named = asked.columns is None or CHANNEL in asked.columns
    if channels and not scope.source.endswith("*") and named:
        lowered = Leaves(asked, scope.source).lower(column(CHANNEL))
        parts.append(sure(exp.In(this=lowered, expressions=[exp.Literal.string(one) for one in channels])))
    code = code_field(scope.source)
    if scope.codes is not None:
        if code is None or (asked.columns is not None and code not in asked.columns):
            return None
        written = exp.Cast(this=column(code), to=exp.DataType.build("text"))
        parts.append(sure(exp.In(this=written, expressions=[exp.Literal.string(one) for one in scope.codes])))
    return exp.and_(*parts) if parts else None


def written(expression: Expression, predicates: tuple[Predicate, ...], leaves: Leaves) -> Sql:
    """Return a whole condition; never NULL, since none of its tests is."""
    match expression:
        case Leaf(number):
            return leaves.leaf(predicates[number])
        case Not(of):
            return exp.not_(written(of, predicates, leaves))
        case And(of):
            return exp.and_(*(written(part, predicates, leaves) for part in of)) if of else exp.true()
        case Or(of):
            return exp.or_(*(written(part, predicates, leaves) for part in of)) if of else exp.false()
