"""The place of one dossier: where it is kept, whose it is, and in which transaction one looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from nr_models.dossier.registre import Entree
from nr_models.referentiel.referentiel import Referentiel
from nr_models.tables import Dossier, Programme
from tasks.programme.programmes import cle, find_dossier, load_entree, load_kept_referentiel
from tasks.store.workspace import Workspace


@dataclass(frozen=True)
class Lieu:
    """A dossier of a programme in a workspace, and the transaction in hand, if any.

    What it works out (name, line of the registry, référentiel) is worked out once, whatever the transactions.
    """

    workspace: Workspace
    programme: Programme
    dossier: Dossier
    hand: Session | None = field(default=None, repr=False, compare=False)
    known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def session(self) -> Session:
        """The transaction in hand; only within ``reading()`` or ``writing()``, or where a caller gave one."""
        if self.hand is None:
            raise RuntimeError("no transaction in hand")
        return self.hand

    @property
    def cle(self) -> str:
        """« programme/slug »: the name of the dossier and of its chain in the trail."""
        return cle(self.programme, self.dossier)

    @property
    def entree(self) -> Entree:
        """The dossier's line of the registry, as last understood."""
        found: Entree = self._once("entree", lambda: load_entree(self.dossier))
        return found

    @property
    def referentiel(self) -> Referentiel:
        """The référentiel that the dossier started with. Raises ``Introuvable`` where it is lost."""
        found: Referentiel = self._once("referentiel", lambda: load_kept_referentiel(self.workspace, self.dossier))
        return found

    def within(self, session: Session) -> Lieu:
        """The same place, seen in a transaction that somebody else opened."""
        return Lieu(self.workspace, self.programme, self.dossier, session, self.known)

    @contextmanager
    def reading(self) -> Iterator[Lieu]:
        """The same place at one moment."""
        with self.workspace.reading() as session:
            yield self.within(session)

    @contextmanager
    def writing(self) -> Iterator[Lieu]:
        """The same place in one transaction that writes: all of it is kept, or nothing."""
        with self.workspace.writing() as session:
            yield self.within(session)

    def _once(self, name: str, find: Callable[[], Any]) -> Any:
        if name not in self.known:
            self.known[name] = find()
        return self.known[name]


def find_lieu(workspace: Workspace, name: str) -> Lieu:
    """A dossier by « programme/slug », or by slug alone where it is unique. Raises ``Introuvable``."""
    with workspace.reading() as session:
        return Lieu(workspace, *find_dossier(session, name))
