import re
from datetime import date
from html.parser import HTMLParser

import pytest

from rempart.measurement.acceptance import level_with
from rempart.measurement.compare import compare
from rempart.measurement.render.html import _jargon, render, render_trend
from rempart.measurement.render.words import Words
from rempart.measurement.report import Term
from rempart.measurement.text import Language, Text
from tests.measurement.factory import AT, accept, level_of, make_history, make_report
from tests.measurement.render.conftest import HOSTILE

VOID = {"meta", "link", "img", "br", "input", "hr"}


class Outline(HTMLParser):
    """Checks that tags close in order, and keeps the headings, ids and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if values.get("id"):
            self.ids.append(values["id"])
        if (values.get("href") or "").startswith("#"):
            self.targets.append(values["href"][1:])
        if values.get("popovertarget"):
            self.targets.append(values["popovertarget"])

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def outline_of(page: str) -> Outline:
    outline = Outline()
    outline.feed(page)
    outline.close()
    return outline


@pytest.fixture
def full():
    acceptances = (accept("vuln_dont_expire_priv"), accept("vuln_krbtgt", until=date(2025, 1, 1)))
    report = make_report(acceptances=acceptances)
    with_them = level_with(report.verdicts, acceptances, AT.date(), level_of)
    return report.model_copy(update={"level_with_acceptances": with_them})


@pytest.mark.parametrize("language", list(Language))
def test_a_page_is_well_formed_and_its_links_lead_somewhere(full, language):
    page = render(full, language, history=compare(make_history()))
    outline = outline_of(page)
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    assert set(outline.targets) <= set(outline.ids)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert f'<html lang="{language}">' in page


def test_nothing_is_fetched_from_elsewhere(full):
    page = render(full, Language.FR)
    assert not re.search(r'(?:src|href)="(?!#|https://www\.cert\.ssi\.gouv\.fr)', page)
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"url\((?!data:)", page)


def test_a_page_answers_in_order(full):
    page = render(full, Language.FR)
    places = [page.index(f'id="{name}"') for name in ("level-title", "plan", "gaps", "paths", "verdicts", "glossary")]
    assert places == sorted(places)
    for words in ("Niveau 1 sur 5", "3 points à corriger", "Risque accepté", "expiré le", "48\u202f211 objets"):
        assert words in page


def test_who_can_follow_a_path_and_what_was_unreadable_are_said(full):
    page = render(full, Language.FR)
    assert "412 comptes sans droits d&#39;administration" in page
    assert "Chemins dessinés : 1 sur 9" in page
    assert "not a date: &lt;b&gt;hier&lt;/b&gt;" in page


def test_an_acronym_is_no_common_word():
    terms = [Term(name=Text(fr=name, en=name), meaning=Text(fr="-", en="-")) for name in ("OU", "Kerberos")]
    page = _jargon(Words(Language.FR), terms)("Un ou deux <b>, une OU, kerberos, Kerberos")
    assert page.count("popovertarget") == 2
    assert ">OU</button>" in page
    assert "Un ou deux &lt;b&gt;" in page


def test_long_tables_stop_and_say_the_total(full):
    page = render(full, Language.FR, max_rows=10)
    assert "10 lignes affichées sur 1\u202f480" in page
    assert page.count("CN=adm.009") < page.count("CN=adm.000") + 1
    assert "CN=adm.900" not in page


def test_commands_stop_at_fifty_and_say_the_total(full):
    page = render(full, Language.FR)
    assert "50 commandes affichées sur 61" in page


def test_the_page_of_a_comparison_says_what_is_new_fixed_and_back():
    page = render_trend(compare(make_history()), Language.FR)
    assert outline_of(page).open == []
    assert "Toujours en échec" in page
    assert "revenu" in page


def test_hostile_names_are_only_text(hostile):
    page = render(hostile, Language.FR)
    assert outline_of(page).open == []
    assert "<script>window" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;window.pwned=1&lt;/script&gt;" in page


def test_in_a_real_browser_hostile_names_do_nothing_and_the_page_works(hostile, full, tmp_path, the_browser):
    (tmp_path / "hostile.html").write_text(render(hostile, Language.FR), encoding="utf-8")
    (tmp_path / "full.html").write_text(render(full, Language.FR), encoding="utf-8")
    page = the_browser.new_page(viewport={"width": 320, "height": 640})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    page.goto((tmp_path / "hostile.html").as_uri())
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert HOSTILE[0] in page.inner_text(".names")
    page.goto((tmp_path / "full.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.select_option("select[name=state]", "not_evaluated")
    assert page.inner_text(".found b") == "1"
    page.fill("input[name=text]", "zzz")
    assert page.is_visible("p.none")
    page.keyboard.press("Escape")
    assert page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length") >= 2
    assert said == []
    page.close()


def test_without_a_script_everything_reads(full, tmp_path, the_browser):
    (tmp_path / "full.html").write_text(render(full, Language.FR), encoding="utf-8")
    page = the_browser.new_page(java_script_enabled=False)
    page.goto((tmp_path / "full.html").as_uri())
    assert not page.is_visible(".filters")
    assert not page.is_visible(".copy")
    page.click("#vuln_krbtgt-2 > summary")
    assert page.is_visible("#vuln_krbtgt-2 table")
    page.close()
