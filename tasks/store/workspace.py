"""The workspace: settings, our database with its schema up to date, and its two kinds of session."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session

from tasks.store.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0014"
"""The migration that none follows: said here, since Alembic takes long to load; a test holds it to the files."""
_WRITERS = 0x6E72  # the number of our lock in a PostgreSQL database
_BUSY_MS = 60_000  # how long a writer waits for another before it gives up
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"busy_timeout={_BUSY_MS}")
_COMPACT = {
    "sqlite": ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": ("VACUUM FULL",),
}


Watch = Callable[[Session], Callable[[], None]]
"""Told of a transaction that begins to write; what it returns is called once all is written, and before it is kept."""

_watchers: list[Watch] = []


def add_watch(watch: Watch) -> None:
    """Have every transaction that writes, in this process, watched; once, however often it is asked."""
    if watch not in _watchers:
        _watchers.append(watch)


class Workspace:
    """Where everything lies and how to reach it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        os.umask(self.settings.mask)  # whatever opens the place: command, runner, worker, and what they start

    @cached_property
    def engine(self) -> Engine:
        """The database, migrated to the schema of this version."""
        self.settings.outputs.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(self.settings.database)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _prepare_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        else:
            sa.event.listen(engine, "begin", _begin_postgresql)
        _migrate(engine)
        return engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, all of it as it was at one moment."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that writes: all of it is kept, or nothing. One writer at a time, on any database."""
        with Session(self.engine.execution_options(nr_write=True), expire_on_commit=False) as session, session.begin():
            ends = [watch(session) for watch in _watchers]
            yield session
            for end in ends:
                end()

    def compact(self) -> None:
        """Make what was deleted unreadable: not only out of the tables, out of their files."""
        connection = self.engine.raw_connection()
        try:
            driver: Any = connection.driver_connection
            if self.engine.dialect.name == "postgresql":
                driver.autocommit = True
            for order in _COMPACT[self.engine.dialect.name]:
                driver.execute(order)
        finally:
            connection.invalidate()
            connection.close()

    def close(self) -> None:
        """Let go of the database."""
        if "engine" in self.__dict__:
            self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's « begin » below decides, not the driver
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads, then writes, would fail halfway if another wrote in between: take the lock first.
    write = connection.get_execution_options().get("nr_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # The promises of SQLite: who reads sees one moment; who writes has seen all that was written before.
    if connection.get_execution_options().get("nr_write"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_BUSY_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.execution_options(nr_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _version(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
