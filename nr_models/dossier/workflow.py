"""The life of a stage in a dossier: states, acts, guards and permissions as one table, read by one small interpreter.

Fail-closed: an act that the table does not hold, a role it does not name or a guard that nobody
vouches for is a refusal. « What can I do now, and why not the rest » reads the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from enum import StrEnum
from typing import NamedTuple

from nr_models.values.roles import Role


class Etat(StrEnum):
    """Where a stage of a dossier stands."""

    A_VENIR = "a_venir"
    ATTEND_SAISIES = "attend_saisies"
    PRODUIT = "produit"
    SOUMIS = "soumis"
    VALIDE = "valide"
    A_CORRIGER = "a_corriger"
    REFUSE = "refuse"
    OBSOLETE = "obsolete"
    ROUVERT = "rouvert"

    @property
    def nom(self) -> str:
        """French label."""
        return _NOMS[self]


_NOMS = {
    Etat.A_VENIR: "à venir",
    Etat.ATTEND_SAISIES: "attend des retours",
    Etat.PRODUIT: "produit",
    Etat.SOUMIS: "à valider",
    Etat.VALIDE: "validé",
    Etat.A_CORRIGER: "à corriger",
    Etat.REFUSE: "refusé",
    Etat.OBSOLETE: "à revoir",
    Etat.ROUVERT: "rouvert",
}


class Acte(StrEnum):
    """What can happen to a stage, or be asked of a dossier."""

    ATTENDRE = "attendre"
    CLORE = "clore"
    ACCEPTER = "accepter"
    REPRENDRE = "reprendre"
    LAISSER = "laisser"
    PRODUIRE = "produire"
    SOUMETTRE = "soumettre"
    APPROUVER = "approuver"
    CORRIGER = "corriger"
    REFUSER = "refuser"
    RETIRER = "retirer"
    AVISER = "aviser"
    LEVER = "lever"
    RENVOYER = "renvoyer"
    RESOUMETTRE = "resoumettre"
    ROUVRIR = "rouvrir"
    PERIMER = "perimer"
    CONFIRMER = "confirmer"
    DIFFUSER = "diffuser"
    LIRE = "lire"
    DELEGUER = "deleguer"
    REVOQUER = "revoquer"
    LIRE_PISTE = "lire-piste"
    INSCRIRE = "inscrire"
    NOMMER = "nommer"
    DEPLACER = "deplacer"
    EFFACER = "effacer"
    FAIRE_CORRIGER = "faire-corriger"

    @property
    def nom(self) -> str:
        """French label, an infinitive."""
        return _ACTES[self]

    @property
    def commande(self) -> str:
        """What a person types after « nr » to ask for it; "" for what follows from values, or is said in a workbook.

        Its slots are ``{dossier}``, ``{etape}``, ``{validation}`` and ``{par}``; what stands in capitals is theirs
        to write.
        """
        return _COMMANDES.get(self, "")


_ACTES = {
    Acte.ATTENDRE: "attendre les retours",
    Acte.CLORE: "clore la saisie",
    Acte.ACCEPTER: "accepter une hypothèse",
    Acte.REPRENDRE: "prendre en compte ce qui est arrivé après coup",
    Acte.LAISSER: "laisser de côté ce qui est arrivé après coup",
    Acte.PRODUIRE: "produire le résultat",
    Acte.SOUMETTRE: "soumettre à validation",
    Acte.APPROUVER: "approuver",
    Acte.CORRIGER: "demander une correction",
    Acte.REFUSER: "refuser",
    Acte.RETIRER: "retirer sa décision",
    Acte.AVISER: "donner un avis",
    Acte.LEVER: "lever une réserve",
    Acte.RENVOYER: "renvoyer à corriger",
    Acte.RESOUMETTRE: "soumettre à nouveau sans changement",
    Acte.ROUVRIR: "rouvrir",
    Acte.PERIMER: "marquer à revoir",
    Acte.CONFIRMER: "confirmer la validation",
    Acte.DIFFUSER: "diffuser les documents",
    Acte.LIRE: "lire les documents",
    Acte.DELEGUER: "déléguer",
    Acte.REVOQUER: "révoquer une délégation",
    Acte.LIRE_PISTE: "lire la piste d’audit",
    Acte.INSCRIRE: "accepter un inventaire relu à sa source",
    Acte.NOMMER: "garder un instantané du score",
    Acte.DEPLACER: "changer la version du référentiel",
    Acte.EFFACER: "remettre ou effacer les données d’une personne",
    Acte.FAIRE_CORRIGER: "faire corriger un retour",
}

_DECIDER = "validation decider {dossier} {validation}"
"""Shows what awaits a decision, and the line that records it."""
_COMMANDES = {
    Acte.CLORE: "etape clore {dossier} {etape} --par {par}",
    Acte.REPRENDRE: "retours reprendre {dossier} {etape} --par {par} --motif TEXTE",
    Acte.LAISSER: "retours laisser {dossier} {etape} --par {par} --motif TEXTE",
    Acte.APPROUVER: _DECIDER,
    Acte.CORRIGER: _DECIDER,
    Acte.REFUSER: _DECIDER,
    Acte.RETIRER: "validation retirer {dossier} {validation} --par {par} --motif TEXTE",
    Acte.AVISER: "validation aviser {dossier} {validation} --par {par} --texte TEXTE",
    Acte.LEVER: "validation lever {dossier} NUMERO --par {par} --motif TEXTE",
    Acte.RESOUMETTRE: "etape resoumettre {dossier} {etape} --par {par} --motif TEXTE",
    Acte.ROUVRIR: "etape rouvrir {dossier} {etape} --par {par} --motif TEXTE",
    Acte.DIFFUSER: "etape diffuser {dossier} {etape} --par {par} --pour ADRESSE",
    Acte.LIRE: "montrer {dossier} {etape}",
    Acte.DELEGUER: (
        "delegation donner {dossier} --par {par} --pour ADRESSE --role ROLE --du JOUR --au JOUR --arrete REFERENCE"
    ),
    Acte.REVOQUER: "delegation revoquer {dossier} NUMERO --par {par} --motif TEXTE",
    Acte.LIRE_PISTE: "piste exporter PREUVES.zip --dossier {dossier}",
    Acte.INSCRIRE: "inventaire inscrire {dossier} --par {par}",
    Acte.NOMMER: "score garder {dossier} NOM --par {par}",
    Acte.DEPLACER: "referentiel appliquer {dossier} VERSION --par {par}",
    Acte.EFFACER: "personne effacer ADRESSE --par {par}",
    Acte.FAIRE_CORRIGER: "retours corriger {dossier} ADRESSE --par {par} --quoi QUOI --motif TEXTE",
}

GUARDS = {
    "amont-acquis": "une étape précédente n’est pas encore acquise",
    "retours-attendus": "cette étape n’attend pas de retour",
    "hypotheses-proposees": "cette étape ne propose pas d’hypothèse",
    "retour-tardif": "rien n’est arrivé, n’a changé ni n’est parti depuis que cette saisie est arrêtée",
    "retours-complets": "des retours manquent encore, et la saisie n’est pas close",
    "validation-prevue": "cette étape n’a pas de validation",
    "decision-acquise": "la décision n’est pas encore acquise",
    "reconnaissance-suffisante": "cette validation demande d’être reconnu plus sûrement",
    "correction-demandee": "personne n’a demandé de corriger cette étape",
    "resultat-change": "le résultat n’a pas changé",
    "resultat-identique": "le résultat a changé depuis la décision",
    "validation-acquise": "ce résultat n’a pas été validé",
    "motif-ecrit": "il faut écrire pourquoi",
    "retour-connu": "cette personne n’a rien rendu de tel dans ce dossier",
    "avis-ecrit": "il faut écrire l’avis",
    "reserve-tenue": "ce dossier n’a pas de telle réserve à lever",
    "diffusion-permise": "une étape se diffuse une fois validée ; la restitution, dès qu’elle est soumise",
    "destinataire-nomme": "il faut au moins une adresse électronique juste à qui diffuser",
    "role-delegable": "on ne délègue qu’un rôle que l’on tient soi-même, jamais ce qu’on a reçu par délégation",
    "delegataire-connu": "le délégataire doit être une autre personne de ce dossier",
    "dates-justes": "la délégation doit finir après son début, et ne pas être déjà finie",
    "arrete-cite": "il faut la référence de l’arrêté de délégation",
    "validations-connues": "une des validations nommées n’existe pas, ou ne revient pas à ce rôle",
    "delegation-vivante": "ce dossier n’a pas de telle délégation en cours",
}
"""Each guard and the sentence of its refusal."""

CONTENT = frozenset(
    {
        "motif-ecrit",
        "retour-connu",
        "avis-ecrit",
        "decision-acquise",
        "reconnaissance-suffisante",
        "destinataire-nomme",
        "role-delegable",
        "delegataire-connu",
        "dates-justes",
        "arrete-cite",
        "validations-connues",
        "delegation-vivante",
        "reserve-tenue",
    }
)
"""Guards on what is asked, and not on who asks nor when: taken as held by whoever only asks what may be done."""

SIEGE, VOIX, DELEGANT = "siege", "voix", "delegant"
"""What a person is by the moment and not by the registry: who may decide now at the open gate, whose
decision counts there, who gave a delegation."""

MENEURS = (Role.REFERENT.value, Role.EQUIPE_PROGRAMME.value)
DIRECTION = (Role.DG.value, Role.ELU_SPONSOR.value)
PROCHES = (*MENEURS, *DIRECTION, Role.RESPONSABLE.value)
INTERNES = tuple(role.value for role in Role if role not in (Role.LECTEUR, Role.PRESTATAIRE))
TOUS = tuple(role.value for role in Role)
_KNOWN = frozenset({*TOUS, SIEGE, VOIX, DELEGANT})


class Transition(NamedTuple):
    """From any of these states, by this act, to that state (None: it stays), when every guard holds.

    ``par`` are the roles of which a person must hold one; with none, the software does it by itself.
    """

    acte: Acte
    de: tuple[Etat, ...]
    vers: Etat | None
    par: tuple[str, ...] = ()
    gardes: tuple[str, ...] = ()


_MADE = (Etat.PRODUIT, Etat.SOUMIS, Etat.VALIDE, Etat.OBSOLETE, Etat.ROUVERT)
_SEEN = (Etat.PRODUIT, Etat.SOUMIS, Etat.A_CORRIGER, Etat.REFUSE, Etat.OBSOLETE, Etat.ROUVERT)
_SETTLED = (Etat.ATTEND_SAISIES, Etat.PRODUIT, Etat.SOUMIS, Etat.VALIDE, Etat.OBSOLETE, Etat.ROUVERT, Etat.A_CORRIGER)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Acte.ATTENDRE, (Etat.A_VENIR, *_MADE), Etat.ATTEND_SAISIES, (), ("amont-acquis", "retours-attendus")),
    Transition(Acte.CLORE, (Etat.ATTEND_SAISIES,), None, MENEURS, ("retours-attendus",)),
    Transition(Acte.ACCEPTER, (Etat.ATTEND_SAISIES, *_SEEN), None, MENEURS, ("hypotheses-proposees",)),
    Transition(Acte.REPRENDRE, _SETTLED, None, MENEURS, ("retour-tardif", "motif-ecrit")),
    Transition(Acte.LAISSER, _SETTLED, None, MENEURS, ("retour-tardif", "motif-ecrit")),
    Transition(
        Acte.PRODUIRE,
        (Etat.A_VENIR, Etat.ATTEND_SAISIES, Etat.A_CORRIGER, *_MADE),
        Etat.PRODUIT,
        (),
        ("amont-acquis", "retours-complets", "resultat-change"),
    ),
    Transition(
        Acte.SOUMETTRE,
        (Etat.PRODUIT, Etat.OBSOLETE, Etat.ROUVERT, Etat.ATTEND_SAISIES),
        Etat.SOUMIS,
        (),
        ("amont-acquis", "validation-prevue"),
    ),
    Transition(
        Acte.APPROUVER, (Etat.SOUMIS,), Etat.VALIDE, (SIEGE,), ("decision-acquise", "reconnaissance-suffisante")
    ),
    Transition(Acte.CORRIGER, (Etat.SOUMIS,), Etat.A_CORRIGER, (SIEGE,), ("motif-ecrit", "reconnaissance-suffisante")),
    Transition(Acte.REFUSER, (Etat.SOUMIS,), Etat.REFUSE, (SIEGE,), ("motif-ecrit", "reconnaissance-suffisante")),
    Transition(Acte.RETIRER, (Etat.SOUMIS,), None, (VOIX,), ("motif-ecrit",)),
    Transition(Acte.AVISER, (Etat.SOUMIS,), None, INTERNES, ("avis-ecrit",)),
    Transition(Acte.RENVOYER, (Etat.PRODUIT, Etat.VALIDE), Etat.A_CORRIGER, (), ("correction-demandee",)),
    Transition(Acte.RESOUMETTRE, (Etat.A_CORRIGER,), Etat.ROUVERT, MENEURS, ("motif-ecrit",)),
    Transition(Acte.ROUVRIR, (Etat.VALIDE, Etat.A_CORRIGER, Etat.REFUSE), Etat.ROUVERT, MENEURS, ("motif-ecrit",)),
    Transition(Acte.PERIMER, (Etat.PRODUIT, Etat.SOUMIS, Etat.VALIDE), Etat.OBSOLETE),
    Transition(
        Acte.CONFIRMER,
        (Etat.PRODUIT, Etat.OBSOLETE, Etat.ATTEND_SAISIES),
        Etat.VALIDE,
        (),
        ("amont-acquis", "resultat-identique", "validation-acquise"),
    ),
    Transition(
        Acte.DIFFUSER,
        (Etat.SOUMIS, Etat.VALIDE),
        None,
        (*MENEURS, *DIRECTION),
        ("diffusion-permise", "destinataire-nomme"),
    ),
    Transition(Acte.LIRE, (Etat.ATTEND_SAISIES,), None, MENEURS),
    Transition(Acte.LIRE, _SEEN, None, (*PROCHES, SIEGE)),
    Transition(Acte.LIRE, (Etat.VALIDE,), None, TOUS),
)
"""Every act on a stage, and who may do it from which state."""


class Permission(NamedTuple):
    """An act on a whole dossier, whatever its stages: who may do it, and the guards that must hold."""

    acte: Acte
    par: tuple[str, ...]
    gardes: tuple[str, ...] = ()


PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        Acte.DELEGUER,
        (*DIRECTION, *MENEURS),
        ("role-delegable", "delegataire-connu", "dates-justes", "arrete-cite", "validations-connues"),
    ),
    Permission(Acte.REVOQUER, (DELEGANT, Role.EQUIPE_PROGRAMME.value), ("delegation-vivante", "motif-ecrit")),
    Permission(Acte.LEVER, (*MENEURS, *DIRECTION), ("reserve-tenue", "motif-ecrit")),
    Permission(Acte.LIRE_PISTE, (*MENEURS, *DIRECTION)),
    Permission(Acte.INSCRIRE, MENEURS),
    Permission(Acte.NOMMER, MENEURS),
    Permission(Acte.DEPLACER, MENEURS),
    Permission(Acte.EFFACER, (Role.EQUIPE_PROGRAMME.value,)),
    Permission(Acte.FAIRE_CORRIGER, MENEURS, ("motif-ecrit", "retour-connu")),
)
"""Every act on a dossier, and who may do it."""

HUMAN = tuple(dict.fromkeys(item.acte for item in TRANSITIONS if item.par))
"""The acts on a stage that a person asks for; the others follow from values."""


class Issue(NamedTuple):
    """What an act would lead to: the next state, or why not (French, lower case, no full stop)."""

    etat: Etat | None
    raisons: tuple[str, ...]


def find_transition(etat: Etat, acte: Acte) -> Transition | None:
    """The row of the table for an act on a stage in that state, or None."""
    return next((item for item in TRANSITIONS if item.acte is acte and etat in item.de), None)


def attempt(etat: Etat, acte: Acte, facts: Set[str], roles: Set[str] = frozenset()) -> Issue:
    """The state that an act leads to, given the guards that hold and what the person is; or the reasons of refusal."""
    found = find_transition(etat, acte)
    if found is None:
        return Issue(None, (f"l’étape est « {etat.nom} »",))
    refusals = _refusals(found.par, found.gardes, facts, roles)
    return Issue(None, refusals) if refusals else Issue(found.vers or etat, ())


def permit(acte: Acte, facts: Set[str], roles: Set[str]) -> tuple[str, ...]:
    """Why a person may not do an act on a dossier; empty when they may."""
    found = next((item for item in PERMISSIONS if item.acte is acte), None)
    if found is None:
        return (f"cet acte ne se fait pas sur un dossier : {acte}",)
    return _refusals(found.par, found.gardes, facts, roles)


def entitled(acte: Acte, roles: Iterable[str]) -> bool:
    """True when one of these roles may do an act on a dossier, whatever its guards."""
    return any(item.acte is acte and bool(set(item.par) & set(roles) & _KNOWN) for item in PERMISSIONS)


def name_doers(acte: Acte) -> frozenset[str]:
    """The roles that may do an act on a stage, whatever its state."""
    return frozenset(role for item in TRANSITIONS if item.acte is acte for role in item.par) & _KNOWN


def acts(etat: Etat, facts: Set[str], roles: Set[str]) -> dict[Acte, Issue]:
    """Every human act on a stage with what it would do now, or why it cannot."""
    return {acte: attempt(etat, acte, facts, roles) for acte in HUMAN}


def name_roles(par: Iterable[str]) -> str:
    """« référent, équipe programme »: who an act belongs to, in French."""
    par = tuple(par)
    if par in _WHOLE:
        return _WHOLE[par]
    return ", ".join(_PSEUDO.get(role) or Role(role).nom for role in par)


_WHOLE = {TOUS: "toute personne du dossier", INTERNES: "toute personne du dossier, sauf lecteur et prestataire"}
_PSEUDO = {
    SIEGE: "les personnes attendues à cette validation",
    VOIX: "les personnes qui y ont déjà décidé",
    DELEGANT: "qui a donné la délégation",
}


def passed(etat: Etat, gate: str | None) -> bool:
    """True when the next stage may start: validated, or produced where no gate follows."""
    return etat is Etat.VALIDE or (gate is None and etat is Etat.PRODUIT)


def _refusals(par: tuple[str, ...], gardes: tuple[str, ...], facts: Set[str], roles: Set[str]) -> tuple[str, ...]:
    held = not par or bool(set(par) & roles & _KNOWN)
    role = () if held else (f"vous n’avez pas le rôle qu’il faut dans ce dossier, cela revient à : {name_roles(par)}",)
    missing = (guard for guard in gardes if guard not in facts or guard not in GUARDS)
    return (*role, *(GUARDS.get(guard, f"règle inconnue : {guard}") for guard in missing))
