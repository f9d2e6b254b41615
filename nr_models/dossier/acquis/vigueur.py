"""In force, and current: the version of a stage that was approved last, beside the one that is being prepared.

Method, « Stages that wait for people »: what was decided stands, is shown and can be had, while another is made.
"""

from __future__ import annotations

from nr_models.dossier.gates import Ouverture
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG
from nr_models.values.controle import show_code
from nr_models.values.french import french_day
from nr_models.values.frozen import Frozen


class DocumentAcquis(Frozen):
    """A document of a version in force, whose bytes the store gives by their SHA-256; ``taille`` in bytes."""

    nom: str
    sha256: str
    taille: int


class EnVigueur(Frozen):
    """The version of a stage that was approved last.

    ``numero`` is its round, ``le`` the instant it was approved, ``par`` who approved it and in what role, ``seal`` the
    empreinte of the result and its documents; ``documents`` are those that may be shared.
    """

    numero: int
    le: str
    seal: str
    par: tuple[str, ...] = ()
    documents: tuple[DocumentAcquis, ...] = ()

    @property
    def ligne(self) -> str:
        """« version 2, approuvée le 3 mars 2026 (code de contrôle 3f2a9c0b77e1) »."""
        who = f" par {', '.join(self.par)}" if self.par else ""
        return (
            f"version {self.numero}, approuvée le {french_day(self.le)}{who} (code de contrôle {show_code(self.seal)})"
        )


class Vigueur(Frozen):
    """A stage: what is in force of it, None where nothing was approved, and the version that it shows now.

    ``courante`` is the number of its current round, None without one, ``seal`` its empreinte; ``raison`` why it is
    where it is, as its state says, ``causes`` what changed of what it reads since what is in force.
    """

    stage: str
    etat: Etat
    raison: str
    en_vigueur: EnVigueur | None = None
    courante: int | None = None
    seal: str = ""
    causes: tuple[str, ...] = ()

    @property
    def prepare(self) -> str:
        """What is being prepared beside what is in force, and why; "" where what is in force is what is shown."""
        if self.en_vigueur is None or self.etat is Etat.VALIDE:
            return ""
        if self.seal == self.en_vigueur.seal:
            return f"la même version, car l’étape est « {self.etat.nom} ». {self.raison}".strip()
        why = f", car ceci a changé : {', '.join(self.causes)}" if self.causes else ""
        return f"version {self.courante}, {self.etat.nom}{why}."

    @property
    def lignes(self) -> tuple[str, ...]:
        """What is in force and what is being prepared, in two sentences; nothing where they are one."""
        if self.en_vigueur is None or not self.prepare:
            return ()
        nom = BY_SLUG[self.stage].nom
        return (f"En vigueur, étape « {nom} » : {self.en_vigueur.ligne}.", f"En préparation : {self.prepare}")


_DECIDED = {
    Ouverture.APPROUVEE: "approuvée",
    Ouverture.A_CORRIGER: "renvoyée à corriger",
    Ouverture.REFUSEE: "refusée",
}


class Changements(Frozen):
    """What a stage shows now, against the version that somebody decided on last.

    ``numero``, ``le``, ``seal`` and ``issue`` are those of that version: its round, when it was decided on, its
    empreinte, what was decided (None: nothing yet, when it changed). ``courante`` is the empreinte of what is shown
    now, ``lignes`` what changed between the two, a sentence each.
    """

    stage: str
    numero: int
    le: str
    seal: str
    courante: str
    issue: Ouverture | None = None
    lignes: tuple[str, ...] = ()

    @property
    def titre(self) -> str:
        """« Depuis la version 1, approuvée le 3 mars 2026 (code de contrôle 3f2a9c0b77e1) »."""
        what = _DECIDED.get(self.issue or Ouverture.OUVERTE, "sur laquelle une décision avait commencé,")
        when = f"le {french_day(self.le)} (code de contrôle {show_code(self.seal)})"
        return f"Depuis la version {self.numero}, {what} {when}"

    @property
    def dites(self) -> tuple[str, ...]:
        """What changed, or that nothing did, as lines to read."""
        if self.seal == self.courante:
            return ("rien n’a changé : ce sont les mêmes documents.",)
        return self.lignes
