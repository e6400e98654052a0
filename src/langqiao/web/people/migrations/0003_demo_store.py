"""The database itself refuses a demonstration user in a store that is no demonstration; a store that has one already is marked."""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER demo_user_{event} BEFORE {EVENT} ON people_user WHEN NEW.is_demo AND NOT EXISTS (SELECT 1 FROM people_demostore) "
    "BEGIN SELECT RAISE(ABORT, 'demonstration users exist in a demonstration store only'); END"
]
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION people_demo_user() RETURNS trigger AS $$ BEGIN "
    "IF NEW.is_demo AND NOT EXISTS (SELECT 1 FROM people_demostore) THEN "
    "RAISE EXCEPTION 'demonstration users exist in a demonstration store only' USING ERRCODE = 'check_violation'; END IF; "
    "RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER demo_user BEFORE INSERT OR UPDATE ON people_user FOR EACH ROW EXECUTE FUNCTION people_demo_user()",
]


def make(apps, schema_editor):
    if apps.get_model("people", "User").objects.filter(is_demo=True).exists():
        apps.get_model("people", "DemoStore").objects.get_or_create(id=1)
    if schema_editor.connection.vendor == "sqlite":
        for event in ("insert", "update"):
            schema_editor.execute(SQLITE[0].replace("{event}", event).replace("{EVENT}", event.upper()))
    else:
        for statement in POSTGRESQL:
            schema_editor.execute(statement)


def drop(_apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS demo_user_{event}")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS demo_user ON people_user")
        schema_editor.execute("DROP FUNCTION IF EXISTS people_demo_user()")


class Migration(migrations.Migration):

    dependencies = [("people", "0002_kinds_roles_factors_sessions")]

    operations = [migrations.RunPython(make, drop)]
