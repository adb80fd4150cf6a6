"""The file of the demonstration hospital: its directory and its exposure, measured twice each, attested, paid.

Nothing here is simulated but the hospital: the challenges, keys, signatures, verdicts, decisions and postings are the
site's own, through the services that people use.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services import perform
from rempart.hub.funding.proofs.members import members_of_all
from rempart.hub.funding.proofs.models import Deposit
from rempart.hub.funding.proofs.services.attestations import deposit_attestation
from rempart.hub.funding.proofs.services.challenges import issue_challenge
from rempart.hub.funding.proofs.services.documents import add_document
from rempart.hub.funding.proofs.services.judgements import judge
from rempart.hub.funding.proofs.services.keys import register_key
from rempart.hub.funding.proofs.services.outside import record_outside_result
from rempart.hub.territory.models import GhtRole, LegalEntity
from rempart.measurement.report import Report
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import sign
from rempart.proof.keys import PUBLIC_SUFFIX, create_key, load_signer

DIRECTORY, EXPOSURE, CONVERGENCE = "DEMO.ANNUAIRE", "D1.O2.B", "D1.O6.B"
AUDITS = (date(2026, 9, 14), date(2026, 11, 2))
"""Two exposure audits, 49 days apart: the first call asks for 45 to 60."""
EXPOSURE_LEVEL = 3
COST_SHARE = 0.93
"""The real cost of the story, as a share of the ceiling: what is paid is the lower of the two."""


class Measurements(NamedTuple):
    """The reports of the demonstration hospital, as the engines gave them: its directory twice, its exposure twice."""

    before: Report
    repaired: Report
    first_exposure: Report
    second_exposure: Report


def _moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


class _Hospital:
    """Valmont: its people, its file, its key."""

    def __init__(self, file: Application, people: Mapping[Role, User], key: Path) -> None:
        self.file = file
        self.people = people
        self.key = key
        self.support = LegalEntity.objects.get(
            ght_memberships__ght=file.ght_id, ght_memberships__role=GhtRole.SUPPORT, ght_memberships__left_on=None
        )

    def register_key(self, at: datetime) -> None:
        """Make the hospital's key and register its public half."""
        create_key(self.key)
        pem = self.key.with_name(self.key.name + PUBLIC_SUFFIX).read_bytes()
        register_key(self.support, pem, label="Poste du RSSI", by=self.people[Role.ESTABLISHMENT_ADMIN], at=at)

    def attest(self, report: Report, requirement: str, at: datetime) -> Deposit:
        """Ask for a challenge, sign the attestation that answers it, deposit it."""
        editor = self.people[Role.EDITOR]
        challenge = issue_challenge(self.file, requirement, self.support, by=editor, at=at)
        attestation = Attestation.of(report, finess=self.support.finess, challenge=challenge.value)
        return deposit_attestation(self.file, sign(attestation, load_signer(self.key)), by=editor, at=at)

    def bring_documents(self, at: datetime) -> None:
        """Type in the two exposure audits of the other members, who do not measure themselves; tell the convergence."""
        editor = self.people[Role.EDITOR]
        members = sorted(set(members_of_all([self.file])[self.file.pk].names) - {self.support.finess})
        for day in AUDITS:
            version = add_document(
                self.file, EXPOSURE, "audit_exposition", _paper(f"Audit d’exposition du {day:%d/%m/%Y}"),
                name=f"audit-exposition-{day:%Y-%m-%d}.txt", by=editor, at=at, dated=day, members=members,
            )  # fmt: skip
            record_outside_result(
                self.file, EXPOSURE, "silene", EXPOSURE_LEVEL, day,
                by=editor, at=at, document=version.document, members=members,
            )  # fmt: skip
        add_document(
            self.file, CONVERGENCE, "convergence_ad", _paper("Infrastructure Active Directory convergée du GHT"),
            name="infrastructure-ad.txt", by=editor, at=at, dated=AUDITS[1],
        )  # fmt: skip

    def do(self, action: str, role: Role, at: datetime, **data: Any) -> None:  # noqa: ANN401 — each action's own
        """Move the file."""
        perform(self.file, action, by=self.people[role], at=at, **data)


def _paper(title: str) -> BytesIO:
    return BytesIO(f"{title}\n\nDocument fictif, écrit pour la démonstration de Rempart.\n".encode())


def tell(file: Application, people: Mapping[Role, User], reports: Measurements, key: Path) -> None:
    """Lead the file from its first measurement, too low, to its payment."""
    hospital = _Hospital(file, people, key)
    hospital.register_key(_moment(8, 31, 9))
    hospital.attest(reports.before, DIRECTORY, _moment(8, 31, 10))
    hospital.attest(reports.first_exposure, EXPOSURE, _moment(9, 14, 12))
    hospital.attest(reports.second_exposure, EXPOSURE, _moment(11, 2, 12))
    hospital.bring_documents(_moment(11, 3, 9))
    hospital.attest(reports.repaired, DIRECTORY, _moment(11, 23, 9))
    hospital.do("declare", Role.SIGNATORY, _moment(11, 23, 10))
    hospital.do("start_check", Role.ARS_INSTRUCTOR, _moment(11, 23, 11))
    for code in (EXPOSURE, CONVERGENCE):
        judge(file, code, met=True, by=people[Role.ARS_INSTRUCTOR], at=_moment(11, 23, 11, 30))
    hospital.do("transmit", Role.ARS_INSTRUCTOR, _moment(11, 23, 12))
    hospital.do("validate_objectives", Role.ANS_VERIFIER, _moment(11, 23, 14))
    cost = round((file.ceiling_cents or 0) * COST_SHARE / 100) * 100
    hospital.do("request_payment", Role.SIGNATORY, _moment(11, 23, 15), eligible_cost_cents=cost)
    hospital.do("pay", Role.ANS_PAYER, _moment(11, 23, 16))
