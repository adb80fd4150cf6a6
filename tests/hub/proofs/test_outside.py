import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from rempart.hub.common.clock import paris_day
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import archive
from rempart.hub.funding.proofs import retention
from rempart.hub.funding.proofs.antivirus import Finding
from rempart.hub.funding.proofs.evidence import openable
from rempart.hub.funding.proofs.models import Assessment, OutsideResult, ScanState
from rempart.hub.funding.proofs.services import (
    add_document,
    record_outside_result,
    record_scan,
    withdraw_document,
    withdraw_outside_result,
)
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as made

pytestmark = pytest.mark.django_db
AT = made.AT
DAY = paris_day(AT) - timedelta(days=3)
ADS = "T1.O6"
RULE = """
[[objectives]]
code = "T1.O6"
title = { fr = "ADS", en = "ADS" }
target = { fr = "Niveau 3.", en = "Level 3." }
rule = { kind = "outside_result", service = "ads", level = 3, max_age_days = 60, accepted = true }
"""


@pytest.fixture
def application():
    call = made.call()
    content = call.versions.order_by("-number").first().content + RULE
    files.version(call, 3, content)
    return made.application(of=call)


@pytest.fixture
def by(application):
    return made.editor(application)


def outcome() -> str:
    return Assessment.objects.get(requirement=ADS).outcome


def record(application, by, **fields) -> OutsideResult:
    values = {"requirement_code": ADS, "service": "ads", "level": 3, "taken_on": DAY, "at": AT, **fields}
    return record_outside_result(application, by=by, **values)


def test_a_typed_in_result_is_worth_its_document(application, by):
    record(application, by)
    assert outcome() == "missing"
    version = add_document(application, ADS, "plan", made.pdf(), name="ads.pdf", by=by, at=AT)
    result = record(application, by, document=version.document)
    assert OutsideResult.objects.count() == 1
    assert outcome() == "met"
    withdraw_document(version.document, by=by, at=AT)
    assert outcome() == "missing"
    withdraw_outside_result(result, by=by, at=AT)
    assert withdraw_outside_result(result, by=by, at=AT).withdrawn_at == AT
    assert record(application, by) != result


def test_a_low_result_is_not_enough(application, by):
    version = add_document(application, ADS, "plan", made.pdf(), name="ads.pdf", by=by, at=AT)
    record(application, by, level=2, document=version.document)
    assert outcome() == "unmet"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"service": "autre"}, "bad_service"),
        ({"level": 0}, "bad_level"),
        ({"level": 101}, "bad_level"),
        ({"taken_on": paris_day(AT) + timedelta(days=1)}, "future_date"),
        ({"requirement_code": "T9"}, "unknown_requirement"),
        ({"members": ["000000000"]}, "not_member"),
    ],
)
def test_an_impossible_result_is_refused(application, by, fields, code):
    with pytest.raises(Refusal) as caught:
        record(application, by, **fields)
    assert caught.value.code == code


def test_a_result_is_shown_by_a_piece_of_its_own_requirement(application, by):
    other = made.document(application).document
    with pytest.raises(Refusal) as caught:
        record(application, by, document=other)
    assert caught.value.code == "other_document"


def test_a_stranger_types_nothing_in(application):
    with pytest.raises(Refusal) as caught:
        record(application, made.editor(made.application()))
    assert caught.value.code == "not_allowed"


def test_the_archive_holds_every_version_attestation_and_receipt(application, by):
    version = add_document(application, made.PAPER, "plan", made.pdf(), name="plan.pdf", by=by, at=AT)
    bad = add_document(application, made.PAPER, "plan", made.pdf(b"bad"), name="bad.pdf", by=by, at=AT)
    record_scan(bad, Finding(infected=True, what="X"), at=AT)
    deposit = made.deposit(application, by=by)
    with archive.build(application, for_agent=False) as content, zipfile.ZipFile(content) as built:
        found = {name: built.read(name) for name in built.namelist()}
    assert found[f"preuves/{made.PAPER}/{version.document_id}-v1-plan.pdf"] == made.pdf().getvalue()
    assert found[f"preuves/{made.MEASURE}/{deposit.sha256[:16]}.attestation"] == bytes(deposit.content)
    assert sum(path.endswith(".recu.json") for path in found) == 3
    assert not any("bad" in path for path in found)
    assert b"PUBLIC KEY" in found["preuves/cle-du-hub.pub"]
    assert made.MEASURE.encode() in found["preuves/verdicts.json"]


def test_erasing_a_file_erases_its_documents_and_keeps_their_digests(
    application, by, django_capture_on_commit_callbacks
):
    version = add_document(application, made.PAPER, "plan", made.pdf(), name="plan.pdf", by=by, at=AT, signatory="X")
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.erase_documents(application) == {"documents": 1}
    assert not default_storage.exists(version.path)
    sha256 = version.sha256
    version.refresh_from_db()
    assert (version.scan, version.signatory, version.sha256) == (ScanState.ERASED, "", sha256)
    assert not openable(version.scan)
    assert version.receipt
    assert retention.erase_documents(application) == {"documents": 0}
