import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
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
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nom")),
                ("start", models.CharField(max_length=12, verbose_name="début")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="empreinte")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read:files", "lire les dossiers"),
                                ("read:figures", "lire les chiffres"),
                                ("write:attestations", "déposer des attestations"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                        verbose_name="portée",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="créé le")),
                ("expires_at", models.DateTimeField(verbose_name="valable jusqu’au")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "verbose_name": "jeton d’API",
                "verbose_name_plural": "jetons d’API",
                "ordering": ["user", "-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="token_ends_after_it_begins",
                        violation_error_message="Un jeton a une date de fin, après sa création.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scopes__len__gt", 0)),
                        name="token_has_a_scope",
                        violation_error_message="Un jeton a au moins une portée.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "api_apitokentrail" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes", "start", "user_id") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."scopes", NEW."start", NEW."user_id"); RETURN NULL;',
                            hash="3d9237904957d64d0e937dacb2ee4c59cf041b7d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d7986",
                            table="api_apitoken",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."start" IS DISTINCT FROM (NEW."start") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                            func='INSERT INTO "api_apitokentrail" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes", "start", "user_id") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."scopes", NEW."start", NEW."user_id"); RETURN NULL;',
                            hash="24bd503fc099c1244c55dad3e1fffefdd4f4c9ef",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_55b1f",
                            table="api_apitoken",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "api_apitokentrail" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes", "start", "user_id") VALUES (OLD."created_at", OLD."expires_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."revoked_at", OLD."scopes", OLD."start", OLD."user_id"); RETURN NULL;',
                            hash="e7587829d01b675f7250e157fa718cf8fbb700cb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c6793",
                            table="api_apitoken",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiTokenTrail",
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
                        to="api.apitoken",
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
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nom")),
                ("start", models.CharField(max_length=12, verbose_name="début")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read:files", "lire les dossiers"),
                                ("read:figures", "lire les chiffres"),
                                ("write:attestations", "déposer des attestations"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                        verbose_name="portée",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="créé le")),
                ("expires_at", models.DateTimeField(verbose_name="valable jusqu’au")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="bc29cac6376f001caecc7b1417855feefa543921",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_c480c",
                            table="api_apitokentrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c8e6c452b17952b741349ff8a7ec1b567cc14549",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c7c99",
                            table="api_apitokentrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TokenUse",
            fields=[
                (
                    "token",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="use",
                        serialize=False,
                        to="api.apitoken",
                        verbose_name="jeton",
                    ),
                ),
                ("last_used_at", models.DateTimeField(verbose_name="servi le")),
                ("minute", models.DateTimeField(verbose_name="minute")),
                ("count", models.PositiveIntegerField(verbose_name="appels dans cette minute")),
            ],
            options={
                "verbose_name": "usage d’un jeton",
                "verbose_name_plural": "usages des jetons",
                "ordering": ["token"],
            },
        ),
    ]
