"""Where a dossier stopped and who is awaited, in a sentence that Prefect's pages show.

Roles and counts, never an address: Prefect is a technical page, and keeps what it was told.
"""

from __future__ import annotations

from collections.abc import Sequence

from nr_models.dossier.next import Arret, Halt
from nr_models.values.french import counted
from tasks.dossier.board import load_line
from tasks.dossier.preuves import say_unproved
from tasks.programme.lieu import Lieu


def tell(lieu: Lieu, halt: Halt) -> str:
    """Where a dossier stopped, and who is awaited for what."""
    if halt.why is Arret.LIMITE:
        return f"Arrêt demandé après l’étape « {halt.stage.nom} »."
    if halt.why is Arret.PREUVE:
        return say_unproved(halt.stage)
    with lieu.reading() as ici:
        return f"{load_line(ici).tell_next(_count).write()}."


def say_failure(error: Exception) -> str:
    """Why a dossier failed: the kind alone, for the sentence of an error may hold a name, a path, a secret."""
    return f"Échec ({type(error).__name__}) ; le détail est dans erreurs.log."


def _count(people: Sequence[str]) -> tuple[str, ...]:
    return (counted(len(people), "personne"),) if people else ()
