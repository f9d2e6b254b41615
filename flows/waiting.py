"""Where a dossier stopped and who is awaited, in a sentence that Prefect's pages show."""

from __future__ import annotations

from nr_models.dossier.next import Arret, Halt
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
    return f"{stopped} : {_who(attendu)}." if attendu else f"{stopped}."


_STOPPED = {
    Arret.FIN: "est validée",
    Arret.LIMITE: "est faite",
    Arret.VALIDATION: "attend une validation",
    Arret.RETOURS: "attend des retours",
    Arret.CORRECTION: "est à corriger",
    Arret.REFUS: "est refusée",
    Arret.A_FAIRE: "est à produire",
}


def _who(attendu: Attendu) -> str:
    """« référent (ana@ville.fr) », or why nobody can be awaited."""
    if attendu.blocage:
        return attendu.blocage
    roles = ", ".join(Role(role).nom for role in attendu.roles)
    people = ", ".join(attendu.personnes) or "personne de désigné"
    return f"{roles} ({people})" if roles else people
