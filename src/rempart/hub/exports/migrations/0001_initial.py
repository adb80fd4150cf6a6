import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import rempart.hub.exports.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="column_templates",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="propriétaire",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("files", "liste des dossiers"),
                            ("ledger", "écritures de l’enveloppe"),
                            ("reconciliation", "rapprochement des engagements"),
                            ("dashboard", "chiffres du tableau de bord"),
                        ],
                        max_length=20,
                        verbose_name="contenu",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="nom")),
                ("columns", models.JSONField(default=list, verbose_name="colonnes")),
            ],
            options={
                "verbose_name": "modèle de colonnes",
                "verbose_name_plural": "modèles de colonnes",
                "ordering": ["owner", "kind", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "kind", "name"),
                        name="one_column_template_by_name",
                        violation_error_message="Vous avez déjà un modèle de ce nom.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "exports_columntemplatetrail" ("columns", "id", "kind", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."columns", NEW."id", NEW."kind", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="8c63e2725db0f6712a3232d3a6c813d1614286c0",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_42535",
                            table="exports_columntemplate",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "exports_columntemplatetrail" ("columns", "id", "kind", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."columns", NEW."id", NEW."kind", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="bd24af61792d2760f347d2e20dd062f0adfca9ff",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e48cb",
                            table="exports_columntemplate",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "exports_columntemplatetrail" ("columns", "id", "kind", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."columns", OLD."id", OLD."kind", OLD."name", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="99f0c37294586f208ae55d0e9849ae7fdf9d8e73",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ee9f0",
                            table="exports_columntemplate",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandé par",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="demandé le")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("files", "liste des dossiers"),
                            ("ledger", "écritures de l’enveloppe"),
                            ("reconciliation", "rapprochement des engagements"),
                            ("dashboard", "chiffres du tableau de bord"),
                        ],
                        max_length=20,
                        verbose_name="contenu",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("xlsx", "classeur Excel (xlsx)"),
                            ("csv_excel", "CSV pour Excel (point-virgule, virgule décimale)"),
                            ("csv", "CSV ouvert (virgule, point décimal)"),
                        ],
                        max_length=10,
                        verbose_name="format",
                    ),
                ),
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filtres")),
                ("columns", models.JSONField(default=list, verbose_name="colonnes")),
                ("language", models.CharField(default="fr", max_length=2, verbose_name="langue")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "en attente"),
                            ("running", "en préparation"),
                            ("done", "prêt"),
                            ("failed", "échoué"),
                            ("expired", "effacé"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="commencé le")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="fini le")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="effacé le")),
                ("rows_done", models.PositiveIntegerField(default=0, verbose_name="lignes écrites")),
                ("rows_total", models.PositiveIntegerField(default=0, verbose_name="lignes à écrire")),
                (
                    "storage_key",
                    models.CharField(
                        default=rempart.hub.exports.models.opaque_key,
                        editable=False,
                        max_length=80,
                        unique=True,
                        verbose_name="clé",
                    ),
                ),
                ("size", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="taille (octets)")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
                ("problem", models.TextField(blank=True, verbose_name="ce qui a échoué")),
                (
                    "files",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None, verbose_name="dossiers cités"
                    ),
                ),
                ("scope", models.JSONField(default=dict, verbose_name="droits au moment de la préparation")),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "ordering": ["-asked_at", "-id"],
                "indexes": [models.Index(fields=["asked_by", "-asked_at"], name="exports_of_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                ("expires_at__gt", models.F("asked_at")),
                                ("finished_at__isnull", False),
                                ("size__isnull", False),
                                models.Q(("digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="export_done_has_a_file",
                        violation_error_message="Un export prêt a un fichier et une date d’effacement.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("problem", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="export_failed_says_why",
                        violation_error_message="Un export échoué dit pourquoi.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "exports_exporttrail" ("asked_at", "asked_by_id", "attempts", "columns", "digest", "expires_at", "filters", "finished_at", "format", "id", "kind", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "scope", "size", "started_at", "state") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."attempts", NEW."columns", NEW."digest", NEW."expires_at", NEW."filters", NEW."finished_at", NEW."format", NEW."id", NEW."kind", NEW."language", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."problem", NEW."scope", NEW."size", NEW."started_at", NEW."state"); RETURN NULL;',
                            hash="03020254c14fca2baf0c1143e6a59cf21d6bcedc",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_06318",
                            table="exports_export",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."attempts" IS DISTINCT FROM (NEW."attempts") OR OLD."columns" IS DISTINCT FROM (NEW."columns") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."filters" IS DISTINCT FROM (NEW."filters") OR OLD."finished_at" IS DISTINCT FROM (NEW."finished_at") OR OLD."format" IS DISTINCT FROM (NEW."format") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."scope" IS DISTINCT FROM (NEW."scope") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                            func='INSERT INTO "exports_exporttrail" ("asked_at", "asked_by_id", "attempts", "columns", "digest", "expires_at", "filters", "finished_at", "format", "id", "kind", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "scope", "size", "started_at", "state") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."attempts", NEW."columns", NEW."digest", NEW."expires_at", NEW."filters", NEW."finished_at", NEW."format", NEW."id", NEW."kind", NEW."language", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."problem", NEW."scope", NEW."size", NEW."started_at", NEW."state"); RETURN NULL;',
                            hash="314e363e7657ec3fc3a4bf50bd77c0a28620f7d4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_72637",
                            table="exports_export",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "exports_exporttrail" ("asked_at", "asked_by_id", "attempts", "columns", "digest", "expires_at", "filters", "finished_at", "format", "id", "kind", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "scope", "size", "started_at", "state") VALUES (OLD."asked_at", OLD."asked_by_id", OLD."attempts", OLD."columns", OLD."digest", OLD."expires_at", OLD."filters", OLD."finished_at", OLD."format", OLD."id", OLD."kind", OLD."language", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."problem", OLD."scope", OLD."size", OLD."started_at", OLD."state"); RETURN NULL;',
                            hash="c675d3d20aba7379f30795c481c1416a8caa0c59",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_58d59",
                            table="exports_export",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ColumnTemplateTrail",
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
                        to="exports.columntemplate",
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
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="propriétaire",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("files", "liste des dossiers"),
                            ("ledger", "écritures de l’enveloppe"),
                            ("reconciliation", "rapprochement des engagements"),
                            ("dashboard", "chiffres du tableau de bord"),
                        ],
                        max_length=20,
                        verbose_name="contenu",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="nom")),
                ("columns", models.JSONField(default=list, verbose_name="colonnes")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="5308691087b9236628ee5ea2921c3266ee519754",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_54acd",
                            table="exports_columntemplatetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d2e686707861588949c653b5607bb1f56e539afc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2934e",
                            table="exports_columntemplatetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportTrail",
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
                        to="exports.export",
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
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandé par",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="demandé le")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("files", "liste des dossiers"),
                            ("ledger", "écritures de l’enveloppe"),
                            ("reconciliation", "rapprochement des engagements"),
                            ("dashboard", "chiffres du tableau de bord"),
                        ],
                        max_length=20,
                        verbose_name="contenu",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("xlsx", "classeur Excel (xlsx)"),
                            ("csv_excel", "CSV pour Excel (point-virgule, virgule décimale)"),
                            ("csv", "CSV ouvert (virgule, point décimal)"),
                        ],
                        max_length=10,
                        verbose_name="format",
                    ),
                ),
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filtres")),
                ("columns", models.JSONField(default=list, verbose_name="colonnes")),
                ("language", models.CharField(default="fr", max_length=2, verbose_name="langue")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "en attente"),
                            ("running", "en préparation"),
                            ("done", "prêt"),
                            ("failed", "échoué"),
                            ("expired", "effacé"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="commencé le")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="fini le")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="effacé le")),
                ("size", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="taille (octets)")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
                ("problem", models.TextField(blank=True, verbose_name="ce qui a échoué")),
                ("scope", models.JSONField(default=dict, verbose_name="droits au moment de la préparation")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="28ee402328ec73b94e68b22553649c1beb98391c",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_bca3b",
                            table="exports_exporttrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="eddabbf90af6c8fa686da3b6d063ab06795bf800",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8a169",
                            table="exports_exporttrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
