from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, connections
from django.utils import timezone

from rempart.hub.funding.ledger import services
from rempart.hub.operations.health import examine
from tests.hub.factories.ledger import AT, call, file

pytestmark = pytest.mark.django_db


def heartbeat(age):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now() - timedelta(seconds=age)]
        )


def test_a_hub_whose_worker_lives_is_well(client):
    heartbeat(5)
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "worker": True, "storage": True}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("age", [None, 600])
def test_without_its_worker_it_answers_and_says_so(client, age):
    if age:
        heartbeat(age)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


def test_without_its_files_it_is_down(client, tmp_path, monkeypatch):
    heartbeat(5)
    (tmp_path / "file").touch()
    lost = FileSystemStorage(location=tmp_path / "file" / "below")
    monkeypatch.setattr("rempart.hub.operations.health.default_storage", lost)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["storage"]) == (503, False)


def test_without_its_database_it_is_down(monkeypatch):
    elsewhere = connections.create_connection("default")
    elsewhere.settings_dict = {**elsewhere.settings_dict, "HOST": "/nowhere", "OPTIONS": {}}
    monkeypatch.setattr("rempart.hub.operations.health.connection", elsewhere)
    assert examine(at=timezone.now()).status == "down"


def test_the_figures_tell_jobs_files_and_envelopes(client):
    made = call()
    services.open_envelope(made, 1_000_50, by=None, at=AT)
    file(made, 10_00)
    text = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert 'rempart_files{call="D9-2024",state="submitted"} 1.0' in text
    assert 'rempart_envelope_available_euros{call="D9-2024"} 1000.5' in text
    assert "rempart_request_seconds_bucket" in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "192.0.2.7"}, 403),
        ({"REMOTE_ADDR": ""}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 403),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer the-token"}, 200),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer another"}, 403),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "}, 403),
    ],
)
def test_figures_are_for_near_addresses_and_holders_of_the_token(client, settings, headers, status):
    settings.METRICS_TOKEN = "the-token"
    assert client.get("/metrics", **headers).status_code == status


def test_without_a_token_no_bearer_is_let_in(client):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer ").status_code == 403


@pytest.mark.parametrize("address", ["/health", "/metrics"])
def test_machines_only_read(client, address):
    assert client.post(address).status_code == 405
