"""`rempart directory audit`: judge a directory and say what to fix."""

from pathlib import Path

import typer

from rempart.directory.audit import audit
from rempart.directory.catalogue import catalogue
from rempart.directory.commands.source import (
    Access,
    CaOption,
    ClearOption,
    PasswordFileOption,
    SourceArgument,
    UserOption,
    WorkOption,
    read,
)
from rempart.directory.snapshot import Snapshot, save
from rempart.measurement.command_line import (
    AcceptOption,
    AtOption,
    CsvOption,
    FailUnderOption,
    Files,
    FinessOption,
    HtmlOption,
    JsonOption,
    NameOption,
    PdfOption,
    SaveOption,
    acceptances,
    end_under,
    moment,
    progress,
)
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import terminal


def audit_command(
    source: SourceArgument,
    html_file: HtmlOption = None,
    pdf_file: PdfOption = None,
    json_file: JsonOption = None,
    csv_file: CsvOption = None,
    at: AtOption = None,
    accept: AcceptOption = None,
    name: NameOption = None,
    finess: FinessOption = None,
    fail_under: FailUnderOption = None,
    save_file: SaveOption = None,
    user: UserOption = None,
    password_file: PasswordFileOption = None,
    ca: CaOption = None,
    clear_text: ClearOption = False,
    work: WorkOption = None,
) -> None:
    """Judge a directory."""
    moment_of_judgement = moment(at)
    accepted = acceptances(accept, catalogue())
    snapshot = read(source, Access(user, password_file, ca, clear_text, work))
    if save_file is not None:
        snapshot = _kept(snapshot, save_file)
    with progress(say("Jugement des contrôles", "Judging the controls")):
        report = audit(snapshot, at=moment_of_judgement, acceptances=accepted, finess=finess, name=name)
    terminal.print_report(report, LANGUAGE)
    Files(html_file, pdf_file, json_file, csv_file).write(report)
    end_under(report, fail_under)


def _kept(snapshot: Snapshot, path: Path) -> Snapshot:
    """Save the snapshot so that the report names the digest of the file that is kept."""
    kept = save(snapshot, path)
    typer.echo(say(f"Écrit : {path}", f"Written: {path}"), err=True)
    return kept
