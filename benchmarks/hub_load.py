"""Fifty people on the hub of a whole country: 40 000 sites, three calls of 1 207 files, really served by gunicorn.

Everything is simulated and made on the spot, in a real PostgreSQL of its own. The same pages are served to one person,
then to fifty who pause to read, then to fifty who never pause, which says how much the machine gives at most.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from rempart.hub import database

FOLDER = tempfile.TemporaryDirectory(prefix="rempart-load-")
PLACE = Path(FOLDER.name)
os.environ |= {
    "REMPART_HUB_DATA": FOLDER.name,
    "DATABASE_URL": database.start(PLACE / "postgresql", when_last_leaves="delete"),
    "DJANGO_SETTINGS_MODULE": "rempart.hub.settings",
    "REMPART_HUB_LOG_LEVEL": "ERROR",
    "REMPART_HUB_API_RATE": "1000000",
}

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from rempart.hub.accounts.models import User  # noqa: E402
from rempart.hub.accounts.roles import Role  # noqa: E402
from rempart.hub.api.services import create  # noqa: E402
from rempart.hub.common.clock import start_of  # noqa: E402
from rempart.hub.demo.call import CODE, replayed_content  # noqa: E402
from rempart.hub.demo.replay import Replayed, replay  # noqa: E402
from rempart.hub.demo.story import OPENING  # noqa: E402
from rempart.hub.funding.applications.models import Application, Event, PerimeterEntry  # noqa: E402
from rempart.hub.funding.calls.models import Ceiling  # noqa: E402
from rempart.hub.funding.calls.services import load_call, publish  # noqa: E402
from rempart.hub.funding.ledger.models import Entry, Posting  # noqa: E402
from rempart.hub.funding.ledger.selectors import balances  # noqa: E402
from rempart.hub.funding.ledger.services import open_envelope  # noqa: E402
from rempart.hub.funding.proofs.instruction import assess_many  # noqa: E402
from rempart.hub.territory.models import Department, LegalEntity, Site  # noqa: E402

AT = datetime.now(UTC)
SITES = 40_000
USERS = 50
TARGET_MS = 250
OTHER_CALLS = ("REJEU-2", "REJEU-3")
BATCH = 2000


def make_country(sites: int) -> Replayed:
    """Load the replayed call, copy it twice, and add sites until the country is whole."""
    made = replay(AT)
    with transaction.atomic():
        _add_sites(sites - Site.objects.count())
        for code in OTHER_CALLS:
            _copy_call(code, made.people[Role.ADMINISTRATOR])
    assess_many(Application.objects.all(), at=AT)
    return made


def _add_sites(count: int) -> None:
    departments = list(Department.objects.order_by("code"))
    entities = [
        LegalEntity(finess=f"98{n:07d}", name=f"Entité {n} (fictive)", department=departments[n % len(departments)],
                    status="public")
        for n in range(count // 2)
    ]  # fmt: skip
    LegalEntity.objects.bulk_create(entities, batch_size=BATCH)
    Site.objects.bulk_create(
        (
            Site(finess=f"97{n:07d}", name=f"Site {n} (fictif)", legal_entity=owner, department=owner.department)
            for n in range(count)
            for owner in [entities[n % len(entities)]]
        ),
        batch_size=BATCH,
    )


def _copy_call(code: str, admin: User) -> None:
    """Write the replayed call again under another code, with its files, their past and their money."""
    content = replayed_content().replace(CODE, code)
    version = publish(load_call(content, by=admin, at=AT, simulated=True), by=admin, at=AT)
    call = version.call
    envelope = open_envelope(call, balances_of(CODE), by=admin, at=start_of(OPENING))
    _again(Ceiling, Ceiling.objects.filter(call=CODE), call=call)
    files = _again(Application, Application.objects.filter(call=CODE), call=call, version=version)
    for model in (PerimeterEntry, Event):
        _again(model, model.objects.filter(application__call=CODE), application=files)
    entries = _again(Entry, Entry.objects.filter(application__call=CODE), application=files, envelope=envelope)
    _again(Posting, Posting.objects.filter(entry__in=list(entries)), entry=entries)


def balances_of(code: str) -> int:
    """Return the envelope of a call, in cents."""
    return balances(Application.objects.filter(call=code).select_related("call")[0].call).envelope


def _again(model: Any, rows: Any, **changes: Any) -> dict[int, Any]:  # noqa: ANN401 — any model and its fields
    """Insert copies of rows, with some fields changed; a dict is read by the old row's key. Return them by old key."""
    copies: dict[int, Any] = {}
    key = model._meta.pk
    for row in rows.order_by("pk"):
        values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if field != key}
        twin = copies[row.pk] = model(**values)
        for name, value in changes.items():
            setattr(twin, name, value[getattr(row, f"{name}_id")] if isinstance(value, dict) else value)
        if model is Application:
            twin.number = row.number.replace(CODE, twin.call_id)
    model.objects.bulk_create(copies.values(), batch_size=BATCH)
    return copies


