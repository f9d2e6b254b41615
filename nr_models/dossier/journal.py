"""The audit trail: events chained by SHA-256, one chain per dossier and one for the programme.

``hash`` = SHA-256 of the canonical JSON of the event without ``hash``; ``prev`` is the hash of the
event before in the same chain, 64 zeros for the first. Personal values never enter the chain: they
stand there as salted commitments, and their plain values in rows that can be erased. ``ordre`` numbers
the entries of every chain together, so that the end of one chain cannot be cut while others go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from nr_models.values.frozen import canonical, digest, sha256

GENESIS = "0" * 64


class Fait(StrEnum):
    """What can be recorded."""

    OUVERT = "ouvert"
    REGISTRE = "registre"
    RECU = "recu"
    RETIRE = "retire"
    RETENU = "retenu"
    REPRIS = "repris"
    LAISSE = "laisse"
    CLOS = "clos"
    PRODUIT = "produit"
    ARTEFACT = "artefact"
    SOUMIS = "soumis"
    DECIDE = "decide"
    RETRAIT = "retrait"
    LEVE = "leve"
    AVIS = "avis"
    RESOUMIS = "resoumis"
    DELEGUE = "delegue"
    REVOQUE = "revoque"
    DIFFUSE = "diffuse"
    RELANCE = "relance"
    CORRECTION = "correction"
    OBSOLETE = "obsolete"
    PERIME = "perime"
    CONFIRME = "confirme"
    ROUVERT = "rouvert"
    DEPLACE = "deplace"
    INSTANTANE = "instantane"
    RELEVE = "releve"
    ECHEC = "echec"
    ACCEDE = "accede"
    EFFACE = "efface"
    CAVIARDE = "caviarde"
    VERSION = "version"
    TETES = "tetes"
    TABLES = "tables"


def build_event(
    chain: str, n: int, prev: str, at: str, fait: Fait, automatique: bool, donnees: Mapping[str, object], *, ordre: int
) -> dict[str, Any]:
    """An event ready to be appended, its hash included; ``ordre`` is its place among those of every chain, from 1."""
    event: dict[str, Any] = {
        "chain": chain,
        "n": n,
        "ordre": ordre,
        "prev": prev,
        "at": at,
        "fait": fait.value,
        "automatique": automatique,
        "donnees": dict(donnees),
    }
    return {**event, "hash": digest(event)}


def commit(salt: str, value: str) -> str:
    """The commitment of a personal value: it proves the value to who holds the salt, and tells nothing else."""
    return sha256(canonical([salt, value]).encode())


def salt_with_name(token: str, nom: str) -> str:
    """The salt of a person's address, from a random text: it binds their name, which their commitment then proves."""
    return f"{token}-{commit(token, nom)}"


def bears_name(salt: str, nom: str) -> bool:
    """True when a salt binds that name; one older than this binds none."""
    token, _, said = salt.partition("-")
    return not said or commit(token, nom) == said
