"""Rules for tests, from their text; and the slow obvious way to run a condition on one event."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

from rempart.detection.rules.form import And, Compiled, Expression, Leaf, Not, Or, Pattern, Predicate, Wildcard
from rempart.detection.rules.load import load


def rule_text(detection: str, logsource: str = "{product: windows, service: security}", **more: str) -> str:
    """Return a rule of that detection."""
    told = {"title": "Essai", "status": "test", **more}
    head = "\n".join(f"{name}: {value}" for name, value in told.items())
    return f"{head}\nlogsource: {logsource}\ndetection:\n{indent(dedent(detection).strip(), '  ')}\n"


def loaded(folder: Path, *texts: str, **options: object) -> Compiled:
    """Return what a pack of those files gives."""
    pack = folder / "pack"
    pack.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (pack / f"r{number:03}.yml").write_text(dedent(text), encoding="utf-8")
    return load([pack], **options)  # type: ignore[arg-type]


def only(compiled: Compiled, scope: int = 0) -> tuple[Expression, tuple[Predicate, ...]]:
    """Return the condition of the only rule in one of its scopes, and the predicates."""
    assert not compiled.refusals, [one.reason.en for one in compiled.refusals]
    (rule,) = compiled.rules
    return rule.scopes[scope].condition, compiled.predicates


def asked_by(compiled: Compiled, scope: int = 0) -> list[Predicate]:
    """Return the predicates of the only rule, in order of first use."""
    condition, predicates = only(compiled, scope)
    found: dict[int, None] = {}

    def walk(one: Expression) -> None:
        if isinstance(one, Leaf):
            found[one.predicate] = None
        elif isinstance(one, Not):
            walk(one.of)
        else:
            for inner in one.of:
                walk(inner)

    walk(condition)
    return [predicates[number] for number in found]


def holds(expression: Expression, predicates: tuple[Predicate, ...], event: Mapping[str, str]) -> bool:
    """Run a condition of plain patterns on one event."""
    if isinstance(expression, Leaf):
        predicate = predicates[expression.predicate]
        assert isinstance(predicate.test, Pattern)
        value = event.get(predicate.field)
        return value is not None and glob(predicate.test.parts, value.lower())
    if isinstance(expression, Not):
        return not holds(expression.of, predicates, event)
    results = (holds(one, predicates, event) for one in expression.of)
    return all(results) if isinstance(expression, And) else isinstance(expression, Or) and any(results)


def glob(parts: tuple[str | Wildcard, ...], value: str) -> bool:
    """Match a pattern the obvious way."""
    if not parts:
        return not value
    first, rest = parts[0], parts[1:]
    if first is Wildcard.ANY:
        return any(glob(rest, value[at:]) for at in range(len(value) + 1))
    if first is Wildcard.ONE:
        return bool(value) and glob(rest, value[1:])
    return value.startswith(first.lower()) and glob(rest, value[len(first) :])
