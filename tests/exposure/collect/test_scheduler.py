"""The scheduler in virtual time: paces, quiet hours, backing off, refusals, all without waiting."""

import asyncio
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.exposure.collect.question import Endpoint, Load, Transport
from rempart.exposure.collect.scheduler import Limits, Paces, Scheduler, WorkJournal
from rempart.exposure.collect.scheduler.patience import BURST, FIRST_PAUSE, MOST_PAUSES
from rempart.exposure.perimeter import Rates, Scope, read_perimeter
from rempart.exposure.snapshot import Outcome
from tests.exposure.lab.sniffer import most_in_a_second
from tests.exposure.virtual_time import VirtualClock, run

HERE = "127.77.2.1"
PERIMETER = f"""
[mandate]
by = "Direction"
on = 2026-11-01
until = 2026-11-23
contact = "https://www.valmont.test/mesure"
[[ranges]]
range = "{HERE}"
[[exclusions]]
survey = "smb"
author = "DSI"
reason = "alertes"
until = 2026-12-31
[[quiet]]
from = "14:00"
until = "15:00"
"""


class Telling:
    """Opens nothing: tells when it was asked, or fails as it is told to."""

    probe, version, label, load = "test.telling", 1, "tell", Load.LOW

    def __init__(self, error=None):
        self.error = error

    async def ask(self, wire):
        async with wire._gate.opening():
            wire.tries += 1
        if self.error is not None:
            raise self.error
        return {"at": asyncio.get_running_loop().time()}


async def ask_many(scheduler, count, question=None, endpoint=None):
    asking = (scheduler.ask(question or Telling(), endpoint or Endpoint(HERE, 80)) for _ in range(count))
    return await asyncio.gather(*asking)


@settings(max_examples=25)
@given(st.integers(1, 30), st.integers(1, 30), st.floats(0, 1), st.integers(0, 1000))
def test_no_window_of_a_second_passes_the_rate_whatever_the_limits(rate, each, jitter, seed):
    async def sends():
        limits = Limits(Rates(connections_per_second=rate), Rates(connections_per_second=each), jitter=jitter)
        paces = Paces(limits, VirtualClock(), Random(seed))  # noqa: S311 — jitter is no secret
        times = {address: [] for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3")}

        async def send(address):
            async with paces.turn(address, connection=True):
                times[address].append(asyncio.get_running_loop().time())

        await asyncio.gather(*(send(address) for address in times for _ in range(25)))
        return times

    times = run(sends())
    assert most_in_a_second([at for every in times.values() for at in every]) <= rate
    assert max(most_in_a_second(every) for every in times.values()) <= each


def test_nothing_is_sent_in_quiet_hours():
    clock = VirtualClock(datetime(2026, 11, 23, 12, 59, 58, tzinfo=UTC))  # 13:59:58 in Paris
    scheduler = Scheduler(
        scope=Scope(read_perimeter(PERIMETER, "x")),
        limits=Limits(address=Rates(connections_per_second=1)),
        clock=clock,
    )
    found = run(ask_many(scheduler, 6))
    times = [clock.began.timestamp() + each.detail["at"] for each in found]
    hour = datetime(2026, 11, 23, 13, 0, tzinfo=UTC).timestamp()
    assert sum(at < hour for at in times) == 2
    assert not [at for at in times if hour <= at < hour + 3600]
    assert {each.outcome for each in found} == {Outcome.ANSWERED}


def test_a_mandate_that_ends_during_the_run_ends_it():
    clock = VirtualClock(datetime(2026, 11, 23, 22, 59, 57, tzinfo=UTC))  # three seconds before midnight in Paris
    limits = Limits(address=Rates(connections_per_second=1, at_once=1))
    scheduler = Scheduler(scope=Scope(read_perimeter(PERIMETER, "x")), limits=limits, clock=clock)
    found = run(ask_many(scheduler, 8))
    assert [each.detail.get("why") for each in found][-3:] == ["mandate"] * 3
    assert found[0].outcome is Outcome.ANSWERED


@pytest.mark.parametrize(
    ("endpoint", "survey", "why"),
    [
        (Endpoint("198.51.100.1", 80), "", "outside"),
        (Endpoint(HERE, 9100), "", "never_on"),
        (Endpoint(HERE, 445), "smb", "excluded"),
        (Endpoint(HERE, 53, Transport.UDP), "", None),
    ],
)
def test_what_may_not_be_asked_is_skipped_with_why(endpoint, survey, why):
    scheduler = Scheduler(scope=Scope(read_perimeter(PERIMETER, "x")), limits=Limits(), clock=VirtualClock())
    found = run(scheduler.ask(Telling(), endpoint, survey=survey))
    assert found.detail.get("why") == why
    assert found.outcome is (Outcome.SKIPPED if why else Outcome.ANSWERED)
    assert not why or found.sent == b""


def test_without_politeness_only_this_machine_is_asked():
    text = PERIMETER.replace(f'range = "{HERE}"', 'range = "192.0.2.0/28"')
    scheduler = Scheduler(scope=Scope(read_perimeter(text, "x")), clock=VirtualClock())
    assert run(scheduler.ask(Telling(), Endpoint("192.0.2.1", 80))).detail["why"] == "impolite"


def test_an_address_that_resets_is_left_alone_longer_and_longer_then_for_good():
    scheduler = Scheduler(limits=Limits(address=Rates(at_once=1)), clock=VirtualClock())
    breaking = Telling(ConnectionResetError())

    async def endure():
        found, at = [], []
        for _ in range((MOST_PAUSES + 1) * BURST + 3):
            found.append(await scheduler.ask(breaking, Endpoint(HERE, 443)))
            at.append(asyncio.get_running_loop().time())
        return found, at

    found, at = run(endure())
    pauses = [round(at[rank * BURST] - at[rank * BURST - 1]) for rank in range(1, MOST_PAUSES + 1)]
    assert pauses == [FIRST_PAUSE * 2**rank for rank in range(MOST_PAUSES)]
    assert [each.detail.get("why") for each in found[-3:]] == ["backed_off"] * 3
    assert scheduler.patience.given_up() == (HERE,)


def test_an_answer_makes_an_address_forget_its_resets():
    scheduler = Scheduler(limits=Limits(address=Rates(at_once=1)), clock=VirtualClock())

    async def mixed():
        for _ in range(5):
            await ask_many(scheduler, BURST - 1, Telling(ConnectionResetError()))
            await scheduler.ask(Telling(), Endpoint(HERE, 443))
        return asyncio.get_running_loop().time()

    assert run(mixed()) < 1
    assert scheduler.patience.given_up() == ()


def test_what_was_not_asked_because_of_a_stop_is_left_for_the_next_launch(tmp_path):
    journal = WorkJournal(tmp_path)
    scheduler = Scheduler(journal=journal, clock=VirtualClock())
    scheduler.stop.asked = True
    found = run(scheduler.ask(Telling(), Endpoint(HERE, 80)))
    assert found.detail == {"why": "stopped"}
    assert list(journal.observations()) == []
    journal.close()


def test_a_second_launch_gets_each_answer_once(tmp_path):
    journal = WorkJournal(tmp_path)
    first = run(ask_many(Scheduler(journal=journal, clock=VirtualClock()), 2))
    journal.close()
    journal = WorkJournal(tmp_path)
    again = Scheduler(journal=journal, clock=VirtualClock())
    assert run(ask_many(again, 3))[:2] == first
    assert again.asked == 1  # the third was never asked before
    assert len(list(journal.observations())) == 3
    journal.close()
