"""The web process killed in the middle of a deposit or of a payment: all of it is there, once, or nothing is."""

import base64
import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from rempart.hub import database
from tests.hub.operations.conftest import migrated  # noqa: F401 — a fixture
from tests.hub.operations.served import ROOT, served, until

pytestmark = pytest.mark.django_db  # its tables are copied from those of the tests
DEPOSIT_STOPS = ("proofs_assessment", "proofs_receipt", "proofs_deposit")
PAYMENT_STOPS = ("ledger_entry", "decisions_decision", "applications_event")
"""Tables that the request is made to wait for; a verdict is written by the first deposit only, which changes it."""


@pytest.fixture(scope="module")
def hub(migrated):  # noqa: F811 — the fixture above
    with served(migrated=migrated) as made:
        made.start()
        made.told = set_the_scene(made)
        yield made


def set_the_scene(hub):
    done = subprocess.run(
        [sys.executable, "-m", "tests.hub.journeys.killed_scene", str(len(DEPOSIT_STOPS) + 1)],
        env=hub.environment, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("rank", "table"), list(enumerate(DEPOSIT_STOPS)))
def test_a_deposit_cut_short_leaves_nothing_and_may_be_done_again(hub, rank, table):
    before = traces_of_proofs(hub)
    with cut_short(hub, table):
        deposit(hub, rank)
    assert traces_of_proofs(hub) == before, "nothing is left of what was cut short"

    assert deposit(hub, rank).status_code == 302
    once = traces_of_proofs(hub)
    assert (once["deposits"], once["receipts"], once["used"]) == tuple(
        before[name] + 1 for name in ("deposits", "receipts", "used")
    )
    first = receipt(hub)
    assert deposit(hub, rank).status_code == 302
    assert traces_of_proofs(hub) == once, "the same bytes again add nothing"
    assert receipt(hub) == first


def test_a_deposit_whose_answer_is_lost_gives_the_same_receipt_when_repeated(hub):
    rank = len(DEPOSIT_STOPS)
    assert deposit(hub, rank).status_code == 302
    first, once = receipt(hub), traces_of_proofs(hub)
    hub.kill("web")
    until(hub.is_open)
    assert deposit(hub, rank).status_code == 302
    assert traces_of_proofs(hub) == once
    assert receipt(hub) == first


def test_a_payment_cut_short_leaves_nothing_then_is_made_once(hub):
    before = traces_of_money(hub)
    assert before["state"] == "payment_requested"
    for table in PAYMENT_STOPS:
        with cut_short(hub, table):
            pay(hub)
        assert traces_of_money(hub) == before, f"cut short at {table}"

    assert pay(hub).status_code == 302
    once = traces_of_money(hub)
    assert once["state"] == "paid"
    assert once["decisions"] == before["decisions"] + 1
    pay(hub)
    assert traces_of_money(hub) == once, "asked again, it pays no second time"


@contextmanager
def cut_short(hub, table):
    """Let the request of the block reach `table`, kill the web process there, and wait until another one answers."""
    with psycopg.connect(database.embedded_url(hub.data / "postgresql")) as holder:
        holder.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        killer = threading.Thread(target=kill_once_held, args=[hub, table])
        killer.start()
        with pytest.raises(httpx.HTTPError):
            yield
        killer.join()
        holder.rollback()
    until(lambda: not waiting(hub, table))
    until(hub.is_open)


def kill_once_held(hub, table):
    until(lambda: waiting(hub, table))
    hub.kill("web")


def waiting(hub, table):
    """Whether a request waits to write that table."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
    return hub.sql(query, table)[0][0]


def browser(hub, person):
    """A client where somebody is signed in."""
    return httpx.Client(base_url=hub.url, cookies={hub.told["cookie"]: hub.told[person]}, timeout=60)


def send(client, page, path, data, **more):
    """Post a form of a page, as a browser does."""
    shown = client.get(page)
    assert shown.status_code == 200, (page, shown.status_code)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.text)[1]
    return client.post(path, data={**data, "csrfmiddlewaretoken": token}, **more)


def page_of_proofs(hub):
    return f"/dossiers/{hub.told['measured']}/preuves/T1.O2/"


def deposit(hub, rank):
    content = base64.b64decode(hub.told["attestations"][rank])
    page = page_of_proofs(hub)
    with browser(hub, "editor") as client:
        return send(client, page, f"{page}attestation/", {}, files={"attestation": ("attestation.json", content)})


def pay(hub):
    file = f"/instruction/dossiers/{hub.told['owed']}/"
    with browser(hub, "payer") as client:
        if client.get(f"{file}actions/pay/").status_code == 404:  # paid already: nothing to press any more
            return None
        return send(client, f"{file}actions/pay/", f"{file}actions/pay/", {"reason": ""})


def receipt(hub):
    """The newest receipt, as the page gives it."""
    newest = hub.sql("SELECT max(id) FROM proofs_receipt")[0][0]
    with browser(hub, "editor") as client:
        answer = client.get(f"/dossiers/{hub.told['measured']}/recus/{newest}/")
    assert answer.status_code == 200
    return answer.content


def count(hub, what):
    return hub.sql(f"SELECT count(*) FROM {what}")[0][0]  # noqa: S608 — the words of this module


def traces_of_proofs(hub):
    return {
        "deposits": count(hub, "proofs_deposit"),
        "receipts": count(hub, "proofs_receipt"),
        "used": count(hub, "proofs_challenge WHERE used_at IS NOT NULL"),
        "verdicts": hub.sql("SELECT to_json(kept)::text FROM proofs_assessment kept ORDER BY id"),
    }


def traces_of_money(hub):
    number = hub.told["owed"]
    return {
        "state": hub.sql("SELECT state FROM applications_application WHERE number = %s", number)[0][0],
        "events": count(hub, "applications_event"),
        "decisions": count(hub, "decisions_decision"),
        "entries": count(hub, "ledger_entry"),
    }
