"""The registry, which gives the power, looked at again before anybody is shown anything: a ``stat``, now and then."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from nr_models.tables import Programme
from tasks.programme.programmes import list_programmes, take_registre
from tasks.store.workspace import Workspace

INTERVALLE_S = 5
"""Between two looks at the same file; an act looks at it whatever the time."""


class Registres:
    """The registries of a workspace, none looked at twice within some seconds."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: dict[str, float] = {}
        self._lock = Lock()

    def look(self) -> None:
        """Take in those that moved."""
        with self._workspace.reading() as session:
            programmes = list_programmes(session)
        for programme in programmes:
            if self._is_due(programme):
                take_registre(self._workspace, programme)

    def _is_due(self, programme: Programme) -> bool:
        with self._lock:
            moment, before = monotonic(), self._seen.get(programme.slug)
            if before is not None and moment - before < INTERVALLE_S:
                return False
            self._seen[programme.slug] = moment
            return True
