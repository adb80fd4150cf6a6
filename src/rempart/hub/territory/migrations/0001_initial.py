import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import rempart.hub.territory.words
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("code", models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="nom")),
                ("agency", models.CharField(max_length=80, verbose_name="agence régionale de santé")),
            ],
            options={
                "verbose_name": "région",
                "verbose_name_plural": "régions",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("code", models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name="code")),
                ("finess_code", models.CharField(max_length=3, unique=True, verbose_name="code FINESS")),
                ("name", models.CharField(max_length=60, verbose_name="nom")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="departments",
                        to="territory.region",
                        verbose_name="région",
                    ),
                ),
            ],
            options={
                "verbose_name": "département",
                "verbose_name_plural": "départements",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Ght",
            fields=[
                ("code", models.CharField(max_length=10, primary_key=True, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="ghts",
                        to="territory.region",
                        verbose_name="région",
                    ),
                ),
                (
                    "life",
                    models.CharField(
                        choices=[("active", "en activité"), ("closed", "fermé"), ("merged", "fusionné")],
                        default="active",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
            ],
            options={
                "verbose_name": "GHT",
                "verbose_name_plural": "GHT",
                "ordering": ["name", "code"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_ghttrail" ("code", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") SELECT new_values."code", new_values."life", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."code", new_values."region_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="a45e8aa9d76172fb27e8f3f6ba22453427b57a35",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_9f332",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="territory_ght",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_ghttrail" ("code", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") SELECT new_values."code", new_values."life", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."code", new_values."region_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."code") = (new_values."code") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="32e09d5d5191dec1f3b021a5bc15c883deedff33",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b6a96",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="territory_ght",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_ghttrail" ("code", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") SELECT old_values."code", old_values."life", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."code", old_values."region_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="7b890ef1ce4664e192fc1ed33dbb719948e1b871",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_82852",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="territory_ght",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GhtTrail",
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
                        to="territory.ght",
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
                ("code", models.CharField(max_length=10, serialize=False, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.region",
                        verbose_name="région",
                    ),
                ),
                (
                    "life",
                    models.CharField(
                        choices=[("active", "en activité"), ("closed", "fermé"), ("merged", "fusionné")],
                        default="active",
                        max_length=8,
                        verbose_name="état",
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
                            hash="ffdc2f75f1d981806a3a9bf271c7da88fe2a1621",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_534be",
                            table="territory_ghttrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7fd9a3482312c00f530774bef1caf3e1716db56d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_bb597",
                            table="territory_ghttrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalEntity",
            fields=[
                (
                    "finess",
                    models.CharField(
                        max_length=9,
                        primary_key=True,
                        serialize=False,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9][0-9AB][0-9]{7}$", "Un numéro FINESS a neuf caractères."
                            )
                        ],
                        verbose_name="numéro FINESS",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("category", models.CharField(blank=True, max_length=10, verbose_name="catégorie")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territory.department",
                        verbose_name="département",
                    ),
                ),
                (
                    "life",
                    models.CharField(
                        choices=[("active", "en activité"), ("closed", "fermé"), ("merged", "fusionné")],
                        default="active",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="fermé le")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("public", "public"),
                            ("nonprofit", "privé à but non lucratif"),
                            ("forprofit", "privé à but lucratif"),
                        ],
                        max_length=10,
                        verbose_name="statut",
                    ),
                ),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="predecessors",
                        to="territory.legalentity",
                        verbose_name="repris par",
                    ),
                ),
            ],
            options={
                "verbose_name": "entité juridique",
                "verbose_name_plural": "entités juridiques",
                "ordering": ["name", "finess"],
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        rempart.hub.territory.words.Words("name"), name="entity_words"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("life", "merged"), ("successor__isnull", False)),
                            models.Q(models.Q(("life", "merged"), _negated=True), ("successor", None)),
                            _connector="OR",
                        ),
                        name="entity_merged_has_successor",
                        violation_error_message="Une entité fusionnée, et elle seule, a une entité qui la reprend.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("life", "active"), _negated=True), ("closed_on", None), _connector="OR"
                        ),
                        name="entity_active_is_not_closed",
                        violation_error_message="Une entité en activité n’a pas de date de fermeture.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_legalentitytrail" ("category", "closed_on", "department_id", "finess", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "siren", "status", "successor_id") SELECT new_values."category", new_values."closed_on", new_values."department_id", new_values."finess", new_values."life", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."finess", new_values."siren", new_values."status", new_values."successor_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="eec618084c93adebc894cc15d919539b56361ed9",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_3f160",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="territory_legalentity",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_legalentitytrail" ("category", "closed_on", "department_id", "finess", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "siren", "status", "successor_id") SELECT new_values."category", new_values."closed_on", new_values."department_id", new_values."finess", new_values."life", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."finess", new_values."siren", new_values."status", new_values."successor_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."finess") = (new_values."finess") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="0dcfef95b37b5e5bbb6e422afabb4f6b1359c5cb",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f41ad",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="territory_legalentity",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_legalentitytrail" ("category", "closed_on", "department_id", "finess", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "siren", "status", "successor_id") SELECT old_values."category", old_values."closed_on", old_values."department_id", old_values."finess", old_values."life", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."finess", old_values."siren", old_values."status", old_values."successor_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="45a1dc067b307e477c825f8ce4f5047ccb938581",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ae190",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="territory_legalentity",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GhtMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ght",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="memberships",
                        to="territory.ght",
                        verbose_name="GHT",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="ght_memberships",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("S", "établissement support"), ("M", "établissement partie")],
                        max_length=1,
                        verbose_name="rôle",
                    ),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="quitté le")),
            ],
            options={
                "verbose_name": "appartenance à un GHT",
                "verbose_name_plural": "appartenances à un GHT",
                "ordering": ["ght", "legal_entity"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None)),
                        fields=("legal_entity",),
                        name="entity_in_one_ght",
                        violation_error_message="Cette entité appartient déjà à un GHT.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None), ("role", "S")),
                        fields=("ght",),
                        name="ght_has_one_support",
                        violation_error_message="Ce GHT a déjà un établissement support.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_ghtmembershiptrail" ("ght_id", "id", "left_on", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") SELECT new_values."ght_id", new_values."id", new_values."left_on", new_values."legal_entity_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."role" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ae7da5b102925a086b79ad5dbbe88985aa1e7d43",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_22c1a",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="territory_ghtmembership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_ghtmembershiptrail" ("ght_id", "id", "left_on", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") SELECT new_values."ght_id", new_values."id", new_values."left_on", new_values."legal_entity_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."role" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="6124dc2cebf6d10bea86144ce345e9b367214bc9",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_57943",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="territory_ghtmembership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_ghtmembershiptrail" ("ght_id", "id", "left_on", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") SELECT old_values."ght_id", old_values."id", old_values."left_on", old_values."legal_entity_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."role" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="1e2970206c7dd6c98851faeab694f58242ca5f2a",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_5aaa7",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="territory_ghtmembership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalEntityTrail",
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
                        to="territory.legalentity",
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
                (
                    "finess",
                    models.CharField(
                        max_length=9,
                        serialize=False,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9][0-9AB][0-9]{7}$", "Un numéro FINESS a neuf caractères."
                            )
                        ],
                        verbose_name="numéro FINESS",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("category", models.CharField(blank=True, max_length=10, verbose_name="catégorie")),
                (
                    "department",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.department",
                        verbose_name="département",
                    ),
                ),
                (
                    "life",
                    models.CharField(
                        choices=[("active", "en activité"), ("closed", "fermé"), ("merged", "fusionné")],
                        default="active",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="fermé le")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("public", "public"),
                            ("nonprofit", "privé à but non lucratif"),
                            ("forprofit", "privé à but lucratif"),
                        ],
                        max_length=10,
                        verbose_name="statut",
                    ),
                ),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.legalentity",
                        verbose_name="repris par",
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
                            hash="2aff4b2dd6ad421c59a77e32503da05beab22494",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_92182",
                            table="territory_legalentitytrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e7a651335f9eb88e67b14705c28bcbc14ffe3687",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_62382",
                            table="territory_legalentitytrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "finess",
                    models.CharField(
                        max_length=9,
                        primary_key=True,
                        serialize=False,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9][0-9AB][0-9]{7}$", "Un numéro FINESS a neuf caractères."
                            )
                        ],
                        verbose_name="numéro FINESS",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("category", models.CharField(blank=True, max_length=10, verbose_name="catégorie")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territory.department",
                        verbose_name="département",
                    ),
                ),
                (
                    "life",
                    models.CharField(
                        choices=[("active", "en activité"), ("closed", "fermé"), ("merged", "fusionné")],
                        default="active",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="fermé le")),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="sites",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                ("commune", models.CharField(blank=True, max_length=5, verbose_name="commune (INSEE)")),
                ("commune_name", models.CharField(blank=True, max_length=60, verbose_name="commune")),
            ],
            options={
                "verbose_name": "site",
                "verbose_name_plural": "sites",
                "ordering": ["name", "finess"],
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        rempart.hub.territory.words.Words("name", "commune_name"), name="site_words"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_sitetrail" ("category", "closed_on", "commune", "commune_name", "department_id", "finess", "legal_entity_id", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "siret") SELECT new_values."category", new_values."closed_on", new_values."commune", new_values."commune_name", new_values."department_id", new_values."finess", new_values."legal_entity_id", new_values."life", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."finess", new_values."siret" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="3d28139f5dcd39e36227d3bc5e75e812405c935c",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_cf821",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="territory_site",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_sitetrail" ("category", "closed_on", "commune", "commune_name", "department_id", "finess", "legal_entity_id", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "siret") SELECT new_values."category", new_values."closed_on", new_values."commune", new_values."commune_name", new_values."department_id", new_values."finess", new_values."legal_entity_id", new_values."life", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."finess", new_values."siret" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."finess") = (new_values."finess") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c4107663ec0db7c2df04ab58375cca563109ebf6",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_dcc93",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="territory_site",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_sitetrail" ("category", "closed_on", "commune", "commune_name", "department_id", "finess", "legal_entity_id", "life", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "siret") SELECT old_values."category", old_values."closed_on", old_values."commune", old_values."commune_name", old_values."department_id", old_values."finess", old_values."legal_entity_id", old_values."life", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."finess", old_values."siret" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="3dd072493558646e03c74850d1c2b0a5b5c66402",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_04e22",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="territory_site",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="activities",
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
                        related_name="activities",
                        to="territory.site",
                        verbose_name="site",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="année de référence")),
                ("combined", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="activité combinée")),
                ("source", models.CharField(max_length=200, verbose_name="origine")),
            ],
            options={
                "verbose_name": "activité combinée",
                "verbose_name_plural": "activités combinées",
                "ordering": ["-year", "legal_entity", "site"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("legal_entity", None), ("site", None), _connector="XOR"),
                        name="activity_of_one_structure",
                        violation_error_message="Une activité est celle d’une entité ou d’un site.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("combined__gte", 0)),
                        name="activity_not_negative",
                        violation_error_message="Une activité ne peut pas être négative.",
                    ),
                    models.UniqueConstraint(fields=("legal_entity", "year"), name="one_activity_by_entity_and_year"),
                    models.UniqueConstraint(fields=("site", "year"), name="one_activity_by_site_and_year"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_activitytrail" ("combined", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "source", "year") SELECT new_values."combined", new_values."id", new_values."legal_entity_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."site_id", new_values."source", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="c5c184364902685a23c821a11f9c7280a216a82f",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_30c4c",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="territory_activity",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_activitytrail" ("combined", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "source", "year") SELECT new_values."combined", new_values."id", new_values."legal_entity_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."site_id", new_values."source", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="0c9b74a19215deea8bf8ecbedbbde5e82c2a0069",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f31b9",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="territory_activity",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "territory_activitytrail" ("combined", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "source", "year") SELECT old_values."combined", old_values."id", old_values."legal_entity_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."site_id", old_values."source", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="2b1c24be994fc18eac5a3be23ed45ed114689d66",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f68d7",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="territory_activity",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GhtMembershipTrail",
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
                        to="territory.ghtmembership",
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
                    "ght",
                    models.ForeignKey(
                        db_constraint=False,
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
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("S", "établissement support"), ("M", "établissement partie")],
                        max_length=1,
                        verbose_name="rôle",
                    ),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="quitté le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="afb2593b8c00089c8867aa9471f7d9c81e227b12",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_80df0",
                            table="territory_ghtmembershiptrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="889989d7b9ddeba249b2b90b01416a3d54b5113a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4d831",
                            table="territory_ghtmembershiptrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteTrail",
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
                        to="territory.site",
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
                (
                    "finess",
                    models.CharField(
                        max_length=9,
                        serialize=False,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9][0-9AB][0-9]{7}$", "Un numéro FINESS a neuf caractères."
                            )
                        ],
                        verbose_name="numéro FINESS",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("category", models.CharField(blank=True, max_length=10, verbose_name="catégorie")),
                (
                    "department",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.department",
                        verbose_name="département",
                    ),
                ),
                (
                    "life",
                    models.CharField(
                        choices=[("active", "en activité"), ("closed", "fermé"), ("merged", "fusionné")],
                        default="active",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="fermé le")),
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
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                ("commune", models.CharField(blank=True, max_length=5, verbose_name="commune (INSEE)")),
                ("commune_name", models.CharField(blank=True, max_length=60, verbose_name="commune")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="89b51cfa63915718d32717ca6b07ec43b284f866",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_d8b66",
                            table="territory_sitetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="72a22c818a25ffeebf1349d0a13178f6d334bc6c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a545f",
                            table="territory_sitetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityTrail",
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
                        to="territory.activity",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="année de référence")),
                ("combined", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="activité combinée")),
                ("source", models.CharField(max_length=200, verbose_name="origine")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="34a8349ee724606e896b5fed4ba61ce726e6ea32",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_38afd",
                            table="territory_activitytrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a707a09e979f9219e52eeb8f8b77514223a866d0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_27a5d",
                            table="territory_activitytrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
