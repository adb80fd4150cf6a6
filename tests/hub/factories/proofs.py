"""Proofs for tests: real keys, real attestations made from a real report, documents of every accepted type."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.proofs.filetypes import OOXML_MAIN
from rempart.hub.funding.proofs.models import (
    Challenge,
    Deposit,
    Document,
    DocumentVersion,
    KnownCatalogue,
    RegisteredKey,
)
from rempart.hub.territory.models import Ght, LegalEntity
from rempart.measurement.report import Level
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import sign
from rempart.proof.keys import public_pem
from tests.hub.factories import applications as files
from tests.proof.test_proof import make_report

AT = datetime(2025, 2, 3, 10, tzinfo=UTC)
"""A moment of the operational phase of `factories.applications`."""
TAKEN = AT - timedelta(days=2)
CATALOGUE = "b" * 64
PREREQUISITE, MEASURE, PAPER, EACH, GROUP = "T1.P1", "T1.O2", "T1.O3", "T1.O4", "T1.O5"
NATURES = """natures = [
  { code = "pssi", label = { fr = "Politique", en = "Policy" } },
  { code = "plan", label = { fr = "Plan", en = "Plan" } },
]"""
REQUIREMENTS = """
[[prerequisites]]
code = "T1.P1"
title = { fr = "Politique", en = "Policy" }
target = { fr = "Une politique.", en = "A policy." }
rule = { kind = "document", natures = ["pssi"], read = false }
[[objectives]]
code = "T1.O2"
title = { fr = "Annuaire", en = "Directory" }
target = { fr = "Niveau 3.", en = "Level 3." }
rule = { kind = "attestation", engine = "directory", level = 3, max_age_days = 60 }
[[objectives]]
code = "T1.O3"
title = { fr = "Plan", en = "Plan" }
target = { fr = "Un plan.", en = "A plan." }
rule = { kind = "human" }
[[objectives]]
code = "T1.O4"
title = { fr = "Chaque annuaire", en = "Each directory" }
target = { fr = "Niveau 3 partout.", en = "Level 3 everywhere." }
rule = { kind = "attestation", engine = "directory", level = 3 }
per_entity = true
[[objectives]]
code = "T1.O5"
title = { fr = "Convergence", en = "Convergence" }
target = { fr = "Annuaires convergés.", en = "Converged directories." }
rule = { kind = "human" }
ght_only = true
"""
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless string every antivirus calls infected."""


def call() -> Call:
    """Return a call with one requirement of each kind."""
    made = files.call()
    content = files.DEFINITION.format(code=made.pk, envelope=6_500_000_000, more=NATURES) + REQUIREMENTS
    files.version(made, 2, content)
    return made


def application(state: State = State.OPERATIONAL, kind: str = "public", **fields: object) -> Application:
    """Return a file of such a call."""
    fields.setdefault("of", call())
    return files.application(state, kind, **fields)


def editor(of: Application) -> User:
    """Return someone who brings proofs for the applicant of a file; in a GHT, of its support establishment."""
    return files.person(Role.EDITOR, on=entity_of(of))


def entity_of(of: Application) -> LegalEntity:
    """Return the entity that applies, or the support establishment of the GHT."""
    applicant = of.applicant
    return files.support_of(applicant) if isinstance(applicant, Ght) else applicant


@cache
def signer(name: str = "") -> CryptoSigner:
    """Return a signing key, one for each name."""
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def key(of: LegalEntity, *, by: User | None = None, name: str = "", **fields: object) -> RegisteredKey:
    """Return the registered key of an entity; its private half is `signer(name or FINESS)`."""
    ours = signer(name or of.pk)
    values = {"label": "clé de test", "registered_by": by or files.person(), "registered_at": AT, **fields}
    return RegisteredKey.objects.create(
        legal_entity=of, keyid=ours.public_key.keyid, pem=public_pem(ours).decode(), **values
    )


def catalogue(digest: str = CATALOGUE, engine: str = "directory") -> KnownCatalogue:
    """Return the catalogue that the reports of tests are judged with."""
    return KnownCatalogue.objects.get_or_create(engine=engine, digest=digest, defaults={"version": "2026.11"})[0]


