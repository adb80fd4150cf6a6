"""Whatever people do in whatever order, the ledger agrees with a few lines of arithmetic."""

from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.ledger import selectors, services
from rempart.hub.funding.ledger.models import Account, Envelope, Posting
from tests.hub.factories.ledger import AT, call, file

ENVELOPE = 1_000
AMOUNTS = st.integers(-1, 700)


@dataclass
class Held:
    committed: int = 0
    paid: int = 0
    recovered: int = 0
    was_paid: bool = False


class Ledger(RuleBasedStateMachine):
    files = Bundle("files")

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.call = call()
        services.open_envelope(self.call, ENVELOPE, by=None, at=AT)
        self.held = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def available(self):
        return ENVELOPE - sum(one.committed + one.paid + one.recovered for one in self.held.values())

    def attempt(self, service, *arguments, allowed, **named):
        if allowed:
            service(*arguments, by=None, at=AT, **named)
        else:
            with pytest.raises(Refusal):
                service(*arguments, by=None, at=AT, **named)
        return allowed

    @rule(target=files, ceiling=st.integers(1, 600), cost=st.integers(0, 700))
    def arrives(self, ceiling, cost):
        one = file(self.call, ceiling, cost_cents=cost)
        self.held[one.pk] = Held()
        return one

    @rule(one=files)
    def commit(self, one):
        held = self.held[one.pk]
        allowed = not held.committed and not held.was_paid and one.ceiling_cents <= self.available()
        if self.attempt(services.commit, one, allowed=allowed):
            held.committed = one.ceiling_cents

    @rule(one=files)
    def release(self, one):
        held = self.held[one.pk]
        if self.attempt(services.release, one, allowed=held.committed > 0, reason="retrait"):
            held.committed = 0

    @rule(one=files, cents=AMOUNTS)
    def pay(self, one, cents):
        held = self.held[one.pk]
        allowed = held.committed > 0 and 0 < cents <= min(one.eligible_cost_cents, held.committed)
        if self.attempt(services.pay, one, cents, allowed=allowed):
            held.committed, held.paid, held.was_paid = 0, cents, True

    @rule(one=files, cents=AMOUNTS)
    def recover(self, one, cents):
        held = self.held[one.pk]
        if self.attempt(services.recover, one, cents, allowed=0 < cents <= held.paid, reason="contrôle"):
            held.paid -= cents
            held.recovered += cents

    @invariant()
    def balances_agree(self):
        found = selectors.balances(self.call)
        held = self.held.values()
        assert found == selectors.Balances(
            envelope=ENVELOPE,
            available=self.available(),
            committed=sum(one.committed for one in held),
            paid=sum(one.paid for one in held),
            recovered=sum(one.recovered for one in held),
        )
        assert found.available >= 0
        assert found.envelope == found.available + found.committed + found.paid + found.recovered
        assert Envelope.objects.get(call=self.call).available_cents == found.available

    @invariant()
    def files_agree_and_entries_balance(self):
        found = selectors.balances_of_files(self.held)
        for pk, held in self.held.items():
            assert found.get(pk, selectors.FileBalances()) == selectors.FileBalances(
                held.committed, held.paid, held.recovered
            )
        connection.check_constraints()
        postings = Posting.objects.filter(entry__envelope__call=self.call)
        assert sum(postings.values_list("cents", flat=True)) == 0
        assert postings.filter(account=Account.FUNDING).count() == 1


@pytest.mark.django_db
def test_no_sequence_of_movements_breaks_the_ledger():
    run_state_machine_as_test(Ledger, settings=settings(max_examples=40, stateful_step_count=25))