def session(user: User) -> dict[str, str]:
    """Open a session in the database and return the header that carries it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}"}


def walks(made: Replayed) -> list[dict[str, Any]]:
    """Return what each sort of person reads, with the right to."""
    people, own = made.people, made.valmont.number
    region = made.valmont.region_id
    queue = "/instruction/dossiers/"
    candidate = [
        ("candidate: space", "/dossiers/"),
        ("candidate: file", f"/dossiers/{own}/"),
        ("candidate: requirement", f"/dossiers/{own}/preuves/D1.O2.B/"),
        ("candidate: messages", f"/dossiers/{own}/messages/"),
    ]
    desk = [
        ("to do", "/instruction/"),
        ("queue", queue),
        ("queue, filtered and sorted", f"{queue}?kind=ght&sort=-amount"),
        ("queue, by verdicts", f"{queue}?sort=-verdicts"),
        ("file, side by side", f"/instruction/dossiers/{own}/"),
        ("file, history", f"/instruction/dossiers/{own}/historique/"),
    ]
    regional = [("steering: region", f"/pilotage/{CODE}/?region={region}")]
    national = [("steering: nation", f"/pilotage/{CODE}/"), ("steering: map", f"/pilotage/{CODE}/?map=departments")]
    public = [("public: home", "/"), ("public: calls", "/appels/"), ("public: call", f"/appels/{CODE}/"),
              ("public: open data", f"/donnees-ouvertes/{CODE}.json")]  # fmt: skip
    api = [
        ("API: calls", "/api/v1/calls"),
        ("API: files", "/api/v1/files"),
        ("API: figures", f"/api/v1/figures?call={CODE}"),
    ]
    _token, secret = create("banc", ["read:files", "read:figures"], 1, by=people[Role.DNS_PILOT], at=AT)

    def named(prefix: str, pages: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(f"{prefix}: {name}", path) for name, path in pages]

    return [
        {"headers": session(people[Role.EDITOR]), "pages": candidate},
        {"headers": session(people[Role.ARS_INSTRUCTOR]), "pages": [*named("ARS", desk), *regional]},
        {"headers": session(people[Role.ANS_VERIFIER]), "pages": named("ANS", desk)},
        {"headers": session(people[Role.DNS_PILOT]), "pages": national},
        {"headers": {}, "pages": public},
        {"headers": {"Authorization": f"Bearer {secret}"}, "pages": api},
    ]


@contextmanager
def served() -> Iterator[int]:
    """Serve the hub as `rempart hub serve` does, and yield its port."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:rempart.hub.operations.gunicorn"]
    figures = PLACE / "figures"
    figures.mkdir()
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--workers", "2"],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(figures)},
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(40)


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            asking.request("GET", "/")
            asking.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = "the hub does not answer"
    raise SystemExit(message)


def walked(**plan: object) -> dict[str, list[tuple[float, int]]]:
    """Walk in another process; return (milliseconds, status) by page."""
    walker = Path(__file__).with_name("load_walk.py")
    done = subprocess.run([sys.executable, walker], input=json.dumps(plan), capture_output=True, text=True, check=True)
    pages: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for name, seconds, status in json.loads(done.stdout):
        pages[name].append((1000 * seconds, status))
    return pages


def tell(title: str, pages: dict[str, list[tuple[float, int]]], one: dict[str, float], seconds: float) -> None:
    """Print the times of each page beside those of one person."""
    print(f"\n{title}\n{'page':<36}{'count':>7}{'median':>9}{'p95':>9}{'errors':>8}{'x one':>7}")
    for name in sorted(pages):
        _line(name, pages[name], one.get(name))
    every = [sample for samples in pages.values() for sample in samples]
    _line("ALL", every, statistics.median(one.values()) if one else None)
    p95 = _p95([ms for ms, _ in every])
    print(f"{len(every) / seconds:.0f} pages a second; p95 {p95:.0f} ms, target {TARGET_MS} ms", flush=True)


def _line(name: str, samples: list[tuple[float, int]], one: float | None) -> None:
    times = [ms for ms, _ in samples]
    median, errors = statistics.median(times), sum(status != 200 for _, status in samples)  # noqa: PLR2004 — OK
    ratio = f"{median / one:.1f}" if one else ""
    print(f"{name:<36}{len(times):>7}{median:>9.0f}{_p95(times):>9.0f}{errors:>8}{ratio:>7}")


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--pause", type=float, default=5, help="mean seconds a person reads a page")
    asked.add_argument("--sites", type=int, default=SITES)
    chosen = asked.parse_args()
    begun = time.perf_counter()
    with database.hurried(os.environ["DATABASE_URL"]):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        made = make_country(chosen.sites)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(f"{Site.objects.count():,} sites, {Application.objects.count():,} files; {time.perf_counter() - begun:.0f} s")
    journeys = walks(made)
    with served() as port:
        plan = {"port": port, "walks": journeys, "seconds": chosen.seconds, "rounds": 5}
        begun = time.perf_counter()
        first = walked(**plan, users=1, pause=0)
        one = {name: statistics.median(ms for ms, _ in samples) for name, samples in first.items()}
        tell("ONE person", first, {}, time.perf_counter() - begun)
        for pause in (chosen.pause, 0):
            pages = walked(**plan, users=USERS, pause=pause)
            tell(f"{USERS} people, {pause:g} s between two pages", pages, one, chosen.seconds)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
