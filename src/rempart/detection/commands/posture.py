"""`rempart detection posture`: judge how well the hospital can see an attack, in figures that can be attested."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.detection.audit import audit
from rempart.detection.catalogue import catalogue
from rempart.detection.inventory import open_inventory
from rempart.detection.snapshot import Snapshot, is_snapshot, open_snapshot, save, take
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
)
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import terminal
from rempart.measurement.text import Text

SourceArgument = Annotated[
    Path,
    typer.Argument(
        help=say(
            "Dossier d'état de la veille, registre (run --ledger), ou instantané gardé (.rempart).",
            "State folder of the watch, ledger (run --ledger), or saved snapshot (.rempart).",
        ),
        show_default=False,
    ),
]
InventoryOption = Annotated[
    Path | None,
    typer.Option(
        "--inventory",
        help=say("Inventaire des machines (TOML ou CSV).", "Inventory of machines (TOML or CSV)."),
    ),
]


def posture_command(
    source: SourceArgument,
    inventory: InventoryOption = None,
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
) -> None:
    """Judge the posture of detection."""
    when = moment(at)
    accepted = acceptances(accept, catalogue())
    snapshot = _snapshot(source, inventory, when)
    if save_file is not None:
        snapshot = save(snapshot, save_file)
        typer.echo(say(f"Écrit : {save_file}", f"Written: {save_file}"), err=True)
    report = audit(snapshot, at=when, acceptances=accepted, finess=finess, name=name)
    terminal.print_report(report, LANGUAGE)
    Files(html_file, pdf_file, json_file, csv_file).write(report)
    end_under(report, fail_under)


def _snapshot(source: Path, inventory: Path | None, at: datetime | None) -> Snapshot:
    if not is_snapshot(source):
        declared = open_inventory(inventory) if inventory is not None else None
        return take(source, declared, at or datetime.now(UTC))
    if inventory is not None:
        raise InputError(
            Text(fr="un instantané gardé a déjà son inventaire", en="a saved snapshot already has its inventory"),
            where="--inventory",
        )
    return open_snapshot(source)
