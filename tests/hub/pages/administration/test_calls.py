from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from rempart.hub.accounts.roles import Role
from rempart.hub.common.clock import paris_day
from rempart.hub.funding.calls import catalogue, selectors
from rempart.hub.funding.calls.models import Call, CallVersion, Stage, Window
from rempart.hub.funding.ledger.selectors import balances
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import accounts, territory
from tests.hub.factories import calls as factory

pytestmark = pytest.mark.django_db
CODE = "ADM-2026"


@pytest.fixture
def call():
    return factory.call(factory.content(CODE))


@pytest.fixture
def admin():
    return accounts.person(Role.ADMINISTRATOR)


def pages(call, number=1):
    return [
        reverse("administration_calls"),
        reverse("administration_call", args=[call.pk]),
        reverse("administration_ceilings", args=[call.pk]),
        reverse("administration_version", args=[call.pk, number]),
        reverse("administration_version_text", args=[call.pk, number]),
    ]


def writing_pages(call):
    return [
        reverse("administration_call_new"),
        reverse("administration_version_edit", args=[call.pk]),
        reverse("administration_window", args=[call.pk, "application"]),
    ]


def posts(call):
    return [
        reverse("administration_version_publish", args=[call.pk, 1]),
        reverse("administration_envelope", args=[call.pk]),
    ]


def test_nobody_comes_in_without_signing_in(client, call):
    for path in (*pages(call), *writing_pages(call)):
        assert client.get(path).url.startswith(reverse("account_login"))
    for path in posts(call):
        assert client.post(path).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SIGNATORY, Role.ARS_LEAD, Role.ANS_VERIFIER, Role.ANS_PAYER, None])
def test_other_roles_are_refused(signed_in, call, role):
    client = signed_in(accounts.person(role))
    for path in (*pages(call), *writing_pages(call)):
        assert client.get(path).status_code == 403
    for path in posts(call):
        assert client.post(path).status_code == 403


def test_a_pilot_reads_and_changes_nothing(signed_in, call):
    client = signed_in(accounts.person(Role.DNS_PILOT))
    for path in pages(call):
        assert client.get(path).status_code == 200
    for path in writing_pages(call):
        assert client.get(path).status_code == 403
        assert client.post(path).status_code == 403
    for path in posts(call):
        assert client.post(path).status_code == 403
    assert "Préparer une version" not in client.get(pages(call)[1]).content.decode()


def test_without_any_call_the_list_says_what_to_do(signed_in, admin):
    answer = signed_in(admin).get(reverse("administration_calls"))
    assert "Aucun appel" in answer.content.decode()


def test_the_list_costs_the_same_however_many_calls(signed_in, admin, django_assert_max_num_queries):
    client = signed_in(admin)
    for _ in range(5):
        factory.call()
    client.get(reverse("administration_calls"))
    with django_assert_max_num_queries(9):
        client.get(reverse("administration_calls"))


def test_the_page_of_a_call_costs_the_same_however_many_ceilings(signed_in, admin, call, django_assert_max_num_queries):
    for _ in range(20):
        factory.ceiling(call, territory.entity())
    client = signed_in(admin)
    with django_assert_max_num_queries(16):
        assert client.get(reverse("administration_call", args=[call.pk])).status_code == 200


def test_a_call_is_made_from_an_uploaded_file(signed_in, admin):
    client = signed_in(admin)
    upload = SimpleUploadedFile("d1.toml", catalogue.read("D1-2024").encode())
    answer = client.post(reverse("administration_call_new"), {"file": upload, "content": "ignoré"})
    assert answer.url == reverse("administration_version", args=["D1-2024", 1])
    version = CallVersion.objects.get(call="D1-2024")
    assert (version.is_draft, version.created_by) == (True, admin)
    assert "D1.O2.B" in client.get(answer.url).content.decode()


def test_a_call_is_made_from_pasted_text(signed_in, admin):
    text = factory.content("COLLE-2026").replace("\n", "\r\n")
    signed_in(admin).post(reverse("administration_call_new"), {"content": text})
    assert "\r" not in CallVersion.objects.get(call="COLLE-2026").content


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"content": factory.content(rule='{ kind = "attestation" }')}, "objectives[0] (O1).rule.engine"),
        ({"content": "= ="}, "TOML"),
        ({"content": " "}, "Donnez les règles"),
        ({"file": SimpleUploadedFile("x.toml", b"\xff\xfe\x00")}, "UTF-8"),
        ({"file": SimpleUploadedFile("x.toml", b"#" * 600_000)}, "trop gros"),
    ],
)
def test_a_mistake_is_shown_with_its_place_and_the_text_is_kept(signed_in, admin, data, said):
    answer = signed_in(admin).post(reverse("administration_call_new"), data)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert not Call.objects.exists()
    if "attestation" in str(data.get("content")):
        assert "kind = &quot;attestation&quot;" in page


