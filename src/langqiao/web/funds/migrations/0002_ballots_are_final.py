"""The database itself keeps ballots final: none is changed or deleted, none is cast outside an open session, and a closed session stands as it is."""

from django.db import migrations

RULES = (
    ("funds_vote_final", "UPDATE", "funds_vote", "", "a ballot is final"),
    ("funds_vote_kept", "DELETE", "funds_vote", "", "a ballot is final"),
    ("funds_session_closed", "UPDATE", "funds_session", "OLD.state IN ('closed', 'canceled')", "the session is closed"),
    ("funds_session_kept", "DELETE", "funds_session", "OLD.state <> 'called'", "the session is closed"),
    (
        "funds_vote_in_open",
        "INSERT",
        "funds_vote",
        "NOT EXISTS (SELECT 1 FROM funds_session s JOIN funds_member m ON m.session_id = s.id"
        " WHERE s.id = NEW.session_id AND m.id = NEW.member_id AND s.state = 'open' AND NOT m.is_recused)",
        "no open ballot for this member",
    ),
    (
        "funds_member_fixed",
        "UPDATE",
        "funds_member",
        "EXISTS (SELECT 1 FROM funds_session s WHERE s.id = OLD.session_id AND s.state IN ('closed', 'canceled'))",
        "the session is closed",
    ),
    ("funds_step_final", "UPDATE", "funds_fundstep", "", "a step is written once"),
    ("funds_paper_final", "UPDATE", "funds_paper", "", "a paper is written once"),
)


def install(apps, schema_editor, rules=RULES):
    """The triggers of the database in use."""
    vendor = schema_editor.connection.vendor
    run = lambda statement: schema_editor.execute(statement, params=None)
    for name, event, table, condition, message in rules:
        if vendor == "postgresql":
            back = "OLD" if event == "DELETE" else "NEW"
            test = f"IF {condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN {back};" if condition else f"RAISE EXCEPTION '{message}';"
            run(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {test} END $$")
            run(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        elif vendor == "sqlite":
            when = f" WHEN {condition}" if condition else ""
            run(f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        else:
            raise NotImplementedError(f"no trigger is written for {vendor}")


def remove(apps, schema_editor, rules=RULES):
    """Drops the triggers."""
    vendor = schema_editor.connection.vendor
    run = lambda statement: schema_editor.execute(statement, params=None)
    for name, _event, _table, _condition, _message in rules:
        run(f"DROP FUNCTION IF EXISTS {name}() CASCADE" if vendor == "postgresql" else f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
