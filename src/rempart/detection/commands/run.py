"""`rempart detection run`: read logs, match them with all rules, tell the incidents."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from rempart.detection.alerts import triage as triages
from rempart.detection.alerts.levels import LEVELS, rank
from rempart.detection.alerts.raised import FOLDED, raise_alerts
from rempart.detection.alerts.result import DetectionResult, result_of
from rempart.detection.collect.fetch import fetch
from rempart.detection.collect.read import Options
from rempart.detection.collect.sources import Declarations, load
from rempart.detection.commands.rules import (
    FiltersOption,
    PackOption,
    PlaceholdersOption,
    RulesOption,
    compiled_rules,
)
from rempart.detection.ledger import Tally, opened
from rempart.detection.pipeline import THREADS, detect, ledger_of
from rempart.detection.render.outputs import Outputs, Shape
from rempart.detection.render.terminal import print_result
from rempart.measurement.command_line import (
    THRESHOLD_NOT_MET,
    CsvOption,
    FinessOption,
    HtmlOption,
    JsonOption,
    NameOption,
    PdfOption,
    moment,
    progress,
)
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.text import Text

HELP = say(
    "Chercher des signes de compromission dans des journaux, et les raconter en incidents.",
    "Look for signs of compromise in logs, and tell them as incidents.",
)
PathsArgument = Annotated[
    list[str],
    typer.Argument(
        help=say(
            "Journaux : fichiers, dossiers, archives ; - pour l'entrée standard.",
            "Logs: files, folders, archives; - for standard input.",
        )
    ),
]
SourcesOption = Annotated[
    Path | None,
    typer.Option(
        "--sources", help=say("Ce que vous déclarez de vos journaux (TOML).", "What you declare of your logs.")
    ),
]
EngineOption = Annotated[
    str,
    typer.Option(
        help=say(
            "threads (cette machine), spark://machine:port, local[2], ou tcp://machine:port (Dask).",
            "threads (this machine), spark://host:port, local[2], or tcp://host:port (Dask).",
        )
    ),
]
ThreadsOption = Annotated[
    int, typer.Option(min=1, max=64, help=say("Fils de lecture et de recherche.", "Threads that read and match."))
]
LedgerOption = Annotated[
    Path | None,
    typer.Option(help=say("Registre des jours, pour la posture.", "Day-by-day ledger, for the posture.")),
]
JsonLinesOption = Annotated[
    Path | None, typer.Option("--jsonl", help=say("Écrire les alertes, une par ligne.", "Write alerts, one a line."))
]
ShapeOption = Annotated[Shape, typer.Option("--shape", help=say("Norme de ces lignes.", "Standard of these lines."))]
TimesketchOption = Annotated[
    Path | None, typer.Option("--timesketch", help=say("Écrire pour Timesketch.", "Write for Timesketch."))
]
DigestOption = Annotated[
    Path | None, typer.Option("--digest", help=say("Écrire le résumé (.txt ou .html).", "Write the digest."))
]
TriageOption = Annotated[
    Path | None, typer.Option("--triage", help=say("Fichier de suivi des incidents.", "File of the triage."))
]
FailOnOption = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        help=say(
            "Sortir avec le code 1 dès une alerte de ce niveau (low, medium, high, critical).",
            "Exit with code 1 from an alert of this level on (low, medium, high, critical).",
        ),
    ),
]


def run_command(
    paths: PathsArgument,
    rules: RulesOption = None,
    own: PackOption = True,
    filters: FiltersOption = None,
    placeholders: PlaceholdersOption = None,
    sources: SourcesOption = None,
    engine: EngineOption = THREADS,
    threads: ThreadsOption = 2,
    html: HtmlOption = None,
    pdf: PdfOption = None,
    json: JsonOption = None,
    csv: CsvOption = None,
    jsonl: JsonLinesOption = None,
    shape: ShapeOption = Shape.ECS,
    timesketch: TimesketchOption = None,
    digest: DigestOption = None,
    triage: TriageOption = None,
    ledger: LedgerOption = None,
    name: NameOption = None,
    finess: FinessOption = None,
    at: Annotated[
        str | None, typer.Option(help=say("Moment de l'analyse. Sinon : maintenant.", "Moment of the run."))
    ] = None,
    fail_on: FailOnOption = None,
) -> None:
    """Run."""
    least = _level(fail_on)
    when = (moment(at) or datetime.now(UTC)).astimezone()  # hours are those of the people here
    compiled = compiled_rules(rules or (), own=own, filters=filters or (), placeholders=placeholders)
    declarations = load(sources) if sources else Declarations()
    tally = Tally()
    counted = ledger_of(tally, when) if ledger else None
    with progress(say("Lecture des journaux", "Reading the logs")) as tell:
        options = Options(threads=threads, declarations=declarations, progress=tell)
        findings = detect(paths, compiled, options, engine=engine, tally=counted)
        alerts = raise_alerts(findings, partial(fetch, declarations=declarations), FOLDED)
    named = name or say("Établissement sans nom", "Unnamed establishment")
    result = result_of(findings, alerts, at=when, name=named, finess=finess)
    known = triages.read(triage) if triage else None
    print_result(result, LANGUAGE, triage=known)
    Outputs(html, pdf, json, csv, jsonl, timesketch, digest, shape).write(result, triage=known)
    if ledger:
        with opened(ledger) as connection:
            tally.write(connection)
    _end_on(result, least)


def _level(name: str | None) -> str | None:
    if name is not None and name not in LEVELS:
        raise InputError(
            Text(fr=f"niveau inconnu : {name}", en=f"unknown level: {name}"),
            where="--fail-on",
            advice=Text(fr="Les niveaux : " + ", ".join(LEVELS) + ".", en="The levels: " + ", ".join(LEVELS) + "."),
        )
    return name


def _end_on(result: DetectionResult, least: str | None) -> None:
    """End the program with `THRESHOLD_NOT_MET` when an alert is of that level or more."""
    if least is not None and any(rank(alert.about.level) >= rank(least) for alert in result.alerts):
        raise typer.Exit(THRESHOLD_NOT_MET)
