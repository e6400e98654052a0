"""The database itself refuses to change or delete an entry of the operational record, on SQLite and on PostgreSQL.

A later migration that alters the table has to remove the triggers before and install them after: SQLite rebuilds an altered table
without its triggers.
"""

from django.db import migrations

TABLE = "rights_entry"
SAYS = "an entry of the operational record is never changed"


def install(apps, schema_editor):
    """Adds the triggers of the database in use."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION rights_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
        )
    for verb in ("UPDATE", "DELETE"):
        name = f"{TABLE}_no_{verb.lower()}"
        if vendor == "postgresql":
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION rights_refuse_change()")
        elif vendor == "sqlite":
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END")
        else:
            raise NotImplementedError(f"no trigger is written for {vendor}")


def remove(apps, schema_editor):
    """Drops the triggers."""
    vendor = schema_editor.connection.vendor
    for verb in ("update", "delete"):
        on_table = f" ON {TABLE}" if vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}{on_table}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS rights_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
