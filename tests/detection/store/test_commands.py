"""`rempart detection store` and `hunt`, as people type them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from rempart.detection.commands import hunt, store
from rempart.detection.store.manifest import parts
from rempart.measurement.errors import InputError
from tests.detection.store.made import logs

app = typer.Typer()
app.add_typer(store.app, name="store")
app.command("hunt", help=hunt.HELP)(hunt.hunt_command)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


@pytest.fixture
def folder(tmp_path):
    assert "60 événements ajoutés" in run("store", "add", logs(tmp_path / "logs"), "--store", tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def rule(tmp_path):
    path = tmp_path / "rule.yml"
    path.write_text(
        "title: Un programme\nid: 3bdd5e2a-54a9-4b7c-9a1c-0d1f6d1c7a11\nstatus: test\nlevel: high\n"
        "logsource: {category: process_creation, product: windows}\n"
        "detection: {selection: {Image|endswith: \\prog2.exe}, condition: selection}\n",
        encoding="utf-8",
    )
    return path


def test_adding_twice_says_that_all_was_there(folder, tmp_path):
    text = run("store", "add", tmp_path / "logs", "--store", folder)
    assert "0 événements ajoutés" in text
    assert "1 fichiers étaient déjà" in text


def test_the_list_tells_days_sources_and_the_total(folder):
    text = run("store", "list", folder, "--details")
    assert "2026-11-20" in text
    assert "sans date" in text
    assert "windows/sysmon" in text
    assert "4688" in text
    assert "60 événements" in text


def test_compact_and_prune_say_what_they_did(folder):
    assert "Fichiers" in run("store", "compact", folder)
    text = run("store", "prune", folder, "--keep-days", 1, "--at", "2027-01-01")
    assert "54 événements oubliés" in text
    assert "6 événements ne disent pas leur date : ils restent" in text
    assert all(part.first is None for part in parts(folder))


def test_a_search_shows_when_where_and_the_fields(folder):
    text = run("hunt", folder, "Image=*\\prog2.exe", "--limit", 2, "--source", "windows/*")
    assert "poste-2.valmont.example" in text
    assert "Image=C:\\Windows\\prog2.exe" in text
    assert "… et 10 autres" in text
    assert "60 événements parcourus, 12 trouvés" in text


def test_nothing_found_is_said(folder):
    assert "Rien trouvé" in run("hunt", folder, "Image=nulle-part")


def test_a_rule_looks_at_every_source_it_knows_and_is_written(folder, rule, tmp_path):
    out = tmp_path / "out.json"
    text = run("hunt", folder, "--rules", rule, "--no-pack", "--json", out, "--html", tmp_path / "out.html")
    assert "Un programme" in text
    assert "12 trouvés" in text
    alerts = json.loads(out.read_bytes())["alerts"]
    assert sum(alert["count"] for alert in alerts) == 12
    assert any(alert["event"]["CommandLine"].startswith("prog2.exe --été") for alert in alerts if alert["event"])
    only = run("hunt", folder, "--rules", rule, "--no-pack", "--source", "windows/security")
    assert "4 trouvés" in only


def test_a_spoiled_file_is_told(folder):
    part = parts(folder)[-1]
    (folder / part.path).write_bytes(b"spoiled")
    text = run("hunt", folder, "Image=*")
    assert "n'ont pas pu être lus" in text
    assert part.path in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hunt", "{folder}", "a=b", "--since", "hier"], "date not understood"),
        (["hunt", "{folder}", "a=b", "--rules", "x"], "not both"),
        (["hunt", "{folder}", "a~("], "regular expression"),
        (["hunt", "{folder}/nowhere", "a=b"], "not a store"),
        (["store", "list", "{folder}/nowhere"], "not a store"),
        (["store", "compact", "{folder}/nowhere"], "not a store"),
        (["store", "add", "{folder}/nowhere", "--store", "{folder}"], "does not exist"),
    ],
)
def test_what_cannot_be_done_is_said_clearly(folder, arguments, said):
    with pytest.raises(InputError, match=said):
        run(*(argument.format(folder=folder) for argument in arguments))
    assert not (folder / "nowhere").exists()
