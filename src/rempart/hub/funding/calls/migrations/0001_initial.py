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
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("code", models.SlugField(max_length=30, primary_key=True, serialize=False, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="titre")),
                ("simulated", models.BooleanField(default=False, verbose_name="simulé")),
            ],
            options={
                "verbose_name": "appel à financement",
                "verbose_name_plural": "appels à financement",
                "ordering": ["code"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_calltrail" ("code", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "simulated", "title") VALUES (NEW."code", _pgh_attach_context(), NOW(), \'insert\', NEW."code", NEW."simulated", NEW."title"); RETURN NULL;',
                            hash="7f07a2a02d989679cd65f0378e9fbdd332b760e9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ffd03",
                            table="calls_call",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "calls_calltrail" ("code", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "simulated", "title") VALUES (NEW."code", _pgh_attach_context(), NOW(), \'update\', NEW."code", NEW."simulated", NEW."title"); RETURN NULL;',
                            hash="75febc779f3abaaf6f0a66addc0fb0e43033f9ec",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_56a02",
                            table="calls_call",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_calltrail" ("code", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "simulated", "title") VALUES (OLD."code", _pgh_attach_context(), NOW(), \'delete\', OLD."code", OLD."simulated", OLD."title"); RETURN NULL;',
                            hash="926e7dfa9d3559ccf5e677cbc20a06e2e98a5dbb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_246cd",
                            table="calls_call",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallTrail",
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
                        to="calls.call",
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
                ("code", models.SlugField(db_index=False, max_length=30, serialize=False, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="titre")),
                ("simulated", models.BooleanField(default=False, verbose_name="simulé")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="655fa8004870eba2cc246f3cc5b6ff3e533bb47f",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_599a1",
                            table="calls_calltrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="bbf0a5498760e98c68fdc979444d158e0d1b4d0a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_52de5",
                            table="calls_calltrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="versions",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("content", models.TextField(verbose_name="règles (TOML)")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte")),
                ("note", models.TextField(blank=True, verbose_name="ce qui change")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="écrite le")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="écrite par",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="publiée le")),
            ],
            options={
                "verbose_name": "version d’un appel",
                "verbose_name_plural": "versions d’appels",
                "ordering": ["call", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "number"), name="call_version_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)),
                        fields=("call",),
                        name="one_draft_by_call",
                        violation_error_message="Cet appel a déjà une version en préparation.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="published_version_is_for_ever",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."published_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6421ce00b90c9b50794c0c2d2710cbd39ef67d39",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_published_version_is_for_ever_c2cc0",
                            table="calls_callversion",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_callversiontrail" ("call_id", "created_at", "created_by_id", "digest", "id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at") VALUES (NEW."call_id", NEW."created_at", NEW."created_by_id", NEW."digest", NEW."id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_at"); RETURN NULL;',
                            hash="4f9a812aa368fd83d5228e72e04c90d2fdcdf80c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_4f49e",
                            table="calls_callversion",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at"))',
                            func='INSERT INTO "calls_callversiontrail" ("call_id", "created_at", "created_by_id", "digest", "id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at") VALUES (NEW."call_id", NEW."created_at", NEW."created_by_id", NEW."digest", NEW."id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_at"); RETURN NULL;',
                            hash="1e2f57604f627930c6d026548f700c55081498c3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1ff03",
                            table="calls_callversion",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_callversiontrail" ("call_id", "created_at", "created_by_id", "digest", "id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at") VALUES (OLD."call_id", OLD."created_at", OLD."created_by_id", OLD."digest", OLD."id", OLD."note", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."published_at"); RETURN NULL;',
                            hash="b1de4d5048dfec44289105c125e906c1d0508e87",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8c295",
                            table="calls_callversion",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ceiling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="ceilings",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "ght",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="ceilings",
                        to="territory.ght",
                        verbose_name="GHT",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="ceilings",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                ("cents", models.BigIntegerField(verbose_name="plafond (centimes)")),
                ("source", models.CharField(max_length=200, verbose_name="origine")),
            ],
            options={
                "verbose_name": "plafond",
                "verbose_name_plural": "plafonds",
                "ordering": ["call", "ght", "legal_entity"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("legal_entity", None), ("ght", None), _connector="XOR"),
                        name="ceiling_of_one_applicant",
                        violation_error_message="Un plafond est celui d’un GHT ou d’une entité juridique.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cents__gt", 0)),
                        name="ceiling_positive",
                        violation_error_message="Un plafond est un montant positif.",
                    ),
                    models.UniqueConstraint(fields=("call", "ght"), name="one_ceiling_by_ght"),
                    models.UniqueConstraint(fields=("call", "legal_entity"), name="one_ceiling_by_entity"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_ceilingtrail" ("call_id", "cents", "ght_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") VALUES (NEW."call_id", NEW."cents", NEW."ght_id", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source"); RETURN NULL;',
                            hash="5ac9e62d142ca86226678be3df3c4d45ddfb5098",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_80da7",
                            table="calls_ceiling",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "calls_ceilingtrail" ("call_id", "cents", "ght_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") VALUES (NEW."call_id", NEW."cents", NEW."ght_id", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source"); RETURN NULL;',
                            hash="a28529d1e9e69cf652ce85509bb2cfd7930cd576",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_53855",
                            table="calls_ceiling",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_ceilingtrail" ("call_id", "cents", "ght_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") VALUES (OLD."call_id", OLD."cents", OLD."ght_id", OLD."id", OLD."legal_entity_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source"); RETURN NULL;',
                            hash="935fad67eb2bbcfd272b5bb9efbf59c277d6041f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b6b8a",
                            table="calls_ceiling",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Window",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="windows",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("application", "candidature"),
                            ("ars_review", "instruction ARS des candidatures"),
                            ("declaration", "déclaration d’atteinte des objectifs"),
                            ("ars_check", "vérification ARS des objectifs"),
                            ("ans_review", "instruction ANS"),
                            ("payment", "demande de paiement"),
                        ],
                        max_length=12,
                        verbose_name="guichet",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="ouvre le")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="ferme le")),
            ],
            options={
                "verbose_name": "guichet",
                "verbose_name_plural": "guichets",
                "ordering": ["call", "opens_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "stage"), name="one_window_by_stage"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at", None),
                            ("closes_at", None),
                            ("closes_at__gt", models.F("opens_at")),
                            _connector="OR",
                        ),
                        name="window_ends_after_it_begins",
                        violation_error_message="Un guichet ferme après avoir ouvert.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_windowtrail" ("call_id", "closes_at", "id", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stage") VALUES (NEW."call_id", NEW."closes_at", NEW."id", NEW."opens_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."stage"); RETURN NULL;',
                            hash="09976b6708daad04622dc7a94d25380cbe66fbc4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c88eb",
                            table="calls_window",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "calls_windowtrail" ("call_id", "closes_at", "id", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stage") VALUES (NEW."call_id", NEW."closes_at", NEW."id", NEW."opens_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."stage"); RETURN NULL;',
                            hash="a99d2bf9b9f9a04b32566de5fd8da67dad8258ec",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b066b",
                            table="calls_window",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_windowtrail" ("call_id", "closes_at", "id", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stage") VALUES (OLD."call_id", OLD."closes_at", OLD."id", OLD."opens_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."stage"); RETURN NULL;',
                            hash="edc499230ee41fa3c83d6e2c9d0f7745206db021",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_266a2",
                            table="calls_window",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallVersionTrail",
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
                        to="calls.callversion",
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
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte")),
                ("note", models.TextField(blank=True, verbose_name="ce qui change")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="écrite le")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="écrite par",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="publiée le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="73f09d175164e5be6ba485184be67a65c4c77659",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_3c195",
                            table="calls_callversiontrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="3717d334e5610ef5373ab6141b471fcccdb58882",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_392e0",
                            table="calls_callversiontrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CeilingTrail",
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
                        to="calls.ceiling",
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
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "ght",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.ght",
                        verbose_name="GHT",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                ("cents", models.BigIntegerField(verbose_name="plafond (centimes)")),
                ("source", models.CharField(max_length=200, verbose_name="origine")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="7fd70524b773775030e74238996809c85ee2386f",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_9b5d0",
                            table="calls_ceilingtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b11e834afa20143254a8a7b71b0c1bd2e7393bbf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2cfdf",
                            table="calls_ceilingtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "window",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="extensions",
                        to="calls.window",
                        verbose_name="guichet",
                    ),
                ),
                ("before", models.DateTimeField(blank=True, null=True, verbose_name="fermeture d’avant")),
                ("after", models.DateTimeField(blank=True, null=True, verbose_name="nouvelle fermeture")),
                ("reason", models.TextField(verbose_name="motif")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="origine")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="décidé le")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "report de guichet",
                "verbose_name_plural": "reports de guichets",
                "ordering": ["window", "id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="extension_is_for_ever",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="739ff8e4d87afc9714410fccad8a6a5137c34da1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_extension_is_for_ever_bcbd2",
                            table="calls_extension",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_extensiontrail" ("after", "before", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "source", "window_id") VALUES (NEW."after", NEW."before", NEW."decided_at", NEW."decided_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."source", NEW."window_id"); RETURN NULL;',
                            hash="7eeb4caa70d99d26853bb66b86b8f575098484df",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_24d07",
                            table="calls_extension",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "calls_extensiontrail" ("after", "before", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "source", "window_id") VALUES (NEW."after", NEW."before", NEW."decided_at", NEW."decided_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."source", NEW."window_id"); RETURN NULL;',
                            hash="456d863a8adfa3d0ff516237c0c70ace80cc0af0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_82aec",
                            table="calls_extension",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "calls_extensiontrail" ("after", "before", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "source", "window_id") VALUES (OLD."after", OLD."before", OLD."decided_at", OLD."decided_by_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."source", OLD."window_id"); RETURN NULL;',
                            hash="2a5637bd20d74bf30c24b89c8e6657e5ac684fb7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_23507",
                            table="calls_extension",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WindowTrail",
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
                        to="calls.window",
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
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("application", "candidature"),
                            ("ars_review", "instruction ARS des candidatures"),
                            ("declaration", "déclaration d’atteinte des objectifs"),
                            ("ars_check", "vérification ARS des objectifs"),
                            ("ans_review", "instruction ANS"),
                            ("payment", "demande de paiement"),
                        ],
                        max_length=12,
                        verbose_name="guichet",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="ouvre le")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="ferme le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="fd5a16f416fac1eda3bf440426e5600dc01917d2",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_9588e",
                            table="calls_windowtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e09824cd1c8bb59daef2db25981e1e9f29ac625f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1c70f",
                            table="calls_windowtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExtensionTrail",
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
                        to="calls.extension",
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
                    "window",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="calls.window",
                        verbose_name="guichet",
                    ),
                ),
                ("before", models.DateTimeField(blank=True, null=True, verbose_name="fermeture d’avant")),
                ("after", models.DateTimeField(blank=True, null=True, verbose_name="nouvelle fermeture")),
                ("reason", models.TextField(verbose_name="motif")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="origine")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="décidé le")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidé par",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="9ac4b3dbe85b49a27ebd17765714e145469a555f",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_72ca9",
                            table="calls_extensiontrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c3d1d7038fdaed3a0892b1b1d9b40351214655cf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_91bba",
                            table="calls_extensiontrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
