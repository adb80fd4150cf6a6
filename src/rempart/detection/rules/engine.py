"""How pySigma looks at regular expressions while it parses: with the dialect of the engines that will run them."""

import re
from functools import lru_cache
from typing import Any, cast

import re2
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RegexEngine, RegexPattern

from rempart.detection.rules.dialect import linear
from rempart.detection.rules.refused import Unusable

_FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}


class Linear(RegexEngine):
    """Takes the expressions that run in linear time; another is refused with its reason (`Unusable`)."""

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:
        """Return what tells whole names apart; whether the expression can be run is all that is asked of others.

        Raises:
            Unusable: no engine in linear time takes it; says why.

        """
        linear(pattern, "".join(letter for flag, letter in _FLAGS.items() if flags & flag))
        return cast("RegexPattern", _Late(pattern))

    @property
    def error(self) -> type[Exception]:
        """Return what `compile` raises."""
        return Unusable


class _Late:
    """An expression that is compiled when it is used: those of rules never are here.

    Those over the names of detections (`1 of sel_*`) are; RE2 does it in linear time.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def fullmatch(self, name: str) -> Any:  # noqa: ANN401 — as its protocol has it
        return _selector(self._pattern).fullmatch(name)


@lru_cache(maxsize=4096)
def _selector(pattern: str) -> Any:  # noqa: ANN401 — RE2 says no types
    options = re2.Options()
    options.log_errors = False  # not a word on standard error
    return re2.compile(pattern, options)


POLICY = SigmaPolicy(regex_engine=Linear())
"""Given to pySigma with every document."""
