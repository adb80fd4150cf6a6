import pytest
from django.utils import translation

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications import audiences
from rempart.hub.funding.applications.audiences import Actor
from rempart.hub.funding.applications.states import FINAL, State
from rempart.hub.funding.applications.transitions import Audience, leaving
from tests.hub.factories import applications as make
from tools import transitions_page


def test_the_page_and_its_drawing_are_those_of_the_table():
    for path, content in transitions_page.pages().items():
        assert path.read_text(encoding="utf-8") == content, "run python tools/transitions_page.py"


def test_every_state_has_words_for_every_audience_in_both_languages():
    for row in audiences.table().values():
        for audience in Audience:
            words = row.words(audience)
            assert all((words.label.fr, words.label.en, words.next.fr, words.next.en))


def test_who_acts_next_can_act():
    sides = {Actor.APPLICANT: Role.SIGNATORY, Actor.ARS: Role.ARS_LEAD}
    for state, row in audiences.table().items():
        able = {role for move in leaving(state) for role in move.who if move.action != "withdraw"}
        if row.who is Actor.NOBODY:
            assert state in FINAL
        elif row.who is Actor.ANS:
            assert able & {Role.ANS_VERIFIER, Role.ANS_PAYER}, state
        elif state is not State.RECOVERY:  # the applicant pays back, the payer records it
            assert sides[row.who] in able, state


@pytest.mark.django_db
def test_each_audience_reads_its_own_words():
    file = make.application(State.DECLARED)
    readers = {
        make.signatory(file): ("Objectifs déclarés atteints", False),
        make.person(Role.ARS_INSTRUCTOR): ("Preuves à vérifier", True),
        make.person(Role.DNS_PILOT): ("Déclaré, en attente de l’ARS", False),
    }
    for reader, (label, is_reader) in readers.items():
        told = audiences.what_next(file, audiences.audience_of(reader, file))
        assert (told.label, told.is_reader, told.who) == (label, is_reader, Actor.ARS)
        assert told.by == make.WINDOWS["ars_check"][1]
    with translation.override("en"):
        assert audiences.label(State.DECLARED, Audience.ARS) == "Proofs to check"
