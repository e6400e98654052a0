"""The database itself refuses to change or delete a recorded grade or opinion, on SQLite and on PostgreSQL.

A later migration that alters these tables has to remove the triggers before and install them after: SQLite rebuilds an altered table
without its triggers.
"""

from django.db import migrations

TABLES = ("appraisals_recordedgrade", "appraisals_recordedopinion")


def install(apps, schema_editor):
    """Adds the triggers of the database in use."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION appraisals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'a recorded appraisal is never changed'; END $$"
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            if vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION appraisals_refuse_change()"
                )
            elif vendor == "sqlite":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
                    " BEGIN SELECT RAISE(ABORT, 'a recorded appraisal is never changed'); END"
                )
            else:
                raise NotImplementedError(f"no trigger is written for {vendor}")


def remove(apps, schema_editor):
    """Drops the triggers."""
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        for verb in ("update", "delete"):
            on_table = f" ON {table}" if vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on_table}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS appraisals_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("appraisals", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
