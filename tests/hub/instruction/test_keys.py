"""The shortcuts of the lists of files, in a real browser: what they do, when they keep quiet, how to turn them off."""

import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs import instruction
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import applications, proofs
from tests.hub.factories.applications import a_call, a_file

pytestmark = pytest.mark.django_db
HOME, QUEUE, BULK = "/instruction/", "/instruction/dossiers/", "/instruction/lots/validate/"
FOCUS = "document.activeElement.getAttribute('href') || document.activeElement.tagName"


@pytest.fixture
def lead():
    return applications.person(Role.ARS_LEAD)


@pytest.fixture
def files():
    region = applications.region()
    return [a_file(State.SUBMITTED, region=region, call=a_call()) for _ in range(3)]


def address(file):
    return f"/instruction/dossiers/{file.number}/"


def pressed(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    return page.evaluate(FOCUS)


def test_the_focus_goes_from_file_to_file_and_enter_opens(page, live_server, lead, files):
    sign_in(page, live_server, lead)
    visit(page, live_server, f"{QUEUE}?sort=number")
    assert pressed(page, "j") == address(files[0])
    assert pressed(page, "j", "j") == address(files[2])
    assert pressed(page, "j") == address(files[2])
    assert pressed(page, "k") == address(files[1])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address(files[1])}")


def test_they_keep_quiet_in_a_field_and_with_another_key(page, live_server, lead, files):
    sign_in(page, live_server, lead)
    visit(page, live_server, QUEUE)
    page.focus("input[name=q]")
    assert pressed(page, "j", "k", "?") == "INPUT"
    assert page.input_value("input[name=q]") == "jk?"
    page.focus("h1 >> xpath=ancestor::main")
    assert pressed(page, "Control+j") == "MAIN"
    assert pressed(page, "j").startswith("/instruction/dossiers/")
    assert len(files) == 3


def test_help_is_on_the_page_and_turns_them_off_for_good(page, live_server, lead, files):
    sign_in(page, live_server, lead)
    visit(page, live_server, QUEUE)
    assert pressed(page, "?") == "SUMMARY"
    assert page.get_by_text("dossier suivant").is_visible()
    axe(page)
    screenshots(page, "queue-keys")
    page.get_by_label("Raccourcis en service").uncheck()
    page.reload()
    assert pressed(page, "j") == "BODY"
    page.get_by_text("Raccourcis clavier").click()
    assert not page.get_by_label("Raccourcis en service").is_checked()
    page.get_by_label("Raccourcis en service").check()
    assert pressed(page, "j") in {address(file) for file in files}


def test_they_still_work_once_the_list_is_sorted_again_without_leaving_the_page(page, live_server, lead, files):
    sign_in(page, live_server, lead)
    visit(page, live_server, QUEUE)
    page.get_by_role("link", name="Numéro").click()
    page.wait_for_selector("th[aria-sort]:has-text('Numéro')")
    assert pressed(page, "j") == address(files[0])
    assert page.locator("[data-keys]").is_visible()


def test_files_are_ticked_and_enter_on_a_box_opens_the_file_rather_than_sending_the_form(page, live_server, lead):
    file = proofs.application(State.ARS_REVIEW)
    proofs.document(file, proofs.PREREQUISITE, "pssi")
    instruction.assess(file, at=proofs.AT)
    sign_in(page, live_server, lead)
    visit(page, live_server, BULK)
    box = page.locator("input[name=file]")
    assert pressed(page, "j", "x") == "INPUT"
    assert not box.is_checked()
    page.keyboard.press("x")
    assert box.is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address(file)}")


def test_the_list_of_what_to_do_first_has_them_and_an_empty_one_has_not(page, live_server, lead):
    sign_in(page, live_server, lead)
    for path in (HOME, QUEUE, BULK):
        visit(page, live_server, path)
        assert page.locator("[data-keys]").count() == 0
        assert pressed(page, "j", "x", "?") == "BODY"
    file = a_file(State.SUBMITTED, region=applications.region())
    visit(page, live_server, HOME)
    assert pressed(page, "j") == address(file)
    axe(page)
    screenshots(page, "instruction-home-keys")
