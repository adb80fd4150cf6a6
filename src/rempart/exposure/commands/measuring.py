"""From a perimeter to a snapshot: what `audit` and `discover` share."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from rempart.exposure.collect.identify import identify
from rempart.exposure.collect.launches import Launch, add, log_of, whoever
from rempart.exposure.collect.ports import USUAL, ports_named
from rempart.exposure.collect.run import Plan, Run
from rempart.exposure.collect.scheduler import StoppedError
from rempart.exposure.collect.transparency import read_list
from rempart.exposure.perimeter import Perimeter, load_perimeter
from rempart.exposure.snapshot import Snapshot
from rempart.measurement.command_line import progress
from rempart.measurement.language import say

INTERRUPTED = 130

PortsOption = Annotated[
    str,
    typer.Option(
        help=say(
            "Ports TCP à essayer : usual (mille), all, ou 22,443,8000-8100.",
            "TCP ports to try: usual (a thousand), all, or 22,443,8000-8100.",
        )
    ),
]
WorkOption = Annotated[
    Path | None,
    typer.Option(
        help=say(
            "Dossier qui garde la mesure en cours, pour la reprendre si elle est coupée. Un fichier STOP l'arrête.",
            "Folder that keeps a run under way, to resume it when it is cut. A file STOP in it stops the run.",
        )
    ),
]
CtOption = Annotated[
    list[Path] | None,
    typer.Option(
        help=say(
            "Liste de certificats téléchargée (crt.sh JSON ou CSV, Cert Spotter JSON). Répétable.",
            "Downloaded list of certificates (crt.sh JSON or CSV, Cert Spotter JSON). Repeatable.",
        )
    ),
]
PolitenessOption = Annotated[
    bool,
    typer.Option(
        "--no-politeness",
        help=say("Sans limite de rythme : pour un essai sur la machine elle-même.", "No rate: on this machine only."),
    ),
]


@dataclass(frozen=True)
class Asked:
    """What the command line asks of a run."""

    ports: str = USUAL
    work: Path | None = None
    ct: tuple[Path, ...] = ()
    rude: bool = False
    only_discover: bool = False

    @property
    def kind(self) -> str:
        """The kind of source the snapshot will name."""
        return "discovery" if self.only_discover else "audit"


def is_perimeter(path: Path) -> bool:
    """Tell whether a source is a perimeter rather than a saved snapshot."""
    return path.suffix == ".toml"


def measured(path: Path, asked: Asked) -> Snapshot:
    """Measure what a perimeter declares, and return the snapshot. The launch and its end are written to the log.

    Raises:
        InputError: a perimeter that cannot be read, a mandate that does not hold, a folder of another run...
        typer.Exit: somebody stopped it (130).

    """
    perimeter = load_perimeter(path)
    names = tuple(sorted({name for each in asked.ct for name in read_list(each)}))
    with _work_folder(asked.work) as folder:
        plan = Plan(perimeter, folder, identify, ports_named(asked.ports), polite=not asked.rude, names=names)
        with Run(plan) as run:
            _note(path, perimeter, asked, "began", {"seed": run.seed, "ports": asked.ports})
            try:
                with progress(say("Mesure", "Measurement")) as tell:
                    asyncio.run(
                        run.measure(lambda _, done, total: tell(done, total), only_discover=asked.only_discover)
                    )
            except (StoppedError, asyncio.CancelledError, KeyboardInterrupt):
                _note(path, perimeter, asked, "stopped", {})
                raise _stopped(asked.work) from None
            with TemporaryDirectory() as kept:
                snapshot = run.save(Path(kept) / "run.rempart", kind=asked.kind)
            _note(path, perimeter, asked, "ended", {"digest": snapshot.digest} | snapshot.manifest.counts)
            run.discard()
    return snapshot


@contextmanager
def _work_folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "work"


def _note(path: Path, perimeter: Perimeter, asked: Asked, event: str, detail: dict[str, str | int]) -> None:
    who, mandate = whoever(), perimeter.mandate
    add(
        log_of(path),
        Launch(
            at=datetime.now(UTC),
            event=event,
            command="discover" if asked.only_discover else "audit",
            user=who.user,
            host=who.host,
            perimeter=perimeter.digest,
            mandate=f"{mandate.by}, {mandate.until:%Y-%m-%d}",
            declared=perimeter.declared,
            detail=detail,
        ),
    )


def _stopped(work: Path | None) -> typer.Exit:
    typer.echo(say("Mesure arrêtée.", "The run was stopped."), err=True)
    if work is not None:
        typer.echo(
            say(
                f"Ce qui est fait est gardé : relancez avec --work {work} (ôtez le fichier STOP s'il y est).",
                f"What is done is kept: run again with --work {work} (remove the file STOP if it is there).",
            ),
            err=True,
        )
    return typer.Exit(INTERRUPTED)
