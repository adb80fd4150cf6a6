import io

import pypdf
import pytest
from pydantic import ValidationError
from rich.console import Console

from rempart.measurement.annex import Annex, Form
from rempart.measurement.render import html, json, pdf, terminal
from rempart.measurement.report import Report, parse_report
from rempart.measurement.text import Language, Text
from tests.measurement.factory import make_annexes, make_report


def report_with_annexes() -> Report:
    return make_report().model_copy(update={"annexes": make_annexes()})


def test_html_shows_each_annex_with_its_table_and_escapes_names():
    page = html.render(report_with_annexes(), Language.FR)
    assert '<h2 id="annex-map-title">Carte</h2>' in page
    assert "nginx 1.14 &lt;b&gt;" in page
    assert "3 lignes affichées sur 4" in page
    assert page.count('class="leaf-name"') == 3
    assert "www accepte TLS 1.0." in page


def test_a_map_draws_a_sign_beside_each_colour():
    page = html.render(report_with_annexes(), Language.FR)
    drawing = page[page.index('<figure class="map"') :]
    assert drawing.index('class="failed"') < drawing.index('class="satisfied"') < drawing.index("</figure>")
    assert drawing[: drawing.index("</figure>")].count('class="mark"') == 3


def test_pdf_holds_the_tables_and_leaves_the_texts_to_send_out():
    pages = pypdf.PdfReader(io.BytesIO(pdf.render(report_with_annexes(), Language.FR))).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert "Notes par catégorie" in text
    assert "www.valmont.example" in text.replace("\u200b", "")
    assert "www accepte TLS 1.0" not in text


def test_terminal_shows_the_brief_ones_only():
    out = io.StringIO()
    terminal.print_report(report_with_annexes(), Language.EN, Console(file=out, width=80))
    assert "SCORES BY CATEGORY" in out.getvalue()
    assert "72" in out.getvalue()
    assert "pacs.valmont.example" not in out.getvalue()


def test_annexes_read_back_from_json():
    report = report_with_annexes()
    again = parse_report(json.render(report).encode(), "rapport.json")
    assert again.annexes == report.annexes


def test_a_row_has_one_cell_a_column_and_a_map_has_states():
    one = Text(fr="x", en="x")
    with pytest.raises(ValidationError, match="2 cells"):
        Annex(id="a", title=one, intro=one, columns=("a", "b"), rows=(("1",),), total=1)
    with pytest.raises(ValidationError, match="a state in its third column"):
        Annex(id="a", title=one, intro=one, form=Form.MAP, columns=("a", "b"), rows=(), total=0)
