"""`rempart directory audit`: judge a directory and say what to fix."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.directory.audit import audit
from rempart.directory.catalogue import catalogue
from rempart.directory.commands.output import write
from rempart.directory.commands.source import (
    Access,
    AtOption,
    CaOption,
    ClearOption,
    PasswordFileOption,
    SourceArgument,
    UserOption,
    WorkOption,
    moment,
    progress,
    read,
)
from rempart.directory.snapshot import Snapshot, save
from rempart.measurement.acceptance import Acceptance, load_acceptances, resolve
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import csv, html, json, pdf, terminal
from rempart.measurement.report import Report

THRESHOLD_NOT_MET = 1


def audit_command(
    source: SourceArgument,
    html_file: Annotated[Path | None, typer.Option("--html", help=say("Écrire en HTML.", "Write as HTML."))] = None,
    pdf_file: Annotated[Path | None, typer.Option("--pdf", help=say("Écrire en PDF.", "Write as PDF."))] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help=say("Écrire en JSON.", "Write as JSON."))] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help=say("Écrire les sujets en CSV.", "Write the subjects as CSV."))
    ] = None,
    at: AtOption = None,
    accept: Annotated[
        Path | None, typer.Option(help=say("Fichier des risques acceptés (TOML).", "Accepted risks (TOML)."))
    ] = None,
    name: Annotated[
        str | None, typer.Option(help=say("Nom de l'établissement, en tête du rapport.", "The establishment's name."))
    ] = None,
    finess: Annotated[str | None, typer.Option(help=say("Numéro FINESS.", "FINESS number."))] = None,
    fail_under: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=5,
            help=say("Sortir avec le code 1 sous ce niveau.", "Exit with code 1 under this level."),
        ),
    ] = None,
    save_file: Annotated[
        Path | None, typer.Option("--save", help=say("Garder l'instantané (.rempart).", "Keep the snapshot."))
    ] = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    ca: CaOption = None,
    clear_text: ClearOption = False,
    work: WorkOption = None,
) -> None:
    """Judge a directory."""
    moment_of_judgement = moment(at)
    acceptances = _acceptances(accept)
    snapshot = read(source, Access(user, password_file, ca, clear_text, work))
    if save_file is not None:
        snapshot = _kept(snapshot, save_file)
    with progress(say("Jugement des contrôles", "Judging the controls")):
        report = audit(snapshot, at=moment_of_judgement, acceptances=acceptances, finess=finess, name=name)
    terminal.print_report(report, LANGUAGE)
    if json_file is not None:
        write(json_file, json.render(report))
    if csv_file is not None:
        write(csv_file, csv.render(report, LANGUAGE))
    if html_file is not None:
        write(html_file, html.render(report, LANGUAGE))
    if pdf_file is not None:
        write(pdf_file, pdf.render(report, LANGUAGE))
    if fail_under is not None and not meets(report, fail_under):
        raise typer.Exit(THRESHOLD_NOT_MET)


def meets(report: Report, wanted: int) -> bool:
    """Tell whether the report proves the wanted level: "at most N" proves nothing."""
    return report.level.value >= wanted and not report.level.at_most


def _acceptances(path: Path | None) -> tuple[Acceptance, ...]:
    if path is None:
        return ()
    return resolve(load_acceptances(path), catalogue().controls.keys(), str(path))


def _kept(snapshot: Snapshot, path: Path) -> Snapshot:
    """Save the snapshot so that the report names the digest of the file that is kept."""
    kept = save(snapshot, path)
    typer.echo(say(f"Écrit : {path}", f"Written: {path}"), err=True)
    return kept
