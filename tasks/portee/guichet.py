"""Where pages turn to: who holds this cookie, and what they may then see."""

from __future__ import annotations

from tasks.portee.portee import Portee
from tasks.portee.reconnaissance.seances import find_seance
from tasks.portee.registres import Registres
from tasks.store.workspace import Workspace


class Guichet:
    """A workspace as pages know it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self._registres = workspace, Registres(workspace)
        self.check()

    @property
    def public_url(self) -> str:
        """Where people reach our pages; "" where they are on this machine alone."""
        return self.workspace.settings.public_url

    def check(self) -> None:
        """Raise where the database does not answer; it is brought up to date the first time."""
        self.workspace.engine.connect().close()

    def look(self) -> None:
        """Take in the registries that moved: they say who may enter."""
        self._registres.look()

    def recognise(self, jeton: str) -> Portee | None:
        """What the holder of a cookie may see, the registries looked at first; None for a stranger."""
        self.look()
        found = find_seance(self.workspace, jeton) if jeton else None
        return Portee(self.workspace, found) if found else None
