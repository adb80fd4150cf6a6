"""A forest whose people are called like attacks, through the whole chain: every output is made, nothing is run."""

import csv
import io
import json
import os
import pty
import re
import subprocess
from contextlib import suppress
from datetime import timedelta

import pytest

from rempart.measurement.report import Report
from tests.directory.maker import AT, DN, WRITE_DACL, Maker
from tests.end_to_end.program import PROGRAM, kept, rempart

HOSTILE = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "'; Format-Volume C:\\ #",
    "\u2019; Format-Volume C: #",
    "$(Format-Volume C:)",
    "`nFormat-Volume C:",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\u202egnp.exe\u202c",
    "ligne\nFormat-Volume C:",
    "{{ 7*7 }}{% raw %}",
    "{dn} {0} %s",
    '#import "x"',
    "#panic() $x$ @ref",
    "[bold red]gras[/bold red] [link=https://exemple.test]x[/link]",
    "\x1b[2J\x1b[31mrouge\x07",
    "\x9b31m\x85",
    "nul\x00fin",
    "x" * 65_536,
    "日本語 😀",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HIDDEN = "\0\x07\x1b\x85\x9b\u202e\u202c"
LITERAL = re.compile("'(?:[^'\u2018\u2019\u201a\u201b]|['\u2018\u2019\u201a\u201b]{2})*'")


def escaped(name: str) -> str:
    """The name as one part of a DN (RFC 4514)."""
    return "".join(f"\\{sign}" if sign in ',+"\\<>;=#' else sign for sign in name)


def hostile_forest() -> Maker:
    """Accounts, machines, groups and policies of such names, each at fault somewhere, some on the way to Tier 0."""
    maker = Maker()
    writers = []
    for number, name in enumerate(HOSTILE):
        person = maker.user(escaped(name), userAccountControl=0x410200, servicePrincipalName=[name])
        team = maker.group(f"{escaped(name)}g", members=[person])
        machine = maker.computer(f"M{number}", operatingSystem=name, pwdLastSet=AT - timedelta(days=900))
        unit = maker.ou(escaped(name))
        for dn in (person, team, machine, unit):
            maker.change(dn, name=name, displayName=name)
        for dn in (person, team, machine):
            maker.change(dn, sAMAccountName=name)
        maker.change(machine, dNSHostName=name)
        maker.gpo(name, DN)
        writers.append(("A", WRITE_DACL, maker.sid_of(person)))
        if number % 2:
            maker.join(person, maker.domain[512])
    maker.protect(maker.domain[512], writers, protected=True)
    return maker


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    snapshot = kept(hostile_forest(), folder / "hostile.rempart")
    files = {name: folder / f"report.{name}" for name in ("html", "pdf", "json", "csv")}
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    ran = rempart("directory", "audit", snapshot, *options, COLUMNS="80")
    assert ran.code == 0, ran.said[-2000:]
    return {**files, "ran": ran, "snapshot": snapshot}


def test_a_pipe_gets_no_orders(outputs, call):
    paths = call("directory", "paths", outputs["snapshot"], "--limit", "50")
    assert "[bold red]gras" in paths.said
    assert "[U+009B]31m" in paths.said
    for text in (outputs["ran"].out.decode(), paths.said):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_a_terminal_gets_colours_and_no_other_orders(outputs):
    ours, its = pty.openpty()
    program = subprocess.Popen(
        [PROGRAM, "directory", "audit", outputs["snapshot"]],
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=subprocess.DEVNULL,
    )
    os.close(its)
    shown = b""
    with suppress(OSError):  # the end of a terminal is an error
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    assert program.wait() == 0
    assert b"\x1b[" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", plain)


def test_the_json_keeps_the_names_as_they_are(outputs):
    report = Report.model_validate_json(outputs["json"].read_bytes())
    names = {name for verdict in report.verdicts for name in verdict.subjects["name"].to_list()}
    assert set(HOSTILE) <= names
    assert json.loads(outputs["json"].read_bytes())["schema_id"] == "urn:rempart:schema:report:1"


def test_every_command_quotes_what_it_names(outputs):
    """Out of its quoted literals, a command holds nothing of a name; a name nobody could check gets none."""
    report = Report.model_validate_json(outputs["json"].read_bytes())
    given = [command for step in report.plan.steps for command in step.commands]
    texts = [text for command in given for text in (command.fix, command.undo) if text]
    texts += [point.hop.command for point in report.choke_points if point.hop.command]
    assert any("Format-Volume" in text for text in texts)
    assert any(command.refused for command in given)
    for text in texts:
        bare = LITERAL.sub("''", text)
        assert not any(mark in bare for mark in ("Format-Volume", "<script", "7*7", "cmd|", "SUM(", "#import", "[bold"))
        assert not any(sign in text for sign in HIDDEN)


def test_no_cell_of_the_table_is_a_formula(outputs):
    rows = list(csv.reader(io.StringIO(outputs["csv"].read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    csv.field_size_limit(1 << 24)
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
    assert any(cell == "'=cmd|' /C calc'!A0" for row in rows for cell in row)


def test_the_pdf_shows_them_as_text(outputs):
    told = subprocess.run(["pdftotext", outputs["pdf"], "-"], capture_output=True, check=True).stdout.decode()
    assert '#import "x"' in told
    assert "{{ 7*7 }}" in told
    assert "[bold red]gras" in told


def test_a_browser_runs_nothing_and_asks_for_nothing(outputs, the_browser):
    page = the_browser.new_page()
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(outputs["html"].as_uri())
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed').length") == 0
    assert HOSTILE[0] in page.content().replace("&lt;", "<").replace("&gt;", ">")
    assert [url for url in said if not url.startswith("data:")] == []
    page.close()
