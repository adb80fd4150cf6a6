"""The one family of errors: each says what, where, and what to do."""

from rempart.measurement.text import Language, Text


class RempartError(Exception):
    """Something a person can mend: bad input, a missing right, an altered file.

    Args:
        what: what went wrong, in one sentence.
        where: the place: file, line or record number, server address.
        advice: what to do about it.

    """

    def __init__(self, what: Text, where: str | None = None, advice: Text | None = None) -> None:
        super().__init__(what.en)
        self.what = what
        self.where = where
        self.advice = advice

    def __reduce__(self) -> tuple[type, tuple[Text, str | None, Text | None]]:
        return type(self), (self.what, self.where, self.advice)  # so that it goes whole from one process to another

    def say(self, language: Language) -> str:
        """Return the whole message, place and advice included, in `language`."""
        place = f"{self.where}{' : ' if language is Language.FR else ': '}" if self.where else ""
        advice = f"\n{self.advice.say(language)}" if self.advice else ""
        return f"{place}{self.what.say(language)}{advice}"

    def __str__(self) -> str:
        return self.say(Language.EN)


class InputError(RempartError):
    """A source that cannot be read as what it claims to be: exit code 2, no half-written output."""


class AlteredError(RempartError):
    """A file whose content no longer matches its digest or signature."""