def challenge(of: Application, requirement: str = MEASURE, *, by: User | None = None, **fields: object) -> Challenge:
    """Return a challenge that waits for its answer."""
    asker = by or files.person()
    number = Challenge.objects.count()
    values = {
        "legal_entity": entity_of(of), "value": f"{number:043d}", "issued_by": asker,
        "issued_at": AT - timedelta(days=1), "expires_at": AT + timedelta(days=13), **fields,
    }  # fmt: skip
    return Challenge.objects.create(application=of, requirement=requirement, **values)


def report(  # noqa: PLR0913 — each argument is one thing a test may fix
    *, taken_at: datetime = TAKEN, judged_at: datetime | None = None, level: int = 3, snapshot: str = "a" * 64,
    at_most: bool = False, catalogue_digest: str = CATALOGUE,
):  # fmt: skip
    """Return a real report of the directory engine."""
    base = make_report()
    return make_report(
        source=base.source.model_copy(update={"taken_at": taken_at, "digest": f"sha256:{snapshot}"}),
        judged_at=judged_at or taken_at + timedelta(hours=1),
        level=Level(value=level, at_most=at_most),
        tool=base.tool.model_copy(update={"catalogue_digest": f"sha256:{catalogue_digest}"}),
    )


def attestation(to: Challenge | str | None, *, finess: str | None = None, key_name: str = "", **said: object) -> bytes:
    """Return the signed attestation that answers a challenge, by the key of the entity it was issued to."""
    value = to.value if isinstance(to, Challenge) else to
    if isinstance(to, Challenge):
        finess = finess or to.site_id or to.legal_entity_id
        key_name = key_name or to.legal_entity_id
    return sign(Attestation.of(report(**said), finess=finess, challenge=value), signer(key_name))


def deposit(of: Application, requirement: str = MEASURE, *, by: User | None = None, **said: object) -> Deposit:
    """Return a verified attestation, through the service; key and catalogue are made when they lack."""
    from rempart.hub.funding.proofs.services import deposit_attestation  # noqa: PLC0415 — factories load before apps

    catalogue()
    owner = entity_of(of)
    if not RegisteredKey.objects.filter(legal_entity=owner).exists():
        key(owner)
    at = said.pop("at", AT)
    asked = challenge(of, requirement)
    return deposit_attestation(of, attestation(asked, **said), by=by or editor(of), at=at)


def document(of: Application, requirement: str = PAPER, nature: str = "plan", **fields: object) -> DocumentVersion:
    """Return a document's version in the tables only: no bytes lie in the storage."""
    by = files.person()
    members = fields.pop("members", [])
    piece = Document.objects.create(
        application=of, requirement=requirement, nature=nature, members=members, created_by=by, created_at=AT
    )
    number = DocumentVersion.objects.count()
    values = {
        "number": 1, "sha256": hashlib.sha256(str(number).encode()).hexdigest(), "size": 1000,
        "media_type": "application/pdf", "original_name": "plan.pdf", "deposited_by": by, "deposited_at": AT, **fields,
    }  # fmt: skip
    return DocumentVersion.objects.create(document=piece, **values)


def pdf(words: bytes = b"plan", *, more: bytes = b"") -> io.BytesIO:
    """Return a small PDF."""
    return io.BytesIO(
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog " + more + b">>\nendobj\n% " + words + b"\n%%EOF\n"
    )


def office(kind: str, *extra: str) -> io.BytesIO:
    """Return a small office file of that media type; `extra` names more parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        mains = {media: main for main, media in OOXML_MAIN.items()}
        if kind in mains:
            archive.writestr("[Content_Types].xml", b"<Types>application/" + mains[kind] + b"</Types>")
        else:
            archive.writestr("mimetype", kind)
        for name in extra:
            archive.writestr(name, "x")
    content.seek(0)
    return content


def prove(of: Application, *codes: str) -> None:
    """Make the requirements of those codes (all objectives by default) met: a document and a person's decision."""
    from rempart.hub.funding.proofs.models import Judgement  # noqa: PLC0415 — factories load before apps

    for code in codes or [item.code for item in of.version.definition.objectives]:
        document(of, code, deposited_at=of.created_at)
        deposited = {"by": files.person(Role.ARS_INSTRUCTOR, of=of.region), "at": of.created_at}
        Judgement.objects.create(application=of, requirement=code, met=True, **deposited)
