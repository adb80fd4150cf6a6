import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CacheEntry",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False, verbose_name="clé")),
                ("value", models.TextField(verbose_name="valeur")),
                ("expires", models.DateTimeField(db_index=True, verbose_name="expire le")),
            ],
            options={
                "verbose_name": "entrée du cache",
                "verbose_name_plural": "entrées du cache",
                "db_table": "hub_cache",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="adresse électronique")),
                ("first_name", models.CharField(max_length=80, verbose_name="prénom")),
                ("last_name", models.CharField(max_length=80, verbose_name="nom")),
                ("is_active", models.BooleanField(default=True, verbose_name="actif")),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="arrivé le")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "français"), ("en", "anglais")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                (
                    "idle_warned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="prévenu de son inactivité le"),
                ),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="effacé le")),
            ],
            options={
                "verbose_name": "personne",
                "verbose_name_plural": "personnes",
                "ordering": ["last_name", "first_name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="email_in_lower_case",
                        violation_error_message="Une adresse électronique s’écrit en minuscules.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("erased_at", None), ("is_active", False), _connector="OR"),
                        name="erased_is_not_active",
                        violation_error_message="Une personne effacée n’a plus de compte actif.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_usertrail" ("erased_at", "id", "idle_warned_at", "is_active", "joined_at", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."erased_at", NEW."id", NEW."idle_warned_at", NEW."is_active", NEW."joined_at", NEW."language", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="da1cc43f81c3d4c6da23b3b17b8ee535586fddfa",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_3867c",
                            table="accounts_user",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."erased_at" IS DISTINCT FROM (NEW."erased_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idle_warned_at" IS DISTINCT FROM (NEW."idle_warned_at") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."language" IS DISTINCT FROM (NEW."language"))',
                            func='INSERT INTO "accounts_usertrail" ("erased_at", "id", "idle_warned_at", "is_active", "joined_at", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."erased_at", NEW."id", NEW."idle_warned_at", NEW."is_active", NEW."joined_at", NEW."language", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="5d05f2b0dd8b1f32a37260c34a814dd39ecd912c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0e890",
                            table="accounts_user",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_usertrail" ("erased_at", "id", "idle_warned_at", "is_active", "joined_at", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."erased_at", OLD."id", OLD."idle_warned_at", OLD."is_active", OLD."joined_at", OLD."language", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="5bec38035a18304ed375798eb33e60b4b406becf",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_19f14",
                            table="accounts_user",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ght",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="delegations",
                        to="territory.ght",
                        verbose_name="GHT",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="delegations",
                        to="territory.legalentity",
                        verbose_name="entité juridique",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="donnée par",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="donnée le")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="retirée le")),
            ],
            options={
                "verbose_name": "délégation",
                "verbose_name_plural": "délégations",
                "ordering": ["ght", "legal_entity"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("ght", "legal_entity"),
                        name="delegated_once",
                        violation_error_message="Cette délégation est déjà donnée.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_delegationtrail" ("ended_at", "ght_id", "given_at", "given_by_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."ended_at", NEW."ght_id", NEW."given_at", NEW."given_by_id", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="2ecea28f06df09029502cf621ff6807f6fdec16e",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_31e89",
                            table="accounts_delegation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "accounts_delegationtrail" ("ended_at", "ght_id", "given_at", "given_by_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."ended_at", NEW."ght_id", NEW."given_at", NEW."given_by_id", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="44f25973d9d24ed15a55e67312060acdf26bb90f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0bc20",
                            table="accounts_delegation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_delegationtrail" ("ended_at", "ght_id", "given_at", "given_by_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."ended_at", OLD."ght_id", OLD."given_at", OLD."given_by_id", OLD."id", OLD."legal_entity_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="9015779ba17bfda613290e033fa195583e8c787d",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c7771",
                            table="accounts_delegation",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                (
                    "provider",
                    models.CharField(
                        choices=[("psc", "Pro Santé Connect"), ("proconnect", "ProConnect")],
                        max_length=12,
                        verbose_name="fournisseur",
                    ),
                ),
                ("subject", models.CharField(max_length=255, verbose_name="identifiant")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="rattaché le")),
            ],
            options={
                "verbose_name": "identité",
                "verbose_name_plural": "identités",
                "ordering": ["user", "provider"],
                "constraints": [models.UniqueConstraint(fields=("provider", "subject"), name="one_person_by_identity")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_identitytrail" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "user_id") VALUES (NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider", NEW."user_id"); RETURN NULL;',
                            hash="999490aa435acc13c3c9870ac2ac50ab0d0fb14c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c56a8",
                            table="accounts_identity",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."provider" IS DISTINCT FROM (NEW."provider") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                            func='INSERT INTO "accounts_identitytrail" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "user_id") VALUES (NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider", NEW."user_id"); RETURN NULL;',
                            hash="8a871d2d9585e263a19f7e51cf466c7d1753c7e2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_df113",
                            table="accounts_identity",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_identitytrail" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider", "user_id") VALUES (OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."provider", OLD."user_id"); RETURN NULL;',
                            hash="3372a21d74359ebfad4894ab92688686c580f1cb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_70c08",
                            table="accounts_identity",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("editor", "rédacteur du candidat"),
                            ("signatory", "signataire du candidat"),
                            ("establishment_admin", "administrateur de l’établissement"),
                            ("ars_instructor", "instructeur ARS"),
                            ("ars_lead", "responsable ARS"),
                            ("ans_verifier", "vérificateur ANS"),
                            ("ans_payer", "payeur ANS"),
                            ("dns_pilot", "pilote DNS (lecture)"),
                            ("administrator", "administrateur de la plateforme"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
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
                    "ght",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territory.ght",
                        verbose_name="GHT",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="adresse électronique")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "français"), ("en", "anglais")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                ("serial", models.PositiveSmallIntegerField(default=1, verbose_name="envoi")),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="invité par",
                    ),
                ),
                ("invited_at", models.DateTimeField(verbose_name="invité le")),
                ("expires_at", models.DateTimeField(verbose_name="valable jusqu’au")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="acceptée par",
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="acceptée le")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="annulée le")),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-invited_at", "id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("role__in", ["editor", "establishment_admin", "signatory"]),
                                ("region", None),
                                models.Q(("legal_entity", None), ("ght", None), _connector="XOR"),
                            ),
                            models.Q(
                                ("role__in", ["ars_instructor", "ars_lead"]),
                                ("ght", None),
                                ("legal_entity", None),
                                ("region__isnull", False),
                            ),
                            models.Q(
                                ("role__in", ["administrator", "ans_payer", "ans_verifier", "dns_pilot"]),
                                ("ght", None),
                                ("legal_entity", None),
                                ("region", None),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_role_fits_its_territory",
                        violation_error_message="Ce rôle ne se tient pas sur ce territoire.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("accepted_by", None)),
                            models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="invitation_accepted_by_someone",
                        violation_error_message="Une invitation acceptée l’est par quelqu’un.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted_at", None), ("cancelled_at", None), _connector="OR"),
                        name="invitation_ends_once",
                        violation_error_message="Une invitation acceptée ne s’annule plus.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("cancelled_at", None)),
                        fields=("email", "role", "region", "legal_entity", "ght"),
                        name="invited_once",
                        nulls_distinct=False,
                        violation_error_message="Cette personne est déjà invitée pour ce rôle.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_invitationtrail" ("accepted_at", "accepted_by_id", "cancelled_at", "expires_at", "ght_id", "id", "invited_at", "invited_by_id", "language", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "serial") VALUES (NEW."accepted_at", NEW."accepted_by_id", NEW."cancelled_at", NEW."expires_at", NEW."ght_id", NEW."id", NEW."invited_at", NEW."invited_by_id", NEW."language", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."role", NEW."serial"); RETURN NULL;',
                            hash="0b3ef530432c06a1caf70d056619564aaabc537e",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_8c354",
                            table="accounts_invitation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."accepted_by_id" IS DISTINCT FROM (NEW."accepted_by_id") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."ght_id" IS DISTINCT FROM (NEW."ght_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."invited_by_id" IS DISTINCT FROM (NEW."invited_by_id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."legal_entity_id" IS DISTINCT FROM (NEW."legal_entity_id") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."serial" IS DISTINCT FROM (NEW."serial"))',
                            func='INSERT INTO "accounts_invitationtrail" ("accepted_at", "accepted_by_id", "cancelled_at", "expires_at", "ght_id", "id", "invited_at", "invited_by_id", "language", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "serial") VALUES (NEW."accepted_at", NEW."accepted_by_id", NEW."cancelled_at", NEW."expires_at", NEW."ght_id", NEW."id", NEW."invited_at", NEW."invited_by_id", NEW."language", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."role", NEW."serial"); RETURN NULL;',
                            hash="7f5871a1cbdd3eb057a99cab46fe15e23dab4d9e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4e12d",
                            table="accounts_invitation",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_invitationtrail" ("accepted_at", "accepted_by_id", "cancelled_at", "expires_at", "ght_id", "id", "invited_at", "invited_by_id", "language", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "serial") VALUES (OLD."accepted_at", OLD."accepted_by_id", OLD."cancelled_at", OLD."expires_at", OLD."ght_id", OLD."id", OLD."invited_at", OLD."invited_by_id", OLD."language", OLD."legal_entity_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_id", OLD."role", OLD."serial"); RETURN NULL;',
                            hash="596ab99ff178d2bdde0f57a7b63abfe4399cc17d",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f2c14",
                            table="accounts_invitation",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("editor", "rédacteur du candidat"),
                            ("signatory", "signataire du candidat"),
                            ("establishment_admin", "administrateur de l’établissement"),
                            ("ars_instructor", "instructeur ARS"),
                            ("ars_lead", "responsable ARS"),
                            ("ans_verifier", "vérificateur ANS"),
                            ("ans_payer", "payeur ANS"),
                            ("dns_pilot", "pilote DNS (lecture)"),
                            ("administrator", "administrateur de la plateforme"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
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
                    "ght",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territory.ght",
                        verbose_name="GHT",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="donné par",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="donné le")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "verbose_name": "rôle tenu",
                "verbose_name_plural": "rôles tenus",
                "ordering": ["user", "role", "id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("role__in", ["editor", "establishment_admin", "signatory"]),
                                ("region", None),
                                models.Q(("legal_entity", None), ("ght", None), _connector="XOR"),
                            ),
                            models.Q(
                                ("role__in", ["ars_instructor", "ars_lead"]),
                                ("ght", None),
                                ("legal_entity", None),
                                ("region__isnull", False),
                            ),
                            models.Q(
                                ("role__in", ["administrator", "ans_payer", "ans_verifier", "dns_pilot"]),
                                ("ght", None),
                                ("legal_entity", None),
                                ("region", None),
                            ),
                            _connector="OR",
                        ),
                        name="membership_role_fits_its_territory",
                        violation_error_message="Ce rôle ne se tient pas sur ce territoire.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("user", "role", "region", "legal_entity", "ght"),
                        name="role_held_once",
                        nulls_distinct=False,
                        violation_error_message="Cette personne tient déjà ce rôle.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_membershiptrail" ("ended_at", "ght_id", "given_at", "given_by_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "user_id") VALUES (NEW."ended_at", NEW."ght_id", NEW."given_at", NEW."given_by_id", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="98d9820fe05745f7529f11a7c277c192e086eb2f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_fc05a",
                            table="accounts_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "accounts_membershiptrail" ("ended_at", "ght_id", "given_at", "given_by_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "user_id") VALUES (NEW."ended_at", NEW."ght_id", NEW."given_at", NEW."given_by_id", NEW."id", NEW."legal_entity_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="ecbecb8e23687217fd3308ea4251a89c859d6301",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_20ab5",
                            table="accounts_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_membershiptrail" ("ended_at", "ght_id", "given_at", "given_by_id", "id", "legal_entity_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "user_id") VALUES (OLD."ended_at", OLD."ght_id", OLD."given_at", OLD."given_by_id", OLD."id", OLD."legal_entity_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_id", OLD."role", OLD."user_id"); RETURN NULL;',
                            hash="0520ae920b3be6e505ae86099b4f994e4b18990c",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_19a8f",
                            table="accounts_membership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UserTrail",
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
                        to=settings.AUTH_USER_MODEL,
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
                ("is_active", models.BooleanField(default=True, verbose_name="actif")),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="arrivé le")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "français"), ("en", "anglais")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                (
                    "idle_warned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="prévenu de son inactivité le"),
                ),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="effacé le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="e6bbc84ec32ca417ca82cdc9d171a960f0e4c176",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_4bd98",
                            table="accounts_usertrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="42d6e6baf5ad3976277e7018ec20d13f75d60e5a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c87ec",
                            table="accounts_usertrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DelegationTrail",
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
                        to="accounts.delegation",
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
                    "given_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="donnée par",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="donnée le")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="retirée le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="82448e4ed067398bf4d63df0fdf09f9381b14397",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_d0d02",
                            table="accounts_delegationtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="79e631765314c0aea26e01f84b1256c878d2ed9a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_da019",
                            table="accounts_delegationtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityTrail",
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
                        to="accounts.identity",
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
                (
                    "provider",
                    models.CharField(
                        choices=[("psc", "Pro Santé Connect"), ("proconnect", "ProConnect")],
                        max_length=12,
                        verbose_name="fournisseur",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="rattaché le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="e45ed2a1171e21faa10f3812dc0b6c90281f83cc",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_d6d12",
                            table="accounts_identitytrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="45ebb8eb6f71633f3abfe1d1debe8b626f9b0a4d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f8e50",
                            table="accounts_identitytrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvitationTrail",
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
                        to="accounts.invitation",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("editor", "rédacteur du candidat"),
                            ("signatory", "signataire du candidat"),
                            ("establishment_admin", "administrateur de l’établissement"),
                            ("ars_instructor", "instructeur ARS"),
                            ("ars_lead", "responsable ARS"),
                            ("ans_verifier", "vérificateur ANS"),
                            ("ans_payer", "payeur ANS"),
                            ("dns_pilot", "pilote DNS (lecture)"),
                            ("administrator", "administrateur de la plateforme"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
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
                    "language",
                    models.CharField(
                        choices=[("fr", "français"), ("en", "anglais")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                ("serial", models.PositiveSmallIntegerField(default=1, verbose_name="envoi")),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="invité par",
                    ),
                ),
                ("invited_at", models.DateTimeField(verbose_name="invité le")),
                ("expires_at", models.DateTimeField(verbose_name="valable jusqu’au")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="acceptée par",
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="acceptée le")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="annulée le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="c97d7588725f47546ff7628034ea5d7ac8f70036",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_12ef1",
                            table="accounts_invitationtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="18642ec678ff5a87a6d8e85459d3ad61349ddc3a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_91be3",
                            table="accounts_invitationtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipTrail",
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
                        to="accounts.membership",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("editor", "rédacteur du candidat"),
                            ("signatory", "signataire du candidat"),
                            ("establishment_admin", "administrateur de l’établissement"),
                            ("ars_instructor", "instructeur ARS"),
                            ("ars_lead", "responsable ARS"),
                            ("ans_verifier", "vérificateur ANS"),
                            ("ans_payer", "payeur ANS"),
                            ("dns_pilot", "pilote DNS (lecture)"),
                            ("administrator", "administrateur de la plateforme"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
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
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="donné par",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="donné le")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="7563b16b72a74b651e7ab8688c4b8a8a22fabf1b",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_9334d",
                            table="accounts_membershiptrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="13c88d04d6a1130dcda56f7c48b4fa89e6789e05",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2130f",
                            table="accounts_membershiptrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
