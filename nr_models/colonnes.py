"""What each column of each table is worth: said by the trail, worked out from others, or only remembered.

A table whose rows the trail says has a dossier: each of its transactions says them again (``Fait.TABLES``).
People and their words say themselves, by their commitment; the trail is its own evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sqlmodel import SQLModel

from nr_models.tables import (
    Artefact,
    Avancement,
    Avis,
    Candidate,
    Closure,
    Correction,
    Decision,
    Delegation,
    Destinataire,
    Diffusion,
    Dossier,
    Entrant,
    Event,
    Execution,
    Frein,
    Gate,
    Levee,
    Membre,
    Outbox,
    Parole,
    Person,
    Programme,
    Reading,
    Relance,
    Request,
    Retenu,
    Retrait,
    Revocation,
    Round,
    Seance,
    Snapshot,
    Source,
)


class Valeur(StrEnum):
    """What a column is worth.

    « clair » and « scelle » are evidence: the trail says the value itself, or a salted commitment of it where it
    may name somebody. « deduit » follows from other columns or from the store. « cache » may be lost or wrong:
    it is made again, and changes no result.
    """

    CLAIR = "clair"
    SCELLE = "scelle"
    DEDUIT = "deduit"
    CACHE = "cache"

    @property
    def proves(self) -> bool:
        """True for evidence."""
        return self in (Valeur.CLAIR, Valeur.SCELLE)


def _columns(*, clair: str = "", scelle: str = "", deduit: str = "", cache: str = "") -> dict[str, Valeur]:
    said = zip(Valeur, (clair, scelle, deduit, cache), strict=True)
    return {name: kind for kind, names in said for name in names.split()}


_RETOUR = _columns(
    clair="id dossier_id sha256 type tour batch copie",
    scelle="path personne value anomalies remplace",
    deduit="value_digest",
)

DITES: Mapping[type[SQLModel], Mapping[str, Valeur]] = {
    Dossier: _columns(
        clair="id programme_id slug referentiel referentiel_digest",
        scelle="entree sel",
        deduit="nom entree_digest",
        cache="version",
    ),
    Reading: {**_RETOUR, **_columns(clair="efface", cache="size mtime_ns reader")},
    Retenu: {**_RETOUR, **_columns(clair="stage")},
    Avancement: _columns(
        clair="id dossier_id slug etat depuis arretee", scelle="raison clos laisses tenus", cache="attente manquants"
    ),
    Round: _columns(
        clair="id dossier_id stage phase numero seal made_at", scelle="basis value", deduit="fingerprint value_digest"
    ),
    Artefact: _columns(clair="id round_id sha256", scelle="nom", deduit="size", cache="mtime_ns"),
    Gate: _columns(clair="id dossier_id round_id gate asking etat seal opened_at closed_at issue", scelle="digests"),
    Decision: _columns(
        clair="id gate_id person_id siege role verdict identification decided_at seal commentaire compte rang etape "
        "delegation_id",
        scelle="digests",
    ),
    Closure: _columns(clair="id dossier_id stage person_id closed_at", scelle="manquants"),
    Snapshot: _columns(clair="id dossier_id nom round_id person_id taken_at"),
    Candidate: _columns(
        clair="id dossier_id cle etat value_digest sha256 fetched_at decided_at person_id",
        scelle="value anomalies difference",
    ),
    Delegation: _columns(
        clair="id dossier_id delegant_id delegataire_id role validations du au arrete identification given_at"
    ),
    Revocation: _columns(clair="id delegation_id person_id commentaire revoked_at"),
    Retrait: _columns(clair="id decision_id person_id commentaire withdrawn_at"),
    Levee: _columns(clair="id decision_id person_id commentaire lifted_at"),
    Avis: _columns(clair="id gate_id person_id texte given_at"),
    Diffusion: _columns(clair="id dossier_id round_id person_id seal diffused_at", scelle="digests"),
    Destinataire: _columns(clair="id diffusion_id person_id"),
    Correction: _columns(
        clair="id dossier_id person_id asked_by type quoi commentaire value_digest asked_at",
    ),
}
"""The tables whose rows the trail of their dossier says. A person's number is said by their commitment."""

COLONNES: Mapping[type[SQLModel], Mapping[str, Valeur]] = {
    **DITES,
    Programme: _columns(clair="id slug", cache="folder registre_size registre_mtime_ns anomalies"),
    Person: _columns(clair="id", scelle="mail nom salt commitment"),
    Parole: _columns(clair="person_id", scelle="texte salt commitment", cache="id"),
    Event: _columns(clair="chain n ordre prev hash body", cache="id"),
    Outbox: _columns(cache="id kind key payload created_at not_before attempts done_at erreur"),
    Execution: _columns(cache="id programme_id dossier_id flow_run en_attente gate_id opened_at closed_at"),
    Source: _columns(cache="id dossier_id cle adresse tried_at answered_at sha256 anomalie"),
    Membre: _columns(deduit="dossier_id mail role", cache="id"),
    Seance: _columns(cache="id jeton mail moyen gate_id appareil opened_at seen_at ends_at closed_at"),
    Entrant: _columns(cache="id mail nonce navigateur essais asked_at ends_at used_at"),
    Frein: _columns(cache="id cle done_at"),
    Request: _columns(cache="id request_id content code message answered_at"),
    Relance: _columns(cache="id programme_id person_id cles drafted_at"),
}
"""Every column of every table; a test holds it to the schema."""

PARENTS: Mapping[type[SQLModel], tuple[str, type[SQLModel]]] = {
    Artefact: ("round_id", Round),
    Decision: ("gate_id", Gate),
    Retrait: ("decision_id", Decision),
    Levee: ("decision_id", Decision),
    Avis: ("gate_id", Gate),
    Revocation: ("delegation_id", Delegation),
    Destinataire: ("diffusion_id", Diffusion),
}
"""How a row that does not name its dossier leads to it."""

PERSONNES = frozenset({"person_id", "asked_by", "delegant_id", "delegataire_id"})
"""The columns that number a person."""

NOMS: Mapping[str, str] = {
    "dossier": "dossier",
    "reading": "retour lu",
    "retenu": "retour retenu",
    "stage": "étape",
    "round": "version produite",
    "artefact": "document produit",
    "gate": "validation",
    "decision": "décision",
    "closure": "clôture",
    "snapshot": "instantané",
    "candidate": "inventaire relu",
    "delegation": "délégation",
    "revocation": "révocation",
    "retrait": "retrait d’une décision",
    "levee": "réserve levée",
    "avis": "avis",
    "diffusion": "diffusion",
    "destinataire": "destinataire",
    "correction": "correction demandée",
    "programme": "programme",
    "person": "personne",
    "parole": "parole",
    "membre": "membre d’un dossier",
}
"""What people call a row of each table that proves something."""
