import io

import pytest
from pypdf import PdfReader

from rempart.measurement.render.pdf import _drawable, drawable, render
from rempart.measurement.text import Language
from tests.measurement.factory import accept, failed, make_control, make_report, people


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("language", list(Language))
def test_the_first_page_holds_the_essentials(language):
    first = pages_of(render(make_report(), language))[0]
    wanted = {
        Language.FR: ("Niveau 1 sur 5", "3 points à corriger", "Les premières étapes", "page 1"),
        Language.EN: ("Level 1 of 5", "3 points to fix", "The first steps", "page 1"),
    }
    for words in wanted[language]:
        assert words in first


def test_the_document_is_accessible():
    reader = PdfReader(io.BytesIO(render(make_report(), Language.FR)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
    assert "valmont.test" in reader.metadata.title


def test_failed_points_carry_their_criticality_subjects_and_recommendation():
    text = " ".join(pages_of(render(make_report(acceptances=(accept("vuln_dont_expire_priv"),)), Language.FR)))
    for words in ("vuln_owner", "Risque accepté", "Recommandation", "40 lignes affichées sur 1 480", "Glossaire"):
        assert words in text.replace("\u202f", " ")


def test_the_same_report_gives_the_same_bytes():
    assert render(make_report(), Language.FR) == render(make_report(), Language.FR)


def test_hostile_names_are_only_text(hostile):
    text = " ".join(pages_of(render(hostile, Language.FR)))
    assert "*gras*" in text
    assert "@ref" in text
    assert "[U+65E5]" in text
    assert "[U+202E]" in text


def test_every_sign_held_drawable_is_drawn():
    signs = sorted(_drawable())
    control = make_control("vuln_a", (1,), title="".join(map(chr, signs)))
    assert render(make_report([failed(control, people(1))], {"vuln_a": control}), Language.FR).startswith(b"%PDF")


def test_what_no_font_draws_is_spelt():
    assert drawable("é日") == "é[U+65E5]"


def test_a_healthy_report_prints_too():
    control = make_control("vuln_a", (1,))
    first = pages_of(render(make_report([control.judge(people(0))], {"vuln_a": control}), Language.FR))[0]
    assert "Niveau 5 sur 5" in first
