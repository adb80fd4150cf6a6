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
        ("calls", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="numéro")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        max_length=20,
                        verbose_name="état",
                    ),
                ),
                ("erased_at", models.DateTimeField(verbose_name="effacé le")),
                ("rule", models.CharField(max_length=200, verbose_name="règle")),
                ("removed", models.JSONField(default=dict, verbose_name="éléments effacés")),
            ],
            options={
                "verbose_name": "effacement",
                "verbose_name_plural": "effacements",
                "ordering": ["erased_at", "id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_erasuretrail" ("call_id", "erased_at", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed", "rule", "state") VALUES (NEW."call_id", NEW."erased_at", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removed", NEW."rule", NEW."state"); RETURN NULL;',
                            hash="1e1da9fe29eb4eb6025f407ccd416121280abb93",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_55d50",
                            table="applications_erasure",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "applications_erasuretrail" ("call_id", "erased_at", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed", "rule", "state") VALUES (NEW."call_id", NEW."erased_at", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removed", NEW."rule", NEW."state"); RETURN NULL;',
                            hash="d377539933b7f48296b577c8cfea72dc9a576267",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b4d78",
                            table="applications_erasure",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_erasuretrail" ("call_id", "erased_at", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed", "rule", "state") VALUES (OLD."call_id", OLD."erased_at", OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."removed", OLD."rule", OLD."state"); RETURN NULL;',
                            hash="a640f35436906dfcd1f792e1008f54029d8c0c31",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a98f7",
                            table="applications_erasure",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="nom")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("grey", "gris"),
                            ("teal", "sarcelle"),
                            ("ochre", "ocre"),
                            ("violet", "violet"),
                            ("brick", "brique"),
                            ("green", "vert"),
                        ],
                        default="grey",
                        max_length=8,
                        verbose_name="couleur",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territory.region",
                        verbose_name="région",
                    ),
                ),
            ],
            options={
                "verbose_name": "étiquette",
                "verbose_name_plural": "étiquettes",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region", "name"),
                        name="label_once_by_team",
                        nulls_distinct=False,
                        violation_error_message="Cette étiquette existe déjà.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_labeltrail" ("colour", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") VALUES (NEW."colour", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id"); RETURN NULL;',
                            hash="179c4976f7f59f34cb4e501d239798055583b20c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_08867",
                            table="applications_label",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "applications_labeltrail" ("colour", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") VALUES (NEW."colour", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id"); RETURN NULL;',
                            hash="2b155686ae6636dbe0af2039870b939020d95966",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_9ea22",
                            table="applications_label",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_labeltrail" ("colour", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") VALUES (OLD."colour", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_id"); RETURN NULL;',
                            hash="4efebda6d1b0ce1cb92083d85c9bed2166bbe170",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_24f35",
                            table="applications_label",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailChoices",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="mail_choices",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        choices=[("daily", "chaque matin ouvré"), ("weekly", "le lundi matin"), ("never", "jamais")],
                        default="daily",
                        max_length=10,
                        verbose_name="résumé du matin",
                    ),
                ),
                ("messages", models.BooleanField(default=True, verbose_name="messages dans les dossiers")),
            ],
            options={
                "verbose_name": "choix de courriels",
                "verbose_name_plural": "choix de courriels",
                "ordering": ["user"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__in", ["daily", "weekly", "never"])), name="mail_digest_rhythm"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                ("last", models.PositiveIntegerField(default=0, verbose_name="dernier numéro")),
            ],
            options={
                "verbose_name": "série de numéros",
                "verbose_name_plural": "séries de numéros",
                "ordering": ["call"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="propriétaire",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="nom")),
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filtres")),
                ("columns", models.JSONField(blank=True, default=list, verbose_name="colonnes")),
                ("sort", models.CharField(blank=True, max_length=30, verbose_name="tri")),
            ],
            options={
                "verbose_name": "vue enregistrée",
                "verbose_name_plural": "vues enregistrées",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "name"),
                        name="view_name_once_by_person",
                        violation_error_message="Vous avez déjà une vue de ce nom.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="numéro")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="applications",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="applications",
                        to="calls.callversion",
                        verbose_name="version des règles",
                    ),
                ),
                (
                    "ght",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="applications",
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
                        related_name="applications",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ght", "GHT"),
                            ("public", "établissement public hors GHT"),
                            ("nonprofit", "privé à but non lucratif"),
                            ("forprofit", "privé à but lucratif"),
                        ],
                        max_length=10,
                        verbose_name="type de candidat",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="applications",
                        to="territory.region",
                        verbose_name="région",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="état",
                    ),
                ),
                (
                    "state_since",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="dans cet état depuis"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ouverte le")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ouverte par",
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="déposée le")),
                ("validated_at", models.DateTimeField(blank=True, null=True, verbose_name="validée le")),
                ("operational_at", models.DateTimeField(blank=True, null=True, verbose_name="convention signée le")),
                ("declared_at", models.DateTimeField(blank=True, null=True, verbose_name="atteinte déclarée le")),
                ("objectives_met_at", models.DateTimeField(blank=True, null=True, verbose_name="objectifs validés le")),
                (
                    "payment_requested_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="paiement demandé le"),
                ),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="payée le")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="close le")),
                ("ceiling_cents", models.BigIntegerField(blank=True, null=True, verbose_name="plafond (centimes)")),
                (
                    "eligible_cost_cents",
                    models.BigIntegerField(blank=True, null=True, verbose_name="coût réel éligible (centimes)"),
                ),
                (
                    "recovery_cents",
                    models.BigIntegerField(blank=True, null=True, verbose_name="indu à restituer (centimes)"),
                ),
                ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="adresse de contact")),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="assigned_files",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attribuée à",
                    ),
                ),
                (
                    "touched_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="dernière activité le"),
                ),
                ("expiry_warned_at", models.DateTimeField(blank=True, null=True, verbose_name="effacement annoncé le")),
                ("emptied_at", models.DateTimeField(blank=True, null=True, verbose_name="contenu effacé le")),
                (
                    "labels",
                    models.ManyToManyField(
                        blank=True, related_name="applications", to="applications.label", verbose_name="étiquettes"
                    ),
                ),
                (
                    "followers",
                    models.ManyToManyField(
                        blank=True, related_name="followed_files", to=settings.AUTH_USER_MODEL, verbose_name="abonnés"
                    ),
                ),
            ],
            options={
                "verbose_name": "dossier",
                "verbose_name_plural": "dossiers",
                "ordering": ["call", "number"],
                "indexes": [models.Index(fields=["call", "region", "state"], name="files_by_call_region_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("legal_entity", None), ("ght", None), _connector="XOR"),
                        name="file_of_one_applicant",
                        violation_error_message="Un dossier est celui d’un GHT ou d’une entité juridique.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ght__isnull", False), ("kind", "ght")),
                            models.Q(models.Q(("kind", "ght"), _negated=True), ("legal_entity__isnull", False)),
                            _connector="OR",
                        ),
                        name="file_kind_fits_applicant",
                        violation_error_message="Le type de candidat ne va pas avec le candidat.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("call", "ght"),
                        name="one_file_by_ght",
                        violation_error_message="Ce GHT a déjà un dossier pour cet appel.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("call", "legal_entity"),
                        name="one_file_by_entity",
                        violation_error_message="Cette entité a déjà un dossier pour cet appel.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("submitted_at", None), ("ceiling_cents__isnull", False), _connector="OR"),
                        name="file_submitted_has_ceiling",
                        violation_error_message="Un dossier déposé a un plafond.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["withdrawn", "lapsed"]),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", True),
                                ("objectives_met_at__isnull", True),
                                ("operational_at__isnull", True),
                                ("paid_at__isnull", True),
                                ("payment_requested_at__isnull", True),
                                ("state__in", ["draft"]),
                                ("submitted_at__isnull", True),
                                ("validated_at__isnull", True),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", True),
                                ("objectives_met_at__isnull", True),
                                ("operational_at__isnull", True),
                                ("paid_at__isnull", True),
                                ("payment_requested_at__isnull", True),
                                ("state__in", ["ars_review", "ars_review_fix", "refused", "submitted"]),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", True),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", True),
                                ("objectives_met_at__isnull", True),
                                ("operational_at__isnull", True),
                                ("paid_at__isnull", True),
                                ("payment_requested_at__isnull", True),
                                ("state__in", ["validated"]),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", False),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", True),
                                ("objectives_met_at__isnull", True),
                                ("operational_at__isnull", False),
                                ("paid_at__isnull", True),
                                ("payment_requested_at__isnull", True),
                                ("state__in", ["operational"]),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", False),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", False),
                                ("objectives_met_at__isnull", True),
                                ("operational_at__isnull", False),
                                ("paid_at__isnull", True),
                                ("payment_requested_at__isnull", True),
                                (
                                    "state__in",
                                    [
                                        "ans_review",
                                        "ans_review_fix",
                                        "ars_check",
                                        "ars_check_fix",
                                        "declared",
                                        "objectives_refused",
                                    ],
                                ),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", False),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", False),
                                ("objectives_met_at__isnull", False),
                                ("operational_at__isnull", False),
                                ("paid_at__isnull", True),
                                ("payment_requested_at__isnull", True),
                                ("state__in", ["objectives_met"]),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", False),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", False),
                                ("objectives_met_at__isnull", False),
                                ("operational_at__isnull", False),
                                ("paid_at__isnull", True),
                                ("payment_requested_at__isnull", False),
                                ("state__in", ["payment_requested"]),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", False),
                            ),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("declared_at__isnull", False),
                                ("objectives_met_at__isnull", False),
                                ("operational_at__isnull", False),
                                ("paid_at__isnull", False),
                                ("payment_requested_at__isnull", False),
                                ("state__in", ["controlled", "paid", "recovery"]),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", False),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("declared_at__isnull", False),
                                ("objectives_met_at__isnull", False),
                                ("operational_at__isnull", False),
                                ("paid_at__isnull", False),
                                ("payment_requested_at__isnull", False),
                                ("state__in", ["closed"]),
                                ("submitted_at__isnull", False),
                                ("validated_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="file_dates_fit_state",
                        violation_error_message="Les dates du dossier ne vont pas avec son état.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("validated_at", None), ("validated_at__gte", models.F("submitted_at")), _connector="OR"
                            ),
                            models.Q(
                                ("operational_at", None),
                                ("operational_at__gte", models.F("validated_at")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("declared_at", None), ("declared_at__gte", models.F("operational_at")), _connector="OR"
                            ),
                            models.Q(
                                ("objectives_met_at", None),
                                ("objectives_met_at__gte", models.F("declared_at")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("payment_requested_at", None),
                                ("payment_requested_at__gte", models.F("objectives_met_at")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("paid_at", None), ("paid_at__gte", models.F("payment_requested_at")), _connector="OR"
                            ),
                            models.Q(("closed_at", None), ("closed_at__gte", models.F("paid_at")), _connector="OR"),
                        ),
                        name="file_dates_in_order",
                        violation_error_message="Les dates du dossier ne sont pas dans l’ordre.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ceiling_cents", None), ("ceiling_cents__gt", 0), _connector="OR"),
                            models.Q(("eligible_cost_cents", None), ("eligible_cost_cents__gte", 0), _connector="OR"),
                            models.Q(("recovery_cents", None), ("recovery_cents__gt", 0), _connector="OR"),
                        ),
                        name="file_amounts_positive",
                        violation_error_message="Un montant ne peut pas être négatif.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payment_requested_at", None), ("eligible_cost_cents__isnull", False), _connector="OR"
                        ),
                        name="file_payment_has_cost",
                        violation_error_message="Une demande de paiement a un coût réel éligible.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "recovery"), _negated=True),
                            ("recovery_cents__isnull", False),
                            _connector="OR",
                        ),
                        name="file_recovery_has_amount",
                        violation_error_message="Un indu à restituer a un montant.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_applicationtrail" ("assigned_to_id", "call_id", "ceiling_cents", "closed_at", "created_at", "created_by_id", "declared_at", "eligible_cost_cents", "emptied_at", "expiry_warned_at", "ght_id", "id", "kind", "legal_entity_id", "number", "objectives_met_at", "operational_at", "paid_at", "payment_requested_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovery_cents", "region_id", "state", "state_since", "submitted_at", "touched_at", "validated_at", "version_id") VALUES (NEW."assigned_to_id", NEW."call_id", NEW."ceiling_cents", NEW."closed_at", NEW."created_at", NEW."created_by_id", NEW."declared_at", NEW."eligible_cost_cents", NEW."emptied_at", NEW."expiry_warned_at", NEW."ght_id", NEW."id", NEW."kind", NEW."legal_entity_id", NEW."number", NEW."objectives_met_at", NEW."operational_at", NEW."paid_at", NEW."payment_requested_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recovery_cents", NEW."region_id", NEW."state", NEW."state_since", NEW."submitted_at", NEW."touched_at", NEW."validated_at", NEW."version_id"); RETURN NULL;',
                            hash="8522cf7221a1e9111b98dc49f394c110a26f8de9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_60e1b",
                            table="applications_application",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."assigned_to_id" IS DISTINCT FROM (NEW."assigned_to_id") OR OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."ceiling_cents" IS DISTINCT FROM (NEW."ceiling_cents") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."declared_at" IS DISTINCT FROM (NEW."declared_at") OR OLD."eligible_cost_cents" IS DISTINCT FROM (NEW."eligible_cost_cents") OR OLD."emptied_at" IS DISTINCT FROM (NEW."emptied_at") OR OLD."expiry_warned_at" IS DISTINCT FROM (NEW."expiry_warned_at") OR OLD."ght_id" IS DISTINCT FROM (NEW."ght_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."legal_entity_id" IS DISTINCT FROM (NEW."legal_entity_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."objectives_met_at" IS DISTINCT FROM (NEW."objectives_met_at") OR OLD."operational_at" IS DISTINCT FROM (NEW."operational_at") OR OLD."paid_at" IS DISTINCT FROM (NEW."paid_at") OR OLD."payment_requested_at" IS DISTINCT FROM (NEW."payment_requested_at") OR OLD."recovery_cents" IS DISTINCT FROM (NEW."recovery_cents") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."state_since" IS DISTINCT FROM (NEW."state_since") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."touched_at" IS DISTINCT FROM (NEW."touched_at") OR OLD."validated_at" IS DISTINCT FROM (NEW."validated_at") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id"))',
                            func='INSERT INTO "applications_applicationtrail" ("assigned_to_id", "call_id", "ceiling_cents", "closed_at", "created_at", "created_by_id", "declared_at", "eligible_cost_cents", "emptied_at", "expiry_warned_at", "ght_id", "id", "kind", "legal_entity_id", "number", "objectives_met_at", "operational_at", "paid_at", "payment_requested_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovery_cents", "region_id", "state", "state_since", "submitted_at", "touched_at", "validated_at", "version_id") VALUES (NEW."assigned_to_id", NEW."call_id", NEW."ceiling_cents", NEW."closed_at", NEW."created_at", NEW."created_by_id", NEW."declared_at", NEW."eligible_cost_cents", NEW."emptied_at", NEW."expiry_warned_at", NEW."ght_id", NEW."id", NEW."kind", NEW."legal_entity_id", NEW."number", NEW."objectives_met_at", NEW."operational_at", NEW."paid_at", NEW."payment_requested_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recovery_cents", NEW."region_id", NEW."state", NEW."state_since", NEW."submitted_at", NEW."touched_at", NEW."validated_at", NEW."version_id"); RETURN NULL;',
                            hash="6ac5690b35dc643a5917d2422e29fc55e9ab1469",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f714e",
                            table="applications_application",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_applicationtrail" ("assigned_to_id", "call_id", "ceiling_cents", "closed_at", "created_at", "created_by_id", "declared_at", "eligible_cost_cents", "emptied_at", "expiry_warned_at", "ght_id", "id", "kind", "legal_entity_id", "number", "objectives_met_at", "operational_at", "paid_at", "payment_requested_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovery_cents", "region_id", "state", "state_since", "submitted_at", "touched_at", "validated_at", "version_id") VALUES (OLD."assigned_to_id", OLD."call_id", OLD."ceiling_cents", OLD."closed_at", OLD."created_at", OLD."created_by_id", OLD."declared_at", OLD."eligible_cost_cents", OLD."emptied_at", OLD."expiry_warned_at", OLD."ght_id", OLD."id", OLD."kind", OLD."legal_entity_id", OLD."number", OLD."objectives_met_at", OLD."operational_at", OLD."paid_at", OLD."payment_requested_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recovery_cents", OLD."region_id", OLD."state", OLD."state_since", OLD."submitted_at", OLD."touched_at", OLD."validated_at", OLD."version_id"); RETURN NULL;',
                            hash="c793b1e30e3ff5d6ccad85cd7ecc880cd70ad76a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9016e",
                            table="applications_application",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureTrail",
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
                        to="applications.erasure",
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
                ("number", models.CharField(max_length=40, verbose_name="numéro")),
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
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        max_length=20,
                        verbose_name="état",
                    ),
                ),
                ("erased_at", models.DateTimeField(verbose_name="effacé le")),
                ("rule", models.CharField(max_length=200, verbose_name="règle")),
                ("removed", models.JSONField(default=dict, verbose_name="éléments effacés")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="313a960a66d47a98dee9283224898b3c0a5a4bdb",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_88968",
                            table="applications_erasuretrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b6cb6fc0f1c1f7a517d4ca95c4bbd86b3182ed1f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_cd4b3",
                            table="applications_erasuretrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelTrail",
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
                        to="applications.label",
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
                ("name", models.CharField(max_length=40, verbose_name="nom")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("grey", "gris"),
                            ("teal", "sarcelle"),
                            ("ochre", "ocre"),
                            ("violet", "violet"),
                            ("brick", "brique"),
                            ("green", "vert"),
                        ],
                        default="grey",
                        max_length=8,
                        verbose_name="couleur",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territory.region",
                        verbose_name="région",
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
                            hash="cee3d529873dc32f112c13b7b014b00a139cd71b",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_787df",
                            table="applications_labeltrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b355514b13bd0928c63ec167135e614bebf6ddc1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f6390",
                            table="applications_labeltrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="annotations",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                ("body", models.TextField(verbose_name="annotation")),
                ("at", models.DateTimeField(verbose_name="le")),
            ],
            options={
                "verbose_name": "annotation privée",
                "verbose_name_plural": "annotations privées",
                "ordering": ["application", "at", "id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_annotationtrail" ("application_id", "at", "author_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."application_id", NEW."at", NEW."author_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="6cc58f580965a664b388e0b4ab9dd55a33b9e83f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_55107",
                            table="applications_annotation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."id" IS DISTINCT FROM (NEW."id"))',
                            func='INSERT INTO "applications_annotationtrail" ("application_id", "at", "author_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."application_id", NEW."at", NEW."author_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="0772a7169e92f43fc27f6ff31d43bcf6e4da6f78",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6ac70",
                            table="applications_annotation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_annotationtrail" ("application_id", "at", "author_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."application_id", OLD."at", OLD."author_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="67a0d79aa72410565245d420d0facce2970b22fb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e9142",
                            table="applications_annotation",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationTrail",
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
                        to="applications.application",
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
                ("number", models.CharField(max_length=40, verbose_name="numéro")),
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
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="calls.callversion",
                        verbose_name="version des règles",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ght", "GHT"),
                            ("public", "établissement public hors GHT"),
                            ("nonprofit", "privé à but non lucratif"),
                            ("forprofit", "privé à but lucratif"),
                        ],
                        max_length=10,
                        verbose_name="type de candidat",
                    ),
                ),
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
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="état",
                    ),
                ),
                (
                    "state_since",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="dans cet état depuis"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ouverte le")),
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
                        verbose_name="ouverte par",
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="déposée le")),
                ("validated_at", models.DateTimeField(blank=True, null=True, verbose_name="validée le")),
                ("operational_at", models.DateTimeField(blank=True, null=True, verbose_name="convention signée le")),
                ("declared_at", models.DateTimeField(blank=True, null=True, verbose_name="atteinte déclarée le")),
                ("objectives_met_at", models.DateTimeField(blank=True, null=True, verbose_name="objectifs validés le")),
                (
                    "payment_requested_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="paiement demandé le"),
                ),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="payée le")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="close le")),
                ("ceiling_cents", models.BigIntegerField(blank=True, null=True, verbose_name="plafond (centimes)")),
                (
                    "eligible_cost_cents",
                    models.BigIntegerField(blank=True, null=True, verbose_name="coût réel éligible (centimes)"),
                ),
                (
                    "recovery_cents",
                    models.BigIntegerField(blank=True, null=True, verbose_name="indu à restituer (centimes)"),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attribuée à",
                    ),
                ),
                (
                    "touched_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="dernière activité le"),
                ),
                ("expiry_warned_at", models.DateTimeField(blank=True, null=True, verbose_name="effacement annoncé le")),
                ("emptied_at", models.DateTimeField(blank=True, null=True, verbose_name="contenu effacé le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="8bb4eb2fb67a877385a2b268f68da5a0583db022",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_d3214",
                            table="applications_applicationtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="eb93c4d85c5bc596c8c9c197bf7736c7212f0f6f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f053a",
                            table="applications_applicationtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="archives",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandée par",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="demandée le")),
                ("ready_at", models.DateTimeField(blank=True, null=True, verbose_name="prête le")),
                ("key", models.CharField(blank=True, max_length=200, verbose_name="clé de stockage")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="empreinte")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="taille (octets)")),
            ],
            options={
                "verbose_name": "archive de dossier",
                "verbose_name_plural": "archives de dossiers",
                "ordering": ["-requested_at", "-id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_archivetrail" ("application_id", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ready_at", "requested_at", "requested_by_id", "sha256", "size") VALUES (NEW."application_id", NEW."id", NEW."key", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."ready_at", NEW."requested_at", NEW."requested_by_id", NEW."sha256", NEW."size"); RETURN NULL;',
                            hash="e04f4494457bfaf3e7020922e87f790f0e5a8080",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_3aae6",
                            table="applications_archive",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "applications_archivetrail" ("application_id", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ready_at", "requested_at", "requested_by_id", "sha256", "size") VALUES (NEW."application_id", NEW."id", NEW."key", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."ready_at", NEW."requested_at", NEW."requested_by_id", NEW."sha256", NEW."size"); RETURN NULL;',
                            hash="36e3b79257fdb8e5067c962ba1b8e18dca66751c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b2704",
                            table="applications_archive",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_archivetrail" ("application_id", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ready_at", "requested_at", "requested_by_id", "sha256", "size") VALUES (OLD."application_id", OLD."id", OLD."key", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."ready_at", OLD."requested_at", OLD."requested_by_id", OLD."sha256", OLD."size"); RETURN NULL;',
                            hash="a80bcf49e40d56d54b3146ecb4e1a6ca819422dd",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_86744",
                            table="applications_archive",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="corrections",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("incorrect", "inexact"), ("incomplete", "incomplet"), ("outdated", "périmé")],
                        max_length=10,
                        verbose_name="motif",
                    ),
                ),
                ("message", models.TextField(verbose_name="message")),
                (
                    "requirements",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="exigences",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="à rendre avant le")),
                ("asked_at", models.DateTimeField(verbose_name="demandé le")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandé par",
                    ),
                ),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="résolu le")),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resubmitted", "dossier complété"),
                            ("resumed", "instruction reprise sans complément"),
                            ("abandoned", "dossier retiré"),
                        ],
                        max_length=12,
                        verbose_name="issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande de complément",
                "verbose_name_plural": "demandes de complément",
                "ordering": ["application", "-asked_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at", None)),
                        fields=("application",),
                        name="one_open_correction_by_file",
                        violation_error_message="Une demande de complément est déjà ouverte sur ce dossier.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolution", ""), ("resolved_at", None)),
                            models.Q(("resolved_at__isnull", False), models.Q(("resolution", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="correction_resolved_one_way",
                        violation_error_message="Une demande résolue dit comment et quand.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at", None), ("due_at__gt", models.F("asked_at")), _connector="OR"),
                        name="correction_due_after_asked",
                        violation_error_message="L’échéance d’un complément vient après la demande.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_correctionrequesttrail" ("application_id", "asked_at", "asked_by_id", "due_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirements", "resolution", "resolved_at") VALUES (NEW."application_id", NEW."asked_at", NEW."asked_by_id", NEW."due_at", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."requirements", NEW."resolution", NEW."resolved_at"); RETURN NULL;',
                            hash="68aa0b6203bae8937765675ac16902e924fdc748",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d1da1",
                            table="applications_correctionrequest",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."requirements" IS DISTINCT FROM (NEW."requirements") OR OLD."resolution" IS DISTINCT FROM (NEW."resolution") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at"))',
                            func='INSERT INTO "applications_correctionrequesttrail" ("application_id", "asked_at", "asked_by_id", "due_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirements", "resolution", "resolved_at") VALUES (NEW."application_id", NEW."asked_at", NEW."asked_by_id", NEW."due_at", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."requirements", NEW."resolution", NEW."resolved_at"); RETURN NULL;',
                            hash="5b52c3916bbe8873e618957de0a351fe00b3c42a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a53f2",
                            table="applications_correctionrequest",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_correctionrequesttrail" ("application_id", "asked_at", "asked_by_id", "due_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requirements", "resolution", "resolved_at") VALUES (OLD."application_id", OLD."asked_at", OLD."asked_by_id", OLD."due_at", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."requirements", OLD."resolution", OLD."resolved_at"); RETURN NULL;',
                            hash="8f78d6f6d9cfc767f925b4f0bd684ef5c881c986",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1a8fd",
                            table="applications_correctionrequest",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CostLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="costs",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="dépense")),
                ("reference", models.CharField(max_length=80, verbose_name="pièce justificative")),
                ("spent_on", models.DateField(verbose_name="date de la dépense")),
                ("cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saisie par",
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="saisie le")),
            ],
            options={
                "verbose_name": "ligne du bilan financier",
                "verbose_name_plural": "lignes du bilan financier",
                "ordering": ["application", "spent_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cents__gt", 0)),
                        name="cost_positive",
                        violation_error_message="Une dépense est un montant positif.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_costlinetrail" ("application_id", "cents", "entered_at", "entered_by_id", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "spent_on") VALUES (NEW."application_id", NEW."cents", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."label", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."spent_on"); RETURN NULL;',
                            hash="9cd45b3d27cf5c88a9cc9a1ec401dd287e6156f0",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6e547",
                            table="applications_costline",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "applications_costlinetrail" ("application_id", "cents", "entered_at", "entered_by_id", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "spent_on") VALUES (NEW."application_id", NEW."cents", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."label", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."spent_on"); RETURN NULL;',
                            hash="1a67fab9e98e2d99f384f4d4d56f1d65c7a1f16a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_48da3",
                            table="applications_costline",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_costlinetrail" ("application_id", "cents", "entered_at", "entered_by_id", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "spent_on") VALUES (OLD."application_id", OLD."cents", OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."label", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reference", OLD."spent_on"); RETURN NULL;',
                            hash="6d25e054e6d389a1eed0a7f1b21d6d65df23880a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3dcc6",
                            table="applications_costline",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="events",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("action", models.CharField(max_length=40, verbose_name="action")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        max_length=20,
                        verbose_name="de",
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        max_length=20,
                        verbose_name="vers",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="le")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="échéance")),
            ],
            options={
                "verbose_name": "événement",
                "verbose_name_plural": "événements",
                "ordering": ["application", "at", "id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_eventtrail" ("action", "actor_id", "application_id", "at", "due_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "source", "target") VALUES (NEW."action", NEW."actor_id", NEW."application_id", NEW."at", NEW."due_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."source", NEW."target"); RETURN NULL;',
                            hash="abb4edad6f4f7c7192a2cff3d40df41152afa8f7",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_44713",
                            table="applications_event",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "applications_eventtrail" ("action", "actor_id", "application_id", "at", "due_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "source", "target") VALUES (NEW."action", NEW."actor_id", NEW."application_id", NEW."at", NEW."due_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."source", NEW."target"); RETURN NULL;',
                            hash="af0d333939869629563b144856d75bad79bec522",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_16809",
                            table="applications_event",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_eventtrail" ("action", "actor_id", "application_id", "at", "due_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "source", "target") VALUES (OLD."action", OLD."actor_id", OLD."application_id", OLD."at", OLD."due_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."source", OLD."target"); RETURN NULL;',
                            hash="4cbed362f3590dcf8244a86ef08a48a4b9a941e9",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_74eb6",
                            table="applications_event",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LateDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="late_decisions",
                        to="applications.application",
                        verbose_name="dossier",
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
                ("until", models.DateTimeField(verbose_name="jusqu’au")),
                ("reason", models.TextField(verbose_name="motif")),
                ("decided_at", models.DateTimeField(verbose_name="décidé le")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "décision de retard",
                "verbose_name_plural": "décisions de retard",
                "ordering": ["application", "decided_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("decided_at"))),
                        name="late_until_after_decision",
                        violation_error_message="Le délai accordé finit après la décision.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_latedecisiontrail" ("application_id", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "stage", "until") VALUES (NEW."application_id", NEW."decided_at", NEW."decided_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."stage", NEW."until"); RETURN NULL;',
                            hash="20b929d53dc323056c258cda872cc6422eb1e6ce",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_78caa",
                            table="applications_latedecision",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "applications_latedecisiontrail" ("application_id", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "stage", "until") VALUES (NEW."application_id", NEW."decided_at", NEW."decided_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."stage", NEW."until"); RETURN NULL;',
                            hash="9de8b9289f3c122727060cfb51b71ee0bd820ce3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a252f",
                            table="applications_latedecision",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_latedecisiontrail" ("application_id", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "stage", "until") VALUES (OLD."application_id", OLD."decided_at", OLD."decided_by_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."stage", OLD."until"); RETURN NULL;',
                            hash="813c5133dec9c28129da7e36e8bb46ec609fa1a5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_05d97",
                            table="applications_latedecision",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="messages",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("applicant", "candidat"), ("agent", "instruction")], max_length=10, verbose_name="de"
                    ),
                ),
                ("body", models.TextField(verbose_name="message")),
                ("at", models.DateTimeField(verbose_name="le")),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["application", "at", "id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_messagetrail" ("application_id", "at", "author_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side") VALUES (NEW."application_id", NEW."at", NEW."author_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."side"); RETURN NULL;',
                            hash="df1e6c7328f49766a713c9142730515aaa9737c7",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7531a",
                            table="applications_message",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."side" IS DISTINCT FROM (NEW."side"))',
                            func='INSERT INTO "applications_messagetrail" ("application_id", "at", "author_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side") VALUES (NEW."application_id", NEW."at", NEW."author_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."side"); RETURN NULL;',
                            hash="485f3ea98ef309bc626844159e8115d2afb127c9",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6fc3f",
                            table="applications_message",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_messagetrail" ("application_id", "at", "author_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side") VALUES (OLD."application_id", OLD."at", OLD."author_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."side"); RETURN NULL;',
                            hash="9b03539756a86b5db991cfa7fee5295b044ad33c",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_44208",
                            table="applications_message",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PerimeterEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="perimeter",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
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
                        related_name="+",
                        to="territory.site",
                        verbose_name="site",
                    ),
                ),
                (
                    "combined",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="activité combinée"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="année de référence")),
            ],
            options={
                "verbose_name": "membre du périmètre",
                "verbose_name_plural": "membres du périmètre",
                "ordering": ["application", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("legal_entity", None), ("site", None), _connector="XOR"),
                        name="perimeter_of_one_structure",
                        violation_error_message="Un membre du périmètre est une entité ou un site.",
                    ),
                    models.UniqueConstraint(fields=("application", "legal_entity"), name="entity_once_in_perimeter"),
                    models.UniqueConstraint(fields=("application", "site"), name="site_once_in_perimeter"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_perimeterentrytrail" ("application_id", "combined", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "year") VALUES (NEW."application_id", NEW."combined", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."site_id", NEW."year"); RETURN NULL;',
                            hash="2c8b828c80d82b6254530efb0f00d185540f1388",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_78241",
                            table="applications_perimeterentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "applications_perimeterentrytrail" ("application_id", "combined", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "year") VALUES (NEW."application_id", NEW."combined", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."site_id", NEW."year"); RETURN NULL;',
                            hash="d43b7a9a30432e2af71c84c52cf8d9cc748e8950",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_de88d",
                            table="applications_perimeterentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "applications_perimeterentrytrail" ("application_id", "combined", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "year") VALUES (OLD."application_id", OLD."combined", OLD."id", OLD."legal_entity_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."site_id", OLD."year"); RETURN NULL;',
                            hash="78471f12d0bad6a1e99a92abef7ef349dc7a7050",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_dc9f4",
                            table="applications_perimeterentry",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="read_marks",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                ("until", models.DateTimeField(verbose_name="lu jusqu’au")),
            ],
            options={
                "verbose_name": "marque de lecture",
                "verbose_name_plural": "marques de lecture",
                "ordering": ["application", "user"],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "user"), name="one_read_mark_by_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                ("subject", models.CharField(max_length=20, verbose_name="objet")),
                ("due_at", models.DateTimeField(verbose_name="échéance")),
                ("days", models.PositiveSmallIntegerField(verbose_name="jours avant")),
                ("sent_at", models.DateTimeField(verbose_name="envoyé le")),
            ],
            options={
                "verbose_name": "rappel",
                "verbose_name_plural": "rappels",
                "ordering": ["application", "sent_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "subject", "due_at", "days"), name="reminder_sent_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AnnotationTrail",
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
                        to="applications.annotation",
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
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="125b6d3421887096f850838b85656aaa64a055f6",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_da103",
                            table="applications_annotationtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="380e4caf9bb965c6c7706dfa71c2b976d7c81b06",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a4987",
                            table="applications_annotationtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchiveTrail",
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
                        to="applications.archive",
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
                (
                    "requested_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandée par",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="demandée le")),
                ("ready_at", models.DateTimeField(blank=True, null=True, verbose_name="prête le")),
                ("key", models.CharField(blank=True, max_length=200, verbose_name="clé de stockage")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="empreinte")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="taille (octets)")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="a337f2cbd202b46cd219e3fb76a1082c26be5977",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_79149",
                            table="applications_archivetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="53d08a3a60ba54d559416f314182bafe2655b2e8",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_88bff",
                            table="applications_archivetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionRequestTrail",
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
                        to="applications.correctionrequest",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("incorrect", "inexact"), ("incomplete", "incomplet"), ("outdated", "périmé")],
                        max_length=10,
                        verbose_name="motif",
                    ),
                ),
                (
                    "requirements",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="exigences",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="à rendre avant le")),
                ("asked_at", models.DateTimeField(verbose_name="demandé le")),
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
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="résolu le")),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resubmitted", "dossier complété"),
                            ("resumed", "instruction reprise sans complément"),
                            ("abandoned", "dossier retiré"),
                        ],
                        max_length=12,
                        verbose_name="issue",
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
                            hash="c34a12d4a7b987cb77daafdf6b799a6eefcaf4b6",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_34256",
                            table="applications_correctionrequesttrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="af5551e8495ca9f160923d2d8438b1b89dd7bbf3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_68eb0",
                            table="applications_correctionrequesttrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CostLineTrail",
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
                        to="applications.costline",
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
                ("label", models.CharField(max_length=200, verbose_name="dépense")),
                ("reference", models.CharField(max_length=80, verbose_name="pièce justificative")),
                ("spent_on", models.DateField(verbose_name="date de la dépense")),
                ("cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saisie par",
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="saisie le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="21caa2af784d0f35d29d3ffa0606a14087b04dee",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_de9f1",
                            table="applications_costlinetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="74bc0467fddc14617d6449a98ecfd3ec6ff57b75",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4b28e",
                            table="applications_costlinetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventTrail",
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
                        to="applications.event",
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
                ("action", models.CharField(max_length=40, verbose_name="action")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        max_length=20,
                        verbose_name="de",
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("draft", "brouillon"),
                            ("submitted", "déposée"),
                            ("ars_review", "instruction ARS"),
                            ("ars_review_fix", "complément demandé par l’ARS"),
                            ("validated", "validée"),
                            ("refused", "refusée"),
                            ("operational", "phase opérationnelle"),
                            ("declared", "atteinte déclarée"),
                            ("ars_check", "vérification ARS"),
                            ("ars_check_fix", "complément demandé par l’ARS sur les preuves"),
                            ("ans_review", "instruction ANS"),
                            ("ans_review_fix", "complément demandé par l’ANS"),
                            ("objectives_met", "objectifs validés"),
                            ("objectives_refused", "objectifs refusés"),
                            ("payment_requested", "paiement demandé"),
                            ("paid", "payée"),
                            ("controlled", "contrôlée"),
                            ("recovery", "indu à restituer"),
                            ("closed", "close"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "caduque"),
                        ],
                        max_length=20,
                        verbose_name="vers",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="le")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="échéance")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="e0d4ee68b850de8409388d2e231a7e15b49f0f22",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_7f928",
                            table="applications_eventtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="69438e32842b266eb2e5263dbb64a6f0803e2036",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_da142",
                            table="applications_eventtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LateDecisionTrail",
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
                        to="applications.latedecision",
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
                ("until", models.DateTimeField(verbose_name="jusqu’au")),
                ("reason", models.TextField(verbose_name="motif")),
                ("decided_at", models.DateTimeField(verbose_name="décidé le")),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
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
                            hash="ca077c0573cd5bf0c6f4b09027ba140078cb3a85",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_96118",
                            table="applications_latedecisiontrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9584e5b4c2495dfc0767dfa9acaf21b980419002",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3d5d3",
                            table="applications_latedecisiontrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTrail",
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
                        to="applications.message",
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
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("applicant", "candidat"), ("agent", "instruction")], max_length=10, verbose_name="de"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="7a988db74548b49b6daa69f1b10f9c771565ae83",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_1a983",
                            table="applications_messagetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="238a69da1e0087a5ab394d74f917d16610642cab",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6199b",
                            table="applications_messagetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PerimeterEntryTrail",
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
                        to="applications.perimeterentry",
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
                (
                    "combined",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="activité combinée"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="année de référence")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="07a522d71d31f9103d3d9c92c3143bbfcf163a31",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_99a46",
                            table="applications_perimeterentrytrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9bcc2b237d359d97c8c1dbadebf5b24acff1cb2c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_53dca",
                            table="applications_perimeterentrytrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
