"""The map of ATT&CK: what the hospital sees, what it would see with more logs, what no rule looks for."""

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from rempart.detection.alerts.attack import attack, technique_of
from rempart.detection.render import coverage
from rempart.detection.render.coverage import State, cells_of, wanted
from rempart.detection.rules.form import About
from rempart.measurement.text import Language

AT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
NAME = "Centre hospitalier de Valmont (fictif)"


def about(title: str, *tags: str, logsource: str = "windows/process_creation/") -> About:
    tagged = tuple(f"attack.{tag}" for tag in tags)
    return About(title, title, "high", "test", "Rempart", "EUPL-1.2", "", tagged, (), (), "pack", "", logsource)


ACTIVE = [about("Clichés supprimés", "impact", "t1490"), about("lsass lu", "t1003.001"), about("DCSync", "t1003.006")]
WAITING = [
    about("Règle de messagerie", "t1564.008", logsource="m365//audit"),
    about("DCSync au journal", "t1003.006", logsource="windows//security"),
    about("Examen <inconnu>", "t1213", logsource="hospital//imaging"),
    about("Deux techniques", "t1530", "t1114.003", logsource="m365//audit"),
    about("Sans technique", "impact"),
    about("Technique future", "t9999"),
]


def page(language: Language = Language.FR) -> str:
    return coverage.render(ACTIVE, WAITING, language, at=AT, name=NAME)


def test_a_technique_is_active_waiting_or_nothing():
    cells = cells_of(ACTIVE, WAITING)
    assert cells["T1003"].state is State.ACTIVE
    assert [rule.title for rule in cells["T1003"].active] == ["lsass lu", "DCSync"]
    assert [rule.title for rule in cells["T1003"].waiting] == ["DCSync au journal"]
    assert cells["T1564"].state is State.WAITING
    assert cells["T1595"].state is State.NOTHING


def test_missing_logs_are_told_by_what_they_would_add():
    found = wanted(cells_of(ACTIVE, WAITING), WAITING)
    assert [(one.logsource, one.techniques) for one in found[:2]] == [
        ("m365//audit", ("T1114", "T1530", "T1564")),
        ("hospital//imaging", ("T1213",)),
    ]
    assert next(one for one in found if one.logsource == "windows//security").techniques == ()


@pytest.mark.parametrize(
    ("tag", "name"), [("attack.t1003.006", "T1003"), ("attack.impact", None), ("cve.2020-1472", None)]
)
def test_a_tag_names_a_technique_or_not(tag: str, name: str | None):
    assert technique_of(tag) == name


def test_every_technique_serves_known_tactics_and_has_two_names():
    for technique in attack().techniques.values():
        assert set(technique.tactics) <= set(attack().tactics)
        assert technique.fr
        assert technique.en


def test_the_map_and_its_table_say_the_same():
    text = page()
    assert text.count('class="cell ') == sum(len(technique.tactics) for technique in attack().techniques.values())
    assert text.count('<th scope="row"') == len(attack().techniques)
    assert "2 techniques d&#39;attaque sur" in text


def test_what_the_map_cannot_show_is_told():
    text = page()
    assert "T9999" in text
    assert "1 règle ne nomme aucune technique" in text


def test_the_page_asks_for_nothing_and_escapes_what_rules_say():
    text = page(Language.EN)
    assert "Examen &lt;inconnu&gt;" in text
    assert not re.search(r'(src|href)="(?!#|https://attack\.mitre\.org/)', text)
    assert NAME in text
    assert "No rule" in text


def test_without_missing_logs_nothing_is_asked():
    assert "Toutes les règles chargées ont les journaux" in coverage.render(ACTIVE, (), Language.FR, at=AT, name=NAME)


def test_without_logs_the_page_says_that_it_cannot_tell():
    text = coverage.render((), (*ACTIVE, *WAITING), Language.FR, at=None, name=NAME)
    assert "Aucun journal n&#39;a été lu" in text
    assert "Journaux lus le" not in text


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_in_the_map_and_nothing_sticks_out(the_browser, tmp_path, width: int):
    path = tmp_path / "couverture.html"
    path.write_text(page(), encoding="utf-8")
    opened = the_browser.new_page(viewport={"width": width, "height": 900})
    opened.goto(path.as_uri())
    found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()
