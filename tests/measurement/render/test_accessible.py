import pytest
from axe_playwright_python.sync_playwright import Axe

from rempart.measurement.render import html
from rempart.measurement.text import Language
from tests.measurement.factory import make_annexes, make_report


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_in_a_report_and_nothing_sticks_out(the_browser, tmp_path, width):
    path = tmp_path / "rapport.html"
    report = make_report().model_copy(update={"annexes": make_annexes()})
    path.write_text(html.render(report, Language.FR), encoding="utf-8")
    page = the_browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
