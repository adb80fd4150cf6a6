"""The language of this run, known before any help text is written."""

import os
import sys
from collections.abc import Sequence

from rempart.measurement.errors import InputError
from rempart.measurement.text import Language, Text

VARIABLE = "REMPART_LANG"


OPTION = "--lang"


def named_language(arguments: Sequence[str], environment: str | None) -> str | None:
    """Return what `--lang` names anywhere in `arguments`, else what the environment variable names."""
    for position, argument in enumerate(arguments):
        if argument == OPTION and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith(f"{OPTION}="):
            return argument.removeprefix(f"{OPTION}=")
    return environment


def language_of(name: str | None) -> Language:
    """Return the language of that name; French when none or an unknown one is named."""
    return Language.EN if name == Language.EN.value else Language.FR


def without_language(arguments: Sequence[str]) -> list[str]:
    """Return the arguments left once `--lang` was read, so that it may stand anywhere on the line.

    Raises:
        InputError: a language the house does not speak.

    """
    name = named_language(arguments, None)
    if name is not None and name not in {language.value for language in Language}:
        raise InputError(Text(fr=f"langue inconnue : {name}", en=f"unknown language: {name}"), OPTION)
    left: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument == OPTION:
            skip = True
        elif not argument.startswith(f"{OPTION}="):
            left.append(argument)
    return left


LANGUAGE = language_of(named_language(sys.argv[1:], os.environ.get(VARIABLE)))
"""Help texts are written when the commands are built, so the language is decided here, once."""


def say(fr: str, en: str) -> str:
    """Return the sentence in the language of this run."""
    return Text(fr=fr, en=en).say(LANGUAGE)
