"""A refusal of the hub: what cannot be done and why, in the words of the person who asked."""

from typing import cast

from django.utils import translation
from django.utils.functional import Promise, lazy

from rempart.measurement.errors import RempartError
from rempart.measurement.text import Text


class Refusal(RempartError):  # noqa: N818 — a refusal is an answer, not a failure
    """Something the hub will not do: the message is shown to the person as it is.

    Args:
        message: one sentence, marked for translation.
        code: a short stable name for machines (API, tests).

    """

    def __init__(self, message: str | Promise, code: str, advice: str | Promise | None = None) -> None:
        super().__init__(both(message), advice=None if advice is None else both(advice))
        self.code = code

    def __str__(self) -> str:
        return self.what.fr if translation.get_language() != "en" else self.what.en


def both(message: str | Promise) -> Text:
    """Return a translatable sentence in both languages."""
    with translation.override("fr"):
        french = str(message)
    with translation.override("en"):
        return Text(fr=french, en=str(message))


def _fill(message: str | Promise, values: dict[str, object]) -> str:
    return str(message) % values


_filled = lazy(_fill, str)


def filled(message: str | Promise, **values: object) -> Promise:
    """Return a sentence with its `%(placeholders)s` filled, still to be said in either language."""
    return cast("Promise", _filled(message, values))
