"""Why a rule cannot be used, in words for people: one reason a fault, in both languages."""

import yaml
from sigma import exceptions as sigma

from rempart.measurement.text import Text


class Unusable(Exception):  # noqa: N818 — a reason, not an error of ours
    """Something in a rule cannot be used; the rest of the pack goes on."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


_KINDS: tuple[tuple[type[Exception], str, str], ...] = (
    (sigma.SigmaRegularExpressionError, "expression régulière refusée", "regular expression refused"),
    (sigma.SigmaPlaceholderError, "valeur à remplacer inconnue", "unknown placeholder"),
    (sigma.SigmaRuleNotFoundError, "règle citée introuvable", "the rule it names was not found"),
    (sigma.SigmaTimespanError, "durée incomprise", "time span not understood"),
    (sigma.SigmaCorrelationTypeError, "type de corrélation inconnu", "unknown type of correlation"),
    (
        sigma.SigmaCorrelationConditionError,
        "condition de corrélation incomprise",
        "correlation condition not understood",
    ),
    (sigma.SigmaCorrelationRuleError, "corrélation incomplète", "incomplete correlation"),
    (sigma.SigmaFilterError, "filtre incompris", "filter not understood"),
    (sigma.SigmaLogsourceError, "source de journaux (logsource) incomprise", "log source not understood"),
    (sigma.SigmaConditionError, "condition incomprise", "condition not understood"),
    (sigma.SigmaDetectionError, "détection incomprise", "detection not understood"),
    (sigma.SigmaModifiedError, "modificateur ou date incompris", "modifier or date not understood"),
    (sigma.SigmaTypeError, "modificateur impossible sur cette valeur", "this modifier does not go with this value"),
    (sigma.SigmaModifierError, "modificateur inconnu", "unknown modifier"),
    (sigma.SigmaValueError, "valeur incomprise", "value not understood"),
    (sigma.SigmaCollectionError, "document incompris", "document not understood"),
    (RecursionError, "règle trop imbriquée", "rule nested too deep"),
)

_LONGEST = 200
"""Characters of a detail."""

_METADATA = (
    sigma.SigmaAuthorError,
    sigma.SigmaDateError,
    sigma.SigmaDescriptionError,
    sigma.SigmaFalsePositivesError,
    sigma.SigmaFieldsError,
    sigma.SigmaIdentifierError,
    sigma.SigmaLevelError,
    sigma.SigmaLicenseError,
    sigma.SigmaModifiedError,
    sigma.SigmaNameError,
    sigma.SigmaReferencesError,
    sigma.SigmaRelatedError,
    sigma.SigmaScopeError,
    sigma.SigmaStatusError,
    sigma.SigmaTagError,
    sigma.SigmaTitleError,
)


def only_metadata(error: Exception) -> bool:
    """Tell whether a fault leaves the detection itself whole: the rule is used, and the fault noted."""
    return isinstance(error, _METADATA)


def reason(error: Exception) -> Text:
    """Return why in words; the parser's own sentence, in English, follows."""
    told = error if isinstance(error, Unusable) else error.__cause__  # pySigma wraps what its engine says
    if isinstance(told, Unusable):
        return told.reason
    for kind, fr, en in _KINDS:
        if isinstance(error, kind):
            return _with_detail(fr, en, error)
    if only_metadata(error):
        return _with_detail("en-tête incorrect", "faulty header", error)
    return _with_detail("règle incomprise", "rule not understood", error)


def of_yaml(error: Exception) -> Text:
    """Return why a file is no YAML that can be read, with the line where it stops."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    if mark is None:
        return _with_detail("YAML incorrect", "not YAML", ValueError(problem))
    return Text(
        fr=f"YAML incorrect, ligne {mark.line + 1} ({_short(problem)})",
        en=f"not YAML, line {mark.line + 1} ({_short(problem)})",
    )


YAML_ERRORS = (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError, AttributeError)
"""What reading any bytes as YAML may raise; a date such as 2024-13-45 is a ValueError."""


def _with_detail(fr: str, en: str, error: Exception) -> Text:
    detail = _short(str(error))
    return Text(fr=f"{fr} ({detail})", en=f"{en} ({detail})") if detail else Text(fr=fr, en=en)


def _short(text: str) -> str:
    """Return a text on one line, and not long: a hostile rule must not fill the screen."""
    line = " ".join(text.split()).removesuffix(".")
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
