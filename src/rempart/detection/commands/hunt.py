"""`rempart detection hunt`: look back over a store, with all rules, one rule, or a search in a few words."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from rempart.detection import kernel
from rempart.detection.alerts.raised import FOLDED, Raising, raise_alerts
from rempart.detection.alerts.result import DetectionResult, result_of
from rempart.detection.census import Census
from rempart.detection.commands.hunt_told import MOST, told
from rempart.detection.commands.rules import (
    FiltersOption,
    PackOption,
    PlaceholdersOption,
    RulesOption,
    compiled_rules,
)
from rempart.detection.engines import threads as engine
from rempart.detection.engines.work import Split, Work, found
from rempart.detection.events import Block, covers
from rempart.detection.findings import Findings
from rempart.detection.render.outputs import Outputs
from rempart.detection.rules.form import Compiled, Rule, Scope
from rempart.detection.store.lookup import Events
from rempart.detection.store.manifest import parts
from rempart.detection.store.reading import looked_at, read
from rempart.detection.store.search import search, searched
from rempart.detection.store.text import hunted
from rempart.measurement.command_line import CsvOption, HtmlOption, JsonOption, NameOption, Tell, moment, progress
from rempart.measurement.errors import InputError
from rempart.measurement.language import say
from rempart.measurement.text import Text

HELP = say(
    "Chercher dans un magasin d'événements : toutes les règles, ou quelques mots.",
    "Look back over a store of events: with all rules, or in a few words.",
)
SHOWN = 100
FolderArgument = Annotated[
    Path, typer.Argument(metavar="DOSSIER", help=say("Dossier du magasin.", "Folder of the store."), show_default=False)
]
TermsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help=say(
            "Recherche : champ=valeur* champ!=valeur champ~expression mot ; tous ensemble. Sinon : les règles.",
            "Search: field=value* field!=value field~expression word; all together. Otherwise: the rules.",
        ),
        show_default=False,
    ),
]
SourceOption = Annotated[
    str | None,
    typer.Option("--source", help=say("Où chercher : windows/sysmon, windows/*…", "Where: windows/sysmon, windows/*…")),
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help=say("Début : AAAA-MM-JJ ou avec l'heure (UTC).", "From: YYYY-MM-DD."))
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", help=say("Fin, exclue. Un jour : son début.", "To, left out. A day: its start.")),
]
LimitOption = Annotated[
    int,
    typer.Option(
        min=1,
        help=say(
            "Lignes montrées ; d'une recherche, événements gardés (les premiers).",
            "Lines shown; of a search, events kept (the first).",
        ),
    ),
]


@dataclass(frozen=True)
class Hunt:
    """What to look for, and when.

    Attributes:
        folder: the store.
        compiled: the rules, or a search as a rule.
        since: first moment; `until`: end, left out; None: no bound.
        threads: blocks matched at once.

    """

    folder: Path
    compiled: Compiled
    since: datetime | None = None
    until: datetime | None = None
    threads: int | None = field(default=None, kw_only=True)


def hunt_command(
    folder: FolderArgument,
    terms: TermsArgument = None,
    rules: RulesOption = None,
    own: PackOption = True,
    filters: FiltersOption = None,
    placeholders: PlaceholdersOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    html: HtmlOption = None,
    json: JsonOption = None,
    csv: CsvOption = None,
    jsonl: Annotated[
        Path | None,
        typer.Option("--jsonl", help=say("Écrire les alertes, une par ligne.", "Write alerts, one a line.")),
    ] = None,
    limit: LimitOption = SHOWN,
    threads: Annotated[int, typer.Option(min=1, max=64, help=say("Fils de recherche.", "Threads."))] = 2,
    name: NameOption = None,
    at: Annotated[
        str | None, typer.Option(help=say("Moment de l'analyse. Sinon : maintenant.", "Moment of the run."))
    ] = None,
) -> None:
    """Hunt."""
    if terms and rules:
        raise InputError(
            Text(fr="des règles ou une recherche, pas les deux à la fois", en="rules or a search, not both at once"),
            where="--rules",
        )
    parts(folder)  # before the rules, which take longer
    period = day(since, "--since"), day(until, "--until")
    if terms:
        compiled = search(terms, source)
    else:
        compiled = only(compiled_rules(rules or (), own=own, filters=filters or (), placeholders=placeholders), source)
    with progress(say("Recherche", "Searching")) as tell:
        findings = hunt(Hunt(folder, compiled, *period, threads=threads), tell)
        when = moment(at) or datetime.now(UTC)
        named = name or say("Établissement sans nom", "Unnamed establishment")
        result = _result(folder, findings, when, named, limit)
    told(result, findings, limit)
    Outputs(html=html, json=json, csv=csv, jsonl=jsonl).write(result)


def hunt(asked: Hunt, tell: Tell | None = None) -> Findings:
    """Return what rules find in a store, correlations too.

    Raises:
        InputError: the folder is no store, or its manifests were altered.

    """
    wanted = hunted(asked.compiled)
    there = [part for part in parts(asked.folder) if part.meets(asked.since, asked.until)]
    total = sum(part.bytes for part in there if looked_at(part, wanted))

    def blocks(_: Split, __: Compiled, census: Census) -> Iterator[Block]:
        for block in read(asked.folder, wanted, census, since=asked.since, until=asked.until):
            if tell is not None:
                tell(census.bytes, max(total, census.bytes))
            yield block

    work = Work(asked.compiled, (Split(0, (str(asked.folder),)),), blocks, kernel.match)
    census = Census()
    tables = engine.matched(blocks(work.splits[0], work.compiled, census), work, asked.threads)
    return found(work, _some(tables) if searched(asked.compiled) else tables, census)


def _some(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Yield the matches of a search that may match everything: memory has a bound. Rules have no such matches."""
    rows = 0
    for table in tables:
        yield table
        rows += table.num_rows
        if rows >= MOST:
            return


