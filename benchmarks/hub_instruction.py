"""The instruction of a whole call: every attestation verified from its raw bytes, every objective judged and stored.

1 182 files x 11 objectives by default, real Ed25519 signatures, a real PostgreSQL, all made on the spot. Compared with
the plain way, in the same run and on the same rows: one requirement at a time through the ORM.
"""

import argparse
import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

from rempart.hub import database

FOLDER = tempfile.TemporaryDirectory(prefix="rempart-bench-")
os.environ["REMPART_HUB_DATA"] = FOLDER.name
os.environ["DATABASE_URL"] = database.start(Path(FOLDER.name) / "postgresql", when_last_leaves="delete")
os.environ["DJANGO_SETTINGS_MODULE"] = "rempart.hub.settings"

django.setup()

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from securesystemslib.signer import CryptoSigner  # noqa: E402

from rempart.hub.accounts.models import User  # noqa: E402
from rempart.hub.funding.applications.models import Application, PerimeterEntry  # noqa: E402
from rempart.hub.funding.applications.states import State  # noqa: E402
from rempart.hub.funding.calls.definition import digest_of  # noqa: E402
from rempart.hub.funding.calls.models import Call, CallVersion  # noqa: E402
from rempart.hub.funding.proofs import instruction  # noqa: E402
from rempart.hub.funding.proofs.models import Assessment, Challenge, Deposit, RegisteredKey  # noqa: E402
from rempart.hub.funding.rules.evidence import Evidence, Measure  # noqa: E402
from rempart.hub.territory.models import Department, Ght, GhtMembership, LegalEntity, Region  # noqa: E402
from rempart.measurement.report import Level  # noqa: E402
from rempart.measurement.verdict import Status  # noqa: E402
from rempart.proof.attestation import Attestation, Digest, Measurement, Subject  # noqa: E402
from rempart.proof.envelope import sign, verify  # noqa: E402
from rempart.proof.keys import public_pem, read_public_key  # noqa: E402

GHTS = 134
MEMBERS = 5
AT = datetime(2025, 3, 14, 9, tzinfo=UTC)
TAKEN = AT - timedelta(days=20)
CALL = """
code = "B-2024"
title = {{ fr = "Banc", en = "Bench" }}
summary = {{ fr = "Banc.", en = "Bench." }}
legal_text = "fictif"
kinds = ["ght", "public"]
eligibility = {{ fr = "Tous.", en = "All." }}
windows = []
{objectives}
"""
OBJECTIVE = """
[[objectives]]
code = "B.O{number}"
title = {{ fr = "Objectif {number}", en = "Objective {number}" }}
target = {{ fr = "Niveau 3.", en = "Level 3." }}
rule = {{ kind = "attestation", engine = "directory", level = 3, max_age_days = 60 }}
"""


def make_files(files: int, objectives: int) -> list[Application]:
    """Make the territory, the call and its files, each with its perimeter."""
    region = Region.objects.create(code="28", name="Normandie", agency="ARS Normandie")
    department = Department.objects.create(code="14", finess_code="14", name="Calvados", region=region)
    numbers = itertools.count(1)

    def entity() -> LegalEntity:
        finess = f"99{next(numbers):07d}"
        return LegalEntity(
            finess=finess, name=f"Établissement {finess} (fictif)", department=department, status="public"
        )

    call = Call.objects.create(code="B-2024", title="Banc")
    content = CALL.format(objectives="".join(OBJECTIVE.format(number=n) for n in range(1, objectives + 1)))
    version = CallVersion.objects.create(call=call, number=1, content=content, digest=digest_of(content))
    ghts = [Ght(code=f"B{n}", name=f"GHT {n} (fictif)", region=region) for n in range(min(GHTS, files))]
    Ght.objects.bulk_create(ghts)
    members = {ght.pk: [entity() for _ in range(MEMBERS)] for ght in ghts}
    alone = [entity() for _ in range(files - len(ghts))]
    LegalEntity.objects.bulk_create([*itertools.chain(*members.values()), *alone])
    GhtMembership.objects.bulk_create(
        GhtMembership(ght=ght, legal_entity=one, role="M" if place else "S")
        for ght in ghts
        for place, one in enumerate(members[ght.pk])
    )
    common = {"call": call, "version": version, "region": region, "state": State.OPERATIONAL, "ceiling_cents": 100}
    dates = dict.fromkeys(("created_at", "submitted_at", "validated_at", "operational_at", "state_since"), TAKEN)
    applications = Application.objects.bulk_create(
        Application(number=f"B-{n:05d}", ght=ght, legal_entity=one, kind="ght" if ght else "public", **common, **dates)
        for n, (ght, one) in enumerate([*((ght, None) for ght in ghts), *((None, one) for one in alone)])
    )
    PerimeterEntry.objects.bulk_create(
        PerimeterEntry(application=file, legal_entity=one, combined=100, year=2022)
        for file in applications
        if file.ght_id
        for one in members[file.ght_id]
    )
    return applications


