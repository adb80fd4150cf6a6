"""A sentence in the two languages of the house, French first."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Language(StrEnum):
    """The languages people can ask for."""

    FR = "fr"
    EN = "en"


class Text(BaseModel):
    """One sentence in French and English; both travel in the report, the reader picks one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str
    en: str

    def say(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.fr if language is Language.FR else self.en

    def filled(self, **values: object) -> "Text":
        """Return the sentence with its `{placeholders}` replaced by `values`."""
        return Text(fr=self.fr.format(**values), en=self.en.format(**values))

    def __str__(self) -> str:
        return self.fr
