"""`rempart hub verify-journal` and `reconciliation`: what an auditor asks for."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rempart.hub.commands import site
from rempart.hub.commands.calls import named_call
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

if TYPE_CHECKING:
    from rempart.hub.journal.verification import Finding

app = typer.Typer(rich_markup_mode=None)
FAULTS = {
    "altered": Text(fr="ligne du journal modifiée", en="journal row altered"),
    "removed": Text(fr="ligne du journal supprimée", en="journal row removed"),
    "added": Text(fr="ligne du journal ajoutée après coup", en="journal row added afterwards"),
    "seal": Text(fr="sceau modifié", en="seal altered"),
    "chain": Text(fr="chaîne des jours rompue", en="chain of days broken"),
    "kept": Text(fr="empreinte différente de celle gardée ailleurs", en="digest differs from the one kept elsewhere"),
    "live_altered": Text(fr="donnée modifiée hors du journal", en="data altered past the journal"),
    "live_removed": Text(fr="donnée supprimée hors du journal", en="data removed past the journal"),
    "live_added": Text(fr="donnée ajoutée hors du journal", en="data added past the journal"),
}


@app.command(
    "verify-journal",
    help=say(
        "Recalculer les empreintes du journal et nommer toute ligne modifiée, supprimée ou ajoutée.",
        "Recompute the journal's digests and name each row altered, removed or added.",
    ),
)
def verify_journal(
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            help=say(
                "Écrire les empreintes des jours, à garder ailleurs.", "Write the days' digests, to keep elsewhere."
            ),
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            help=say("Comparer aux empreintes gardées ailleurs.", "Compare with the digests kept elsewhere."),
        ),
    ] = None,
) -> None:
    """Verify; exit code 1 when something is wrong."""
    kept = _read(against) if against else {}
    site.ready()
    from rempart.hub.journal.models import JournalDay  # noqa: PLC0415 — needs Django ready
    from rempart.hub.journal.verification import verify  # noqa: PLC0415 — same

    found = verify(kept)
    for finding in found.findings:
        typer.echo(_line(finding))
    if export:
        _write(export, dict(JournalDay.objects.order_by("day").values_list("day", "digest")))
    if found.findings:
        count = len(found.findings)
        typer.echo(say(f"{count} anomalie(s) dans le journal.", f"{count} fault(s) in the journal."), err=True)
        raise typer.Exit(1)
    days, rows = found.days, found.rows
    typer.echo(
        say(
            f"Journal intact : {days} jour(s) scellé(s), {rows} ligne(s).",
            f"Journal intact: {days} sealed day(s), {rows} row(s).",
        )
    )


@app.command(
    help=say(
        "Exporter les engagements d'un appel pour le rapprochement comptable des ARS.",
        "Export a call's commitments for the ARS to reconcile.",
    )
)
def reconciliation(
    call: Annotated[str, typer.Argument(help=say("Le code de l'appel (D1-2024).", "The call's code (D1-2024)."))],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=say("Le fichier à écrire.", "The file to write."))
    ] = None,
) -> None:
    """Write the export, on the terminal when no file is named."""
    site.ready()
    from rempart.hub.funding.ledger import reconciliation as export  # noqa: PLC0415 — needs Django ready
    from rempart.hub.funding.ledger.models import Entry  # noqa: PLC0415 — same

    found = named_call(call)
    rows = export.rows(found, Entry.objects.all())
    if output is None:
        export.write(sys.stdout, rows)
        return
    partial = output.with_name(f".{output.name}.partial")
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        count = export.write(file, rows)
    partial.replace(output)
    typer.echo(say(f"{count} ligne(s) écrite(s) : {output}", f"{count} line(s) written: {output}"))


def _line(finding: "Finding") -> str:
    where = [FAULTS[finding.fault.value].say(LANGUAGE)]
    if finding.day:
        where.append(say(f"jour {finding.day}", f"day {finding.day}"))
    if finding.table:
        where.append(f"table {finding.table}")
    if finding.key:
        where.append(say(f"clé {finding.key}", f"key {finding.key}"))
    return ", ".join(where)


def _write(path: Path, digests: dict[date, str]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    lines = [json.dumps({"day": day.isoformat(), "digest": digest}) for day, digest in digests.items()]
    partial.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    partial.replace(path)
    typer.echo(say(f"{len(lines)} empreinte(s) écrite(s) : {path}", f"{len(lines)} digest(s) written: {path}"))


def _read(path: Path) -> dict[date, str]:
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line]
        return {date.fromisoformat(line["day"]): str(line["digest"]) for line in lines}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            Text(fr="ce ne sont pas des empreintes exportées par verify-journal", en="no digests of verify-journal"),
            where=str(path),
        ) from error