def deposits(applications: list[Application], person: User) -> Iterator[Deposit]:
    """Yield a signed and deposited attestation for every objective of every file, each with its key and challenge."""
    values = itertools.count(1)
    for file in applications:
        owner = file.legal_entity or file.ght.memberships.get(role="S").legal_entity
        signer = CryptoSigner(Ed25519PrivateKey.generate())
        key = RegisteredKey.objects.create(
            legal_entity=owner, keyid=signer.public_key.keyid, pem=public_pem(signer).decode(), label="banc",
            registered_by=person,
        )  # fmt: skip
        for objective in file.version.definition.objectives:
            number = next(values)
            challenge = Challenge.objects.create(
                application=file, requirement=objective.code, legal_entity=owner, value=f"{number:043d}",
                issued_by=person, issued_at=TAKEN, expires_at=AT + timedelta(days=9), used_at=AT,
            )  # fmt: skip
            yield deposit(challenge, key, signer, number, person)


def deposit(challenge: Challenge, key: RegisteredKey, signer: CryptoSigner, number: int, person: User) -> Deposit:
    """Return the row of one really signed attestation."""
    snapshot, catalogue, owner = f"{number:064x}", "b" * 64, challenge.legal_entity_id
    subjects = (("snapshot", snapshot), ("catalogue", catalogue))
    attestation = Attestation(
        subject=tuple(Subject(name=name, digest=Digest(sha256=digest)) for name, digest in subjects),
        predicate=Measurement(
            engine="directory", tool_version="0.1.0", catalogue_version="2026.11", finess=owner, taken_at=TAKEN,
            judged_at=TAKEN, level=Level(value=3), counts=dict.fromkeys(Status, 7), verdicts=Digest(sha256=snapshot),
            challenge=challenge.value,
        ),
    )  # fmt: skip
    content = sign(attestation, signer)
    return Deposit(
        application=challenge.application, requirement=challenge.requirement, challenge=challenge, key=key,
        content=content, sha256=digest_of(content.decode()), engine="directory", tool_version="0.1.0",
        catalogue_version="2026.11", catalogue_digest=catalogue, snapshot_digest=snapshot, level=3, finess=owner,
        members=[owner] if challenge.application.ght_id else [], taken_at=TAKEN, judged_at=TAKEN, deposited_by=person,
        deposited_at=AT,
    )  # fmt: skip


def plainly(applications: list[Application], at: datetime) -> int:
    """Do the same the plain way: requirement by requirement, each with its own queries and its own write."""
    met = 0
    for file in applications:
        for objective in CallVersion.objects.get(pk=file.version_id).definition.objectives:
            measures = []
            for row in Deposit.objects.filter(application=file, requirement=objective.code):
                verify(bytes(row.content), [read_public_key(row.key.pem.encode())], challenge=row.challenge.value)
                measures.append(
                    Measure(row.pk, row.engine, row.level, row.at_most, row.taken_at, frozenset(row.members))
                )
            names = {one.legal_entity_id: one.legal_entity.name for one in file.perimeter.all()}
            evidence = Evidence(at=at, is_ght=file.ght_id is not None, names=names, measures=tuple(measures))
            verdict = objective.rule.judge(evidence)
            parts = {member: objective.rule.judge(evidence.of(member)).outcome.value for member in evidence.members}
            met += verdict.outcome == "met"
            Assessment.objects.update_or_create(
                application=file,
                requirement=objective.code,
                defaults={
                    "outcome": verdict.outcome.value,
                    "reasons": [text.model_dump() for text in verdict.reasons],
                    "parts": parts,
                    "assessed_at": at,
                },
            )
    return met


def run(applications: list[Application]) -> float:
    """Verify and judge all, and return the seconds it took."""
    begun, busy = time.perf_counter(), time.process_time()
    faults = instruction.verify_many(applications)
    verified = time.perf_counter()
    result = instruction.assess_many(applications, at=AT)
    ended = time.perf_counter()
    met = sum(verdict.outcome == "met" for verdicts in result.values() for verdict in verdicts.values())
    print(f"verified from raw bytes in {verified - begun:.1f} s: {len(faults)} faulty")
    print(f"judged and stored in {ended - verified:.1f} s: {met:,} met")
    print(
        f"in all {ended - begun:.1f} s, of which {time.process_time() - busy:.1f} s of one core; the rest is PostgreSQL"
    )
    return ended - begun


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("files", type=int, nargs="?", default=1182)
    asked.add_argument("objectives", type=int, nargs="?", default=11)
    asked.add_argument("--plain", type=int, default=120, help="files done the plain way, for the ratio")
    chosen = asked.parse_args()
    call_command("migrate", verbosity=0)
    applications = make_files(chosen.files, chosen.objectives)
    person = User.objects.create(email="banc@example.org", first_name="Banc", last_name="Banc")
    Deposit.objects.bulk_create(deposits(applications, person), batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    total = chosen.files * chosen.objectives
    print(f"{chosen.files:,} files x {chosen.objectives} objectives = {total:,} attestations really signed")
    took = run(applications)
    Assessment.objects.all().delete()
    some = list(Application.objects.order_by("?")[: chosen.plain])
    begun = time.perf_counter()
    met = plainly(some, AT)
    plain = (time.perf_counter() - begun) / len(some)
    print(f"the plain way: {plain * chosen.files:.1f} s for all (measured on {len(some)} files; {met:,} met)")
    print(f"ratio: {plain * chosen.files / took:.1f} times faster; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
