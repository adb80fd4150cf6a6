import django.db.models.deletion
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("applications", "0001_initial"),
        ("calls", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="decision_series",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="année")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="dernier numéro")),
            ],
            options={
                "verbose_name": "série de numéros",
                "verbose_name_plural": "séries de numéros",
                "ordering": ["call", "year"],
                "constraints": [models.UniqueConstraint(fields=("call", "year"), name="one_series_by_call_and_year")],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="numéro")),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="decisions",
                        to="decisions.series",
                        verbose_name="série",
                    ),
                ),
                ("rank", models.PositiveIntegerField(verbose_name="rang")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="decisions",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("validation", "validation de la candidature"),
                            ("refusal", "refus de la candidature"),
                            ("convention", "convention de financement"),
                            ("objectives_accepted", "validation des objectifs"),
                            ("objectives_refused", "refus des objectifs"),
                            ("payment", "paiement"),
                            ("recovery", "restitution d’un indu"),
                            ("withdrawal", "retrait d’une décision"),
                        ],
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                (
                    "withdraws",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="withdrawn_by",
                        to="decisions.decision",
                        verbose_name="retire",
                    ),
                ),
                ("amount_cents", models.BigIntegerField(blank=True, null=True, verbose_name="montant (centimes)")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                ("facts", models.JSONField(verbose_name="mentions")),
                (
                    "signatory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signataire",
                    ),
                ),
                ("signatory_name", models.CharField(max_length=200, verbose_name="nom du signataire")),
                ("signatory_role", models.CharField(max_length=200, verbose_name="qualité du signataire")),
                ("issued_at", models.DateTimeField(verbose_name="prise le")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="clé")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte du PDF")),
                ("size", models.PositiveIntegerField(verbose_name="taille du PDF (octets)")),
            ],
            options={
                "verbose_name": "décision",
                "verbose_name_plural": "décisions",
                "ordering": ["application", "issued_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("series", "rank"), name="decision_rank_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "withdrawal"), ("withdraws__isnull", False)),
                            models.Q(models.Q(("kind", "withdrawal"), _negated=True), ("withdraws", None)),
                            _connector="OR",
                        ),
                        name="decision_withdrawal_names_another",
                        violation_error_message="Un retrait, et lui seul, nomme la décision retirée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents", None), ("amount_cents__gt", 0), _connector="OR"),
                        name="decision_amount_positive",
                        violation_error_message="Le montant d’une décision est positif.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signatory_name", ""), _negated=True),
                        name="decision_signed",
                        violation_error_message="Une décision est signée d’un nom.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_changed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="77607812d9984b15f570c6106c6f450ab11f1915",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_never_changed_64d04",
                            table="decisions_decision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="276b9d1c8090e77946a006f2df0befe87418f5dd",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_18183",
                            table="decisions_decision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "decisions_decisiontrail" ("amount_cents", "application_id", "facts", "id", "issued_at", "key", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "reason", "series_id", "sha256", "signatory_id", "signatory_name", "signatory_role", "size", "withdraws_id") VALUES (NEW."amount_cents", NEW."application_id", NEW."facts", NEW."id", NEW."issued_at", NEW."key", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."reason", NEW."series_id", NEW."sha256", NEW."signatory_id", NEW."signatory_name", NEW."signatory_role", NEW."size", NEW."withdraws_id"); RETURN NULL;',
                            hash="1ad5a170383f16e35657a137af315de14e9fc55c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c5437",
                            table="decisions_decision",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "decisions_decisiontrail" ("amount_cents", "application_id", "facts", "id", "issued_at", "key", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "reason", "series_id", "sha256", "signatory_id", "signatory_name", "signatory_role", "size", "withdraws_id") VALUES (NEW."amount_cents", NEW."application_id", NEW."facts", NEW."id", NEW."issued_at", NEW."key", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."reason", NEW."series_id", NEW."sha256", NEW."signatory_id", NEW."signatory_name", NEW."signatory_role", NEW."size", NEW."withdraws_id"); RETURN NULL;',
                            hash="fc1cd3395bc4b8d99b9a4d48e474ed696dfabe72",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b017a",
                            table="decisions_decision",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "decisions_decisiontrail" ("amount_cents", "application_id", "facts", "id", "issued_at", "key", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "reason", "series_id", "sha256", "signatory_id", "signatory_name", "signatory_role", "size", "withdraws_id") VALUES (OLD."amount_cents", OLD."application_id", OLD."facts", OLD."id", OLD."issued_at", OLD."key", OLD."kind", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rank", OLD."reason", OLD."series_id", OLD."sha256", OLD."signatory_id", OLD."signatory_name", OLD."signatory_role", OLD."size", OLD."withdraws_id"); RETURN NULL;',
                            hash="f6afea13812448f8cff2204e19f0f4f7d11f6376",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e4cc5",
                            table="decisions_decision",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionTrail",
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
                        to="decisions.decision",
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
                ("number", models.CharField(max_length=60, verbose_name="numéro")),
                (
                    "series",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="decisions.series",
                        verbose_name="série",
                    ),
                ),
                ("rank", models.PositiveIntegerField(verbose_name="rang")),
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("validation", "validation de la candidature"),
                            ("refusal", "refus de la candidature"),
                            ("convention", "convention de financement"),
                            ("objectives_accepted", "validation des objectifs"),
                            ("objectives_refused", "refus des objectifs"),
                            ("payment", "paiement"),
                            ("recovery", "restitution d’un indu"),
                            ("withdrawal", "retrait d’une décision"),
                        ],
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                (
                    "withdraws",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="decisions.decision",
                        verbose_name="retire",
                    ),
                ),
                ("amount_cents", models.BigIntegerField(blank=True, null=True, verbose_name="montant (centimes)")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                ("facts", models.JSONField(verbose_name="mentions")),
                (
                    "signatory",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signataire",
                    ),
                ),
                ("signatory_name", models.CharField(max_length=200, verbose_name="nom du signataire")),
                ("signatory_role", models.CharField(max_length=200, verbose_name="qualité du signataire")),
                ("issued_at", models.DateTimeField(verbose_name="prise le")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="clé")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte du PDF")),
                ("size", models.PositiveIntegerField(verbose_name="taille du PDF (octets)")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="0d404657d9e43cb95b0d3720cf15df0975d03230",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_11022",
                            table="decisions_decisiontrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1ab98b5fbe9789f1212da58f34e5779d7088b2dd",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c8a75",
                            table="decisions_decisiontrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