def test_a_version_goes_from_draft_through_its_difference_to_published(signed_in, admin, call):
    client = signed_in(admin)
    edit = reverse("administration_version_edit", args=[CODE])
    assert "Être vrai." in client.get(edit).content.decode()
    text = factory.content(CODE, target="Être prouvé.", more="envelope_cents = 1_000_00")
    answer = client.post(edit, {"content": text, "note": "Une cible plus claire."})
    page = client.get(answer.url).content.decode()
    for said in ("Être vrai.", "Être prouvé.", "Publier cette version", "1\u202f000,00"):
        assert said in page
    client.post(reverse("administration_version_publish", args=[CODE, 2]))
    version = selectors.current(call)
    assert (version.number, version.note) == (2, "Une cible plus claire.")
    assert balances(CODE).available == 100_000
    assert "Publier cette version" not in client.get(answer.url).content.decode()


def test_a_draft_is_corrected_before_it_is_published(signed_in, admin, call):
    client = signed_in(admin)
    edit = reverse("administration_version_edit", args=[CODE])
    for target in ("A.", "B."):
        client.post(edit, {"content": factory.content(CODE, target=target), "note": "Essai"})
    assert [version.number for version in call.versions.all()] == [2, 1]
    assert "B." in selectors.draft(call).content


@pytest.mark.usefixtures("call")
def test_a_published_version_is_not_published_twice(signed_in, admin):
    client = signed_in(admin)
    answer = client.post(reverse("administration_version_publish", args=[CODE, 1]), follow=True)
    assert "elle ne change plus" in answer.content.decode()


@pytest.mark.usefixtures("call")
def test_an_envelope_is_opened_once_and_only_when_its_amount_is_known(signed_in, admin):
    client = signed_in(admin)
    path = reverse("administration_envelope", args=[CODE])
    assert "n’est pas publié" in client.post(path, follow=True).content.decode()
    rich = factory.call(factory.content("RICHE-2026", more="envelope_cents = 100_00"))
    path = reverse("administration_envelope", args=[rich.pk])
    client.post(path)
    client.post(path)
    assert balances(rich).envelope == 100_00


def test_a_desk_is_moved_with_a_reason_that_everybody_reads(signed_in, admin, call):
    client = signed_in(admin)
    Window.objects.filter(call=call).update(closes_at=timezone.now() + timedelta(days=3))
    day = paris_day(timezone.now()) + timedelta(days=30)
    path = reverse("administration_window", args=[CODE, "application"])
    refused = client.post(path, {"closes_on": day.isoformat(), "reason": ""})
    assert refused.status_code == 200
    client.post(path, {"closes_on": day.isoformat(), "reason": "Affluence au guichet"})
    assert selectors.last_day(call, Stage.APPLICATION) == day
    for page in (reverse("administration_call", args=[CODE]), reverse("call", args=[CODE])):
        assert "Affluence au guichet" in client.get(page).content.decode()


def test_a_desk_without_dates_receives_them(signed_in, admin):
    call = factory.shipped("D2-2025")
    client = signed_in(admin)
    path = reverse("administration_window", args=[call.pk, "payment"])
    first = paris_day(timezone.now()) + timedelta(days=1)
    bad = client.post(path, {"opens_on": first.isoformat(), "closes_on": date(2020, 1, 1).isoformat()})
    assert "fermerait avant" in bad.content.decode()
    client.post(path, {"opens_on": first.isoformat(), "closes_on": ""})
    assert selectors.window(call, Stage.PAYMENT).opens_at is not None


@pytest.mark.usefixtures("call")
def test_the_text_of_a_version_is_downloaded_as_written(signed_in, admin):
    answer = signed_in(admin).get(reverse("administration_version_text", args=[CODE, 1]))
    assert answer.content.decode() == factory.content(CODE)
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.usefixtures("call")
def test_what_does_not_exist_is_not_found(signed_in, admin):
    client = signed_in(admin)
    for path in ("/administration/appels/RIEN/", f"/administration/appels/{CODE}/versions/9/"):
        assert client.get(path).status_code == 404
    assert client.get(f"/administration/appels/{CODE}/guichets/payment/").status_code == 404


def test_the_pages_read_well_at_both_widths(page, live_server, admin, call):
    factory.shipped("D1-2024")
    for status in ("public", "forprofit"):
        factory.ceiling(call, territory.entity(status=status, name=f"Établissement {status} (fictif)"))
    factory.version(
        call,
        factory.content(CODE, target="Être prouvé.", rule='{ kind = "attestation", engine = "directory", level = 3 }'),
        published=False,
    )
    sign_in(page, live_server, admin)
    shown = {
        "list": pages(call)[0],
        "call": pages(call)[1],
        "d1": reverse("administration_call", args=["D1-2024"]),
        "ceilings": pages(call)[2],
        "version": pages(call, 2)[3],
        "new": writing_pages(call)[0],
        "edit": writing_pages(call)[1],
        "window": writing_pages(call)[2],
    }
    for name, path in shown.items():
        visit(page, live_server, path)
        axe(page)
        screenshots(page, f"administration-{name}")
    visit(page, live_server, shown["new"])
    page.fill("textarea[name=content]", factory.content(rule='{ kind = "magic" }', more="x = 1"))
    page.click("main button[type=submit]")
    axe(page)
    screenshots(page, "administration-errors")
