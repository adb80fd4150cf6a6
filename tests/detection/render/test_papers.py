import csv
import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader
from rich.console import Console

from rempart.detection.alerts.triage import Entry, State, Triage
from rempart.detection.render import csv as table
from rempart.detection.render import digest, pdf, terminal
from rempart.measurement.render.csv import BYTE_ORDER_MARK
from rempart.measurement.text import Language
from tests.detection.alerts import night


def printed(result, language=Language.FR, triage=None) -> str:
    out = io.StringIO()
    terminal.print_result(result, language, Console(file=out, width=80, highlight=False), triage=triage)
    return out.getvalue()


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_a_terminal_says_the_sentence_first_then_what_to_do_then_what_was_not_seen(result):
    told = printed(result)
    wanted = ("1 INCIDENT URGENT", "Commencez ici", "Isolez du réseau", "CERT SANTÉ", "CE QUI N'A PAS PU ÊTRE REGARDÉ")
    places = [told.index(words) for words in wanted]
    assert places == sorted(places)
    assert max(map(len, told.splitlines())) <= 80
    assert "213 enregistrements illisibles" in told


def test_a_terminal_is_not_commanded_by_the_logs(hostile):
    told = printed(hostile)
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "[red]rich[/red]" in told


@pytest.mark.parametrize("language", list(Language))
def test_a_pdf_has_the_essentials_on_its_first_page(result, language):
    first = pages(pdf.render(result, language))[0]
    for words in ("SRV-SAUVEGARDE", "signalement.social-", "213"):
        assert words in first


def test_a_pdf_tells_why_and_whose_rules(result):
    told = "\n".join(pages(pdf.render(result, Language.FR)))
    for words in ("vssadmin.exe", "Camille Renard", "EUPL-1.2", "regard en arrière"):
        assert words in told


def test_hostile_logs_make_a_pdf_all_the_same(hostile):
    assert len(pages(pdf.render(hostile, Language.FR))) > 2


def test_a_pdf_is_the_same_twice(result):
    assert pdf.render(result, Language.FR) == pdf.render(result, Language.FR)


def test_no_cell_of_the_table_is_a_formula(hostile):
    content = table.render(hostile, Language.FR)
    rows = list(csv.reader(io.StringIO(content.removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    assert len(rows) == len(hostile.alerts) + 1
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.lstrip()[:1] in {"=", "+", "-", "@"}]


def test_the_digest_answers_the_four_questions_in_order(result):
    told = digest.text(digest.digest(result, Language.FR))
    wanted = (
        "CE QUI S'EST PASSÉ", "QUE FAIRE D'ABORD", "QUAND APPELER LE CERT SANTÉ", "CE QUE NOUS N'AVONS PAS PU VOIR",
    )  # fmt: skip
    places = [told.index(words) for words in wanted]
    assert places == sorted(places)
    assert "sans doute obligatoire" in told
    assert max(map(len, told.splitlines())) <= 80


def test_the_digest_speaks_english_too(result):
    told = digest.text(digest.digest(result, Language.EN))
    assert "WHAT TO DO FIRST" in told
    assert "1 urgent incident, 1 incident to look into" in digest.digest(result, Language.EN).subject


def test_the_digest_never_gives_a_phone_number_nobody_referenced(result):
    told = digest.text(digest.digest(result, Language.FR)) + printed(result)
    assert not re.search(r"\b0\d(?:[ .]\d\d){4}\b", told)


def test_the_mail_holds_no_script_nothing_fetched_and_hostile_logs_only_as_text(hostile):
    page = digest.html(digest.digest(hostile, Language.FR), Language.FR)
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "<img" not in page
    assert "src=" not in page.replace("&lt;img src=x", "")
    assert "\x1b" not in page
    assert "\n" not in digest.digest(hostile, Language.FR).subject


def test_a_quiet_night_is_told_with_its_blind_spots(result):
    quiet = replace(result, alerts=(), incidents=())
    told = digest.text(digest.digest(quiet, Language.FR))
    assert "Aucun incident" in told
    assert "213 enregistrements illisibles" in told
    assert "AUCUN SIGNE TROUVÉ" in printed(quiet)
    assert len(pages(pdf.render(quiet, Language.FR))) >= 1


def test_what_was_handled_is_counted_and_no_longer_asked(result):
    said = tuple(Entry(subject=each.id, state=State.TRUE, by="A. Nguyen", at=night.AT) for each in result.incidents)
    told = digest.text(digest.digest(result, Language.FR, triage=Triage(said)))
    assert "TOUS LES INCIDENTS ONT ÉTÉ TRAITÉS" in told
    assert "3 incidents déjà traités" in told
    assert "Isolez" not in told
