"""One runner at a time on a programme; the lock dies with its process, so nothing is left to clear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from filelock import BaseFileLock, FileLock, Timeout

from tasks.settings import Settings


@contextmanager
def programme_lock(settings: Settings, programme: str, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a programme; ``on_wait`` is called once when somebody else holds it. Re-entrant in a process."""
    folder = settings.outputs / programme
    folder.mkdir(parents=True, exist_ok=True)
    with hold(FileLock(folder / ".verrou", is_singleton=True, thread_local=False), on_wait):
        yield


@contextmanager
def hold(lock: BaseFileLock, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
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
