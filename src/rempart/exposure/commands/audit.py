"""`rempart exposure audit`: judge what the establishment shows, and say what to fix."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.exposure.audit import audit
from rempart.exposure.catalogue import catalogue
from rempart.exposure.collect.outside import with_outside
from rempart.exposure.collect.ports import USUAL
from rempart.exposure.commands.measuring import (
    Asked,
    CtOption,
    PolitenessOption,
    PortsOption,
    WorkOption,
    is_perimeter,
    measured,
)
from rempart.exposure.commands.update import StoreOption
from rempart.exposure.feeds.store import Store, default_folder
from rempart.exposure.knowledge import with_knowledge
from rempart.exposure.render import sarif
from rempart.exposure.snapshot import Snapshot, open_snapshot, save
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
    write,
)
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import terminal

SourceArgument = Annotated[
    Path,
    typer.Argument(
        help=say(
            "Périmètre à mesurer (perimeter.toml), ou instantané gardé (.rempart).",
            "Perimeter to measure (perimeter.toml), or saved snapshot (.rempart).",
        ),
        show_default=False,
    ),
]
SarifOption = Annotated[Path | None, typer.Option("--sarif", help=say("Écrire en SARIF.", "Write as SARIF."))]
OutsideOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--outside",
        help=say(
            "Constats d'une autre source (modèle CSV, nmap, nuclei, testssl). Répétable.",
            "Findings of another source (CSV template, nmap, nuclei, testssl). Repeatable.",
        ),
    ),
]
FeedsOption = Annotated[
    bool,
    typer.Option(
        "--feeds",
        help=say(
            "Rejuger un instantané avec les jeux de données chargés aujourd'hui (une mesure les prend toujours).",
            "Judge a snapshot with the data sets loaded today (a measurement always takes them).",
        ),
    ),
]


def audit_command(
    source: SourceArgument,
    html_file: HtmlOption = None,
    pdf_file: PdfOption = None,
    json_file: JsonOption = None,
    csv_file: CsvOption = None,
    sarif_file: SarifOption = None,
    at: AtOption = None,
    accept: AcceptOption = None,
    name: NameOption = None,
    finess: FinessOption = None,
    fail_under: FailUnderOption = None,
    save_file: SaveOption = None,
    outside: OutsideOption = None,
    ports: PortsOption = USUAL,
    ct: CtOption = None,
    work: WorkOption = None,
    no_politeness: PolitenessOption = False,
    feeds: FeedsOption = False,
    store: StoreOption = None,
) -> None:
    """Judge what is exposed."""
    moment_of_judgement = moment(at)
    accepted = acceptances(accept, catalogue())
    if is_perimeter(source):
        snapshot = measured(source, Asked(ports, work, tuple(ct or ()), no_politeness))
    else:
        snapshot = open_snapshot(source)
    if outside:
        snapshot = with_outside(snapshot, outside)
    if feeds or is_perimeter(source):
        snapshot = with_knowledge(snapshot, Store(store or default_folder()))
    if save_file is not None:
        snapshot = _kept(snapshot, save_file)
    with progress(say("Jugement des contrôles", "Judging the controls")):
        report = audit(snapshot, at=moment_of_judgement, acceptances=accepted, finess=finess, name=name)
    terminal.print_report(report, LANGUAGE)
    Files(html_file, pdf_file, json_file, csv_file).write(report)
    if sarif_file is not None:
        write(sarif_file, sarif.render(report, LANGUAGE))
    end_under(report, fail_under)


def _kept(snapshot: Snapshot, path: Path) -> Snapshot:
    """Save the snapshot so that the report names the digest of the file that is kept."""
    kept = save(snapshot, path)
    typer.echo(say(f"Écrit : {path}", f"Written: {path}"), err=True)
    return kept
