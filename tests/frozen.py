"""Emptying the test database although its tables refuse DELETE: for tests that commit (`transactional_db`), and for nothing else."""

from django.db import connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper as Postgresql
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite

GENESIS = "0" * 64
CHAIN = f"INSERT INTO audit_chain (id, size, hash) VALUES (1, 0, '{GENESIS}')"


def let_flush_pass():
    """Django's flush drops the triggers, empties the tables, and puts triggers and the first row of the chain back."""
    Sqlite.ops_class.execute_sql_flush = _on_sqlite(Sqlite.ops_class.execute_sql_flush)
    Postgresql.ops_class.execute_sql_flush = _on_postgresql(Postgresql.ops_class.execute_sql_flush)


def _on_sqlite(flush):
    def emptied(self, statements):
        with connections[self.connection.alias].cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            with transaction.atomic(using=self.connection.alias):  # the books' keys are checked at once unless told to wait for the end
                cursor.execute("PRAGMA defer_foreign_keys = ON")
                flush(self, statements)
            _begin_chain(cursor, "SELECT 1 FROM sqlite_master WHERE name = 'audit_chain'")
            for _name, sql in triggers:
                cursor.execute(sql)

    return emptied


def _on_postgresql(flush):
    def emptied(self, statements):
        with connections[self.connection.alias].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            flush(self, statements)
            _begin_chain(cursor, "SELECT 1 FROM pg_tables WHERE tablename = 'audit_chain'")
            cursor.execute("SET session_replication_role = origin")

    return emptied


def _begin_chain(cursor, there):
    cursor.execute(there)
    if cursor.fetchone():
        cursor.execute(CHAIN)
