"""Collect: what people returned, consolidated question by question; nothing missing becomes zero.

Rules: ANCT step 3.1 and 3.2; median, lower middle and divergence are the product's grid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeVar

from nr_models.dossier.case import Manquant, Reste
from nr_models.dossier.registre import (
    Collectivite,
    Entree,
    Repartition,
    applies,
    questions_asked,
    share_questions,
    unknown_terms,
)
from nr_models.dossier.workflow import Acte, name_doers
from nr_models.inventaire.parc import EmpreinteExterne as EmpreinteExterne
from nr_models.inventaire.parc import LigneInventaire as LigneInventaire
from nr_models.inventaire.parc import RetourInventaire as RetourInventaire
from nr_models.inventaire.parc import build_parc
from nr_models.inventaire.sites import unite_parc
from nr_models.inventaire.tranches import LibelleLu, LibelleTranche, list_labels, settle_labels
from nr_models.referentiel.referentiel import Question, Referentiel
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import Frozen
from nr_models.values.text import fold


class Statut(StrEnum):
    """What an answer cell says."""

    NIVEAU = "niveau"
    NE_SAIT_PAS = "ne-sait-pas"
    SANS_OBJET = "sans-objet"
    BLANC = "blanc"


class Reponse(Frozen):
    """One person's answer to one question; ``niveau`` (0 to 4) only with the status « niveau »."""

    question: str
    statut: Statut
    niveau: int | None = None
    commentaire: str = ""
    reformulation: str = ""


class Entretien(Frozen):
    """What an interview left: summary, key lessons, leads."""

    resume: str = ""
    enseignements: tuple[str, ...] = ()
    pistes: tuple[str, ...] = ()


class RetourDiagnostic(Frozen):
    """A diagnostic workbook or a trame as it came back."""

    personne: str
    reponses: tuple[Reponse, ...]
    entretien: Entretien = Entretien()


class ActionEngagee(Frozen):
    """Something already under way: what, since when, for which dimension, with what proof."""

    action: str
    depuis: str = ""
    dimension: str = ""
    preuve: str = ""


class Hypothese(Frozen):
    """A value that fills a missing answer: who set it, when, why, from what. It never counts as answered."""

    question: str
    niveau: int
    auteur: str
    date: str
    raison: str
    source: str = ""


class Arbitrage(Frozen):
    """How the référent settles a divergence, with the reason."""

    question: str
    niveau: int | None
    raison: str


class RetourArbitrages(Frozen):
    """What a référent settled once the returns were in: divergences, and hypotheses accepted one by one."""

    personne: str = ""
    arbitrages: tuple[Arbitrage, ...] = ()
    hypotheses: tuple[Hypothese, ...] = ()
    libelles: tuple[LibelleTranche, ...] = ()


class Prestataire(Frozen):
    """The four criteria of the step 4 text; None where nobody said."""

    cooperation: bool | None = None
    souhaite: bool | None = None
    volontaire: bool | None = None
    mobilisable: bool | None = None

    @property
    def embarque(self) -> bool:
        """On board only when all four criteria hold: silence never counts as yes."""
        return (
            self.cooperation is True and self.souhaite is True and self.volontaire is True and self.mobilisable is True
        )


class RetourContexte(Frozen):
    """The context of a collectivité; ambitions 0 to 3 by dimension, None where not said."""

    perimetre: tuple[str, ...] = ()
    fournisseur_si: str = ""
    annee_inventaire: int | None = None
    deee_kg_an: Decimal | None = None
    pue: Decimal | None = None
    ambitions: dict[str, int] = {}
    themes: tuple[str, ...] = ()
    dispositifs: tuple[str, ...] = ()
    actions: tuple[ActionEngagee, ...] = ()
    hypotheses: tuple[Hypothese, ...] = ()
    arbitrages: tuple[Arbitrage, ...] = ()
    prestataire: Prestataire = Prestataire()


class ReponseDe(Frozen):
    """Who said what; kept for the référent, never diffused."""

    personne: str
    statut: Statut
    niveau: int | None = None
    commentaire: str = ""


class QuestionConsolidee(Frozen):
    """One question after all returns: the level kept, how it came about, what is still open."""

    question: str
    dimension: str
    applicable: bool
    statut: Literal["repondu", "hypothese", "inconnu", "sans-objet"]
    niveau: int | None = None
    reponses: tuple[ReponseDe, ...] = ()
    divergence: bool = False
    arbitrage: Arbitrage | None = None
    hypothese: Hypothese | None = None