def only(compiled: Compiled, source: str | None) -> Compiled:
    """Return rules that look nowhere else than in a source, or a family of them."""
    if source is None:
        return compiled
    rules = tuple(replace(rule, scopes=tuple(_within(rule, source))) for rule in compiled.rules)
    digest = sha256(f"{compiled.digest} {source}".encode()).hexdigest()
    return replace(compiled, rules=rules, digest=digest)


def day(text: str | None, option: str) -> datetime | None:
    """Return the moment of a bound; a date is its first moment, UTC when no zone is said.

    Raises:
        InputError: not understood.

    """
    if text is None:
        return None
    try:
        moment_of = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            Text(fr=f"date incomprise : {text}", en=f"date not understood: {text}"),
            where=option,
            advice=Text(
                fr="Écrivez-la AAAA-MM-JJ ou AAAA-MM-JJTHH:MM, par exemple 2026-11-23T22:30.",
                en="Write it YYYY-MM-DD or YYYY-MM-DDTHH:MM: 2026-11-23T22:30.",
            ),
        ) from error
    return moment_of if moment_of.tzinfo else moment_of.replace(tzinfo=UTC)


def _within(rule: Rule, source: str) -> Iterator[Scope]:
    for scope in rule.scopes:
        if covers(source, scope.source):
            yield scope
        elif covers(scope.source, source):
            yield replace(scope, source=source)


def _result(folder: Path, findings: Findings, at: datetime, name: str, kept: int) -> DetectionResult:
    """Return the result; of a search, the first events only, each an alert of its own."""
    single = searched(findings.compiled)
    shown = replace(findings, matched=findings.matched.slice(0, kept)) if single else findings
    raising = Raising(whole=kept) if single else FOLDED
    alerts = raise_alerts(shown, Events(folder, shown.matched), raising)
    return result_of(shown, alerts, at=at, name=name)
