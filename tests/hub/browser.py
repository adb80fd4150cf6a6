"""The pages in a real browser: one Chromium a session, a fresh page a test, axe, and screenshots to look at.

    def test_a_page_reads_well(page, live_server, user):
        sign_in(page, live_server, user)
        visit(page, live_server, "/dossiers/")
        axe(page)
        screenshots(page, "candidate-home")

`page` reads French at 1280 px. The screenshots land in build/screens/, wide and at 320 px.
"""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from tests.hub.factories import accounts

SCREENS = Path(__file__).parent.parent.parent / "build" / "screens"
WIDE, NARROW = 1280, 320


@pytest.fixture
def page(the_browser, live_server):  # noqa: ARG001 — a page is of a server
    """A French page, 1280 px wide; the test fails when a script breaks, or when the policy of contents forbids one."""
    context = the_browser.new_context(
        viewport={"width": WIDE, "height": 900}, locale="fr-FR", timezone_id="Europe/Paris"
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    context.close()
    assert faults == []


def sign_in(page: Page, live_server, user) -> None:
    """Sign `user` in, without the sign-in pages."""
    value = accounts.sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])


def visit(page: Page, live_server, path: str) -> None:
    """Open a page of the site; it must answer without an error of ours."""
    answer = page.goto(live_server.url + path)
    assert answer is not None
    assert answer.status < 500, path


def axe(page: Page, **options) -> None:
    """Assert that axe finds nothing, wide and at 320 px, and that nothing sticks out of the narrow page."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, **options)
        assert found.violations_count == 0, f"{width} px: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} is wider than {width} px"
    page.set_viewport_size({"width": WIDE, "height": 900})


def screenshots(page: Page, name: str) -> None:
    """Keep the page as people see it, whole, at both widths."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    safe = re.sub(r"[^\w-]+", "-", name)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=SCREENS / f"{safe}-{width}.png", full_page=True)
    page.set_viewport_size({"width": WIDE, "height": 900})
