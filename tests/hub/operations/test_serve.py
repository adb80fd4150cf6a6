"""The whole hub, killed without warning in the middle of its work: nothing is lost, nothing is done twice."""

import json
import os
import re
import threading

import httpx
import psutil
import pytest

from tests.hub.operations.served import served, until

pytestmark = pytest.mark.django_db  # its tables are copied from those of the tests


@pytest.fixture(scope="module")
def hub(migrated):
    with served(migrated=migrated) as made:
        made.start()
        made.sql("CREATE TABLE trial (name text)")
        yield made


def lines(hub, name):
    return hub.sql("SELECT count(*) FROM trial WHERE name = %s", name)[0][0]


def queue(hub, name, *, stay):
    job = {"name": name, "stay": stay}
    hub.sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'trial.write', %s)",
        json.dumps(job),
    )


def status(hub, name):
    found = hub.sql("SELECT status::text, attempts FROM procrastinate_jobs WHERE args->>'name' = %s", name)
    assert len(found) == 1
    return found[0]


def post_in_vain(hub, path):
    with pytest.raises(httpx.HTTPError):
        hub.post(path)


def is_in_the_middle(hub):
    """Whether a connection waits inside a transaction that wrote: the page or the job stays there until killed."""
    return hub.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%%pg_notify%%'"
    )[0][0]


def test_the_hub_opens_and_is_healthy(hub):
    assert httpx.get(f"{hub.url}/").status_code == 200
    assert httpx.get(f"{hub.url}/health").json() == {
        "status": "ok",
        "database": True,
        "worker": True,
        "storage": True,
    }
    assert f"Le hub est ouvert : {hub.url}" in hub.log.read_text()


def test_requests_of_all_processes_are_counted(hub):
    text = httpx.get(f"{hub.url}/metrics").text
    assert re.search(r'rempart_requests_total\{method="GET",status="2xx"\} \d+', text)
    assert "rempart_worker_silence_seconds" in text


def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once(hub):
    queue(hub, "job", stay=True)
    until(lambda: is_in_the_middle(hub))
    killed = hub.kill("worker")
    until(lambda: status(hub, "job")[0] == "succeeded")
    assert lines(hub, "job") == 1
    assert status(hub, "job") == ("succeeded", 2)
    assert hub.processes()["worker"] != [killed]


def test_a_job_that_ended_and_could_not_say_so_changes_nothing_the_second_time(hub):
    hub.sql("INSERT INTO trial VALUES ('said')")
    queue(hub, "said", stay=False)
    until(lambda: status(hub, "said")[0] == "succeeded")
    assert lines(hub, "said") == 1


def test_a_page_killed_in_the_middle_leaves_nothing_behind_and_may_be_asked_again(hub):
    asked = threading.Thread(target=post_in_vain, args=(hub, "/trial/page?stay"))
    asked.start()
    until(lambda: is_in_the_middle(hub))
    (killed,) = hub.processes()["web"]
    os.kill(killed, 9)
    asked.join(60)
    until(lambda: hub.processes()["web"] not in ([], [killed]) and hub.is_open())
    assert lines(hub, "page") == 0
    assert hub.sql("SELECT count(*) FROM procrastinate_jobs WHERE args->>'name' = 'page-job'")[0][0] == 0
    assert hub.post("/trial/page").text == "page"
    until(lambda: status(hub, "page-job")[0] == "succeeded")
    assert (lines(hub, "page"), lines(hub, "page-job")) == (1, 1)


def test_everything_killed_at_once_starts_again_where_it_was(hub):
    queue(hub, "all", stay=True)
    until(lambda: is_in_the_middle(hub))
    others = [pid for kind, pids in hub.processes().items() if kind != "supervisor" for pid in pids]
    hub.kill("supervisor")
    until(lambda: not any(map(psutil.pid_exists, others)))
    hub.process.wait()
    hub.start()
    until(lambda: status(hub, "all")[0] == "succeeded")
    assert lines(hub, "all") == 1


def test_asked_to_stop_it_ends_everything_and_its_database(hub):
    everything = [pid for pids in hub.processes().values() for pid in pids]
    assert hub.stop() == 0
    until(lambda: not any(map(psutil.pid_exists, everything)))
    assert not (hub.data / "postgresql" / "postmaster.pid").exists()
