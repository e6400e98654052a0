"""The database refuses to change the history of policies and claims: corrections are new steps and new movements."""

from django.db import migrations

TABLES = ("insurance_step", "insurance_movement")


def refuse(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
                )
        else:
            schema_editor.execute(
                f"CREATE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{table} is never changed'; END $$"
            )
            schema_editor.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()")


def allow(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {table}_no_update")
            schema_editor.execute(f"DROP TRIGGER {table}_no_delete")
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_kept ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_kept()")


class Migration(migrations.Migration):
    dependencies = [("insurance", "0001_policies")]
    operations = [migrations.RunPython(refuse, allow)]
