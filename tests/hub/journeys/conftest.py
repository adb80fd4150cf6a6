"""What the journeys share: a call with one requirement of each kind, its people, and a browser that changes hands."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page

from rempart.hub.accounts.roles import Role
from tests.hub.browser import sign_in
from tests.hub.factories import applications as files
from tests.hub.factories import proofs

REQUIREMENTS = """
[[prerequisites]]
code = "T1.P1"
title = { fr = "Politique", en = "Policy" }
target = { fr = "Une politique.", en = "A policy." }
rule = { kind = "document", natures = ["pssi"], read = false }
[[objectives]]
code = "T1.O2"
title = { fr = "Annuaire", en = "Directory" }
target = { fr = "Niveau 3.", en = "Level 3." }
rule = { kind = "attestation", engine = "directory", level = 3, max_age_days = 60 }
"""
"""A document to deposit and a measure to attest; the definition of the factories adds an objective a person judges."""
POLICY, JUDGED, MEASURED = "T1.P1", "T1.O1", "T1.O2"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Let each journey have its own files."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


def open_call(applicant):
    """A published call that takes `applicant`, who has a ceiling in it; its envelope is open."""
    call = files.call(more=proofs.NATURES)
    content = files.DEFINITION.format(code=call.pk, envelope=6_500_000_000, more=proofs.NATURES) + REQUIREMENTS
    files.version(call, 2, content)
    files.envelope(call)
    files.ceiling(call, applicant)
    return call


@pytest.fixture
def scene(transactional_db):  # noqa: ARG001 — the tables, seen by the server
    """A hospital, the call it may join, and each person who acts on its file, there and above."""
    hospital = files.entity(name="Centre hospitalier de Valmont (fictif)", sites=1)
    region = hospital.department.region
    proofs.catalogue()
    return SimpleNamespace(
        hospital=hospital,
        call=open_call(hospital),
        editor=files.person(Role.EDITOR, on=hospital),
        signatory=files.person(Role.SIGNATORY, on=hospital),
        instructor=files.person(Role.ARS_INSTRUCTOR, of=region),
        verifier=files.person(Role.ANS_VERIFIER),
        payer=files.person(Role.ANS_PAYER),
        pilot=files.person(Role.DNS_PILOT),
        stranger=files.person(Role.ARS_INSTRUCTOR, of=files.region("53")),
    )


class Seat:
    """A browser where one person after another sits down, and goes from page to page by what they read."""

    def __init__(self, page: Page, live_server, time_machine):
        self.page, self.server, self.clock = page, live_server, time_machine
        page.set_default_timeout(10_000)

    def sits(self, person, *, at=None, path: str = "/"):
        """Let somebody sign in, at a moment, and open a page."""
        if at is not None:
            self.clock.move_to(at)
        sign_in(self.page, self.server, person)
        return self.goes(path)

    def goes(self, path: str):
        """Open a page by its address; it must be there."""
        answer = self.page.goto(self.server.url + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return self

    def follows(self, name: str):
        """Follow the link that bears this name."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()
        return self

    def presses(self, name: str):
        """Press the button that bears this name, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def does(self, name: str):
        """Follow a link to the page of an action, and do it as it stands."""
        return self.follows(name).presses(name).is_told_it_is_done()

    def is_told_it_is_done(self):
        """Wait for the message that says so."""
        self.page.locator(".alert.met").first.wait_for()
        return self

    def reads(self, words: str):
        """Assert that the page says so."""
        assert words in plain(self.page.inner_text("main")), self.page.inner_text("main")
        return self

    def downloads(self, name: str) -> bytes:
        """Follow a link that gives a file, and return its content."""
        with self.page.expect_download() as waited:
            self.page.get_by_role("link", name=name).first.click()
        return waited.value.path().read_bytes()


def plain(text: str) -> str:
    """The words of a page, every space an ordinary one."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def seat(page, live_server, time_machine):
    return Seat(page, live_server, time_machine)
