"""A programme of example dossiers in a folder that is thrown away, and a clock."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nr_models.tables import Dossier, Programme
from tasks.demo.programme import write_programme
from tasks.programme.programmes import list_dossiers, open_programme
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace


@contextmanager
def scene(count: int) -> Iterator[tuple[Workspace, Programme, list[Dossier]]]:
    """A programme of ``count`` example dossiers, its registry taken in, nothing made yet."""
    with tempfile.TemporaryDirectory(prefix="nr-mesure-") as folder:
        write_programme(Path(folder) / "mesure", collectivites=count, seed=1)
        workspace = Workspace(Settings(outputs=Path(folder) / "outputs"))
        programme = open_programme(workspace, str(Path(folder) / "mesure")).programme
        with workspace.reading() as session:
            dossiers = list_dossiers(session, programme)
        try:
            yield workspace, programme, dossiers
        finally:
            workspace.close()


class Clock:
    """Wall seconds since it was made or last read."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def read(self) -> float:
        """Seconds since the last reading."""
        now = time.perf_counter()
        elapsed, self._start = now - self._start, now
        return elapsed
