"""`rempart detection digest`: the daily digest of a result, to read or to mail."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.detection.commands.results import ResultArgument, TriageOption, open_result, open_triage
from rempart.detection.render import digest
from rempart.measurement.command_line import write
from rempart.measurement.language import LANGUAGE, say

HELP = say(
    "La relève : ce qui s'est passé, que faire d'abord, quand appeler le CERT Santé, ce qui n'a pas pu être vu.",
    "The digest: what happened, what to do first, when to call the CERT Santé, what could not be seen.",
)


def digest_command(
    result: ResultArgument,
    html: Annotated[
        Path | None, typer.Option("--html", help=say("Écrire en HTML, pour un courriel.", "Write as HTML, for a mail."))
    ] = None,
    text: Annotated[Path | None, typer.Option("--text", help=say("Écrire en texte.", "Write as text."))] = None,
    triage: TriageOption = None,
) -> None:
    """Tell the digest: on the terminal when no file is asked."""
    told = digest.digest(open_result(result), LANGUAGE, triage=open_triage(result, triage))
    if html is not None:
        write(html, digest.html(told, LANGUAGE))
    if text is not None:
        write(text, digest.text(told))
    if html is None and text is None:
        typer.echo(digest.text(told), nl=False)
