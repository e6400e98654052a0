"""Makes the tables of the books by SQL, because Django can state neither composite foreign keys nor triggers; sql/ holds it by database.

A later migration that alters one of these tables has to do so by SQL too: Django's own way on SQLite copies a table without its triggers.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def _run(schema_editor, suffix):
    vendor = schema_editor.connection.vendor
    if vendor not in {"sqlite", "postgresql"}:
        raise NotImplementedError(f"the rules of the books are not written for {vendor}")
    for statement in (SQL / f"0001_{vendor}{suffix}.sql").read_text(encoding="utf-8").split("-- next\n"):
        schema_editor.execute(statement.rstrip().rstrip(";"), params=None)


def make(apps, schema_editor):
    """The tables with their rules."""
    _run(schema_editor, "")


def drop(apps, schema_editor):
    """No tables."""
    _run(schema_editor, "_drop")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make, drop)],
            state_operations=[
            migrations.CreateModel(
                name='ChartLine',
                fields=[
                    ('key', models.CharField(max_length=100, primary_key=True, serialize=False)),
                    ('purpose', models.CharField(max_length=60)),
                    ('owner_kind', models.CharField(max_length=20)),
                    ('pot', models.CharField(max_length=20)),
                    ('debits_limited', models.BooleanField()),
                    ('credits_limited', models.BooleanField()),
                ],
                options={
                    'db_table': 'ledger_chartline',
                },
            ),
            migrations.CreateModel(
                name='Group',
                fields=[
                    ('id', models.CharField(max_length=160, primary_key=True, serialize=False)),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('size', models.IntegerField()),
                    ('by', models.CharField(max_length=80)),
                    ('posted_at_us', models.BigIntegerField()),
                ],
                options={
                    'db_table': 'ledger_group',
                },
            ),
            migrations.CreateModel(
                name='LedgerAccount',
                fields=[
                    ('id', models.CharField(max_length=240, primary_key=True, serialize=False)),
                    ('owner_kind', models.CharField(max_length=20)),
                    ('owner', models.CharField(max_length=60)),
                    ('purpose', models.CharField(max_length=60)),
                    ('ref', models.CharField(blank=True, max_length=80)),
                    ('currency', models.CharField(max_length=3)),
                    ('pot', models.CharField(max_length=20)),
                    ('debits_posted_fen', models.BigIntegerField(default=0)),
                    ('credits_posted_fen', models.BigIntegerField(default=0)),
                    ('debits_pending_fen', models.BigIntegerField(default=0)),
                    ('credits_pending_fen', models.BigIntegerField(default=0)),
                    ('debits_limited', models.BooleanField()),
                    ('credits_limited', models.BooleanField()),
                    ('closed', models.BooleanField(default=False)),
                    ('last_seq', models.BigIntegerField(default=0)),
                ],
                options={
                    'db_table': 'ledger_account',
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Transfer',
                fields=[
                    ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('id', models.CharField(max_length=160, unique=True)),
                    ('phase', models.CharField(max_length=10)),
                    ('currency', models.CharField(max_length=3)),
                    ('amount_fen', models.BigIntegerField()),
                    ('held_fen', models.BigIntegerField()),
                    ('expires_on', models.DateField(null=True)),
                    ('code', models.CharField(max_length=60)),
                    ('ref', models.CharField(blank=True, max_length=160)),
                    ('business_date', models.DateField()),
                    ('by', models.CharField(max_length=80)),
                    ('posted_at_us', models.BigIntegerField()),
                    ('prev_hash', models.CharField(max_length=64)),
                    ('hash', models.CharField(max_length=64)),
                    ('credit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='credited', to='ledger.ledgeraccount')),
                    ('debit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='debited', to='ledger.ledgeraccount')),
                    ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='transfers', to='ledger.group')),
                    ('pending', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='resolutions', to='ledger.transfer', to_field='id')),
                    ('reverses', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='reversals', to='ledger.transfer', to_field='id')),
                ],
                options={
                    'db_table': 'ledger_transfer',
                    'ordering': ['seq'],
                },
            ),
            ],
        )
    ]
