"""What the référent settles once the returns are in; for the référent alone, never diffused: it says who said what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nr_models.dossier.case import Case
from nr_models.inventaire.compris import MOTIFS
from nr_models.inventaire.parc import UNKNOWN_CATEGORY
from nr_models.inventaire.tranches import NOT_COUNTED, LibelleLu
from nr_models.rules.collect import QuestionConsolidee, ReponseDe, Result, RetourArbitrages, Statut
from nr_models.rules.hypotheses import Proposition, explain, list_propositions
from nr_models.values.dates import french_date, read_echeance
from tasks.office.columns import NO_OBJECT, UNKNOWN, YES_NO, Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, numbered
from tasks.office.workbook.guide import guide_of
from tasks.stages.collect.columns import (
    ALL_LABELS,
    DIVERGENCES,
    LIBELLES,
    LIBELLES_SHEET,
    NOT_COUNTED_LABEL,
    PROPOSITIONS,
)

_LEDGER = (
    Column("question", "Identifiant", 12),
    Column("texte", "Question", 50),
    Column("niveau", "Niveau supposé", 12),
    Column("auteur", "Posée par", 28),
    Column("date", "Le", 18),
    Column("raison", "Pourquoi", 60),
    Column("source", "Source", 36),
)
_NOTHING = "Rien à trancher : personne ne se contredit."


def render_a_trancher(case: Case, result: Result) -> bytes:
    """The divergences, settled or not; what is still unknown with its proposed hypothesis; those in force."""
    guide = guide_of(
        case,
        "À trancher par le référent",
        (
            "« Divergences » : qui a dit quoi. Choisissez le niveau retenu, dites pourquoi ; sinon la médiane compte.",
            "« Hypothèses proposées » : ce que personne n’a su dire. « J’accepte », une par une, si le niveau "
            "proposé vous paraît juste ; sinon laissez vide, ou écrivez la vôtre dans le classeur du contexte.",
            "Une hypothèse compte dans la note, jamais comme une réponse : la fourchette et la couverture le montrent.",
            "« Ce que nous avons compris » : chaque libellé de l’inventaire et ce qu’il compte. Corrigez ceux qui sont "
            "mal compris, confirmez les autres, d’un coup sur la première ligne si tout est juste.",
            "Écrivez ci-dessous qui remplit ce classeur, enregistrez et renvoyez-le.",
        ),
        ("Ce classeur nomme des personnes à côté de leurs réponses : ne le diffusez pas.",),
        signed=True,
    )
    book = Book(guide)
    open_first = sorted((item for item in result.consolidations if item.divergence), key=lambda it: bool(it.arbitrage))
    rows = [_divergence_row(case, item) for item in open_first]
    book.table("Divergences", DIVERGENCES, rows, frozen=1)
    proposed = (_proposal_row(case, item) for item in list_propositions(result, case.referentiel))
    proposals = [*_accepted_rows(case, result), *proposed]
    book.table("Hypothèses proposées", PROPOSITIONS, proposals, frozen=1)
    names = _names(case)
    book.table(
        LIBELLES_SHEET,
        LIBELLES,
        _label_rows(result, names),
        choices={"devient": [*names.values(), NOT_COUNTED_LABEL]},
        frozen=1,
        empty="Aucun inventaire n’est arrivé.",
    )
    book.table("Hypothèses en vigueur", _LEDGER, _ledger_rows(case, result), empty="Aucune hypothèse n’est posée.")
    book.mark(case, "arbitrages", None)
    return book.close()


def _names(case: Case) -> dict[str, str]:
    return {item.slug: item.nom for item in case.referentiel.facteurs.categories}


def _label_rows(result: Result, names: Mapping[str, str]) -> list[Row]:
    """A line for each label: what it was read as, how many units; what was already said of it is said again."""
    rows: list[Row] = [
        {
            "libelle": item.libelle,
            "compris": names.get(item.lu) or _APART.get(item.lu, item.lu),
            "unites": item.unites,
            "devient": _became(item, names),
            "confirme": "" if item.tranche is None else YES_NO[0],
            "cle": item.lu,
        }
        for item in result.libelles
    ]
    return [{"libelle": ALL_LABELS, "cle": ""}, *rows] if rows else []


def _became(item: LibelleLu, names: Mapping[str, str]) -> str:
    if item.tranche in (None, item.lu):
        return ""
    return NOT_COUNTED_LABEL if item.tranche == NOT_COUNTED else names.get(item.tranche or "", item.tranche or "")


_APART = {
    UNKNOWN_CATEGORY: "à préciser : pas compté",
    **{nature: f"{words}, à part" for nature, words in MOTIFS.items()},
}


def _divergence_row(case: Case, item: QuestionConsolidee) -> Row:
    settled = item.arbitrage
    kept = "" if settled is None else NO_OBJECT if settled.niveau is None else str(settled.niveau)
    return {
        **_question(case, item.question),
        "dit": "\n".join(_said(case, reponse) for reponse in item.reponses),
        "mediane": NO_OBJECT if item.niveau is None else item.niveau,
        "niveau": kept,
        "raison": settled.raison if settled else "",
    }


def _said(case: Case, reponse: ReponseDe) -> str:
    personne = case.entree.find(reponse.personne)
    words = {Statut.NE_SAIT_PAS: UNKNOWN.lower(), Statut.SANS_OBJET: NO_OBJECT.lower()}
    level = words.get(reponse.statut) or f"niveau {reponse.niveau}"
    comment = f" ({' '.join(reponse.commentaire.split())})" if reponse.commentaire else ""
    return f"{personne.nom if personne else reponse.personne} : {level}{comment}"


def _proposal_row(case: Case, item: Proposition) -> Row:
    return {
        **_question(case, item.question),
        "propose": item.niveau,
        "regle": explain(item, case.referentiel.parametres.collecte.hypothese_retrait),
    }


def _accepted_rows(case: Case, result: Result) -> list[Row]:
    """What was accepted here and is in force: the workbook goes on saying it, or its next return would forget it."""
    here = {item for retour in case.values("arbitrages", RetourArbitrages) for item in retour.hypotheses}
    return [
        {
            **_question(case, said.question),
            "propose": said.niveau,
            "regle": said.raison,
            "accepte": YES_NO[0],
            "auteur": said.auteur,
            "date": _day(said.date),
            "source": said.source,
        }
        for item in result.consolidations
        if (said := item.hypothese) and said in here
    ]


def _question(case: Case, question: str) -> dict[str, str]:
    return {
        "question": question,
        "dimension": numbered(case.referentiel.dimension_of[question]),
        "texte": case.referentiel.questions[question].question,
    }


def _ledger_rows(case: Case, result: Result) -> Sequence[Row]:
    return [
        {
            **_question(case, item.question),
            "niveau": said.niveau,
            "auteur": said.auteur,
            "date": _day(said.date),
            "raison": said.raison,
            "source": said.source,
        }
        for item in result.consolidations
        if (said := item.hypothese)
    ]


def _day(text: str) -> str:
    read = read_echeance(text, "debut")
    return french_date(read.jour) if read and read.jour else text
