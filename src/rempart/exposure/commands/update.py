"""`rempart exposure update`: load the official data sets that a hospital downloaded, offline."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.exposure.feeds.feed import DATASETS
from rempart.exposure.feeds.reading import read_feed
from rempart.exposure.feeds.store import Store, default_folder
from rempart.measurement.command_line import progress
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render.words import Words
from rempart.measurement.text import Text

OLD = 30
"""Days after which a data set is said to be old."""
_FLAWS_SHOWN = 3
_NAMES = {
    "kev": Text(fr="KEV, failles exploitées", en="KEV, exploited weaknesses"),
    "epss": Text(fr="EPSS, vraisemblance", en="EPSS, likelihood"),
    "cve": Text(fr="fiches CVE", en="CVE records"),
    "support": Text(fr="fins de maintenance", en="ends of support"),
    "recog": Text(fr="empreintes recog", en="recog fingerprints"),
}
StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help=say("Dossier des jeux de données.", "Folder of the data sets."),
        show_default=False,
    ),
]


def update_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help=say("Fichiers téléchargés (KEV, EPSS, CVE...).", "Downloaded files (KEV, EPSS, CVE...).")),
    ] = None,
    store: StoreOption = None,
    status: Annotated[
        bool, typer.Option("--status", help=say("Montrer les jeux chargés.", "Show the loaded sets."))
    ] = False,
) -> None:
    """Load data sets."""
    kept = Store(store or default_folder())
    if not paths and not status:
        raise InputError(
            Text(fr="aucun fichier à charger", en="no file to load"),
            advice=Text(
                fr="Donnez les fichiers téléchargés, ou --status pour voir ce qui est chargé.",
                en="Give the downloaded files, or --status to see what is loaded.",
            ),
        )
    now = datetime.now(UTC)
    for path in paths or ():
        with progress(say(f"Lecture de {path.name}", f"Reading {path.name}")):
            feed = read_feed(path)
            kept.keep(feed, source=path.name, at=now)
        for place, problem in feed.flaws[:_FLAWS_SHOWN]:
            typer.echo(f"  {place} : {problem}", err=True)
    _show(kept, now.date())


def _show(store: Store, today: date) -> None:
    """Print each data set with its date, its age, its records; and those that are missing."""
    words = Words(LANGUAGE)
    loaded = {each.dataset: each for each in store.loaded()}
    for dataset in DATASETS:
        name = _NAMES[dataset].say(LANGUAGE)
        if dataset not in loaded:
            typer.echo(f"  {name} : {say('non chargé', 'not loaded')}")
            continue
        told = loaded[dataset]
        age = (today - told.dated).days
        old = say(f", vieux de {age} jours", f", {age} days old") if age > OLD else ""
        left_out = f", {words.number(told.flaws)} {say('écartés', 'left out')}" if told.flaws else ""
        count = f"{words.number(told.records)} {say('enregistrements', 'records')}"
        typer.echo(f"  {name} : {words.date(told.dated)}{old}, {count}{left_out} ({told.source})")
