"""Finds an account's transfers by the groups that touched it, and drops the two indexes whose upkeep cost a batch a quarter of its time."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def _run(schema_editor, suffix):
    name = f"0003_{schema_editor.connection.vendor}{suffix}.sql"
    for statement in (SQL / name).read_text(encoding="utf-8").split("-- next\n"):
        schema_editor.execute(statement.rstrip().rstrip(";"), params=None)


def make(apps, schema_editor):
    """The table, filled from the transfers there are, and its triggers."""
    _run(schema_editor, "")


def drop(apps, schema_editor):
    """The indexes again."""
    _run(schema_editor, "_drop")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_bank")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make, drop)],
            state_operations=[
                migrations.CreateModel(
                    name="Touch",
                    fields=[
                        ("pk", models.CompositePrimaryKey("account_id", "group_id", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("account", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="touches", to="ledger.ledgeraccount")),
                        ("group", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="touches", to="ledger.group")),
                    ],
                    options={"db_table": "ledger_touch"},
                ),
            ],
        )
    ]
