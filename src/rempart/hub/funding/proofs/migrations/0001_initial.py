import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("applications", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="assessments",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                ("prerequisite", models.BooleanField(default=False, verbose_name="prérequis")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("met", "atteint"),
                            ("to_review", "à examiner"),
                            ("unmet", "non atteint"),
                            ("missing", "preuve manquante"),
                            ("not_applicable", "sans objet"),
                        ],
                        max_length=16,
                        verbose_name="verdict",
                    ),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="raisons")),
                ("missing", models.JSONField(default=list, verbose_name="ce qui manque")),
                ("until", models.DateField(blank=True, null=True, verbose_name="jusqu’au")),
                ("warning", models.JSONField(blank=True, null=True, verbose_name="alerte")),
                ("parts", models.JSONField(default=dict, verbose_name="par membre")),
                ("assessed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="évalué le")),
            ],
            options={
                "verbose_name": "verdict d’un objectif",
                "verbose_name_plural": "verdicts des objectifs",
                "ordering": ["application", "requirement"],
                "indexes": [models.Index(fields=["outcome", "application"], name="verdicts_by_outcome")],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "requirement"), name="one_verdict_by_requirement")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_assessmenttrail" ("application_id", "assessed_at", "id", "missing", "outcome", "parts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prerequisite", "reasons", "requirement", "until", "warning") VALUES (NEW."application_id", NEW."assessed_at", NEW."id", NEW."missing", NEW."outcome", NEW."parts", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prerequisite", NEW."reasons", NEW."requirement", NEW."until", NEW."warning"); RETURN NULL;',
                            hash="a394078bf9cd6ea51a00c0d0a2c84e0b7d5b72a1",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bbd26",
                            table="proofs_assessment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "proofs_assessmenttrail" ("application_id", "assessed_at", "id", "missing", "outcome", "parts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prerequisite", "reasons", "requirement", "until", "warning") VALUES (NEW."application_id", NEW."assessed_at", NEW."id", NEW."missing", NEW."outcome", NEW."parts", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prerequisite", NEW."reasons", NEW."requirement", NEW."until", NEW."warning"); RETURN NULL;',
                            hash="b0a08ffada29ce82617eb9abceec14ece7111b27",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bb2fb",
                            table="proofs_assessment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_assessmenttrail" ("application_id", "assessed_at", "id", "missing", "outcome", "parts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prerequisite", "reasons", "requirement", "until", "warning") VALUES (OLD."application_id", OLD."assessed_at", OLD."id", OLD."missing", OLD."outcome", OLD."parts", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."prerequisite", OLD."reasons", OLD."requirement", OLD."until", OLD."warning"); RETURN NULL;',
                            hash="2c74a3d3f9d905f242680961839f3e17f393f198",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_df55b",
                            table="proofs_assessment",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="challenges",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="challenges",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="challenges",
                        to="territory.site",
                        verbose_name="site",
                    ),
                ),
                ("value", models.CharField(max_length=128, unique=True, verbose_name="défi")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandé par",
                    ),
                ),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="émis le")),
                ("expires_at", models.DateTimeField(verbose_name="valable jusqu’au")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="utilisé le")),
            ],
            options={
                "verbose_name": "défi",
                "verbose_name_plural": "défis",
                "ordering": ["application", "-issued_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__regex", "^[A-Za-z0-9_-]{32,128}$")),
                        name="challenge_has_its_form",
                        violation_error_message="Un défi a au moins 32 caractères sans espace.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("issued_at"))),
                        name="challenge_expires_after_issue",
                        violation_error_message="Un défi expire après avoir été émis.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at", None),
                            models.Q(("used_at__gte", models.F("issued_at")), ("used_at__lte", models.F("expires_at"))),
                            _connector="OR",
                        ),
                        name="challenge_used_in_time",
                        violation_error_message="Un défi ne sert qu’entre son émission et son expiration.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_challengetrail" ("application_id", "expires_at", "id", "issued_at", "issued_by_id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "site_id", "used_at", "value") VALUES (NEW."application_id", NEW."expires_at", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."requirement", NEW."site_id", NEW."used_at", NEW."value"); RETURN NULL;',
                            hash="0f2db5cff0b7f200253ca1b85fe67e85a9d3798c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0270d",
                            table="proofs_challenge",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "proofs_challengetrail" ("application_id", "expires_at", "id", "issued_at", "issued_by_id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "site_id", "used_at", "value") VALUES (NEW."application_id", NEW."expires_at", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."requirement", NEW."site_id", NEW."used_at", NEW."value"); RETURN NULL;',
                            hash="3d2eb5c071992592bb464349a76179092ac27e97",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_db2a4",
                            table="proofs_challenge",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_challengetrail" ("application_id", "expires_at", "id", "issued_at", "issued_by_id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "site_id", "used_at", "value") VALUES (OLD."application_id", OLD."expires_at", OLD."id", OLD."issued_at", OLD."issued_by_id", OLD."legal_entity_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."requirement", OLD."site_id", OLD."used_at", OLD."value"); RETURN NULL;',
                            hash="a66161bb5753b22cf2d6e46046548c8d626a366a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_95d86",
                            table="proofs_challenge",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="documents",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                ("nature", models.CharField(max_length=60, verbose_name="nature")),
                (
                    "members",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="membres couverts",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ajouté par",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ajouté le")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="retiré par",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "verbose_name": "pièce",
                "verbose_name_plural": "pièces",
                "ordering": ["application", "requirement", "id"],
                "indexes": [models.Index(fields=["application", "requirement"], name="pieces_by_requirement")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="document_withdrawn_by_someone",
                        violation_error_message="Une pièce retirée dit par qui et quand.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_documenttrail" ("application_id", "created_at", "created_by_id", "id", "members", "nature", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."application_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."members", NEW."nature", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."requirement", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                            hash="a579025b39d6ed7ce03fb50b748d383ff0ffdf25",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a1cb5",
                            table="proofs_document",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "proofs_documenttrail" ("application_id", "created_at", "created_by_id", "id", "members", "nature", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."application_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."members", NEW."nature", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."requirement", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                            hash="d2c722ad4a491e073037c384fad0e465dbf0d3f2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_eec52",
                            table="proofs_document",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_documenttrail" ("application_id", "created_at", "created_by_id", "id", "members", "nature", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "withdrawn_at", "withdrawn_by_id") VALUES (OLD."application_id", OLD."created_at", OLD."created_by_id", OLD."id", OLD."members", OLD."nature", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."requirement", OLD."withdrawn_at", OLD."withdrawn_by_id"); RETURN NULL;',
                            hash="f83f671acab30e95dfd3cc8a90bc37c65d65d045",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_292c9",
                            table="proofs_document",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="judgements",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                ("met", models.BooleanField(verbose_name="atteint")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidé par",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="décidé le")),
            ],
            options={
                "verbose_name": "appréciation de l’instructeur",
                "verbose_name_plural": "appréciations des instructeurs",
                "ordering": ["application", "requirement", "-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("met", True), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="judgement_unmet_says_why",
                        violation_error_message="Dire qu’un objectif n’est pas atteint demande un motif.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_judgementtrail" ("application_id", "at", "by_id", "id", "met", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requirement") VALUES (NEW."application_id", NEW."at", NEW."by_id", NEW."id", NEW."met", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."requirement"); RETURN NULL;',
                            hash="6f751cb54f2c6b9929aef61ba983dc4a6842b073",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_e0dc4",
                            table="proofs_judgement",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "proofs_judgementtrail" ("application_id", "at", "by_id", "id", "met", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requirement") VALUES (NEW."application_id", NEW."at", NEW."by_id", NEW."id", NEW."met", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."requirement"); RETURN NULL;',
                            hash="80c6111560c618fbe115d8e0356221deb34860a3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e70e2",
                            table="proofs_judgement",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_judgementtrail" ("application_id", "at", "by_id", "id", "met", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requirement") VALUES (OLD."application_id", OLD."at", OLD."by_id", OLD."id", OLD."met", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."requirement"); RETURN NULL;',
                            hash="4cf60181e1b7e3cadc2f36a5bbe97b91fdb9f250",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_5b5a1",
                            table="proofs_judgement",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownCatalogue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(max_length=40, verbose_name="moteur")),
                ("version", models.CharField(max_length=40, verbose_name="version")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ajouté le")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ajouté par",
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "verbose_name": "catalogue reconnu",
                "verbose_name_plural": "catalogues reconnus",
                "ordering": ["engine", "-added_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("engine", "digest"), name="catalogue_known_once"),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                        name="catalogue_digest_is_sha256",
                        violation_error_message="Une empreinte SHA-256 a 64 caractères hexadécimaux.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_knowncataloguetrail" ("added_at", "added_by_id", "digest", "engine", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "version") VALUES (NEW."added_at", NEW."added_by_id", NEW."digest", NEW."engine", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."retired_at", NEW."version"); RETURN NULL;',
                            hash="650882d372837323cf43288912d74dac452d8efb",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a9cbd",
                            table="proofs_knowncatalogue",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "proofs_knowncataloguetrail" ("added_at", "added_by_id", "digest", "engine", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "version") VALUES (NEW."added_at", NEW."added_by_id", NEW."digest", NEW."engine", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."retired_at", NEW."version"); RETURN NULL;',
                            hash="f0dc3502e0790bd8ba1814dac3a60cc5a53f26db",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_10ec9",
                            table="proofs_knowncatalogue",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_knowncataloguetrail" ("added_at", "added_by_id", "digest", "engine", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "version") VALUES (OLD."added_at", OLD."added_by_id", OLD."digest", OLD."engine", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."retired_at", OLD."version"); RETURN NULL;',
                            hash="3976c8f0f84061829dbac10398bf447666a58e97",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4b35b",
                            table="proofs_knowncatalogue",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisteredKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="signing_keys",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                ("keyid", models.CharField(max_length=64, verbose_name="identifiant de la clé")),
                ("pem", models.TextField(verbose_name="clé publique (PEM)")),
                ("label", models.CharField(max_length=80, verbose_name="nom de la clé")),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="enregistrée par",
                    ),
                ),
                (
                    "registered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="enregistrée le"),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="révoquée par",
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="révoquée le")),
            ],
            options={
                "verbose_name": "clé de signature",
                "verbose_name_plural": "clés de signature",
                "ordering": ["legal_entity", "-registered_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("keyid",),
                        name="active_key_of_one_entity",
                        violation_error_message="Cette clé est déjà enregistrée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at", None), ("revoked_by", None)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="key_revoked_by_someone",
                        violation_error_message="Une clé révoquée dit par qui et quand.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_registeredkeytrail" ("id", "keyid", "label", "legal_entity_id", "pem", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_at", "registered_by_id", "revoked_at", "revoked_by_id") VALUES (NEW."id", NEW."keyid", NEW."label", NEW."legal_entity_id", NEW."pem", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."registered_at", NEW."registered_by_id", NEW."revoked_at", NEW."revoked_by_id"); RETURN NULL;',
                            hash="e9bef478fee30b1beccd2767120951366f8af83d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_eb018",
                            table="proofs_registeredkey",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "proofs_registeredkeytrail" ("id", "keyid", "label", "legal_entity_id", "pem", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_at", "registered_by_id", "revoked_at", "revoked_by_id") VALUES (NEW."id", NEW."keyid", NEW."label", NEW."legal_entity_id", NEW."pem", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."registered_at", NEW."registered_by_id", NEW."revoked_at", NEW."revoked_by_id"); RETURN NULL;',
                            hash="34197a7ce647d4b0cf3015d7580800dd07f0c49e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f8ef4",
                            table="proofs_registeredkey",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_registeredkeytrail" ("id", "keyid", "label", "legal_entity_id", "pem", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_at", "registered_by_id", "revoked_at", "revoked_by_id") VALUES (OLD."id", OLD."keyid", OLD."label", OLD."legal_entity_id", OLD."pem", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."registered_at", OLD."registered_by_id", OLD."revoked_at", OLD."revoked_by_id"); RETURN NULL;',
                            hash="b0135c75718f81822951b3bfa0a56e84125075ea",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6b8d2",
                            table="proofs_registeredkey",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssessmentTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.assessment",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                ("prerequisite", models.BooleanField(default=False, verbose_name="prérequis")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("met", "atteint"),
                            ("to_review", "à examiner"),
                            ("unmet", "non atteint"),
                            ("missing", "preuve manquante"),
                            ("not_applicable", "sans objet"),
                        ],
                        max_length=16,
                        verbose_name="verdict",
                    ),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="raisons")),
                ("missing", models.JSONField(default=list, verbose_name="ce qui manque")),
                ("until", models.DateField(blank=True, null=True, verbose_name="jusqu’au")),
                ("warning", models.JSONField(blank=True, null=True, verbose_name="alerte")),
                ("parts", models.JSONField(default=dict, verbose_name="par membre")),
                ("assessed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="évalué le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="80fc291ee2a59c2376e1faea1425bca4c2f02fe1",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_46bf7",
                            table="proofs_assessmenttrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ad7c5d11c0c458f43792974aabc73db1cd8281f6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_69933",
                            table="proofs_assessmenttrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChallengeTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.challenge",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                (
                    "legal_entity",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.site",
                        verbose_name="site",
                    ),
                ),
                ("value", models.CharField(max_length=128, verbose_name="défi")),
                (
                    "issued_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandé par",
                    ),
                ),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="émis le")),
                ("expires_at", models.DateTimeField(verbose_name="valable jusqu’au")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="utilisé le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="eee014dd67827c9be983670e19f47acb10853a7b",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_25be8",
                            table="proofs_challengetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9ebc1c74832b4e7b3c84b14d39e49a901f01a817",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c270d",
                            table="proofs_challengetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="deposits",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                (
                    "challenge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="deposit",
                        to="proofs.challenge",
                        verbose_name="défi",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="deposits",
                        to="proofs.registeredkey",
                        verbose_name="clé",
                    ),
                ),
                ("content", models.BinaryField(verbose_name="attestation")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("engine", models.CharField(max_length=40, verbose_name="moteur")),
                ("tool_version", models.CharField(max_length=40, verbose_name="version de l’outil")),
                ("catalogue_version", models.CharField(max_length=40, verbose_name="version du catalogue")),
                ("catalogue_digest", models.CharField(max_length=64, verbose_name="empreinte du catalogue")),
                ("catalogue_known", models.BooleanField(default=True, verbose_name="catalogue reconnu")),
                ("snapshot_digest", models.CharField(max_length=64, verbose_name="empreinte de l’instantané")),
                ("level", models.PositiveSmallIntegerField(verbose_name="niveau")),
                ("at_most", models.BooleanField(default=False, verbose_name="au plus")),
                ("counts", models.JSONField(default=dict, verbose_name="verdicts par état")),
                ("finess", models.CharField(max_length=9, verbose_name="FINESS attesté")),
                (
                    "members",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="membres couverts",
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="mesuré le")),
                ("judged_at", models.DateTimeField(verbose_name="jugé le")),
                (
                    "deposited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposée par",
                    ),
                ),
                ("deposited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="déposée le")),
            ],
            options={
                "verbose_name": "attestation déposée",
                "verbose_name_plural": "attestations déposées",
                "ordering": ["application", "requirement", "taken_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "requirement", "sha256"),
                        name="attestation_once_by_requirement",
                        violation_error_message="Cette attestation est déjà déposée.",
                    ),
                    models.UniqueConstraint(
                        fields=("application", "requirement", "finess", "snapshot_digest", "catalogue_digest"),
                        name="measure_once_by_requirement",
                        violation_error_message="Cette mesure est déjà déposée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("taken_at__lte", models.F("judged_at"))),
                        name="deposit_dates_in_order",
                        violation_error_message="Une mesure se juge après avoir été prise.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 5)),
                        name="deposit_level_from_1_to_5",
                        violation_error_message="Un niveau va de 1 à 5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="deposit_sha256",
                        violation_error_message="Une empreinte SHA-256 a 64 caractères hexadécimaux.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("snapshot_digest__regex", "^[0-9a-f]{64}$")),
                        name="deposit_snapshot_sha256",
                        violation_error_message="Une empreinte SHA-256 a 64 caractères hexadécimaux.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("catalogue_digest__regex", "^[0-9a-f]{64}$")),
                        name="deposit_catalogue_sha256",
                        violation_error_message="Une empreinte SHA-256 a 64 caractères hexadécimaux.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="deposit_never_changes",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="67aacd48f3d40cb501356fa8cb6f83edb9bd9db6",
                            operation="UPDATE",
                            pgid="pgtrigger_deposit_never_changes_1bf05",
                            table="proofs_deposit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_deposittrail" ("application_id", "at_most", "catalogue_digest", "catalogue_known", "catalogue_version", "challenge_id", "counts", "deposited_at", "deposited_by_id", "engine", "finess", "id", "judged_at", "key_id", "level", "members", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "sha256", "snapshot_digest", "taken_at", "tool_version") VALUES (NEW."application_id", NEW."at_most", NEW."catalogue_digest", NEW."catalogue_known", NEW."catalogue_version", NEW."challenge_id", NEW."counts", NEW."deposited_at", NEW."deposited_by_id", NEW."engine", NEW."finess", NEW."id", NEW."judged_at", NEW."key_id", NEW."level", NEW."members", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."requirement", NEW."sha256", NEW."snapshot_digest", NEW."taken_at", NEW."tool_version"); RETURN NULL;',
                            hash="994634af321192a7c48ecbe89a438fc5efd49f97",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2e795",
                            table="proofs_deposit",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."at_most" IS DISTINCT FROM (NEW."at_most") OR OLD."catalogue_digest" IS DISTINCT FROM (NEW."catalogue_digest") OR OLD."catalogue_known" IS DISTINCT FROM (NEW."catalogue_known") OR OLD."catalogue_version" IS DISTINCT FROM (NEW."catalogue_version") OR OLD."challenge_id" IS DISTINCT FROM (NEW."challenge_id") OR OLD."counts" IS DISTINCT FROM (NEW."counts") OR OLD."deposited_at" IS DISTINCT FROM (NEW."deposited_at") OR OLD."deposited_by_id" IS DISTINCT FROM (NEW."deposited_by_id") OR OLD."engine" IS DISTINCT FROM (NEW."engine") OR OLD."finess" IS DISTINCT FROM (NEW."finess") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."judged_at" IS DISTINCT FROM (NEW."judged_at") OR OLD."key_id" IS DISTINCT FROM (NEW."key_id") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."members" IS DISTINCT FROM (NEW."members") OR OLD."requirement" IS DISTINCT FROM (NEW."requirement") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."snapshot_digest" IS DISTINCT FROM (NEW."snapshot_digest") OR OLD."taken_at" IS DISTINCT FROM (NEW."taken_at") OR OLD."tool_version" IS DISTINCT FROM (NEW."tool_version"))',
                            func='INSERT INTO "proofs_deposittrail" ("application_id", "at_most", "catalogue_digest", "catalogue_known", "catalogue_version", "challenge_id", "counts", "deposited_at", "deposited_by_id", "engine", "finess", "id", "judged_at", "key_id", "level", "members", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "sha256", "snapshot_digest", "taken_at", "tool_version") VALUES (NEW."application_id", NEW."at_most", NEW."catalogue_digest", NEW."catalogue_known", NEW."catalogue_version", NEW."challenge_id", NEW."counts", NEW."deposited_at", NEW."deposited_by_id", NEW."engine", NEW."finess", NEW."id", NEW."judged_at", NEW."key_id", NEW."level", NEW."members", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."requirement", NEW."sha256", NEW."snapshot_digest", NEW."taken_at", NEW."tool_version"); RETURN NULL;',
                            hash="3213540e920db7d43d8c6b2f4dfe7666aaa7632f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b45e9",
                            table="proofs_deposit",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_deposittrail" ("application_id", "at_most", "catalogue_digest", "catalogue_known", "catalogue_version", "challenge_id", "counts", "deposited_at", "deposited_by_id", "engine", "finess", "id", "judged_at", "key_id", "level", "members", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "sha256", "snapshot_digest", "taken_at", "tool_version") VALUES (OLD."application_id", OLD."at_most", OLD."catalogue_digest", OLD."catalogue_known", OLD."catalogue_version", OLD."challenge_id", OLD."counts", OLD."deposited_at", OLD."deposited_by_id", OLD."engine", OLD."finess", OLD."id", OLD."judged_at", OLD."key_id", OLD."level", OLD."members", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."requirement", OLD."sha256", OLD."snapshot_digest", OLD."taken_at", OLD."tool_version"); RETURN NULL;',
                            hash="fe0bf20cf37f5326ea0af481b7831d1ccb131755",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_d332e",
                            table="proofs_deposit",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.document",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                ("nature", models.CharField(max_length=60, verbose_name="nature")),
                (
                    "members",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="membres couverts",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ajouté par",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ajouté le")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="retiré par",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="1206e761eeccf5fe3915e49927f62f7f19441f16",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_a9660",
                            table="proofs_documenttrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="bac8689c5bc6935d7ce83f6a2a405938f27ba555",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f4c9c",
                            table="proofs_documenttrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="versions",
                        to="proofs.document",
                        verbose_name="pièce",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="taille (octets)")),
                ("media_type", models.CharField(max_length=100, verbose_name="type")),
                ("original_name", models.CharField(max_length=120, verbose_name="nom du fichier")),
                (
                    "storage_key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="clé de stockage"),
                ),
                ("dated", models.DateField(blank=True, null=True, verbose_name="date portée par le document")),
                ("signatory", models.CharField(blank=True, max_length=120, verbose_name="signataire déclaré")),
                (
                    "scan",
                    models.CharField(
                        choices=[
                            ("not_scanned", "pas encore analysé"),
                            ("clean", "sain"),
                            ("infected", "infecté, mis en quarantaine"),
                            ("error", "analyse impossible"),
                            ("erased", "effacé en fin de conservation"),
                        ],
                        default="not_scanned",
                        max_length=12,
                        verbose_name="antivirus",
                    ),
                ),
                ("scanned_at", models.DateTimeField(blank=True, null=True, verbose_name="analysé le")),
                ("finding", models.CharField(blank=True, max_length=200, verbose_name="résultat de l’antivirus")),
                (
                    "deposited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposé par",
                    ),
                ),
                ("deposited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="déposé le")),
            ],
            options={
                "verbose_name": "version d’une pièce",
                "verbose_name_plural": "versions des pièces",
                "ordering": ["document", "-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("scan__in", ["clean", "infected", "erased"]), _negated=True),
                        fields=["id"],
                        name="versions_to_scan",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "number"), name="document_version_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="document_version_from_one",
                        violation_error_message="Les versions se comptent à partir de 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)),
                        name="document_version_not_empty",
                        violation_error_message="Un fichier vide ne prouve rien.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scan", "not_scanned"), ("scanned_at", None)),
                            models.Q(models.Q(("scan", "not_scanned"), _negated=True), ("scanned_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="document_scanned_has_moment",
                        violation_error_message="Un fichier analysé dit quand il l’a été.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="document_version_sha256",
                        violation_error_message="Une empreinte SHA-256 a 64 caractères hexadécimaux.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_documentversiontrail" ("dated", "deposited_at", "deposited_by_id", "document_id", "finding", "id", "media_type", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scan", "scanned_at", "sha256", "size", "storage_key") VALUES (NEW."dated", NEW."deposited_at", NEW."deposited_by_id", NEW."document_id", NEW."finding", NEW."id", NEW."media_type", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."scan", NEW."scanned_at", NEW."sha256", NEW."size", NEW."storage_key"); RETURN NULL;',
                            hash="a1bb6d4503558ad9a9388519b97519937233c4e1",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_603d8",
                            table="proofs_documentversion",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."dated" IS DISTINCT FROM (NEW."dated") OR OLD."deposited_at" IS DISTINCT FROM (NEW."deposited_at") OR OLD."deposited_by_id" IS DISTINCT FROM (NEW."deposited_by_id") OR OLD."document_id" IS DISTINCT FROM (NEW."document_id") OR OLD."finding" IS DISTINCT FROM (NEW."finding") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."media_type" IS DISTINCT FROM (NEW."media_type") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."scan" IS DISTINCT FROM (NEW."scan") OR OLD."scanned_at" IS DISTINCT FROM (NEW."scanned_at") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."storage_key" IS DISTINCT FROM (NEW."storage_key"))',
                            func='INSERT INTO "proofs_documentversiontrail" ("dated", "deposited_at", "deposited_by_id", "document_id", "finding", "id", "media_type", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scan", "scanned_at", "sha256", "size", "storage_key") VALUES (NEW."dated", NEW."deposited_at", NEW."deposited_by_id", NEW."document_id", NEW."finding", NEW."id", NEW."media_type", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."scan", NEW."scanned_at", NEW."sha256", NEW."size", NEW."storage_key"); RETURN NULL;',
                            hash="8b0390f9b39b4013c7f72374c5563c043fa4a373",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ad1c5",
                            table="proofs_documentversion",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_documentversiontrail" ("dated", "deposited_at", "deposited_by_id", "document_id", "finding", "id", "media_type", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scan", "scanned_at", "sha256", "size", "storage_key") VALUES (OLD."dated", OLD."deposited_at", OLD."deposited_by_id", OLD."document_id", OLD."finding", OLD."id", OLD."media_type", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."scan", OLD."scanned_at", OLD."sha256", OLD."size", OLD."storage_key"); RETURN NULL;',
                            hash="2eb7dcd309701384e05b16649fe79bf5bcde6234",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8f61f",
                            table="proofs_documentversion",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JudgementTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.judgement",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                ("met", models.BooleanField(verbose_name="atteint")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidé par",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="décidé le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="305bbb22439b4ee84269b2eee462ba1827c55cbb",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_4ec2c",
                            table="proofs_judgementtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="afbbea9e03e13f157d4daf94f30663ef08b2c737",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0c2cf",
                            table="proofs_judgementtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownCatalogueTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.knowncatalogue",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("engine", models.CharField(max_length=40, verbose_name="moteur")),
                ("version", models.CharField(max_length=40, verbose_name="version")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ajouté le")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ajouté par",
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="ca14656e2086032c79113c908e6943471d0443d2",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_e0bee",
                            table="proofs_knowncataloguetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="4f883b8f0d3fe7fde3db37f39bb1cfc7bfced48d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_68d95",
                            table="proofs_knowncataloguetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="outside_results",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                (
                    "service",
                    models.CharField(
                        choices=[("ads", "ADS (ANSSI, collecteur ORADAD)"), ("silene", "SILENE (ANSSI)")],
                        max_length=8,
                        verbose_name="service",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(verbose_name="niveau")),
                ("taken_on", models.DateField(verbose_name="mesuré le")),
                (
                    "members",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="membres couverts",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="outside_results",
                        to="proofs.document",
                        verbose_name="pièce",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saisi par",
                    ),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="saisi le")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="retiré par",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "verbose_name": "résultat externe",
                "verbose_name_plural": "résultats externes",
                "ordering": ["application", "requirement", "taken_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 100)),
                        name="outside_level_from_1_to_100",
                        violation_error_message="Un niveau va de 1 à 100.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("application", "requirement", "service", "taken_on", "members"),
                        name="outside_result_once",
                        violation_error_message="Ce résultat est déjà saisi.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="outside_withdrawn_by_someone",
                        violation_error_message="Un résultat retiré dit par qui et quand.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_outsideresulttrail" ("application_id", "document_id", "entered_at", "entered_by_id", "id", "level", "members", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "service", "taken_on", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."application_id", NEW."document_id", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."level", NEW."members", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."requirement", NEW."service", NEW."taken_on", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                            hash="3609c5405228310d528c1274df6c77c1c86d0949",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bf52f",
                            table="proofs_outsideresult",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "proofs_outsideresulttrail" ("application_id", "document_id", "entered_at", "entered_by_id", "id", "level", "members", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "service", "taken_on", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."application_id", NEW."document_id", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."level", NEW."members", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."requirement", NEW."service", NEW."taken_on", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                            hash="6064e95792785cec43100b1383d84be032ae0dd8",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c60b7",
                            table="proofs_outsideresult",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_outsideresulttrail" ("application_id", "document_id", "entered_at", "entered_by_id", "id", "level", "members", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirement", "service", "taken_on", "withdrawn_at", "withdrawn_by_id") VALUES (OLD."application_id", OLD."document_id", OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."level", OLD."members", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."requirement", OLD."service", OLD."taken_on", OLD."withdrawn_at", OLD."withdrawn_by_id"); RETURN NULL;',
                            hash="fd06f804274d01ed131ae7c186a105c421fc1688",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_11080",
                            table="proofs_outsideresult",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisteredKeyTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.registeredkey",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "legal_entity",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                ("keyid", models.CharField(max_length=64, verbose_name="identifiant de la clé")),
                ("pem", models.TextField(verbose_name="clé publique (PEM)")),
                ("label", models.CharField(max_length=80, verbose_name="nom de la clé")),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="enregistrée par",
                    ),
                ),
                (
                    "registered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="enregistrée le"),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="révoquée par",
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="révoquée le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="d06920e12a6f2819e7205d0c3a3ee39d33393e05",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_09d67",
                            table="proofs_registeredkeytrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="857605d6350d7aef8637cc0db68c55fd6300ab3b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_34876",
                            table="proofs_registeredkeytrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DepositTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.deposit",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                (
                    "challenge",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="proofs.challenge",
                        verbose_name="défi",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="proofs.registeredkey",
                        verbose_name="clé",
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("engine", models.CharField(max_length=40, verbose_name="moteur")),
                ("tool_version", models.CharField(max_length=40, verbose_name="version de l’outil")),
                ("catalogue_version", models.CharField(max_length=40, verbose_name="version du catalogue")),
                ("catalogue_digest", models.CharField(max_length=64, verbose_name="empreinte du catalogue")),
                ("catalogue_known", models.BooleanField(default=True, verbose_name="catalogue reconnu")),
                ("snapshot_digest", models.CharField(max_length=64, verbose_name="empreinte de l’instantané")),
                ("level", models.PositiveSmallIntegerField(verbose_name="niveau")),
                ("at_most", models.BooleanField(default=False, verbose_name="au plus")),
                ("counts", models.JSONField(default=dict, verbose_name="verdicts par état")),
                ("finess", models.CharField(max_length=9, verbose_name="FINESS attesté")),
                (
                    "members",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="membres couverts",
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="mesuré le")),
                ("judged_at", models.DateTimeField(verbose_name="jugé le")),
                (
                    "deposited_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposée par",
                    ),
                ),
                ("deposited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="déposée le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="81eeabeb17ebfd19967e66fabba7d0dbb650861d",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_0eca7",
                            table="proofs_deposittrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c91c5c8c1cc080135181ef1f99c4fbe2aac8dd8f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a9cac",
                            table="proofs_deposittrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersionTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.documentversion",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "document",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="proofs.document",
                        verbose_name="pièce",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="taille (octets)")),
                ("media_type", models.CharField(max_length=100, verbose_name="type")),
                ("storage_key", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="clé de stockage")),
                ("dated", models.DateField(blank=True, null=True, verbose_name="date portée par le document")),
                (
                    "scan",
                    models.CharField(
                        choices=[
                            ("not_scanned", "pas encore analysé"),
                            ("clean", "sain"),
                            ("infected", "infecté, mis en quarantaine"),
                            ("error", "analyse impossible"),
                            ("erased", "effacé en fin de conservation"),
                        ],
                        default="not_scanned",
                        max_length=12,
                        verbose_name="antivirus",
                    ),
                ),
                ("scanned_at", models.DateTimeField(blank=True, null=True, verbose_name="analysé le")),
                ("finding", models.CharField(blank=True, max_length=200, verbose_name="résultat de l’antivirus")),
                (
                    "deposited_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposé par",
                    ),
                ),
                ("deposited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="déposé le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="fedab3580f1d3f45cddb5df7745ef07f128f7a63",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_de174",
                            table="proofs_documentversiontrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="cb4b145d919e04e1b31ad9d9d8e6cfc166e37823",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_de4a6",
                            table="proofs_documentversiontrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideResultTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.outsideresult",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("requirement", models.CharField(max_length=30, verbose_name="objectif")),
                (
                    "service",
                    models.CharField(
                        choices=[("ads", "ADS (ANSSI, collecteur ORADAD)"), ("silene", "SILENE (ANSSI)")],
                        max_length=8,
                        verbose_name="service",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(verbose_name="niveau")),
                ("taken_on", models.DateField(verbose_name="mesuré le")),
                (
                    "members",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="membres couverts",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="proofs.document",
                        verbose_name="pièce",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saisi par",
                    ),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="saisi le")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="retiré par",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="65bb1f4532f4f98aeca47208efaf337ff28c5678",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_e3912",
                            table="proofs_outsideresulttrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f8a90919e0397661b997ad103dfe379589b7b7fc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d0a5d",
                            table="proofs_outsideresulttrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "deposit",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="receipt",
                        to="proofs.deposit",
                        verbose_name="attestation",
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="receipt",
                        to="proofs.documentversion",
                        verbose_name="document",
                    ),
                ),
                ("content", models.BinaryField(verbose_name="reçu signé")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte de ce qui est déposé")),
                ("keyid", models.CharField(max_length=64, verbose_name="clé du hub")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="émis le")),
            ],
            options={
                "verbose_name": "reçu",
                "verbose_name_plural": "reçus",
                "ordering": ["-issued_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("deposit", None), ("version", None), _connector="XOR"),
                        name="receipt_of_one_thing",
                        violation_error_message="Un reçu est celui d’une attestation ou d’un document.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="receipt_sha256",
                        violation_error_message="Une empreinte SHA-256 a 64 caractères hexadécimaux.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="receipt_never_changes",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="f33b3cf6a42984f6e935762f9ce13e7f49a99079",
                            operation="UPDATE",
                            pgid="pgtrigger_receipt_never_changes_a6ba9",
                            table="proofs_receipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_receipttrail" ("deposit_id", "id", "issued_at", "keyid", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "version_id") VALUES (NEW."deposit_id", NEW."id", NEW."issued_at", NEW."keyid", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sha256", NEW."version_id"); RETURN NULL;',
                            hash="2acbaabb68c69b251475d0b7755047d58897adff",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b2b0e",
                            table="proofs_receipt",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."deposit_id" IS DISTINCT FROM (NEW."deposit_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."keyid" IS DISTINCT FROM (NEW."keyid") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id"))',
                            func='INSERT INTO "proofs_receipttrail" ("deposit_id", "id", "issued_at", "keyid", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "version_id") VALUES (NEW."deposit_id", NEW."id", NEW."issued_at", NEW."keyid", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sha256", NEW."version_id"); RETURN NULL;',
                            hash="14a372810569ed3fdf26ba7d22d8fcb580441aca",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bf19e",
                            table="proofs_receipt",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "proofs_receipttrail" ("deposit_id", "id", "issued_at", "keyid", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "version_id") VALUES (OLD."deposit_id", OLD."id", OLD."issued_at", OLD."keyid", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sha256", OLD."version_id"); RETURN NULL;',
                            hash="da4e6588c1edf925981fce72c023f1cbc061f619",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_975f7",
                            table="proofs_receipt",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptTrail",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trail",
                        related_query_name="trail_rows",
                        to="proofs.receipt",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "deposit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="proofs.deposit",
                        verbose_name="attestation",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="proofs.documentversion",
                        verbose_name="document",
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte de ce qui est déposé")),
                ("keyid", models.CharField(max_length=64, verbose_name="clé du hub")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="émis le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="7770cfcdd083ea034e2504f2386bcb0c0a493b22",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_ce4d6",
                            table="proofs_receipttrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d18c851fd153d0e0ed69d5f680a30912403f83d6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_33503",
                            table="proofs_receipttrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
