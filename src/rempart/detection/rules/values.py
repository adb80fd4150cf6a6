"""From the values that pySigma parsed to tests: wildcards, escapes and modifiers are always its reading of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sigma import types as sigma
from sigma.exceptions import SigmaValueError

from rempart.detection.rules.dialect import linear
from rempart.detection.rules.form import (
    Compare,
    Exists,
    Expression,
    Network,
    Not,
    Nothing,
    Number,
    Or,
    OtherField,
    Pattern,
    Regex,
    Test,
    TimePart,
    Wildcard,
)
from rempart.detection.rules.refused import Unusable
from rempart.measurement.text import Text

MOST_VALUES = 20_000
"""Values that one `%name%` may stand for: all the machines of a hospital."""

Placeholders = Mapping[str, Sequence[str]]
Said = Callable[[Test], Expression]
"""Gives the leaf of a test on the field at hand."""

_WILDCARDS = {
    sigma.SpecialChars.WILDCARD_MULTI: Wildcard.ANY,
    sigma.SpecialChars.WILDCARD_SINGLE: Wildcard.ONE,
}
_FLAGS = {
    sigma.SigmaRegularExpressionFlag.IGNORECASE: "i",
    sigma.SigmaRegularExpressionFlag.MULTILINE: "m",
    sigma.SigmaRegularExpressionFlag.DOTALL: "s",
}


class Values:
    """What values of rules mean, with what the hospital says of itself in the place of `%names%`.

    Args:
        placeholders: the values of each name.

    """

    def __init__(self, placeholders: Placeholders) -> None:
        self._placeholders = placeholders

    def test(self, value: sigma.SigmaType, said: Said, *, keyword: bool = False) -> Expression:
        """Return what a value of a rule asks of the field at hand.

        Args:
            value: as pySigma parsed it.
            said: gives the leaf of a test.
            keyword: no field: the value stands anywhere in the text of the event.

        Raises:
            Unusable: it cannot be asked; says why.

        """
        if isinstance(value, sigma.SigmaExpansion):
            return Or(tuple(self.test(one, said, keyword=keyword) for one in value.values))
        if isinstance(value, sigma.SigmaString | sigma.SigmaRegularExpression) and value.contains_placeholder():
            return Or(tuple(self.test(one, said, keyword=keyword) for one in self._replaced(value)))
        if isinstance(value, sigma.SigmaBool):
            # Collectors write a boolean as a word or as a digit.
            words = ("true", "1") if value.boolean else ("false", "0")
            return Or(tuple(said(pattern((word,), keyword=keyword)) for word in words))
        if isinstance(value, sigma.SigmaExists):
            return said(Exists()) if value.exists else Not(said(Exists()))
        return said(_test(value, keyword=keyword))

    def _replaced(
        self, value: sigma.SigmaString | sigma.SigmaRegularExpression
    ) -> Sequence[sigma.SigmaString | sigma.SigmaRegularExpression]:
        text = value if isinstance(value, sigma.SigmaString) else value.regexp
        text.max_placeholder_expansions = MOST_VALUES  # type: ignore[misc]
        try:
            return value.replace_placeholders(self._values_of)
        except SigmaValueError as error:
            raise Unusable(
                Text(fr="trop de valeurs à la place des noms entre %", en="too many values in the place of %names%")
            ) from error

    def _values_of(self, placeholder: sigma.Placeholder) -> Iterator[sigma.SigmaString]:
        if placeholder.name not in self._placeholders:
            raise Unusable(
                Text(
                    fr=f"%{placeholder.name}% n'a pas de valeur : donnez-la dans un fichier (--placeholders)",
                    en=f"%{placeholder.name}% has no value: give it in a file (--placeholders)",
                )
            )
        yield from (sigma.SigmaString(value) for value in self._placeholders[placeholder.name])


def pattern(parts: Sequence[str | Wildcard], *, cased: bool = False, keyword: bool = False) -> Pattern:
    """Return a pattern in its one form: no empty part, no wildcard that another makes idle, texts side by side joined.

    Args:
        parts: literal parts and wildcards.
        cased: upper and lower case differ.
        keyword: it may stand anywhere: ANY at both ends.

    """
    whole = (Wildcard.ANY, *parts, Wildcard.ANY) if keyword else parts
    kept: list[str | Wildcard] = []
    for part in whole:
        if part == "" or (part is Wildcard.ANY and kept and kept[-1] is Wildcard.ANY):
            continue
        if isinstance(part, Wildcard) or not kept or isinstance(kept[-1], Wildcard):
            kept.append(part)
        else:
            kept[-1] += part
    return Pattern(tuple(kept), cased=cased)


def _test(value: sigma.SigmaType, *, keyword: bool) -> Test:
    if isinstance(value, sigma.SigmaString):
        parts = [part if isinstance(part, str) else _WILDCARDS[part] for part in value.s]  # type: ignore[index]
        return pattern(parts, cased=isinstance(value, sigma.SigmaCasedString), keyword=keyword)
    if isinstance(value, sigma.SigmaRegularExpression):
        flags = "".join(sorted(_FLAGS[flag] for flag in value.flags))
        return Regex(linear(str(value.regexp), flags), flags)
    if isinstance(value, sigma.SigmaTimestampPart):
        return TimePart(value.timestamp_part.name.lower(), Compare.EQ, int(value.number))
    if isinstance(value, sigma.SigmaNumber):
        return pattern((str(value.number),), keyword=keyword)
    if isinstance(value, sigma.SigmaCompareExpression):
        return _comparison(value)
    if keyword:
        raise Unusable(Text(fr="mot-clé sans texte ni nombre", en="a keyword that is neither text nor number"))
    return _of_field(value)


def _of_field(value: sigma.SigmaType) -> Test:
    if isinstance(value, sigma.SigmaNull):
        return Nothing()
    if isinstance(value, sigma.SigmaCIDRExpression):
        return Network(str(value.network))
    if isinstance(value, sigma.SigmaFieldReference):
        # pySigma says "starts and ends with" of a value that contains the other, and neither of one that equals it.
        if value.starts_with == value.ends_with:
            return OtherField(value.field, starts=not value.starts_with, ends=not value.ends_with)
        return OtherField(value.field, starts=value.starts_with, ends=value.ends_with)
    kind = type(value).__name__
    raise Unusable(Text(fr=f"valeur d'un genre inconnu ({kind})", en=f"value of an unknown kind ({kind})"))


def _comparison(value: sigma.SigmaCompareExpression) -> Test:
    compare = Compare(value.op.name.lower())
    if isinstance(value.number, sigma.SigmaTimestampPart):
        return TimePart(value.number.timestamp_part.name.lower(), compare, int(value.number.number))
    return Number(compare, float(value.number.number))
