"""The journal of a dossier as people read it: each event of the trail as a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from nr_models.dossier.gates import Verdict
from nr_models.dossier.instantane import label
from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.suivi import Quoi
from nr_models.stages import BY_GATE, BY_SLUG, RETOURS
from nr_models.values.controle import show_code
from nr_models.values.dates import french_date
from nr_models.values.french import french_instant, plural
from nr_models.values.roles import Role

ERASED = "une personne dont le nom a été effacé"
_LISTED = 12

Donnees = Mapping[str, Any]


class Connus(NamedTuple):
    """The plain values that can still be read behind the commitments of a trail."""

    personnes: Mapping[str, str]
    commentaires: Mapping[str, str]


class LigneRecit(NamedTuple):
    """One line of the history; ``commentaire`` is what the person wrote, where it can still be read."""

    le: str
    texte: str
    commentaire: str
    automatique: bool


def tell(events: Sequence[Mapping[str, Any]], known: Connus) -> list[LigneRecit]:
    """The events as sentences, in the order given; the files of a round are counted in its sentence."""
    files = Counter(_round(item["donnees"]) for item in events if item["fait"] == Fait.ARTEFACT)
    return [
        LigneRecit(
            le=item["at"],
            texte=_sentence(item, known, files[_round(item["donnees"])]),
            commentaire=_words(item["donnees"], known),
            automatique=item["automatique"],
        )
        for item in events
        if item["fait"] not in (Fait.ARTEFACT, Fait.TABLES)
    ]


def _words(donnees: Donnees, known: Connus) -> str:
    return known.commentaires.get(donnees.get("commentaire") or donnees.get("motif", ""), "")


def _round(donnees: Donnees) -> tuple[object, object, object]:
    return donnees.get("stage"), donnees.get("phase"), donnees.get("tour")


def _sentence(event: Mapping[str, Any], known: Connus, files: int) -> str:
    donnees = {**event["donnees"], "fichiers": files, "qui": known.personnes.get(event["donnees"].get("par"), ERASED)}
    tell = _TELL.get(event["fait"])
    return tell(donnees) if tell else f"Acte enregistré : {event['fait']}."


def _stage(donnees: Donnees) -> str:
    """« Score »: the stage of an event, or of its gate."""
    gate = BY_GATE.get(donnees.get("gate", ""))
    found = gate or BY_SLUG.get(donnees.get("stage", ""))
    return f"« {found.nom} »" if found else "inconnue"


def _seal(donnees: Donnees) -> str:
    return f"code de contrôle {show_code(donnees.get('empreinte'))}"


def _opened(donnees: Donnees) -> str:
    version = donnees.get("referentiel", {}).get("version", "")
    if not version:
        return "Programme ouvert."
    return f"Dossier ouvert, avec la version {version} du référentiel."


def _received(donnees: Donnees) -> str:
    kind = RETOURS.get(donnees.get("type", ""), "fichier non reconnu")
    count = donnees.get("anomalies", 0)
    wrong = f", avec {plural(count, 'anomalie')}" if count else ""
    changed = donnees.get("change")
    if changed is None:
        return f"Retour reçu : {kind}{wrong}."
    listed = ", ".join(changed[:_LISTED]) + ("…" if len(changed) > _LISTED else "")
    return f"Retour reçu, à la place d’un précédent : {kind}{wrong} ; a changé : {listed or 'rien'}."


def _withdrawn(donnees: Donnees) -> str:
    return f"Retour retiré du dossier : {RETOURS.get(donnees.get('type', ''), 'fichier non reconnu')}."


def _closed(donnees: Donnees) -> str:
    missing = plural(len(donnees.get("manquants", ())), "retour")
    return f"Saisie de l’étape {_stage(donnees)} close par {donnees['qui']}, sans attendre {missing}."


def _made(donnees: Donnees) -> str:
    files = plural(donnees["fichiers"], "document")
    tour = donnees.get("tour", 1)
    version = f", version {tour}" if tour > 1 else ""
    if donnees.get("phase") == "envoi":
        return f"Documents à remplir de l’étape {_stage(donnees)} préparés{version} ({files})."
    return f"Résultat de l’étape {_stage(donnees)} produit{version} ({files}, {_seal(donnees)})."


def _decided(donnees: Donnees) -> str:
    verdict, role = Verdict(donnees["verdict"]).nom, Role(donnees["role"]).nom
    power = ", par délégation" if "delegation" in donnees else ""
    owed = donnees.get("a_reprendre", 0)
    tail = f", alors que {plural(owed, 'retour était', 'retours étaient')} à reprendre" if owed else ""
    return (
        f"Étape {_stage(donnees)} : {verdict} par {donnees['qui']} ({role}{power}), "
        f"identification : {donnees.get('identification', 'inconnue')} ({_seal(donnees)}){tail}.{tell_doubts(donnees)}"
    )


def tell_doubts(donnees: Donnees) -> str:
    """What is to be known of the power behind a decision, in sentences that follow another; "" when nothing is."""
    said = ""
    if since := donnees.get("role_depuis"):
        said += f" Le registre avait donné ce rôle peu avant, le {french_instant(since)}."
    if refusal := donnees.get("registre_refus"):
        said += f" Le registre était {refusal} : les rôles sont ceux du dernier qui fut lu."
    return said


def _delegated(donnees: Donnees) -> str:
    scope = ", ".join(donnees.get("validations", ())) or "toutes les validations"
    days = (french_date(date.fromisoformat(donnees[key])) for key in ("du", "au"))
    return (
        f"Délégation n° {donnees['delegation']} donnée par {donnees['qui']} : {Role(donnees['role']).nom} "
        f"({scope}), du {' au '.join(days)} inclus."
    )


def _visited(donnees: Donnees) -> str:
    said = {
        "candidat": "Inventaire relu à sa source, en attente de l’accord du référent",
        "en-vigueur": "Inventaire relu à sa source, en vigueur de lui-même",
        "suivi": "Inventaire relu à sa source, gardé pour le suivi annuel",
        "accepte": f"Inventaire relu à sa source, mis en vigueur par {donnees['qui']}",
        "retire": "Source d’inventaire retirée du registre ; les inventaires rendus comptent à nouveau",
        "echec": "Une source d’inventaire n’a rien donné ; l’inventaire en vigueur reste le précédent",
    }.get(donnees.get("issue", ""), "Source d’inventaire visitée")
    gap = donnees.get("ecart", "")
    return f"{said} ({gap})." if gap else f"{said}."


_TELL: dict[str, Callable[[Donnees], str]] = {
    Fait.OUVERT: _opened,
    Fait.REGISTRE: lambda it: (
        f"Le registre a changé ; rôles donnés : {len(it['donnes'])}, retirés : {len(it['retires'])}."
    ),
    Fait.RECU: _received,
    Fait.RETIRE: _withdrawn,
    Fait.CLOS: _closed,
    Fait.RETENU: lambda it: f"Retours de l’étape {_stage(it)} arrêtés : {plural(len(it['retours']), 'fichier')}.",
    Fait.REPRIS: lambda it: f"Ce qui est arrivé après coup à l’étape {_stage(it)} est pris en compte par {it['qui']}.",
    Fait.LAISSE: lambda it: f"Ce qui est arrivé après coup à l’étape {_stage(it)} est laissé de côté par {it['qui']}.",
    Fait.PRODUIT: _made,
    Fait.SOUMIS: lambda it: f"Étape {_stage(it)} soumise à validation ({_seal(it)}).",
    Fait.DECIDE: _decided,
    Fait.RETRAIT: lambda it: f"Étape {_stage(it)} : {it['qui']} retire sa décision ({_seal(it)}).",
    Fait.LEVE: lambda it: f"Étape {_stage(it)} : {it['qui']} lève la réserve n° {it['reserve']} ({_seal(it)}).",
    Fait.AVIS: lambda it: f"Avis de {it['qui']} sur l’étape {_stage(it)} ({_seal(it)}).",
    Fait.RESOUMIS: lambda it: f"Étape {_stage(it)} à soumettre à nouveau sans changement, par {it['qui']}.",
    Fait.DELEGUE: _delegated,
    Fait.REVOQUE: lambda it: f"Délégation n° {it['delegation']} révoquée par {it['qui']}.",
    Fait.DIFFUSE: lambda it: (
        f"Documents de l’étape {_stage(it)} diffusés à {plural(len(it.get('destinataires', ())), 'personne')}"
        f"{' par ' + it['qui'] if 'par' in it else ''} ({_seal(it)})."
    ),
    Fait.RELANCE: lambda it: f"Relance envoyée pour l’étape {_stage(it)}.",
    Fait.CORRECTION: lambda it: (
        f"Un retour de l’étape {_stage(it)} est à reprendre ({Quoi(it['quoi']).nom}), demande de {it['qui']}."
    ),
    Fait.OBSOLETE: lambda it: (
        f"Ce qui était demandé ou décidé sur l’étape {_stage(it)} ne tient plus ({_seal(it)}) ; cela reste lisible."
    ),
    Fait.PERIME: lambda it: (
        f"Étape {_stage(it)} à revoir : sa validation n’était pas ouverte."
        if it["cause"] == it["stage"]
        else f"Étape {_stage(it)} à revoir : l’étape « {BY_SLUG[it['cause']].nom} » a changé."
    ),
    Fait.CONFIRME: lambda it: (
        f"Étape {_stage(it)} : le résultat est à nouveau celui qui avait été approuvé, sa validation tient à nouveau "
        f"({_seal(it)})."
        if "gate" in it
        else f"Étape {_stage(it)} : le résultat n’a pas changé, sa validation est confirmée."
    ),
    Fait.ROUVERT: lambda it: f"Étape {_stage(it)} rouverte par {it['qui']}.",
    Fait.DEPLACE: lambda it: (
        f"Dossier passé de la version {it['avant']['version']} à la version {it['referentiel']['version']} du "
        f"référentiel par {it['qui']}."
    ),
    Fait.RELEVE: lambda it: _visited(it),
    Fait.INSTANTANE: lambda it: (
        f"Instantané « {label(it['nom'])} » du score gardé par {it['qui']} (tour {it['tour']}, {_seal(it)})."
    ),
    Fait.VERSION: lambda it: (
        f"Nouvelle version du logiciel acceptée ; ce qu’elle refait, dans l’ordre : "
        f"{', '.join(BY_SLUG[slug].nom for slug in it['stages'])}."
    ),
    Fait.TETES: lambda it: "Têtes des chaînes relevées, pour être gardées hors de la base.",
    Fait.ECHEC: lambda it: "Une étape a échoué ; rien n’est perdu, l’équipe programme peut relancer.",
    Fait.ACCEDE: lambda it: "Données d’une personne exportées.",
    Fait.EFFACE: lambda it: "Données personnelles effacées.",
    Fait.CAVIARDE: lambda it: (
        f"Une personne effacée a été retirée de {plural(len(it['documents']), 'document')} jamais soumis à validation."
    ),
}
