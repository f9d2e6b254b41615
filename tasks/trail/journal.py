"""Who decided what, in which role, by which delegation, when, on which documents: one table, from the trail alone.

A workbook and a page, for whoever must understand in ten years; the trail proves, this tells. What a person wrote,
and their name, are read behind their commitments, where they were not erased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session, col, select

from nr_models.dossier.gates import Verdict
from nr_models.dossier.journal import Fait
from nr_models.dossier.recit import ERASED, Connus, LigneRecit, tell
from nr_models.stages import BY_GATE
from nr_models.tables import Artefact
from nr_models.values.controle import show_code
from nr_models.values.dates import french_date
from nr_models.values.french import french_instant, spaced
from nr_models.values.roles import Role
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.guide import Guide
from tasks.trail.chain import list_events
from tasks.trail.paroles import load_known
from tasks.trail.verifier import within
from templates import ROOT

Event = Mapping[str, Any]


class LigneDecision(NamedTuple):
    """One decision, as people read it; ``devenue`` says whether it still holds."""

    dossier: str
    entree: str
    le: str
    validation: str
    verdict: str
    qui: str
    role: str
    delegation: str
    identification: str
    mots: str
    documents: str
    code: str
    devenue: str


class Recit(NamedTuple):
    """The decisions and the whole journal of what a perimeter covers: chain by chain, oldest first."""

    titre: str
    decisions: Sequence[LigneDecision]
    journal: Sequence[tuple[str, str, LigneRecit]]


COLUMNS = (
    Column("dossier", "Dossier", 15),
    Column("entree", "Entrée de la piste", 7),
    Column("le", "Quand", 14),
    Column("validation", "Validation", 13),
    Column("verdict", "Verdict", 12),
    Column("qui", "Par", 13),
    Column("role", "Rôle", 12),
    Column("delegation", "Délégation", 13),
    Column("identification", "Reconnu par", 10),
    Column("mots", "Réserve, motif ou commentaire", 22),
    Column("documents", "Documents vus", 19),
    Column("code", "Code de contrôle", 16),
    Column("devenue", "Ce qu’elle est devenue", 14),
)
"""Narrow, so that a printed page, A4 on its side, is read without a glass: the words wrap."""
_JOURNAL = (
    Column("dossier", "Dossier", 18),
    Column("le", "Quand", 14),
    Column("texte", "Ce qui s’est passé", 64),
    Column("mots", "Ce que la personne a écrit", 34),
    Column("automatique", "Fait par", 12),
)


def load_recit(session: Session, perimetre: str) -> Recit:
    """What the trail says of a programme (« p ») or of a dossier (« p/slug »), in words and in order."""
    return build_recit(
        session, [event for event in list_events(session) if within(event["chain"], perimetre)], perimetre
    )


def build_recit(session: Session, events: Sequence[Event], perimetre: str) -> Recit:
    """What these events of the trail say, in words and in order."""
    titre = f"Ce qui a été décidé : {perimetre or 'tous les programmes'}"
    known, names = load_known(session, events), _load_names(session)
    chains: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        chains[event["chain"]].append(event)
    journal = [(chain, french_instant(line.le), line) for chain, own in chains.items() for line in tell(own, known)]
    decisions = [line for own in chains.values() for line in list_decisions(own, known, names)]
    return Recit(titre, decisions, journal)


def list_decisions(events: Sequence[Event], known: Connus, names: Mapping[str, str]) -> list[LigneDecision]:
    """A line for each decision of one chain, in the order in which they were written.

    ``names`` are those of the documents, by SHA-256: an erasure may have taken one away.
    """
    given = {event["donnees"]["delegation"]: event for event in events if event["fait"] == Fait.DELEGUE}
    taken = [event for event in events if event["fait"] == Fait.DECIDE]
    return [_line(event, known, names, given, _find_end(event, events)) for event in taken]


def _line(
    event: Event, known: Connus, names: Mapping[str, str], given: Mapping[Any, Event], devenue: str
) -> LigneDecision:
    said = event["donnees"]
    stage = BY_GATE.get(said["gate"])
    delegation = given.get(said.get("delegation"))
    return LigneDecision(
        dossier=event["chain"],
        entree=str(event["n"]),
        le=french_instant(event["at"]),
        validation=stage.nom if stage else said["gate"],
        verdict=Verdict(said["verdict"]).nom,
        qui=known.personnes.get(said["par"], ERASED),
        role=Role(said["role"]).nom,
        delegation=_tell_delegation(delegation, known) if delegation else "",
        identification=said.get("identification", ""),
        mots=known.commentaires.get(said.get("commentaire", ""), ""),
        documents=", ".join(sorted(names.get(item, f"document {show_code(item)}") for item in said["artefacts"])),
        code=show_code(said["empreinte"]),
        devenue=devenue,
    )


def _tell_delegation(event: Event, known: Connus) -> str:
    said = event["donnees"]
    days = " au ".join(french_date(date.fromisoformat(said[key])) for key in ("du", "au"))
    reference = known.commentaires.get(said.get("motif", ""), "")
    arrete = f", arrêté {reference}" if reference else ""
    return f"n° {said['delegation']}, de {known.personnes.get(said['par'], ERASED)}, du {days}{arrete}"


def _find_end(event: Event, events: Iterable[Event]) -> str:
    """What became of a decision: taken back by its author, no longer asked, or in force."""
    said, ended = event["donnees"], "tient"
    for later in events:
        if later["n"] <= event["n"]:
            continue
        now = later["donnees"]
        same = (now.get("gate"), now.get("empreinte")) == (said["gate"], said["empreinte"])
        if same and later["fait"] == Fait.RETRAIT and now.get("par") == said["par"]:
            return f"retirée par son auteur le {french_instant(later['at'])}"
        if same and later["fait"] == Fait.OBSOLETE:
            ended = f"ne tient plus depuis le {french_instant(later['at'])}"
        if same and later["fait"] == Fait.CONFIRME:
            ended = f"tient à nouveau depuis le {french_instant(later['at'])}"
    return ended


def _load_names(session: Session) -> dict[str, str]:
    """What each document was called where it first appeared, by SHA-256."""
    query = select(Artefact.sha256, Artefact.nom).order_by(col(Artefact.id).desc())
    return dict(session.exec(query).all())


def render_recit(recit: Recit) -> bytes:
    """The workbook: the decisions, then the journal. Same trail, same bytes."""
    book = Book(
        Guide(
            recit.titre,
            (("Décisions", str(len(recit.decisions))), ("Entrées racontées", str(len(recit.journal)))),
            (
                "Feuille « Décisions » : qui a décidé quoi, dans quel rôle, quand, sur quels documents.",
                "Feuille « Journal » : tout ce qui s’est passé, dans l’ordre.",
                "Ce classeur raconte ; « nr piste verifier » prouve.",
            ),
        )
    )
    book.table("Décisions", COLUMNS, [item._asdict() for item in recit.decisions], frozen=2, empty="Aucune décision.")
    rows = [
        {
            "dossier": chain,
            "le": moment,
            "texte": line.texte,
            "mots": line.commentaire,
            "automatique": "le logiciel" if line.automatique else "une personne",
        }
        for chain, moment, line in recit.journal
    ]
    book.table("Journal", _JOURNAL, rows, frozen=1, empty="Rien ne s’est passé.")
    return book.close()


def render_page(recit: Recit) -> bytes:
    """The same as one page that opens anywhere, without script nor network."""
    look = load_look()
    page = _environment().get_template("recit.html.j2")
    rendered = page.render(recit=recit, columns=COLUMNS, couleurs=look.couleurs, polices=look.polices)
    return spaced(rendered).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "preuve"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
