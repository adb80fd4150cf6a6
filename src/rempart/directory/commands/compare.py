"""`rempart directory compare`: what changed between measurements of the same directory."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.directory.audit import audit
from rempart.directory.commands.source import Access, read
from rempart.measurement.command_line import HtmlOption, JsonOption, progress, write
from rempart.measurement.compare import compare
from rempart.measurement.errors import InputError
from rempart.measurement.language import LANGUAGE, say
from rempart.measurement.render import html, terminal
from rempart.measurement.report import Report, parse_report
from rempart.measurement.text import Text

_ENOUGH = 2


def compare_command(
    sources: Annotated[
        list[str],
        typer.Argument(
            help=say(
                "Deux mesures ou plus : instantanés, autres sources, ou rapports JSON.",
                "Two measurements or more: snapshots, other sources, or JSON reports.",
            )
        ),
    ],
    html_file: HtmlOption = None,
    json_file: JsonOption = None,
) -> None:
    """Compare measurements."""
    if len(sources) < _ENOUGH:
        raise InputError(Text(fr="il faut au moins deux mesures à comparer", en="at least two measurements are needed"))
    with progress(say("Jugement des mesures", "Judging the measurements")) as tell:
        reports = []
        for done, source in enumerate(sources):
            tell(done, len(sources))
            reports.append(_report(source))
    trend = compare(reports)
    terminal.print_trend(trend, LANGUAGE)
    if json_file is not None:
        write(json_file, trend.model_dump_json(indent=1))
    if html_file is not None:
        write(html_file, html.render_trend(trend, LANGUAGE))


def _report(source: str) -> Report:
    """Return a report read from its JSON file, or judged from any other source at its own date."""
    path = Path(source)
    if path.is_file():
        with path.open("rb") as stream:
            if stream.read(1) == b"{":
                return parse_report(path.read_bytes(), source)
    return audit(read(source, Access()))
