import io
from datetime import date, timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs import filetypes as types
from rempart.hub.funding.proofs import receipts
from rempart.hub.funding.proofs.models import Assessment, Document, DocumentVersion
from rempart.hub.funding.proofs.services import add_document, add_version, withdraw_document
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as made

pytestmark = pytest.mark.django_db
AT = made.AT


@pytest.fixture
def application():
    return made.application()


@pytest.fixture
def by(application):
    return made.editor(application)


def add(application, by, file=None, **fields) -> DocumentVersion:
    values = {"name": "plan.pdf", "at": AT, **fields}
    requirement = values.pop("requirement", made.PAPER)
    return add_document(application, requirement, values.pop("nature", "plan"), file or made.pdf(), by=by, **values)


def refused(*args, **fields) -> str:
    with pytest.raises(Refusal) as caught:
        add(*args, **fields)
    assert not Document.objects.exists()
    return caught.value.code


def test_a_document_is_stored_under_an_opaque_key_with_its_digest_and_receipt(application, by):
    version = add(application, by, dated=date(2025, 1, 2), signatory=" La directrice ")
    with default_storage.open(version.path) as file:
        assert file.read() == made.pdf().getvalue()
    assert "plan" not in version.path
    assert (version.number, version.media_type, version.signatory) == (1, "application/pdf", "La directrice")
    received = receipts.read(version.receipt)
    received.check(made.pdf().getvalue())
    assert received.predicate.size == version.size


def test_a_document_is_assessed_at_once(application, by):
    add(application, by)
    assert Assessment.objects.get(requirement=made.PAPER).outcome == "to_review"


def test_the_same_bytes_again_change_nothing(application, by):
    first = add(application, by)
    assert add(application, by) == first
    assert add_version(first.document, made.pdf(), name="autre.pdf", by=by, at=AT) == first
    assert DocumentVersion.objects.count() == 1


def test_a_new_version_counts_and_the_older_one_is_kept(application, by):
    first = add(application, by)
    second = add_version(first.document, made.pdf(b"second"), name="plan.pdf", by=by, at=AT, dated=date(2025, 2, 1))
    assert second.number == 2
    assert default_storage.exists(first.path)
    assert default_storage.exists(second.path)


def test_a_withdrawn_piece_no_longer_counts_and_is_kept(application, by):
    version = add(application, by)
    withdraw_document(version.document, by=by, at=AT)
    assert Assessment.objects.get(requirement=made.PAPER).outcome == "missing"
    assert default_storage.exists(version.path)
    with pytest.raises(Refusal) as caught:
        add_version(version.document, made.pdf(b"b"), name="b.pdf", by=by, at=AT)
    assert caught.value.code == "withdrawn"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (made.pdf(), "a.exe", types.PDF),
        (made.office(types.ODT), "a", types.ODT),
        (made.office(types.ODS), "a.ods", types.ODS),
        (made.office(types.DOCX), "a.docx", types.DOCX),
        (made.office(types.XLSX), "a.pdf", types.XLSX),
        (io.BytesIO(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "a.png", types.PNG),
        (io.BytesIO(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"), "a.jpeg", types.JPEG),
        (io.BytesIO("service;durée\nurgences;2 h\n".encode("cp1252")), "a.csv", types.CSV),
        (io.BytesIO("Un procès-verbal.".encode()), "a.md", types.TXT),
    ],
)
def test_a_type_is_told_by_the_content_and_the_name_follows(content, name, kind):
    assert types.recognise(content, name) == kind
    assert types.safe_name(name, kind) == f"a{types.EXTENSIONS[kind]}"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + b"\x00" * 60,
        b"#!/bin/sh\nrm",
        b"<html><script>",
        b"  <?php",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500,
        b"PK\x03\x04 not a zip",
        b"\x7fELF\x02\x01",
        b"   ",
    ],
)
def test_other_types_are_refused_whatever_their_name(content):
    with pytest.raises(Refusal) as caught:
        types.recognise(io.BytesIO(content), "plan.pdf")
    assert caught.value.code == "file_type"


