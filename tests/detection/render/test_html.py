import re
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from axe_playwright_python.sync_playwright import Axe

from rempart.detection.alerts.triage import Entry, State, Triage
from rempart.detection.render import html
from rempart.measurement.text import Language
from tests.detection.alerts import night
from tests.measurement.render.test_html import outline_of


@pytest.mark.parametrize("language", list(Language))
def test_a_page_is_well_formed_and_its_links_lead_somewhere(result, language):
    page = html.render(result, language)
    outline = outline_of(page)
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    assert set(outline.targets) <= set(outline.ids)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert f'<html lang="{language}">' in page


def test_nothing_is_fetched_from_elsewhere(result):
    page = html.render(result, Language.FR)
    allowed = r"#|https://(signalement\.social-sante\.gouv\.fr|attack\.mitre\.org/)"
    assert not re.search(rf'(?:src|href)="(?!{allowed})', page)
    assert "default-src 'none'" in page
    assert not re.search(r"url\((?!data:)", page)


def test_a_page_says_first_how_bad_it_is_then_what_to_do_then_what_was_not_seen(result):
    page = html.render(result, Language.FR)
    first = result.incidents[0].id
    places = [page.index(f'id="{name}"') for name in ("head-title", first, f"{first}-do", "unseen", "alerts", "rules")]
    assert places == sorted(places)
    for words in (
        "1 incident urgent, 1 incident à examiner",
        "Commencez ici",
        "Isolez du réseau sans éteindre",
        "signalement.social-sante.gouv.fr",
        "1 règle refusée",
        "213 enregistrements illisibles",
        "12\u202f877 événements de source inconnue",
        "EUPL-1.2",
        "Camille Renard",
    ):
        assert words in page, words


def test_what_the_rule_sought_is_marked_in_what_was_found(result):
    page = html.render(result, Language.FR)
    assert "vssadmin.exe <mark>Delete</mark> <mark>Shadows</mark> /All /Quiet" in page


def test_every_alert_on_the_drawing_is_in_the_table_beside_it(result):
    page = html.render(result, Language.FR)
    assert page.count('class="sign"') >= len(result.incidents)
    for alert in result.incidents[0].alerts:
        assert f'href="#alert-{alert}"' in page
        assert f'id="alert-{alert}"' in page


def test_a_long_night_stops_and_says_the_total(result):
    page = html.render(result, Language.FR, most=5)
    assert f"5 alertes affichées sur {len(result.alerts)}" in page
    outline = outline_of(page)
    assert outline.open == []


def test_a_night_without_a_sign_is_no_proof_of_absence(result):
    page = html.render(replace(result, alerts=(), incidents=()), Language.FR)
    assert "Aucun signe trouvé dans ce qui a été lu" in page
    assert "Ce n&#39;est pas une preuve d&#39;absence" in page
    assert outline_of(page).open == []


def test_an_incident_somebody_closed_is_told_last_and_asks_for_nothing(result):
    first = result.incidents[0].id
    said = Entry(subject=first, state=State.FALSE, by="A. Nguyen", at=night.AT, note="exercice de restauration")
    page = html.render(result, Language.FR, triage=Triage((said,)))
    assert "1 incident à examiner" in page
    assert "Clos\u00a0: fausse alerte, par A. Nguyen, 24/11, 03\u00a0h\u00a007 – exercice de restauration" in page
    assert page.index(f'id="{result.incidents[1].id}"') < page.index(f'id="{first}"')


def test_hours_are_those_of_the_hospital(result):
    there = replace(result, made_at=result.made_at.astimezone(timezone(timedelta(hours=4))))
    assert "24/11, 02\u00a0h\u00a041" in html.render(there, Language.FR)


def test_hostile_logs_are_only_text(hostile):
    page = html.render(hostile, Language.FR)
    assert outline_of(page).open == []
    assert "<script>window" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;window.pwned=1&lt;/script&gt;" in page


def test_in_a_real_browser_hostile_logs_do_nothing(hostile, tmp_path, the_browser):
    (tmp_path / "hostile.html").write_text(html.render(hostile, Language.FR), encoding="utf-8")
    page = the_browser.new_page(viewport={"width": 320, "height": 640})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    page.goto((tmp_path / "hostile.html").as_uri())
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert said == []
    page.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(the_browser, tmp_path, result, width, scheme):
    path = tmp_path / "nuit.html"
    path.write_text(html.render(result, Language.FR), encoding="utf-8")
    page = the_browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(path.as_uri())
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_search_keeps_what_fits_and_links_open_what_they_lead_to(the_browser, tmp_path, result):
    path = tmp_path / "nuit.html"
    path.write_text(html.render(result, Language.FR), encoding="utf-8")
    page = the_browser.new_page()
    page.goto(path.as_uri())
    page.fill("input[type=search]", "vssadmin")
    assert page.locator("details.point:visible").count() == 1
    page.fill("input[type=search]", "")
    page.select_option("select[name=state]", "critical")
    assert page.locator("details.point:visible").count() == 4
    page.select_option("select[name=state]", "")
    alert = result.incidents[0].alerts[0]
    page.click(f'.chronology a[href="#alert-{alert}"]')
    page.wait_for_function(f"document.getElementById('alert-{alert}').open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement !== document.body")
    page.close()


def test_everything_reads_without_a_script(the_browser, tmp_path, result):
    path = tmp_path / "nuit.html"
    path.write_text(html.render(result, Language.FR), encoding="utf-8")
    context = the_browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("h1").inner_text() == "1 incident urgent, 1 incident à examiner"
    assert page.locator("details.point").count() == len(result.alerts)
    context.close()
