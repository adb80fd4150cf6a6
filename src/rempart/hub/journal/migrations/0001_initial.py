import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="JournalDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="jour")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="empreinte de la veille")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte")),
                ("sealed_at", models.DateTimeField(verbose_name="scellé le")),
            ],
            options={
                "verbose_name": "jour du journal",
                "verbose_name_plural": "jours du journal",
                "ordering": ["day"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_changed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="0ba77be5d837a5a45013dd67ca984c1a4037fecb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_never_changed_ec641",
                            table="journal_journalday",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="21e31e8319808b10930fd98d45231bd72dbdf8f2",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_07567",
                            table="journal_journalday",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TableSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "day",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="seals",
                        to="journal.journalday",
                        verbose_name="jour",
                    ),
                ),
                ("table", models.CharField(max_length=63, verbose_name="table")),
                ("columns", models.JSONField(verbose_name="colonnes")),
                ("count", models.PositiveIntegerField(verbose_name="nombre de lignes")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte")),
                ("leaves", models.BinaryField(verbose_name="empreintes des lignes")),
            ],
            options={
                "verbose_name": "sceau d’une table",
                "verbose_name_plural": "sceaux des tables",
                "ordering": ["day", "table"],
                "constraints": [models.UniqueConstraint(fields=("day", "table"), name="one_seal_by_day_and_table")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_changed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2baf816584dcd723d7dafde223a451c539d298bd",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_never_changed_60618",
                            table="journal_tableseal",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="never_emptied",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
                            hash="34853a0011a21122f4981ba13724d137568da0ae",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_never_emptied_221a6",
                            table="journal_tableseal",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