@pytest.mark.parametrize("kind", [types.DOCX, types.XLSX, types.ODT])
@pytest.mark.parametrize("part", ["word/vbaProject.bin", "Basic/Standard/x.xml", "xl/activeX/a.bin", "a.exe"])
def test_macros_are_refused(kind, part):
    with pytest.raises(Refusal) as caught:
        types.recognise(made.office(kind, part), "a")
    assert caught.value.code == "active_content"


def test_an_archive_that_is_no_office_file_is_refused():
    with pytest.raises(Refusal) as caught:
        types.recognise(made.office("application/zip"), "a.docx")
    assert caught.value.code == "file_type"


@pytest.mark.parametrize("more", [b"/OpenAction << /S /JavaScript /JS (x) >>", b"/S /J#61vaScript", b"/S /Launch"])
def test_a_pdf_with_a_script_is_refused(more):
    with pytest.raises(Refusal) as caught:
        types.recognise(made.pdf(more=more), "a.pdf")
    assert caught.value.code == "active_content"


def test_a_script_inside_compressed_objects_is_found():
    import zlib  # noqa: PLC0415 — used here alone

    hidden = b"<< /Type /ObjStm >> stream\n" + zlib.compress(b"<< /S /JavaScript >>") + b"endstream "
    with pytest.raises(Refusal):
        types.recognise(made.pdf(more=hidden), "a.pdf")


def test_the_words_of_a_picture_inside_a_pdf_are_no_script():
    inside = b"<< /Subtype /Image >> stream\n...(/JS )...endstream "
    assert types.recognise(made.pdf(more=inside), "a.pdf") == types.PDF


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\x\x00.pdf", "é" * 400, "", ".", 'a"\r\nX: y'])
def test_a_name_cannot_leave_its_folder_nor_break_a_header(name):
    safe = types.safe_name(name, types.PDF)
    assert safe.endswith(".pdf")
    assert len(safe) <= 120
    assert not set(safe) & set('/\\"\r\n\x00')


def test_a_file_that_is_too_large_is_refused(application, by, settings):
    settings.DOCUMENT_MAX_BYTES = 20
    assert refused(application, by) == "too_large"


def test_an_empty_file_is_refused(application, by):
    assert refused(application, by, io.BytesIO()) == "empty_file"


def test_an_unknown_requirement_is_refused(application, by):
    assert refused(application, by, requirement="T9") == "unknown_requirement"


def test_a_nature_the_rule_does_not_name_is_refused():
    draft = made.application(State.DRAFT)
    by = made.editor(draft)
    assert refused(draft, by, requirement=made.PREREQUISITE, nature="photo") == "unknown_nature"
    assert add(draft, by, requirement=made.PREREQUISITE, nature="pssi", dated=date(2025, 1, 2))
    assert Assessment.objects.get(requirement=made.PREREQUISITE).outcome == "met"


def test_a_date_to_come_is_refused(application, by):
    assert refused(application, by, dated=(AT + timedelta(days=1)).date()) == "future_date"


def test_a_member_of_another_file_is_refused(application, by):
    assert refused(application, by, members=[files.entity().pk]) == "not_member"


def test_a_stranger_adds_nothing(application):
    assert refused(application, made.editor(made.application())) == "not_allowed"


def test_a_prerequisite_comes_with_the_draft_and_not_later(application, by):
    assert refused(application, by, requirement=made.PREREQUISITE, nature="pssi") == "proofs_closed"


def test_the_support_of_a_ght_acts_for_a_member_by_delegation_only():
    from rempart.hub.accounts.models import Delegation  # noqa: PLC0415 — used here alone

    application = made.application(kind="ght")
    by = made.editor(application)
    member = application.ght.memberships.filter(role="M").first().legal_entity
    with pytest.raises(Refusal) as caught:
        add(application, by, members=[member.pk])
    assert caught.value.code == "not_allowed"
    Delegation.objects.create(ght=application.ght, legal_entity=member, given_by=files.person())
    assert add(application, by, members=[member.pk]).document.members == [member.pk]


def test_a_failed_write_to_the_storage_leaves_no_row(application, by, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(OSError, match="no space"):
        add(application, by)
    assert not Document.objects.exists()
