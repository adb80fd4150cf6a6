"""Random people do random things at random moments: only what the table names happens, and no euro is lost."""

from datetime import timedelta
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.permissions import roles_on
from rempart.hub.funding.applications.services import deadlines, open_draft, perform
from rempart.hub.funding.applications.states import COMMITTED, MILESTONES, REACHED, State
from rempart.hub.funding.applications.transitions import ACTIONS, leaving
from rempart.hub.funding.ledger.selectors import balances, file_balances
from tests.hub.factories import applications as make

ENVELOPE = 150_000
CEILINGS = (100_000, 60_000)
MOST = 120_000
WORDS = st.tuples(
    st.sampled_from(["", "Un motif."]), st.sampled_from([0, 1, 50_000, MOST, 10**7]), st.sampled_from([-3, 0])
)
"""A reason, an amount in cents, and how many days from now."""
STRAIGHT_ON = {source: action for action, source, _target in make.path_to(State.CLOSED)}
pytestmark = pytest.mark.django_db


class LivesOfFiles(RuleBasedStateMachine):
    """Two applicants, an envelope that cannot serve both, and everybody who may or may not act."""

    @initialize()
    def open_call(self):
        self.call = make.call(more='lapse_after = ["declaration", "payment"]')
        self.call.windows.update(opens_at=make.OPENED)
        make.envelope(self.call, ENVELOPE)
        self.at = make.OPENED
        applicants = [make.entity(sites=1), make.entity(make.region("53"), sites=1)]
        for applicant, cents in zip(applicants, CEILINGS, strict=True):
            make.ceiling(self.call, applicant, cents)
        roles = (Role.ARS_INSTRUCTOR, Role.ARS_LEAD, Role.ANS_VERIFIER, Role.ANS_PAYER, Role.DNS_PILOT)
        self.people = [
            *(make.person(role) for role in roles),
            make.person(Role.ARS_LEAD, of=make.region("53")),
            *(make.person(Role.SIGNATORY, on=applicant) for applicant in applicants),
            make.person(Role.EDITOR, on=applicants[0]),
        ]
        self.files = [
            open_draft(self.call, applicant, by=self.people[6 + index], at=self.at)
            for index, applicant in enumerate(applicants)
        ]
        self.steps = dict.fromkeys((file.pk for file in self.files), 0)

    @rule(days=st.sampled_from([0, 0, 0, 1, 40, 400]))
    def time_passes(self, days):
        self.at += timedelta(days=days, minutes=1)

    @rule(file=st.integers(0, 1), person=st.integers(0, 8), action=st.sampled_from(sorted(ACTIONS)), words=WORDS)
    def anyone_does_anything(self, file, person, action, words):
        self._do(self.files[file], self.people[person], action, words)

    @rule(file=st.integers(0, 1), pick=st.integers(0, 20), cents=st.sampled_from([1, 50_000, MOST]))
    def who_may_does_what_comes_next(self, file, pick, cents):
        chosen = self.files[file]
        rows = [row for row in leaving(State(chosen.state)) if row.who]
        forward = [row for row in rows if row.action != "withdraw"] or rows
        if forward:
            row = forward[pick % len(forward)]
            able = [person for person in self.people if roles_on(person, chosen) & row.who]
            self._do(chosen, able[pick % len(able)], row.action, ("Un motif.", cents, 0))

    @rule(file=st.integers(0, 1), steps=st.integers(1, 6), cents=st.sampled_from([1, 50_000, MOST]))
    def all_goes_well_for_a_while(self, file, steps, cents):
        chosen = self.files[file]
        for _ in range(steps):
            action = STRAIGHT_ON.get(chosen.state)
            if action:
                (row,) = (row for row in leaving(State(chosen.state)) if row.action == action)
                able = next(person for person in self.people if roles_on(person, chosen) & row.who)
                self._do(chosen, able, action, ("Un motif.", cents, 0))

    @rule()
    def a_desk_closes(self):
        before = {file.pk: file.state for file in self.files}
        lapsed = deadlines.lapse(self.at)
        for file in self.files:
            file.refresh_from_db()
            if file.number in lapsed:
                assert before[file.pk] in {State.VALIDATED, State.OPERATIONAL, State.OBJECTIVES_MET}
                self.steps[file.pk] += 1

    def _do(self, file, person, action, words):
        reason, cents, days = words
        source, at = State(file.state), self.at + timedelta(days=days)
        data = {
            "kind": "incomplete", "due_at": at + timedelta(days=10), "until": at + timedelta(days=10),
            "eligible_cost_cents": cents, "recovery_cents": cents,
        }  # fmt: skip
        try:
            event = perform(file, action, by=person, at=at, reason=reason, **data)
        except Refusal:
            assert Application.objects.get(pk=file.pk).state == source
            return
        rows = [row for row in leaving(source) if row.action == action]
        assert [row.target for row in rows] == [file.state]
        assert rows[0].who & roles_on(person, file)
        assert reason or not rows[0].reason
        assert (event.source, event.target, event.actor) == (source, file.state, person)
        self.steps[file.pk] += 1

    @invariant()
    def each_change_has_one_line_of_history(self):
        for file in getattr(self, "files", ()):
            events = list(file.events.all())
            assert len(events) == self.steps[file.pk]
            states = [State.DRAFT, *(event.target for event in events)]
            assert [event.source for event in events] == states[:-1]
            assert states[-1] == file.state
            assert all(before.at <= after.at for before, after in pairwise(events))

    @invariant()
    def dates_are_in_order_and_fit_the_state(self):
        for file in getattr(self, "files", ()):
            dates = [getattr(file, name) for name in MILESTONES.values()]
            known = [date for date in dates if date]
            assert known == sorted(known)
            assert dates[: len(known)] == known
            assert len(known) == REACHED.get(State(file.state), len(known))

    @invariant()
    def one_correction_is_open_while_one_is_awaited(self):
        for file in getattr(self, "files", ()):
            waiting = file.state in {State.ARS_REVIEW_FIX, State.ARS_CHECK_FIX, State.ANS_REVIEW_FIX}
            assert file.corrections.filter(resolved_at=None).count() == waiting

    @invariant()
    def every_euro_is_accounted_for(self):
        if not hasattr(self, "files"):
            return
        total = balances(self.call)
        assert total.envelope == ENVELOPE == total.available + total.committed + total.paid + total.recovered
        assert min(total.available, total.committed, total.paid, total.recovered) >= 0
        for file in self.files:
            held = file_balances(file.pk)
            assert held.committed == (file.ceiling_cents if file.state in COMMITTED else 0)
            due = min(file.eligible_cost_cents, file.ceiling_cents) if file.paid_at else 0
            assert held.paid + held.recovered == due
            assert held.recovered == (file.recovery_cents or 0 if file.state == State.CLOSED else 0)


class TestLivesOfFiles(LivesOfFiles.TestCase, TestCase):
    settings = settings(max_examples=20, stateful_step_count=30)
