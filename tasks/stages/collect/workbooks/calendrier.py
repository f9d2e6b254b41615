"""The calendar of the collection: the workbook in which the référent prepares it, and the one that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nr_models.dossier.case import Case
from nr_models.dossier.registre import questions_asked
from nr_models.rules.collect import list_unassigned, share
from nr_models.rules.entretiens import (
    CalendrierEntretiens,
    Preparation,
    RetourCalendrier,
    Souhait,
    list_leaders,
    write_heure,
)
from nr_models.values.dates import french_date, french_weekday
from tasks.office.columns import YES_NO, Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, Tone, numbered
from tasks.office.workbook.guide import guide_of
from tasks.office.workbook.styles import tint
from tasks.stages.collect.columns import JOURNEES, REGLAGES, REGLAGES_RUBRIQUES, RENDEZ_VOUS, REPARTITION

_DAYS = 20  # rows to open days in
_PROGRAMME = (
    Column("jour", "Jour", 30),
    Column("debut", "De", 10),
    Column("fin", "À", 10),
    Column("notes", "Notes jusqu’à", 12),
    Column("avec", "Avec", 44),
    Column("referent", "Mené par", 26),
    Column("etat", "Où en est-on", 22),
)
_A_PLACER = (Column("avec", "Avec", 44), Column("raison", "Pourquoi il n’est pas placé", 90))
_CHARGE = (
    Column("referent", "Référent", 34),
    Column("nombre", "Entretiens", 12),
    Column("minutes", "Minutes, notes comprises", 14),
)


def render_saisie(case: Case, prepared: Preparation) -> bytes:
    """The workbook of the référent: répartition, open days, interviews as they stand, the restitution.

    It bears no round: it says again what it said, so that it never grows old.
    """
    figures, retour = case.referentiel.parametres.entretiens, prepared.retour
    guide = guide_of(
        case,
        "Répartition des questions et calendrier des entretiens",
        (
            "« Répartition » : qui répond à quoi. Une adresse remplace les personnes prévues ; les questions sans "
            "interlocuteur sont en tête.",
            "« Journées » : les plages ouvertes aux entretiens, une ligne par plage (une matinée, un après-midi).",
            f"Renvoyez : les entretiens se placent seuls, {figures.minutes_notes} minutes gardées après chacun.",
            "« Rendez-vous » : un jour et une heure écrits sont gardés ; videz-les pour qu’une autre soit proposée. "
            "Puis « Confirmé » et « Tenu ».",
            "« Réglages » : la date limite, qui remplit l’inventaire et le contexte, la date de la restitution.",
        ),
        (
            "Ce classeur n’est pas obligatoire : sans lui, chacun est interrogé selon son profil.",
            "Reprenez toujours le dernier, dans les documents de la collecte : il garde ce que vous avez écrit.",
        ),
    )
    book = Book(guide)
    leaders = [item.mail for item in list_leaders(case.entree)]
    people = [item.mail for item in case.entree.personnes]
    rows = _repartition_rows(case, retour)
    book.table("Répartition", REPARTITION, rows, choices={"interlocuteurs": people}, frozen=1)
    days: list[Row] = [
        {
            "jour": french_date(item.jour),
            "debut": write_heure(item.debut),
            "fin": write_heure(item.fin),
            "referents": "\n".join(item.referents),
        }
        for item in retour.journees
    ]
    book.table("Journées", JOURNEES, days, blank=_DAYS, choices={"referents": leaders})
    book.table("Rendez-vous", RENDEZ_VOUS, _rendez_vous_rows(case, prepared), choices={"referent": leaders}, frozen=2)
    sheet = book.table("Réglages", REGLAGES, _reglages_rows(case, retour))
    place = 1 + [key for key, _ in REGLAGES_RUBRIQUES].index("en_plusieurs")
    book.restrict(sheet, 1, place, place, YES_NO)
    book.mark(case, "calendrier", None)
    return book.close()


def render_entretiens(case: Case, prepared: Preparation) -> bytes:
    """The interviews in order, those without a place, what each référent carries."""
    meeting, calendrier = prepared.retour.restitution, prepared.calendrier
    facts = f"Restitution : {french_weekday(meeting.jour)}." if meeting else "Restitution : date à fixer."
    guide = guide_of(
        case,
        "Calendrier des entretiens",
        (
            "« Entretiens » : qui voit qui, quand ; le temps de noter suit chaque entretien.",
            "« À placer » : ce qui ne tient pas, et pourquoi. Ouvrez une plage dans le classeur de répartition.",
            "Pour changer une heure, confirmer ou noter une présence : classeur « Répartition des questions et "
            "calendrier des entretiens ».",
        ),
        (facts,),
    )
    book = Book(guide)
    said = {item.cle: item for item in prepared.retour.souhaits}
    rows: list[Row] = [
        {
            "jour": french_weekday(item.jour),
            "debut": write_heure(item.debut),
            "fin": write_heure(item.fin),
            "notes": write_heure(item.notes),
            "avec": _names(case, item.personnes),
            "referent": _names(case, (item.referent,)),
            "etat": _state(said.get(item.cle)),
        }
        for item in calendrier.creneaux
    ]
    book.table("Entretiens", _PROGRAMME, rows, frozen=1, empty="Aucun entretien n’est encore placé.")
    left: list[Row] = [
        {"avec": _names(case, item.personnes), "raison": f"{item.raison.nom[0].upper()}{item.raison.nom[1:]}."}
        for item in calendrier.non_places
    ]
    book.table("À placer", _A_PLACER, left, empty="Tous les entretiens sont placés.")
    book.table("Charge des référents", _CHARGE, _load_rows(case, calendrier))
    return book.close()


def _repartition_rows(case: Case, retour: RetourCalendrier) -> list[Row]:
    """Those that nobody is asked first, tinted; then in the order of the référentiel."""
    referentiel = case.referentiel
    profils = {item.slug: item.nom for item in referentiel.profils}
    asked = questions_asked(referentiel, case.entree.collectivite)
    orphans = {item.id for item in list_unassigned(case.entree, referentiel, retour.repartition)}
    shared = share(case.entree, referentiel, retour.repartition)
    attention = tint(load_look().couleurs["attention"])
    rows: list[Row] = []
    for question in sorted(asked, key=lambda item: item.id not in orphans):
        own = [mail for mail, questions in shared.items() if question in questions]
        rows.append(
            {
                "question": question.id,
                "dimension": numbered(referentiel.dimension_of[question.id]),
                "texte": question.question,
                "profils": "\n".join(profils[slug] for slug in question.profils),
                "prevus": _names(case, own) or Tone("à désigner", attention),
                "interlocuteurs": "\n".join(retour.repartition.get(question.id, ())),
            }
        )
    return rows


def _rendez_vous_rows(case: Case, prepared: Preparation) -> list[Row]:
    """What is written stays as written; where nothing is, what is proposed."""
    said = {item.cle: item for item in prepared.retour.souhaits}
    placed = {item.cle: item for item in prepared.calendrier.creneaux}
    return [
        {
            "cle": item.cle,
            "personnes": _names(case, item.personnes),
            "minutes": item.minutes,
            **_said_of(said.get(item.cle) or Souhait(cle=item.cle)),
            **(
                {
                    "jour": french_date(found.jour),
                    "debut": write_heure(found.debut),
                    "referent": found.referent,
                }
                if (found := placed.get(item.cle))
                else {}
            ),
        }
        for item in prepared.demandes
    ]


def _said_of(said: Souhait) -> Mapping[str, str]:
    words = {True: YES_NO[0], False: YES_NO[1], None: ""}
    return {
        "lancement": words[said.lancement],
        "jour": french_date(said.jour) if said.jour else "",
        "debut": write_heure(said.debut) if said.debut is not None else "",
        "referent": said.referent,
        "confirme": words[said.confirme],
        "tenu": words[said.tenu],
    }


def _reglages_rows(case: Case, retour: RetourCalendrier) -> list[Row]:
    meeting = retour.restitution
    values: dict[str, str | int] = {
        "echeance": french_date(retour.echeance) if retour.echeance else "",
        "inventaire": retour.responsables.get("inventaire", ""),
        "contexte": retour.responsables.get("contexte", ""),
        "en_plusieurs": YES_NO[0] if retour.en_plusieurs else "",
        "jour": french_date(meeting.jour) if meeting else "",
        "debut": write_heure(meeting.debut) if meeting and meeting.debut is not None else "",
        "minutes": meeting.minutes if meeting else case.referentiel.parametres.entretiens.minutes_restitution,
        "lieu": meeting.lieu if meeting else "",
    }
    return [{"rubrique": label, "valeur": values[key]} for key, label in REGLAGES_RUBRIQUES]


def _load_rows(case: Case, calendrier: CalendrierEntretiens) -> list[Row]:
    leaders = dict.fromkeys((*(item.mail for item in list_leaders(case.entree)),))
    leaders |= dict.fromkeys(item.referent for item in calendrier.creneaux)
    return [
        {
            "referent": _names(case, (mail,)),
            "nombre": sum(item.referent == mail for item in calendrier.creneaux),
            "minutes": sum(item.notes - item.debut for item in calendrier.creneaux if item.referent == mail),
        }
        for mail in leaders
    ]


def _names(case: Case, mails: Sequence[str]) -> str:
    people = (case.entree.find(mail) for mail in mails)
    return "\n".join(personne.nom if personne else mail for personne, mail in zip(people, mails, strict=True))


def _state(said: Souhait | None) -> str:
    if said is None:
        return "à confirmer"
    if said.tenu is not None:
        return "tenu" if said.tenu else "n’a pas eu lieu"
    return {True: "confirmé", False: "à déplacer", None: "à confirmer"}[said.confirme]
