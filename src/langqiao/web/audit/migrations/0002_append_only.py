"""The database itself keeps the record: no UPDATE, no DELETE, an insert only at the end of the chain; on SQLite and on PostgreSQL.

A later migration that alters these tables has to remove the triggers before and install them after: SQLite rebuilds an altered table
without its triggers.
"""

from django.db import migrations

GENESIS = "0" * 64
FROZEN = ("audit_record", "audit_recordreader", "audit_treehead", "audit_treeblock", "audit_signingkey")
REFUSED = "the record is never changed"
NOT_NEXT = "a record is appended at the end of the chain only"
NOT_MOVED = "the end of the chain moves only with a record"

SQLITE_CHAIN = (
    "CREATE TRIGGER audit_record_next BEFORE INSERT ON audit_record"
    " WHEN NEW.seq IS NOT (SELECT size + 1 FROM audit_chain WHERE id = 1)"
    " OR NEW.prev_hash IS NOT (SELECT hash FROM audit_chain WHERE id = 1)"
    " OR EXISTS (SELECT 1 FROM audit_record WHERE hash = NEW.hash)"
    f" BEGIN SELECT RAISE(ABORT, '{NOT_NEXT}'); END",
    "CREATE TRIGGER audit_record_moves AFTER INSERT ON audit_record"
    " BEGIN UPDATE audit_chain SET size = NEW.seq, hash = NEW.hash WHERE id = 1; END",
    "CREATE TRIGGER audit_chain_only_forward BEFORE UPDATE ON audit_chain"
    " WHEN NEW.id IS NOT OLD.id OR NEW.size IS NOT OLD.size + 1"
    " OR NOT EXISTS (SELECT 1 FROM audit_record WHERE seq = NEW.size AND hash = NEW.hash)"
    f" BEGIN SELECT RAISE(ABORT, '{NOT_MOVED}'); END",
    f"CREATE TRIGGER audit_chain_no_delete BEFORE DELETE ON audit_chain BEGIN SELECT RAISE(ABORT, '{NOT_MOVED}'); END",
    f"CREATE TRIGGER audit_chain_no_insert BEFORE INSERT ON audit_chain BEGIN SELECT RAISE(ABORT, '{NOT_MOVED}'); END",
)
SQLITE_UNIQUE = {
    "audit_recordreader": "id = NEW.id OR (record_id = NEW.record_id AND organization_id = NEW.organization_id)",
    "audit_treehead": "size = NEW.size",
    "audit_treeblock": '"index" = NEW."index"',
    "audit_signingkey": "key_id = NEW.key_id",
}
"""INSERT OR REPLACE deletes the row in its way without a DELETE trigger, so an insert over a row is refused by itself."""
POSTGRESQL_CHAIN = (
    "CREATE FUNCTION audit_record_is_next() RETURNS trigger LANGUAGE plpgsql AS $$"
    " DECLARE last audit_chain%ROWTYPE; BEGIN"
    " SELECT * INTO last FROM audit_chain WHERE id = 1 FOR UPDATE;"
    " IF NEW.seq IS DISTINCT FROM last.size + 1 OR NEW.prev_hash IS DISTINCT FROM last.hash"
    f" THEN RAISE EXCEPTION '{NOT_NEXT}'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_record_next BEFORE INSERT ON audit_record FOR EACH ROW EXECUTE FUNCTION audit_record_is_next()",
    "CREATE FUNCTION audit_record_moves_chain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " UPDATE audit_chain SET size = NEW.seq, hash = NEW.hash WHERE id = 1; RETURN NULL; END $$",
    "CREATE TRIGGER audit_record_moves AFTER INSERT ON audit_record FOR EACH ROW EXECUTE FUNCTION audit_record_moves_chain()",
    "CREATE FUNCTION audit_chain_is_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' OR TG_OP = 'TRUNCATE' THEN"
    f" RAISE EXCEPTION '{NOT_MOVED}'; END IF;"
    " IF NEW.id IS DISTINCT FROM OLD.id OR NEW.size IS DISTINCT FROM OLD.size + 1"
    " OR NOT EXISTS (SELECT 1 FROM audit_record WHERE seq = NEW.size AND hash = NEW.hash)"
    f" THEN RAISE EXCEPTION '{NOT_MOVED}'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_chain_only_forward BEFORE UPDATE OR DELETE ON audit_chain FOR EACH ROW EXECUTE FUNCTION audit_chain_is_moved()",
    "CREATE TRIGGER audit_chain_no_truncate BEFORE TRUNCATE ON audit_chain FOR EACH STATEMENT EXECUTE FUNCTION audit_chain_is_moved()",
    "CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
    f" BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
)


def install(apps, schema_editor):
    """The one row of the chain's end, and the triggers of the database in use."""
    vendor = schema_editor.connection.vendor
    run = lambda statement: schema_editor.execute(statement, params=None)
    run(f"INSERT INTO audit_chain (id, size, hash) VALUES (1, 0, '{GENESIS}')")
    if vendor == "postgresql":
        for statement in POSTGRESQL_CHAIN:
            run(statement)
        for table in FROZEN:
            run(
                f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
            )
            run(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()"
            )
    elif vendor == "sqlite":
        for statement in SQLITE_CHAIN:
            run(statement)
        for table in FROZEN:
            for verb in ("UPDATE", "DELETE"):
                run(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
                )
        for table, there in SQLITE_UNIQUE.items():
            run(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
                f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
    else:
        raise NotImplementedError(f"no trigger is written for {vendor}")


def remove(apps, schema_editor):
    """Drops the triggers and the row."""
    vendor = schema_editor.connection.vendor
    run = lambda statement: schema_editor.execute(statement, params=None)
    if vendor == "postgresql":
        for function in (
            "audit_record_is_next",
            "audit_record_moves_chain",
            "audit_chain_is_moved",
            "audit_refuse_change",
        ):
            run(f"DROP FUNCTION IF EXISTS {function}() CASCADE")
    else:
        names = ["audit_record_next", "audit_record_moves", "audit_chain_only_forward", "audit_chain_no_delete", "audit_chain_no_insert"]
        names += [f"{table}_no_{verb}" for table in FROZEN for verb in ("update", "delete")]
        names += [f"{table}_no_replace" for table in SQLITE_UNIQUE]
        for name in names:
            run(f"DROP TRIGGER IF EXISTS {name}")
    run("DELETE FROM audit_chain")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
