"""One process at a time on a programme, or on a job; the lock dies with its process: nothing is left to clear.

On one machine it is a file of the outputs. Where the database is PostgreSQL several machines may work
on it: the same name is then held there too, by a connection whose silence the server notices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import sqlalchemy as sa
from filelock import BaseFileLock, FileLock, Timeout

from tasks.store.settings import Settings

_SILENCE_S = 15  # a machine that says nothing for four times as long has lost what it held
_TAKE = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:nom, 0))")
_WAIT = sa.text("SELECT pg_advisory_lock(hashtextextended(:nom, 0))")

OnWait = Callable[[], None]


class Occupe(Exception):
    """Somebody else holds it, and the caller did not want to wait."""


def raise_busy() -> None:
    """Given as ``on_wait``: rather than waiting, raise ``Occupe``."""
    raise Occupe


@contextmanager
def programme_lock(settings: Settings, programme: str, on_wait: OnWait | None = None) -> Iterator[None]:
    """Hold a programme; ``on_wait`` is called once when somebody else holds it. Re-entrant in a process."""
    folder = settings.outputs / programme
    folder.mkdir(parents=True, exist_ok=True)
    with _both(settings, FileLock(folder / ".verrou", is_singleton=True, thread_local=False), programme, on_wait):
        yield


@contextmanager
def runner_lock(settings: Settings, on_wait: OnWait | None = None) -> Iterator[None]:
    """Hold the job of the runner: who has it sends the mails and starts the runs."""
    settings.outputs.mkdir(parents=True, exist_ok=True)
    with _both(settings, FileLock(settings.outputs / ".lanceur", is_singleton=True, thread_local=False), "", on_wait):
        yield


@contextmanager
def _both(settings: Settings, lock: BaseFileLock, nom: str, on_wait: OnWait | None) -> Iterator[None]:
    shared = settings.database.startswith("postgresql") and not lock.is_locked
    with hold(lock, on_wait), _among_machines(settings, nom, on_wait) if shared else nullcontext():
        yield


@contextmanager
def _among_machines(settings: Settings, nom: str, on_wait: OnWait | None) -> Iterator[None]:
    engine = sa.create_engine(settings.database, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name, value in (("idle", _SILENCE_S), ("interval", _SILENCE_S), ("count", 3)):
            connection.execute(sa.text(f"SET tcp_keepalives_{name} = {value}"))
        if not connection.execute(_TAKE, {"nom": nom}).scalar():
            if on_wait:
                on_wait()
            connection.execute(_WAIT, {"nom": nom})
        yield


@contextmanager
def hold(lock: BaseFileLock, on_wait: OnWait | None = None) -> Iterator[None]:
    """Hold a lock; ``on_wait`` is called once when somebody else holds it."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait:
            on_wait()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