NOBODY_NAMED: Repartition = {}
"""The référent reassigned nothing: profiles tell who answers."""

NO_OWNER: Mapping[str, str] = {}
"""Nobody was named: the référent answers for the context and the inventory."""

AboutQuestion = TypeVar("AboutQuestion", Hypothese, Arbitrage)


class Inputs(Frozen):
    """What the stage reads."""

    entree: Entree
    diagnostics: tuple[RetourDiagnostic, ...] = ()
    contextes: tuple[RetourContexte, ...] = ()
    inventaires: tuple[RetourInventaire, ...] = ()
    repartition: dict[str, tuple[str, ...]] = {}
    responsables: dict[str, str] = {}
    arbitrages: tuple[RetourArbitrages, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


class Result(Frozen):
    """The collection, consolidated.

    ``inventaire_a_preciser`` has no category yet and is not counted; ``libelles`` are the labels of the
    inventories, as read and as settled. ``inventaire_ailleurs`` is managed elsewhere: shown, never counted;
    ``empreintes_externes`` are other tools' results. ``annee_inventaire`` is the base of the ages: the
    year of the latest reading of a source, else what the context says.
    """

    collectivite: Collectivite
    contexte: RetourContexte | None
    consolidations: tuple[QuestionConsolidee, ...]
    entretiens: tuple[Entretien, ...]
    interroges: tuple[str, ...]
    inventaire: tuple[LigneInventaire, ...]
    inventaire_ailleurs: tuple[LigneInventaire, ...] = ()
    empreintes_externes: tuple[EmpreinteExterne, ...] = ()
    annee_inventaire: int | None = None
    inventaire_recu: bool
    inventaire_a_preciser: tuple[LigneInventaire, ...] = ()
    libelles: tuple[LibelleLu, ...] = ()
    manquants: tuple[Manquant, ...]
    anomalies: tuple[Anomaly, ...]


def share(entree: Entree, referentiel: Referentiel, repartition: Repartition) -> dict[str, tuple[Question, ...]]:
    """The questions put to each person, by address."""
    return share_questions(entree, questions_asked(referentiel, entree.collectivite), repartition)


def expected(
    entree: Entree,
    referentiel: Referentiel,
    repartition: Repartition = NOBODY_NAMED,
    responsables: Mapping[str, str] = NO_OWNER,
) -> tuple[Manquant, ...]:
    """What should come back: a diagnostic per person who has questions, a context, an inventory.

    ``responsables`` are the addresses of who returns the last two, where the référent named somebody known.
    """
    owners = {kind: mail for kind, mail in responsables.items() if entree.find(mail)}
    return (
        *(Manquant(quoi="diagnostic", personne=mail) for mail in share(entree, referentiel, repartition)),
        *(Manquant(quoi=kind, personne=owners.get(kind, "")) for kind in ("contexte", "inventaire")),
    )


def missing(inputs: Inputs, referentiel: Referentiel) -> tuple[Manquant, ...]:
    """The expected returns that are not in."""
    answered = {retour.personne for retour in inputs.diagnostics}
    present = {
        "contexte": bool(inputs.contextes),
        "inventaire": bool(inputs.inventaires),
    }
    return tuple(
        item
        for item in expected(inputs.entree, referentiel, inputs.repartition, inputs.responsables)
        if not (item.personne in answered if item.quoi == "diagnostic" else present[item.quoi])
    )


def list_blanks(inputs: Inputs, referentiel: Referentiel) -> tuple[Reste, ...]:
    """The questions that people who answered left blank, in the words they were asked in."""
    said: dict[str, set[str]] = defaultdict(set)
    for retour in inputs.diagnostics:
        said[retour.personne] |= {item.question for item in retour.reponses if item.statut is not Statut.BLANC}
    shared = share(inputs.entree, referentiel, inputs.repartition)
    blanks = {mail: tuple(q.question for q in own if q.id not in said[mail]) for mail, own in shared.items()}
    came = {retour.personne for retour in inputs.diagnostics}
    return tuple(
        Reste(quoi="diagnostic", personne=mail, blancs=own) for mail, own in blanks.items() if own and mail in came
    )


def list_unassigned(
    entree: Entree, referentiel: Referentiel, repartition: Repartition = NOBODY_NAMED
) -> tuple[Question, ...]:
    """The questions put to the collectivité that nobody of the dossier is asked: no profile fits, nobody is named."""
    covered = {item.id for own in share(entree, referentiel, repartition).values() for item in own}
    return tuple(item for item in questions_asked(referentiel, entree.collectivite) if item.id not in covered)


def median_level(levels: Sequence[int]) -> int:
    """The median; of an even number of levels the lower middle (the product's grid)."""
    return sorted(levels)[(len(levels) - 1) // 2]


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """Consolidate every return of a collectivité, in the order of their authors."""
    entree = inputs.entree
    contexte = inputs.contextes[0] if inputs.contextes else None
    diagnostics = sorted(inputs.diagnostics, key=lambda item: item.personne)
    said = _said(diagnostics)
    arbitrages, refused = _entitled(inputs)
    settled = _settled(arbitrages, contexte)
    questions = _asked_or_answered(referentiel, entree.collectivite, said)
    labels = [item for retour in arbitrages for item in retour.libelles]
    parc = build_parc(unite_parc(settle_labels(inputs.inventaires, labels)))
    read = list_labels(inputs.inventaires, labels)
    consolidations = tuple(
        consolidate(question, said.get(question.id, ()), settled, referentiel, entree.collectivite)
        for question in questions
    )
    return Result(
        collectivite=entree.collectivite,
        contexte=contexte,
        consolidations=consolidations,
        entretiens=tuple(item.entretien for item in diagnostics if item.entretien != Entretien()),
        interroges=tuple(sorted({item.personne for item in diagnostics})),
        inventaire=parc.lignes,
        inventaire_ailleurs=parc.ailleurs,
        empreintes_externes=parc.empreintes,
        annee_inventaire=max(
            (item.annee for item in inputs.inventaires if item.annee is not None),
            default=contexte.annee_inventaire if contexte else None,
        ),
        inventaire_recu=bool(inputs.inventaires),
        inventaire_a_preciser=parc.a_preciser,
        libelles=read,
        manquants=missing(inputs, referentiel),
        anomalies=(
            *_still_asked(inputs.anomalies, labels),
            *parc.anomalies,
            *_unconfirmed(read),
            *_contested(inputs.contextes),
            *_unknown_people(inputs),
            *refused,
            *_settled_twice(settled),
            *_undecidable(questions, entree.collectivite),
        ),
    )


def consolidate(
    question: Question,
    reponses: Sequence[ReponseDe],
    contexte: RetourContexte | None,
    referentiel: Referentiel,
    collectivite: Collectivite,
) -> QuestionConsolidee:
    """One level per question: the settlement, else the median, else a hypothesis, else unknown."""
    levels = [item.niveau for item in reponses if item.statut is Statut.NIVEAU and item.niveau is not None]
    without_object = any(item.statut is Statut.SANS_OBJET for item in reponses)
    spread = max(levels) - min(levels) if levels else 0
    divergence = spread >= referentiel.parametres.score.ecart_divergence or (bool(levels) and without_object)
    arbitrage = _of(question, contexte.arbitrages) if contexte and divergence else None
    hypothese = _of(question, contexte.hypotheses) if contexte else None
    statut: Literal["repondu", "hypothese", "inconnu", "sans-objet"]
    niveau: int | None
    match (arbitrage, levels, without_object, hypothese):
        case (Arbitrage(niveau=None), _, _, _):
            statut, niveau = "sans-objet", None
        case (Arbitrage(niveau=settled), _, _, _):
            statut, niveau = "repondu", settled
        case (_, [_, *_], _, _):
            statut, niveau = "repondu", median_level(levels)
        case (_, _, True, _):
            statut, niveau = "sans-objet", None
        case (_, _, _, Hypothese(niveau=assumed)):
            statut, niveau = "hypothese", assumed
        case _:
            statut, niveau = "inconnu", None
    return QuestionConsolidee(
        question=question.id,
        dimension=referentiel.dimension_of[question.id].slug,
        applicable=applies(question.condition, collectivite) is not False,
        statut=statut,
        niveau=niveau,
        reponses=tuple(sorted(reponses, key=lambda item: item.personne)),
        divergence=divergence,
        arbitrage=arbitrage,
        hypothese=hypothese if statut == "hypothese" else None,
    )


def _of(question: Question, items: Iterable[AboutQuestion]) -> AboutQuestion | None:
    return next((item for item in items if item.question == question.id), None)


def _said(diagnostics: Iterable[RetourDiagnostic]) -> dict[str, list[ReponseDe]]:
    said: dict[str, list[ReponseDe]] = defaultdict(list)
    for retour in diagnostics:
        for item in retour.reponses:
            if item.statut is not Statut.BLANC:
                said[item.question].append(
                    ReponseDe(
                        personne=retour.personne,
                        statut=item.statut,
                        niveau=item.niveau,
                        commentaire=item.commentaire,
                    )
                )
    return dict(said)


def _asked_or_answered(
    referentiel: Referentiel, collectivite: Collectivite, said: Mapping[str, Sequence[ReponseDe]]
) -> tuple[Question, ...]:
    """What was asked, and what was answered unasked; « ne sait pas » to what nobody asked adds nothing."""
    asked = {question.id for question in questions_asked(referentiel, collectivite)}
    answered = {
        question
        for question, reponses in said.items()
        if any(item.statut is not Statut.NE_SAIT_PAS for item in reponses)
    }
    return tuple(item for item in referentiel.questions.values() if item.id in asked | answered)


_ASKED = frozenset(("categorie-inconnue", "categorie-ambigue"))


def _still_asked(anomalies: Iterable[Anomaly], labels: Sequence[LibelleTranche]) -> Iterator[Anomaly]:
    """The anomalies less what was asked of a label that somebody has settled since."""
    known = {item.libelle for item in labels}
    return (item for item in anomalies if item.code not in _ASKED or fold(item.valeur) not in known)


def _unconfirmed(labels: Sequence[LibelleLu]) -> tuple[Anomaly, ...]:
    """What was understood of the inventory is nobody's word until a référent confirmed it, label by label."""
    waiting = sum(item.tranche is None for item in labels)
    return (Anomaly(code="parc-non-confirme", valeur=str(waiting), detail=str(len(labels))),) if waiting else ()


def _contested(contextes: Sequence[RetourContexte]) -> tuple[Anomaly, ...]:
    others = sum(item != contextes[0] for item in contextes)
    return (Anomaly(code="contexte-multiple", valeur=str(others + 1)),) if others else ()


def _entitled(inputs: Inputs) -> tuple[tuple[RetourArbitrages, ...], tuple[Anomaly, ...]]:
    """What was settled by who may, and what is wrong with the rest: an unsigned workbook settles nothing."""
    kept, refused = [], []
    doers = name_doers(Acte.ACCEPTER)
    for retour in inputs.arbitrages:
        personne = inputs.entree.find(retour.personne)
        if personne and any(personne.has(role) for role in doers):
            kept.append(retour)
        elif retour.arbitrages or retour.hypotheses or retour.libelles:
            refused.append(Anomaly(code="arbitrage-sans-droit", valeur=retour.personne or "personne"))
    return tuple(kept), tuple(refused)


def _settled(retours: Sequence[RetourArbitrages], contexte: RetourContexte | None) -> RetourContexte:
    """The context with all that was settled, what the référents settled with the divergences in sight first."""
    known = contexte or RetourContexte()
    return known.model_copy(
        update={
            "arbitrages": (*(item for retour in retours for item in retour.arbitrages), *known.arbitrages),
            "hypotheses": (*(item for retour in retours for item in retour.hypotheses), *known.hypotheses),
        }
    )


def _settled_twice(settled: RetourContexte) -> tuple[Anomaly, ...]:
    """The questions that two workbooks settle at different levels: the first holds, and it is said."""
    levels: dict[str, set[int | None]] = defaultdict(set)
    for question, niveau in (
        *((item.question, item.niveau) for item in settled.arbitrages),
        *((item.question, item.niveau) for item in settled.hypotheses),
    ):
        levels[question].add(niveau)
    twice = (question for question, said in levels.items() if len(said) > 1)
    return tuple(Anomaly(code="arbitrage-contraire", valeur=question) for question in sorted(twice))


def _unknown_people(inputs: Inputs) -> tuple[Anomaly, ...]:
    """The addresses named that the registry does not know, each once."""
    authors = {item.personne for item in inputs.diagnostics if "@" in item.personne}
    asked = {mail for mails in inputs.repartition.values() for mail in mails}
    named = sorted({*inputs.responsables.values(), *asked, *authors})
    return tuple(Anomaly(code="interlocuteur-inconnu", valeur=mail) for mail in named if not inputs.entree.find(mail))


def _undecidable(questions: Iterable[Question], collectivite: Collectivite) -> tuple[Anomaly, ...]:
    return tuple(
        Anomaly(code="condition-indecidable", valeur=question.id, detail=", ".join(terms))
        for question in questions
        if applies(question.condition, collectivite) is None
        and (terms := unknown_terms(question.condition, collectivite))
    )
