"""What is wrong with a value of `perimeter.toml`, in both languages."""

from rempart.measurement.text import Text


class WrongValueError(ValueError):
    """A value that cannot be meant; pydantic carries it up with its place."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(fr=fr, en=en)
