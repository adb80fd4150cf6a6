import pytest
from django.core import mail as outbox
from django.db import transaction
from django.template import TemplateDoesNotExist
from procrastinate.contrib.django.models import ProcrastinateJob

from rempart.hub.common import mail

TEMPLATES = {
    "note.subject.txt": "{% translate 'Accueil' %}\n{{ name }}",
    "note.txt": "Bonjour {{ name }}, voyez {{ site_url }}.\n\n\n",
}


@pytest.fixture(autouse=True)
def _templates(settings):
    entry = settings.TEMPLATES[0]
    options = {**entry["OPTIONS"], "loaders": [("django.template.loaders.locmem.Loader", TEMPLATES)]}
    settings.TEMPLATES = [{**entry, "OPTIONS": options}]


@pytest.mark.django_db
def test_a_mail_waits_in_the_queue_and_is_sent_by_the_worker(run_jobs, settings):
    mail.send("a@exemple.test", "note", {"name": "l’hôpital <A>"})
    assert outbox.outbox == []
    assert run_jobs() == ["common.deliver"]
    [sent] = outbox.outbox
    assert sent.subject == "[Rempart] Accueil l’hôpital <A>"
    assert sent.body == f"Bonjour l’hôpital <A>, voyez {settings.SITE_URL}.\n"
    assert sent.to == ["a@exemple.test"]
    assert sent.extra_headers["Message-ID"].startswith("<job-")
    assert run_jobs() == []


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_a_transaction_rolled_back_never_leaves():
    def decide_then_fail():
        with transaction.atomic():
            mail.send("a@exemple.test", "note", {"name": "A"})
            assert ProcrastinateJob.objects.count() == 1
            raise ValueError

    with pytest.raises(ValueError):
        decide_then_fail()
    assert ProcrastinateJob.objects.count() == 0


@pytest.mark.django_db
def test_a_mail_without_template_is_a_defect_seen_at_once():
    with pytest.raises(TemplateDoesNotExist):
        mail.send("a@exemple.test", "nowhere", {})


@pytest.mark.django_db
def test_a_secret_is_sent_without_passing_through_the_queue():
    mail.send_now("a@exemple.test", "note", {"name": "A"})
    assert len(outbox.outbox) == 1
    assert ProcrastinateJob.objects.count() == 0
