"""The database itself refuses to change a document or a signature once it is written; on SQLite and on PostgreSQL.

A later migration that alters these tables has to remove the triggers before and install them after: SQLite rebuilds an altered table
without its triggers.
"""

from django.db import migrations

FROZEN = ("documents_document", "documents_documentsignature")
REFUSED = "a document is written once"


def install(apps, schema_editor):
    """The triggers of the database in use."""
    vendor = schema_editor.connection.vendor
    run = lambda statement: schema_editor.execute(statement, params=None)
    if vendor == "postgresql":
        run(
            "CREATE FUNCTION documents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
        )
        for table in FROZEN:
            run(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION documents_refuse_change()")
    elif vendor == "sqlite":
        for table in FROZEN:
            run(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END")
    else:
        raise NotImplementedError(f"no trigger is written for {vendor}")


def remove(apps, schema_editor):
    """Drops the triggers."""
    vendor = schema_editor.connection.vendor
    run = lambda statement: schema_editor.execute(statement, params=None)
    if vendor == "postgresql":
        run("DROP FUNCTION IF EXISTS documents_refuse_change() CASCADE")
    else:
        for table in FROZEN:
            run(f"DROP TRIGGER IF EXISTS {table}_frozen")


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
