import io

import pytest

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.proofs import antivirus, tasks
from rempart.hub.funding.proofs.models import Assessment, DocumentVersion, ScanState
from rempart.hub.funding.proofs.services import add_document, record_scan
from tests.hub.factories import proofs as made
from tests.hub.proofs import servers

AT = made.AT
NOBODY = "tcp://127.0.0.1:1"


def deposited(content=None) -> DocumentVersion:
    application = made.application()
    return add_document(
        application, made.PAPER, "plan", content or made.pdf(), name="plan.pdf", by=made.editor(application), at=AT
    )


def infected() -> io.BytesIO:
    return made.pdf(made.EICAR)


def test_a_clean_file_is_called_clean(antivirus_address):
    assert antivirus.ping(antivirus_address)
    assert antivirus.scan(made.pdf(), antivirus_address) == antivirus.Finding()


def test_an_infected_file_is_named(antivirus_address):
    found = antivirus.scan(io.BytesIO(b"x" * 200_000 + made.EICAR), antivirus_address)
    assert found.infected
    assert found.what.startswith("Rempart.Test.EICAR")


def test_over_tcp_a_file_larger_than_it_accepts_is_a_failure_and_no_pass(tmp_path):
    with servers.clamd(tmp_path, port=servers.free_port(), most_bytes=100_000) as address:
        found = antivirus.scan(io.BytesIO(b"x" * 5_000_000), address)
    assert found.failed
    assert not found.infected


@pytest.mark.parametrize("address", [NOBODY, "unix:///nowhere", "http://x", "tcp://x"])
def test_an_antivirus_that_does_not_answer_is_down(address):
    assert not antivirus.ping(address)
    with pytest.raises(antivirus.AntivirusDownError):
        antivirus.scan(made.pdf(), address)


@pytest.mark.django_db
def test_without_an_antivirus_nothing_is_queued_and_files_may_be_opened(run_jobs):
    version = deposited()
    assert run_jobs() == []
    assert version.scan == ScanState.NOT_SCANNED
    assert Assessment.objects.get(requirement=made.PAPER).outcome == "to_review"
    assert not antivirus.is_configured()


@pytest.mark.django_db
def test_a_file_waits_for_the_antivirus_then_counts(antivirus_address, settings, run_jobs):
    settings.CLAMD = antivirus_address
    version = deposited()
    assert Assessment.objects.get(requirement=made.PAPER).outcome == "missing"
    assert run_jobs() == ["proofs.scan_version"]
    version.refresh_from_db()
    assert version.scan == ScanState.CLEAN
    assert Assessment.objects.get(requirement=made.PAPER).outcome == "to_review"


@pytest.mark.django_db
def test_an_infected_file_is_kept_apart_and_the_applicant_told(antivirus_address, settings, run_jobs, mailoutbox):
    settings.CLAMD = antivirus_address
    version = deposited(infected())
    assert run_jobs() == ["proofs.scan_version", "common.deliver"]
    version.refresh_from_db()
    assert version.scan == ScanState.INFECTED
    assert version.finding.startswith("Rempart.Test.EICAR")
    assert Assessment.objects.get(requirement=made.PAPER).outcome == "missing"
    (mail,) = mailoutbox
    assert mail.to == ["contact@example.org"]
    assert "quarantaine" in mail.subject
    assert "plan.pdf" in mail.body


@pytest.mark.django_db
def test_an_antivirus_that_is_down_loses_nothing_and_opens_nothing(antivirus_address, settings, run_jobs):
    settings.CLAMD = NOBODY
    version = deposited()
    with pytest.raises(antivirus.AntivirusDownError):
        tasks.scan_version.func(version_id=version.pk)
    version.refresh_from_db()
    assert version.scan == ScanState.NOT_SCANNED
    assert Assessment.objects.get(requirement=made.PAPER).outcome == "missing"
    tasks.scan_waiting.func(timestamp=0)
    settings.CLAMD = antivirus_address
    tasks.scan_waiting.func(timestamp=0)
    assert run_jobs() == ["proofs.scan_version"]
    version.refresh_from_db()
    assert version.scan == ScanState.CLEAN


@pytest.mark.django_db
def test_a_failed_scan_is_tried_again(antivirus_address, settings, run_jobs):
    settings.CLAMD = antivirus_address
    version = deposited()
    record_scan(version, antivirus.Finding(failed=True, what="size limit"), at=AT)
    assert DocumentVersion.objects.get().scan == ScanState.ERROR
    run_jobs()
    tasks.scan_waiting.func(timestamp=0)
    run_jobs()
    assert DocumentVersion.objects.get().scan == ScanState.CLEAN


@pytest.mark.django_db
def test_what_was_found_is_not_forgotten_by_a_later_scan():
    version = deposited()
    record_scan(version, antivirus.Finding(infected=True, what="X"), at=AT)
    record_scan(version, antivirus.Finding(), at=AT)
    assert DocumentVersion.objects.get().scan == ScanState.INFECTED


@pytest.mark.django_db
def test_a_scan_queued_twice_waits_once(settings, run_jobs):
    settings.CLAMD = NOBODY
    version = deposited()
    tasks.queue_scan(version.pk)
    settings.CLAMD = ""
    assert run_jobs() == ["proofs.scan_version"]


@pytest.mark.django_db
def test_a_refused_file_queues_no_scan(settings, run_jobs):
    settings.CLAMD = NOBODY
    with pytest.raises(Refusal):
        deposited(io.BytesIO(b"MZ\x90\x00"))
    assert run_jobs() == []
