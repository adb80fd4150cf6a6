"""The moment of these tests, and people signed in as the applicant."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from tests.hub.factories import accounts
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory


@pytest.fixture(autouse=True)
def now(time_machine):
    """The operational phase of the factories' files."""
    time_machine.move_to(factory.AT)
    return factory.AT


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """Keep what is deposited in a folder of the test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def as_person(user) -> Client:
    """A browser that reads French, `user` signed in."""
    return accounts.sign_in(Client(headers={"accept-language": "fr"}), user)


@pytest.fixture
def hospital(db):  # noqa: ARG001 — the tables
    """A file in its operational phase, its editor, its signatory, and their browsers."""
    file = factory.application()
    editor = files.person(Role.EDITOR, on=file.applicant)
    signatory = files.person(Role.SIGNATORY, on=file.applicant)
    return SimpleNamespace(
        file=file, editor=editor, signatory=signatory, client=as_person(editor), signs=as_person(signatory)
    )


def at(name: str, file, *more) -> str:
    """The address of a page of a file."""
    return reverse(f"candidate_{name}", args=[file.number, *more])


def draft(**fields):
    """A draft and its signatory's browser."""
    file = factory.application(State.DRAFT, **fields)
    return file, as_person(files.person(Role.SIGNATORY, on=file.applicant))
