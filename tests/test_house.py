"""Tests about the code base itself: what the house promises of its own shape."""

import ast
import re
import string
from collections import Counter
from pathlib import Path

import pytest
import typer

from rempart import cli
from rempart.detection.audit import vocabulary as detection_words
from rempart.detection.catalogue import catalogue as detection_catalogue
from rempart.detection.controls import evaluations as detection_evaluations
from rempart.directory.audit import vocabulary as directory_words
from rempart.directory.catalogue import catalogue
from rempart.directory.controls import evaluations
from rempart.exposure.audit import vocabulary as exposure_words
from rempart.exposure.catalogue import catalogue as exposure_catalogue
from rempart.exposure.controls import evaluations as exposure_evaluations
from rempart.measurement.control import Control, Kind
from tools import catalogues
from tools.control_pages import pages

ROOT = Path(__file__).parent.parent
DIRECTORY = list(catalogue().controls.values())
EXPOSURE = list(exposure_catalogue().controls.values())
DETECTION = list(detection_catalogue().controls.values())
ENTRIES = DIRECTORY + EXPOSURE + DETECTION
CATEGORIES = {"versions", "tls", "web", "mail", "dns", "services", "health", "disclosure"}


def test_functions() -> set[str]:
    names = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return names


WITHOUT_SOURCE = {"warning_sysvol_files_acl", "warning_sysvol_files_sd", "warning_sysvol_root_sd", "info_gpo_sysvol"}
"""They need the files of SYSVOL, which no source gives today: they can neither fail nor pass, only say so."""
TESTS = test_functions()
del test_functions


def test_every_entry_has_code_and_all_code_has_an_entry():
    assert set(evaluations()) == {entry.id for entry in DIRECTORY}
    assert set(exposure_evaluations()) == {entry.id for entry in EXPOSURE}
    assert set(detection_evaluations()) == {entry.id for entry in DETECTION}


def test_every_exposure_entry_has_a_category_and_an_impact():
    assert {entry.category for entry in EXPOSURE} <= CATEGORIES
    assert all(entry.impact is not None for entry in EXPOSURE)


def test_the_catalogue_holds_all_points_of_the_reference():
    kinds = Counter(entry.kind for entry in DIRECTORY)
    assert kinds == {Kind.VULNERABILITY: 76, Kind.WARNING: 37, Kind.INFORMATION: 13}
    assert Counter(level for entry in DIRECTORY for level in entry.levels) == {1: 37, 2: 30, 3: 21, 4: 7}
    assert Counter(min(entry.levels) for entry in DIRECTORY if entry.levels) == {1: 37, 2: 18, 3: 17, 4: 4}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_speaks_french_and_english(entry: Control):
    for text in (entry.title, entry.risk, entry.rule, entry.fix, entry.undo):
        assert text.fr.strip()
        assert text.en.strip()
        assert text.fr != text.en or len(text.fr) < 30
        assert not re.search(r"TODO|FIXME|lorem", text.fr + text.en, re.IGNORECASE)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_has_a_failing_and_a_passing_test(entry: Control):
    if entry.id in WITHOUT_SOURCE:
        assert f"test_{entry.id}_says_it_could_not_look" in TESTS
        return
    assert any(name.startswith(f"test_{entry.id}_fails") for name in TESTS)
    assert any(name.startswith(f"test_{entry.id}_passes") for name in TESTS)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_says_what_it_needs(entry: Control):
    assert entry.needs
    topic = r"(partition|attribute|uac|feed):\w[\w-]*|descriptors|pso|sysvol|\w+"
    assert all(re.fullmatch(topic, need) for need in entry.needs)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_command_templates_name_columns_only(entry: Control):
    for remedy in (entry.fix, entry.undo):
        for _, field, spec, conversion in string.Formatter().parse(remedy.command or ""):
            assert field is None or re.fullmatch(r"[a-z_]+", field)
            assert not spec
            assert not conversion


def test_no_module_outgrows_one_sitting():
    modules = [path for path in (ROOT / "src").rglob("*.py") if path.parent.name != "migrations"]  # Django writes these
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_every_control_has_its_page_and_no_page_is_left_behind():
    for path, content in pages().items():
        assert (ROOT / path).read_text(encoding="utf-8") == content, f"run python tools/control_pages.py ({path})"
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "controls").rglob("*.md")}
    assert kept == set(pages())


def test_the_hub_recognises_the_catalogues_it_is_published_with():
    kept = (ROOT / catalogues.FILE).read_text(encoding="utf-8")
    assert kept == catalogues.content(), "run python tools/catalogues.py"


def options_of(app: typer.Typer) -> set[str]:
    """Every command of the command line, as `group command`, and every long option."""
    found: set[str] = set()
    root = typer.main.get_command(app)
    for group_name, group in root.commands.items():
        for name, command in group.commands.items():
            found.add(f"rempart {group_name} {name}")
            for parameter in command.params:
                found |= {option for option in parameter.opts if option.startswith("--")}
    return found


@pytest.mark.parametrize("guide", ["guide.fr.md", "guide.en.md"])
def test_every_command_and_option_is_in_the_guide(guide):
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    assert {item for item in options_of(cli.app) if item not in text} == set()


@pytest.mark.parametrize(
    ("engine", "words"),
    [("directory", directory_words), ("exposure", exposure_words), ("detection", detection_words)],
    ids=["directory", "exposure", "detection"],
)
def test_every_measure_has_a_word_for_people(engine, words):
    controls = ROOT / "src/rempart" / engine / "controls"
    source = "".join(path.read_text(encoding="utf-8") for path in controls.glob("*.py"))
    named = set(re.findall(r"measured=\{([^}]*)\}", source))
    keys = {key for block in named for key in re.findall(r'"([a-z_]+)":', block)}
    assert keys
    assert keys <= set(words().labels)
