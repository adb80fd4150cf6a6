"""What a hospital declares of its own logs: which file is what, in which zone, and how its fields are called there.

A file of TOML; `sources.example.toml` beside this module shows all of it. What is declared wins over what is
recognised.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

EXAMPLE = Path(__file__).with_name("sources.example.toml")
"""The documented example."""

FORMATS = frozenset(
    {"syslog", "auditd", "cef", "pairs", "w3c", "access", "squid", "csv", "m365", "json", "evtx", "daemon", "lines"}
)
"""The formats a person may name; "lines" is any text, read by `pattern`."""

DECLARED_JSON = "json-declared"
"""The format of JSON whose fields are declared."""
_JSON_BEGINS = (b"{", b"[")

SourceName = Annotated[str, Field(pattern=r"^[a-z0-9_-]+/[a-z0-9_.-]+$")]


def known_zone(value: str | None) -> str | None:
    """Return a time zone that exists, or none.

    Raises:
        ValueError: it does not.

    """
    if value is not None and value not in available_timezones():
        raise ValueError(f"unknown time zone {value!r}, write it like Europe/Paris")
    return value


class Declared(BaseModel):
    """What is said of some files; nothing at all is a valid declaration.

    Attributes:
        name: for people.
        files: patterns of file names (`*` and `?`); one without a `/` is matched against the last part of the name.
        contains: a text that the first 64 KiB of the file must hold.
        programs: for messages inside syslog: the programs that send them, instead of files.
        format: how to read it; None: as it looks like.
        source: what its events are ("hospital/records"...); None: as the format says.
        code: the column that tells its events apart.
        zone: the zone of moments that say none.
        time: the column of the moment.
        time_format: how it is written (`strftime`, or "epoch"); None: as ISO 8601 or the format's own way.
        encoding: of a file that is not UTF-8, UTF-16 or Windows-1252.
        separator: between the columns of a CSV.
        header: the columns of a CSV that does not name them.
        pattern: regular expression (Rust syntax) whose named groups are the fields, for "lines" and `programs`.
        fields: native name of a field, by the name the file gives it.
        values: what the values of a native field mean, by field ("lecture" is "read").
        constants: fields that every event has.
        modified: when the file was last written (set by the reader).
        senders: the declarations of programs whose messages come inside syslog (set by the reader).

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    files: tuple[str, ...] = ()
    contains: str = ""
    programs: tuple[str, ...] = ()
    format: str | None = None
    source: SourceName | None = None
    code: str | None = None
    zone: str | None = None
    time: str | None = None
    time_format: str | None = None
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    header: tuple[str, ...] = ()
    pattern: str | None = None
    fields: Mapping[str, str] = Field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    constants: Mapping[str, str] = Field(default_factory=dict)
    modified: datetime | None = None
    senders: tuple["Declared", ...] = ()

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str | None) -> str | None:
        if value is not None and value not in FORMATS:
            raise ValueError(f"unknown format {value!r}, known: {', '.join(sorted(FORMATS))}")
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return known_zone(value)

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "é".encode(value)
            except (LookupError, UnicodeError) as error:
                raise ValueError(f"unknown encoding {value!r}, write it like latin-1 or cp850") from error
        return value

    @field_validator("separator")
    @classmethod
    def _one_byte(cls, value: str | None) -> str | None:
        if value is not None and (not value.isascii() or value in '"\r\n'):
            raise ValueError(f"{value!r} cannot part columns")
        return value

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                groups = pl.Series([""]).str.extract_groups(value)
            except pl.exceptions.PolarsError as error:
                raise ValueError(f"this pattern is refused: {error}") from error
            if not groups.dtype.to_schema():  # type: ignore[attr-defined]
                raise ValueError("this pattern names no group: write (?P<user>...)")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Declared":
        if self.format == "lines" and self.pattern is None:
            raise ValueError('the format "lines" needs a pattern')
        if self.programs and self.files:
            raise ValueError("programs are for messages inside syslog: declare files apart")
        return self

    def renames(self) -> bool:
        """Tell whether more is said of the fields than the source of the events."""
        return bool(self.fields or self.values or self.constants or self.code or self.time)

    def concerns(self, file: str, head: bytes) -> bool:
        """Tell whether a file is one of those: by its name, and by what it begins with."""
        names = any(
            fnmatchcase(file if "/" in pattern else file.replace("!", "/").rpartition("/")[2], pattern)
            for pattern in self.files
        )
        if self.files and not names:
            return False
        return bool(self.files or self.contains) and self.contains.encode() in head


class Declarations(BaseModel):
    """All that a hospital declares; the first that concerns a file wins.

    Attributes:
        zone: of every file that no declaration gives one.
        source: the declarations.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str | None = None
    source: tuple[Declared, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return known_zone(value)

    @model_validator(mode="after")
    def _concern_something(self) -> "Declarations":
        for number, one in enumerate(self.source, 1):
            if not (one.files or one.contains or one.programs):
                raise ValueError(f"source {number} says neither files, contains nor programs")
        return self

    def of(self, file: str, head: bytes, modified: datetime | None = None) -> Declared:
        """Return what is declared of a file, with the zone of all and its last change filled in."""
        found = next((one for one in self.source if one.concerns(file, head)), Declared())
        if found.renames() and found.format in {None, "json"} and head.lstrip().startswith(_JSON_BEGINS):
            found = found.model_copy(update={"format": DECLARED_JSON})
        senders = tuple(one for one in self.source if one.programs)
        return found.model_copy(update={"zone": found.zone or self.zone, "modified": modified, "senders": senders})


def load(path: Path) -> Declarations:
    """Read a file of declarations.

    Raises:
        InputError: it cannot be read, is no TOML, or says what is not understood; each fault is named.

    """
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Declarations.model_validate(content)
    except OSError as error:
        what = Text(fr=f"lecture impossible ({error.strerror})", en=f"cannot read ({error.strerror})")
        raise InputError(what, where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(Text(fr=f"TOML incorrect : {error}", en=f"not TOML: {error}"), where=str(path)) from error
    except ValidationError as error:
        faults = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors())
        raise InputError(
            Text(fr=f"déclaration de sources incomprise : {faults}", en=f"declared sources not understood: {faults}"),
            where=str(path),
            advice=Text(
                fr=f"Un exemple commenté est dans {EXAMPLE.name}.", en=f"{EXAMPLE.name} is a commented example."
            ),
        ) from error


def _place(location: tuple[int | str, ...]) -> str:
    """Return `source 2, zone` from ("source", 1, "zone")."""
    parts: list[str] = []
    for part in location:
        if isinstance(part, int):
            parts[-1:] = [f"{parts[-1] if parts else ''} {part + 1}".strip()]
        else:
            parts.append(part)
    return ", ".join(parts) or "file"
