"""`rempart hub import-…`: the register, the combined activity, the ceilings. Each can say first what would change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rempart.hub.commands import site
from rempart.measurement.language import say

if TYPE_CHECKING:
    import polars as pl

    from rempart.hub.territory.importing.upsert import Figures

app = typer.Typer(rich_markup_mode=None)


class AbsentChoice(StrEnum):
    """What becomes of an open row that a whole file does not hold."""

    CHECK = "check"
    CLOSE = "close"
    KEEP = "keep"


DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help=say("Dire ce qui changerait, sans rien écrire.", "Tell what would change only.")),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help=say("Code 1 si une ligne est refusée.", "Exit code 1 when a line is refused.")),
]
Details = Annotated[
    Path | None,
    typer.Option(
        "--details",
        help=say("Écrire chaque changement et chaque refus dans ce CSV.", "Write each change and refusal to this CSV."),
    ),
]


@app.command(
    "import-finess",
    help=say(
        "Mettre le territoire à jour depuis FINESS : fichiers à plat (cs1100501, 502, 507), JSON quotidien, SAE.",
        "Bring the territory up to date from FINESS: flat files (cs1100501, 502, 507), daily JSON, SAE tables.",
    ),
)
def import_finess(
    files: Annotated[
        list[Path],
        typer.Argument(
            help=say(
                "Fichiers, lus comme un tout : entités et sites ensemble.",
                "Files, read as one: entities and sites together.",
            )
        ),
    ],
    dry_run: DryRun = False,
    absent: Annotated[
        AbsentChoice,
        typer.Option(
            help=say(
                "Ce que deviennent les ouverts absents d’un fichier complet : fermés sauf s’ils sont trop nombreux "
                "(check), fermés (close), gardés (keep).",
                "What becomes of open rows a whole file lacks: closed unless too many (check), closed, kept.",
            )
        ),
    ] = AbsentChoice.CHECK,
    details: Details = None,
    strict: Strict = False,
) -> None:
    """Import the register."""
    site.ready()
    from rempart.hub.commands import import_report  # noqa: PLC0415 — models load once Django is set up
    from rempart.hub.territory import services  # noqa: PLC0415 — same

    with working(say("Import de FINESS", "Importing FINESS")):
        plan = services.import_finess(
            files, at=datetime.now(UTC), absent=services.Absent(absent.value), dry_run=dry_run
        )
    import_report.show_plan(plan, dry_run=dry_run, suspicious=services.closes_too_much(plan))
    finish(plan.flaws, import_report.plan_details(plan), details, strict=strict)


@app.command(
    "import-activity",
    help=say(
        "Importer l’activité combinée : CSV « finess;annee;activite » (FINESS d’une entité ou d’un site, année de "
        "référence, chiffre). La formule nationale n’est pas publique : le chiffre est repris tel quel.",
        "Import the combined activity: CSV “finess;annee;activite” (FINESS of an entity or a site, reference year, "
        "figure). The national formula is not public: the figure is taken as it is.",
    ),
)
def import_activity(
    file: Annotated[Path, typer.Argument(help=say("Table CSV.", "CSV table."))],
    dry_run: DryRun = False,
    details: Details = None,
    strict: Strict = False,
) -> None:
    """Import combined activities."""
    site.ready()
    from rempart.hub.territory import services  # noqa: PLC0415 — models load once Django is set up

    with working(say("Import de l’activité", "Importing the activity")):
        figures = services.import_activity(file, dry_run=dry_run)
    columns = ("activity", "finess", "combined")
    tell(figures, say("activités", "activities"), columns, details, dry_run=dry_run, strict=strict)


@app.command(
    "import-ceilings",
    help=say(
        "Importer les plafonds publiés : CSV « appel;candidat;montant » (code de l’appel, FINESS de l’entité ou code "
        "du GHT, euros à la française ou avec un point).",
        "Import the published ceilings: CSV “appel;candidat;montant” (code of the call, FINESS of the entity or code "
        "of the GHT, euros with a comma or a point).",
    ),
)
def import_ceilings(
    file: Annotated[Path, typer.Argument(help=say("Table CSV.", "CSV table."))],
    dry_run: DryRun = False,
    details: Details = None,
    strict: Strict = False,
) -> None:
    """Import the ceilings of calls."""
    site.ready()
    from rempart.hub.funding.calls import importing  # noqa: PLC0415 — models load once Django is set up

    with working(say("Import des plafonds", "Importing the ceilings")):
        figures = importing.import_ceilings(file, dry_run=dry_run)
    columns = ("ceiling", "applicant", "cents")
    tell(figures, say("plafonds", "ceilings"), columns, details, dry_run=dry_run, strict=strict)


@contextmanager
def working(title: str) -> Iterator[None]:
    """Show that work is under way on standard error when it is a terminal; stay quiet in a pipe."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(title), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        bar.add_task(title, total=None)
        yield


def tell(
    figures: "Figures", name: str, columns: tuple[str, str, str], path: Path | None, *, dry_run: bool, strict: bool
) -> None:
    """Show what an import of figures changed, then finish as `finish` does."""
    from rempart.hub.commands import import_report  # noqa: PLC0415 — it reads polars

    import_report.show_figures(figures, name, dry_run=dry_run)
    finish(figures.flaws, import_report.figure_details(figures, *columns), path, strict=strict)


def finish(flaws: "pl.DataFrame", changes: "pl.DataFrame", path: Path | None, *, strict: bool) -> None:
    """Write the details asked for, and leave with 1 when a strict run refused something."""
    from rempart.hub.commands import import_report  # noqa: PLC0415 — it reads polars

    if path is not None:
        import_report.write_details(changes, flaws, path)
    if strict and len(flaws):
        raise typer.Exit(1)
