"""What the commands of every engine share: common options, progress, dates, and files written whole or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rempart.measurement.acceptance import Acceptance, load_acceptances, resolve
from rempart.measurement.control import Catalogue
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import csv, html, json, pdf
from rempart.measurement.report import Report
from rempart.measurement.text import Text

THRESHOLD_NOT_MET = 1
"""The exit code of a command whose asked threshold is not met."""

Tell = Callable[[int, int | None], None]
"""Tells how far a long work is: done, and out of how many when it is known."""

HtmlOption = Annotated[Path | None, typer.Option("--html", help=say("Écrire en HTML.", "Write as HTML."))]
PdfOption = Annotated[Path | None, typer.Option("--pdf", help=say("Écrire en PDF.", "Write as PDF."))]
JsonOption = Annotated[Path | None, typer.Option("--json", help=say("Écrire en JSON.", "Write as JSON."))]
CsvOption = Annotated[
    Path | None, typer.Option("--csv", help=say("Écrire les sujets en CSV.", "Write the subjects as CSV."))
]
AtOption = Annotated[
    str | None,
    typer.Option(
        help=say(
            "Date du jugement, AAAA-MM-JJ. Sinon : la date de la mesure.",
            "Date of judgement, YYYY-MM-DD. Otherwise: the date of the measurement.",
        )
    ),
]
AcceptOption = Annotated[
    Path | None, typer.Option(help=say("Fichier des risques acceptés (TOML).", "Accepted risks (TOML)."))
]
NameOption = Annotated[
    str | None, typer.Option(help=say("Nom de l'établissement, en tête du rapport.", "The establishment's name."))
]
FinessOption = Annotated[str | None, typer.Option(help=say("Numéro FINESS.", "FINESS number."))]
FailUnderOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=5,
        help=say("Sortir avec le code 1 sous ce niveau.", "Exit with code 1 under this level."),
    ),
]
SaveOption = Annotated[
    Path | None, typer.Option("--save", help=say("Garder l'instantané (.rempart).", "Keep the snapshot."))
]


@dataclass(frozen=True)
class Files:
    """The files a report is asked in."""

    html: Path | None = None
    pdf: Path | None = None
    json: Path | None = None
    csv: Path | None = None

    def write(self, report: Report) -> None:
        """Write the report in each of them, in the language of the command line."""
        if self.json is not None:
            write(self.json, json.render(report))
        if self.csv is not None:
            write(self.csv, csv.render(report, LANGUAGE))
        if self.html is not None:
            write(self.html, html.render(report, LANGUAGE))
        if self.pdf is not None:
            write(self.pdf, pdf.render(report, LANGUAGE))


def write(path: Path, content: str | bytes) -> None:
    """Write `content` to `path`, replacing what was there only once all of it is written, and say so.

    Raises:
        InputError: the folder does not exist, or cannot be written to.

    """
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(partial, path)  # noqa: PTH105 — the atomic form, on the same file system
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise InputError(
            Text(fr=f"écriture impossible ({error.strerror})", en=f"cannot write ({error.strerror})"), where=str(path)
        ) from error
    typer.echo(say(f"Écrit : {path}", f"Written: {path}"), err=True)


def acceptances(path: Path | None, catalogue: Catalogue) -> tuple[Acceptance, ...]:
    """Return the accepted risks of a file, none without a file.

    Raises:
        InputError: the file cannot be read, or names a control the catalogue does not have.

    """
    if path is None:
        return ()
    return resolve(load_acceptances(path), catalogue.controls.keys(), str(path))


def end_under(report: Report, wanted: int | None) -> None:
    """End the program with `THRESHOLD_NOT_MET` when the report does not prove the wanted level."""
    if wanted is not None and not meets(report, wanted):
        raise typer.Exit(THRESHOLD_NOT_MET)


def meets(report: Report, wanted: int) -> bool:
    """Tell whether the report proves the wanted level: "at most N" proves nothing."""
    return report.level.value >= wanted and not report.level.at_most


def moment(text: str | None) -> datetime | None:
    """Return the moment of a date (noon UTC) or of a full ISO date and time.

    Raises:
        InputError: neither.

    """
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            Text(fr=f"date incomprise : {text}", en=f"date not understood: {text}"),
            where="--at",
            advice=Text(fr="Écrivez-la AAAA-MM-JJ, par exemple 2026-11-23.", en="Write it YYYY-MM-DD: 2026-11-23."),
        ) from error
    if "T" not in text and " " not in text:
        parsed = parsed.replace(hour=12)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Show progress on standard error when it is a terminal; stay quiet in a pipe."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
