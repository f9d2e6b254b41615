"""Where a dossier stopped and who is awaited, in a sentence that Prefect's pages show.

Roles and counts, never an address: Prefect is a technical page, and keeps what it was told.
"""

from __future__ import annotations

from nr_models.dossier.next import Arret, Halt
from nr_models.values.french import counted
from nr_models.values.roles import Role
from tasks.dossier.board import Attendu, load_line
from tasks.programme.lieu import Lieu


def load_attendu(lieu: Lieu) -> Attendu | None:
    """Who is awaited in a dossier, or None."""
    with lieu.reading() as ici:
        return load_line(ici).attend


def say(halt: Halt, attendu: Attendu | None) -> str:
    """Where a dossier stopped, and who is awaited for what."""
    stopped = f"L’étape « {halt.stage.nom} » {_STOPPED[halt.why]}"
    if halt.why is Arret.FIN:
        return "La feuille de route est validée."
    if halt.why is Arret.LIMITE:
        return f"Arrêt demandé après l’étape « {halt.stage.nom} »."
    told = attendu if halt.why is not Arret.PREUVE else None
    return f"{stopped} : {_who(told)}." if told else f"{stopped}."


def say_failure(error: Exception) -> str:
    """Why a dossier failed: the kind alone, for the sentence of an error may hold a name, a path, a secret."""
    return f"Échec ({type(error).__name__}) ; le détail est dans erreurs.log."


_STOPPED = {
    Arret.FIN: "est validée",
    Arret.LIMITE: "est faite",
    Arret.VALIDATION: "attend une validation",
    Arret.RETOURS: "attend des retours",
    Arret.CORRECTION: "est à corriger",
    Arret.REFUS: "est refusée",
    Arret.A_FAIRE: "est à produire",
    Arret.PREUVE: "est dite validée, et la piste d’audit n’en tient pas la décision ; rien n’est fait après",
}


def _who(attendu: Attendu) -> str:
    """« référent (1 personne) », or why nobody can be awaited."""
    if attendu.blocage:
        return attendu.blocage
    roles = ", ".join(Role(role).nom for role in attendu.roles)
    count = len(attendu.personnes)
    people = counted(count, "personne") if count else "personne de désigné"
    return f"{roles} ({people})" if roles else people
