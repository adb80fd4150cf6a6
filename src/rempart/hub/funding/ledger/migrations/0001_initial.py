import django.db.models.deletion
import pgtrigger.compiler
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
            name="Envelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="envelope",
                        to="calls.call",
                        verbose_name="appel",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="ouverte le")),
                (
                    "available_cents",
                    models.BigIntegerField(default=0, editable=False, verbose_name="disponible (centimes)"),
                ),
            ],
            options={
                "verbose_name": "enveloppe",
                "verbose_name_plural": "enveloppes",
                "ordering": ["call"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("available_cents__gte", 0)),
                        name="envelope_never_overcommitted",
                        violation_error_message="L’enveloppe ne suffit pas.",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="moved_by_postings",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    IF TG_OP = 'INSERT' AND NEW.available_cents = 0 THEN\n        RETURN NEW;\n    END IF;\n    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1\n       AND (NEW.id, NEW.call_id, NEW.opened_at) = (OLD.id, OLD.call_id, OLD.opened_at) THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'Une enveloppe ne bouge que par ses écritures.' USING ERRCODE = 'check_violation', CONSTRAINT = 'envelope_moved_by_postings';\n",
                            hash="ee305b28b3d5aae62ad639838151efcb1d292ac9",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_moved_by_postings_718f9",
                            table="ledger_envelope",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="28481dabffb34c7377a03514d2de365942d5a773",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_067e6",
                            table="ledger_envelope",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_envelopetrail" ("call_id", "id", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."call_id", NEW."id", NEW."opened_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="330e0e07d823b7bcb4a62c07540d989a430d60b4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_05874",
                            table="ledger_envelope",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))',
                            func='INSERT INTO "ledger_envelopetrail" ("call_id", "id", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."call_id", NEW."id", NEW."opened_at", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="932309667a7dcb760d86ae15e99aa9db116da44e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f563d",
                            table="ledger_envelope",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_envelopetrail" ("call_id", "id", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."call_id", OLD."id", OLD."opened_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="fc35e7140892b0d0b2ab1086344560ab5b01a74e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_41763",
                            table="ledger_envelope",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "envelope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="entries",
                        to="ledger.envelope",
                        verbose_name="enveloppe",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "ouverture de l’enveloppe"),
                            ("commitment", "engagement"),
                            ("release", "dégagement"),
                            ("payment", "paiement"),
                            ("recovery", "restitution d’un indu"),
                        ],
                        max_length=10,
                        verbose_name="nature",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="ledger_entries",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="le")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
            ],
            options={
                "verbose_name": "écriture",
                "verbose_name_plural": "écritures",
                "ordering": ["envelope", "at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("application", None), ("kind", "opening")),
                            models.Q(models.Q(("kind", "opening"), _negated=True), ("application__isnull", False)),
                            _connector="OR",
                        ),
                        name="entry_of_a_file_unless_opening",
                        violation_error_message="Seule l’ouverture d’une enveloppe n’a pas de dossier.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["opening", "commitment", "release", "payment", "recovery"])),
                        name="entry_kind_known",
                        violation_error_message="Cette nature d’écriture n’existe pas.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["release", "recovery"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="entry_back_has_reason",
                        violation_error_message="Un dégagement et une restitution ont un motif.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "opening")),
                        fields=("envelope",),
                        name="envelope_opened_once",
                        violation_error_message="Cette enveloppe est déjà ouverte.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "payment")),
                        fields=("application",),
                        name="file_paid_once",
                        violation_error_message="Ce dossier est déjà payé.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="of_its_call",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    IF NEW.application_id IS NOT NULL AND NOT EXISTS (\n        SELECT FROM applications_application file JOIN ledger_envelope envelope ON envelope.call_id = file.call_id\n         WHERE file.id = NEW.application_id AND envelope.id = NEW.envelope_id\n    ) THEN\n        RAISE EXCEPTION 'Ce dossier n’est pas de l’appel de cette enveloppe.' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_its_call';\n    END IF;\n    RETURN NEW;\n",
                            hash="a318ab66907631aa56038eec121ceef9eb31684d",
                            operation="INSERT",
                            pgid="pgtrigger_of_its_call_93b7d",
                            table="ledger_entry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="balanced",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE lines bigint; total bigint;",
                            func="\n    SELECT count(*), coalesce(sum(cents), 0) INTO lines, total FROM ledger_posting WHERE entry_id = NEW.id;\n    IF lines < 2 OR total <> 0 THEN\n        RAISE EXCEPTION 'L’écriture % n’est pas équilibrée.', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balanced';\n    END IF;\n    IF EXISTS (\n        SELECT FROM ledger_posting posting JOIN ledger_entry entry ON entry.id = posting.entry_id\n         WHERE entry.id = NEW.id AND NOT EXISTS (\n            SELECT FROM \n    (VALUES\n        ('opening', 'funding', -1), ('opening', 'available', 1),\n        ('commitment', 'available', -1), ('commitment', 'committed', 1),\n        ('release', 'committed', -1), ('release', 'available', 1),\n        ('payment', 'committed', -1), ('payment', 'paid', 1), ('payment', 'available', 1),\n        ('recovery', 'paid', -1), ('recovery', 'recovered', 1)\n    ) AS shape (kind, account, sign)\n\n             WHERE shape.kind = entry.kind AND shape.account = posting.account AND shape.sign = sign(posting.cents)\n         )\n    ) THEN\n        RAISE EXCEPTION 'L’écriture % n’a pas la forme de sa nature.', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_shaped';\n    END IF;\n    RETURN NULL;\n    ",
                            hash="e7500c1204b6cd1e8c55a9df6611aa7d99c39e1f",
                            operation="INSERT",
                            pgid="pgtrigger_balanced_ea973",
                            table="ledger_entry",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_changed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="bb3a472d82204f4870c24723796e770e924e3317",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_never_changed_68ebb",
                            table="ledger_entry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="9fe2ad11dfc6d0ca46b1d8595862580a9803effa",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_0f489",
                            table="ledger_entry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_entrytrail" ("application_id", "at", "by_id", "envelope_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."application_id", NEW."at", NEW."by_id", NEW."envelope_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="1c220f207f2ca28938f1609baaded6488083b857",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_eee00",
                            table="ledger_entry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "ledger_entrytrail" ("application_id", "at", "by_id", "envelope_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."application_id", NEW."at", NEW."by_id", NEW."envelope_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;',
                            hash="8f51a627a77bc93e60f20d706fe2db0e8a510e46",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b0cb5",
                            table="ledger_entry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_entrytrail" ("application_id", "at", "by_id", "envelope_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."application_id", OLD."at", OLD."by_id", OLD."envelope_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;',
                            hash="fd765d8403951b837856c50e8cea8ea1da64ea08",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_62e56",
                            table="ledger_entry",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnvelopeTrail",
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
                        to="ledger.envelope",
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
                ("opened_at", models.DateTimeField(verbose_name="ouverte le")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="32d0f50f1567bd7b692ce16e9c63c3bd05bb7bb7",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_252f3",
                            table="ledger_envelopetrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="01bc657ac62b6ef6d1ce6de211622cd7a491858d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_97b8b",
                            table="ledger_envelopetrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryTrail",
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
                        to="ledger.entry",
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
                    "envelope",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="ledger.envelope",
                        verbose_name="enveloppe",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "ouverture de l’enveloppe"),
                            ("commitment", "engagement"),
                            ("release", "dégagement"),
                            ("payment", "paiement"),
                            ("recovery", "restitution d’un indu"),
                        ],
                        max_length=10,
                        verbose_name="nature",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="applications.application",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "by",
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
                ("at", models.DateTimeField(verbose_name="le")),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="047c29dd89355e418a4059b3259fd42206575e8a",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_1d2f1",
                            table="ledger_entrytrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a5774930149c21670c6e15b7d03abd6585f71536",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_bde1f",
                            table="ledger_entrytrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="postings",
                        to="ledger.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("funding", "dotation"),
                            ("available", "disponible"),
                            ("committed", "engagé"),
                            ("paid", "payé"),
                            ("recovered", "restitué"),
                        ],
                        max_length=9,
                        verbose_name="compte",
                    ),
                ),
                ("cents", models.BigIntegerField(verbose_name="montant (centimes)")),
            ],
            options={
                "verbose_name": "mouvement",
                "verbose_name_plural": "mouvements",
                "ordering": ["entry", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "account"), name="account_once_in_entry"),
                    models.CheckConstraint(
                        condition=models.Q(("cents", 0), _negated=True),
                        name="posting_moves_money",
                        violation_error_message="Un mouvement n’est jamais nul.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="takes_its_turn",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE envelope bigint; file bigint; nature text; held bigint;",
                            func="\n    SELECT entry.envelope_id, entry.application_id, entry.kind INTO envelope, file, nature\n      FROM ledger_entry entry WHERE entry.id = NEW.entry_id;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'Ce mouvement n’a pas d’écriture.' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_of_an_entry';\n    END IF;\n    UPDATE ledger_envelope\n       SET available_cents = available_cents + CASE WHEN NEW.account = 'available' THEN NEW.cents ELSE 0 END\n     WHERE id = envelope;\n    IF NEW.account IN ('committed', 'paid', 'recovered') THEN\n        SELECT coalesce(sum(posting.cents), 0) INTO held\n          FROM ledger_posting posting JOIN ledger_entry entry ON entry.id = posting.entry_id\n         WHERE entry.application_id = file AND posting.account = NEW.account;\n        IF held + NEW.cents < 0 THEN\n            RAISE EXCEPTION 'Le compte « % » du dossier % deviendrait négatif.', NEW.account, file\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'file_account_not_negative';\n        END IF;\n        IF nature = 'commitment' AND held > 0 THEN\n            RAISE EXCEPTION 'Le dossier % est déjà engagé.', file USING ERRCODE = 'check_violation', CONSTRAINT = 'one_open_commitment';\n        END IF;\n    END IF;\n    RETURN NEW;\n",
                            hash="b2ff9ef50bd27324cff88a65a0db9fbbd6fc33a6",
                            operation="INSERT",
                            pgid="pgtrigger_takes_its_turn_39929",
                            table="ledger_posting",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="balanced",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE lines bigint; total bigint;",
                            func="\n    SELECT count(*), coalesce(sum(cents), 0) INTO lines, total FROM ledger_posting WHERE entry_id = NEW.entry_id;\n    IF lines < 2 OR total <> 0 THEN\n        RAISE EXCEPTION 'L’écriture % n’est pas équilibrée.', NEW.entry_id USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balanced';\n    END IF;\n    IF EXISTS (\n        SELECT FROM ledger_posting posting JOIN ledger_entry entry ON entry.id = posting.entry_id\n         WHERE entry.id = NEW.entry_id AND NOT EXISTS (\n            SELECT FROM \n    (VALUES\n        ('opening', 'funding', -1), ('opening', 'available', 1),\n        ('commitment', 'available', -1), ('commitment', 'committed', 1),\n        ('release', 'committed', -1), ('release', 'available', 1),\n        ('payment', 'committed', -1), ('payment', 'paid', 1), ('payment', 'available', 1),\n        ('recovery', 'paid', -1), ('recovery', 'recovered', 1)\n    ) AS shape (kind, account, sign)\n\n             WHERE shape.kind = entry.kind AND shape.account = posting.account AND shape.sign = sign(posting.cents)\n         )\n    ) THEN\n        RAISE EXCEPTION 'L’écriture % n’a pas la forme de sa nature.', NEW.entry_id USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_shaped';\n    END IF;\n    RETURN NULL;\n    ",
                            hash="cc292e66d2fed905b83eab324f545c4c66c72b84",
                            operation="INSERT",
                            pgid="pgtrigger_balanced_945d5",
                            table="ledger_posting",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_changed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7b38bd43ba319c4830cc8240b7b22f2fb47774be",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_never_changed_6d1b2",
                            table="ledger_posting",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="45ddf8f3657eace65746a3b1047c1e820a793af2",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_2c47a",
                            table="ledger_posting",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_postingtrail" ("account", "cents", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account", NEW."cents", NEW."entry_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="af56165f05e33e63912fc79759ea7dbf28226bf4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_58706",
                            table="ledger_posting",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "ledger_postingtrail" ("account", "cents", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account", NEW."cents", NEW."entry_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="63a5113e243a067307f7fb8a5379a64aa7b39d8f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ee038",
                            table="ledger_posting",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "ledger_postingtrail" ("account", "cents", "entry_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."account", OLD."cents", OLD."entry_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="c7855bf0776f3a4d152c7a07eec6ec55af240fce",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bca3d",
                            table="ledger_posting",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostingTrail",
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
                        to="ledger.posting",
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
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="ledger.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("funding", "dotation"),
                            ("available", "disponible"),
                            ("committed", "engagé"),
                            ("paid", "payé"),
                            ("recovered", "restitué"),
                        ],
                        max_length=9,
                        verbose_name="compte",
                    ),
                ),
                ("cents", models.BigIntegerField(verbose_name="montant (centimes)")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="cc142489f16cef8cadd9c1d3ec7027aca9d8705c",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_f1ab0",
                            table="ledger_postingtrail",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="26a5223d3e25fa604ab9019c1383782e5aeb9bec",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_32bbb",
                            table="ledger_postingtrail",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
