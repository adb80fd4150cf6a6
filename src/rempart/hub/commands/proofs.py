"""`rempart hub verify-proofs` and `load-catalogues`: the attestations kept, and the catalogues recognised."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from rempart.hub.commands import site
from rempart.hub.commands.calls import named_call
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

app = typer.Typer(rich_markup_mode=None)
BATCH = 500
"""How many files' attestations are held in memory at once."""


@app.command(
    "verify-proofs",
    help=say(
        "Vérifier de nouveau toutes les attestations gardées, depuis leurs octets ; code 1 si l'une est en défaut.",
        "Verify all kept attestations anew, from their bytes; exit code 1 when one is at fault.",
    ),
)
def verify_proofs(
    call: Annotated[
        str | None, typer.Option("--call", help=say("Un seul appel, par son code.", "One call, by its code."))
    ] = None,
) -> None:
    """Verify; name each attestation at fault with its file."""
    site.ready()
    from rempart.hub.funding.applications.models import Application  # noqa: PLC0415 — needs Django ready
    from rempart.hub.funding.proofs.instruction import verify_many  # noqa: PLC0415 — same
    from rempart.hub.funding.proofs.models import Deposit  # noqa: PLC0415 — same

    deposits = Deposit.objects.filter(application__call=named_call(call)) if call else Deposit.objects.all()
    keys = sorted(set(deposits.order_by().values_list("application", flat=True)))
    faults = 0
    console = Console(stderr=True)
    starts = track(
        range(0, len(keys), BATCH), "Attestations", console=console, transient=True, disable=not console.is_terminal
    )
    for start in starts:
        for fault in verify_many(Application.objects.filter(pk__in=keys[start : start + BATCH]).only("pk")):
            faults += 1
            number = Deposit.objects.values_list("application__number", flat=True).get(pk=fault.id)
            where = say(f"dossier {number}, attestation {fault.id} :", f"file {number}, attestation {fault.id}:")
            typer.echo(f"{where} {fault.why.say(LANGUAGE)}")
    if faults:
        typer.echo(say(f"{faults} attestation(s) en défaut.", f"{faults} attestation(s) at fault."), err=True)
        raise typer.Exit(1)
    count = deposits.count()
    typer.echo(
        say(
            f"{count} attestation(s) vérifiée(s), {len(keys)} dossier(s) : toutes prouvent ce que le hub en dit.",
            f"{count} attestation(s) verified, {len(keys)} file(s): all prove what the hub says of them.",
        )
    )


@app.command(
    "load-catalogues",
    help=say(
        "Faire reconnaître au hub les catalogues d'un fichier TOML, ceux de cette version par défaut.",
        "Have the hub recognise the catalogues of a TOML file, those of this version by default.",
    ),
)
def load_catalogues(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help=say("La liste des catalogues.", "The list of catalogues."))
    ] = None,
) -> None:
    """Load; the same list twice changes nothing."""
    content = _read(file) if file else None
    site.ready()
    from rempart.hub.funding.proofs.models import KnownCatalogue  # noqa: PLC0415 — needs Django ready
    from rempart.hub.funding.proofs.services import load_catalogues as load  # noqa: PLC0415 — same

    added = load(content, at=datetime.now(UTC))
    known = KnownCatalogue.objects.filter(retired_at=None).count()
    typer.echo(
        say(f"{added} catalogue(s) ajouté(s), {known} reconnu(s).", f"{added} catalogue(s) added, {known} recognised.")
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(Text(fr="ce fichier ne se lit pas", en="this file cannot be read"), where=str(path)) from error
