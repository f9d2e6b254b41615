"""The tracker as a workbook: who owes what, since when, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from nr_models.dossier.retours.suivi import Du
from nr_models.stages import BY_SLUG
from nr_models.values.dates import french_date
from nr_models.values.french import plural
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, Tone
from tasks.office.workbook.guide import Guide
from tasks.office.workbook.styles import tint

_COLUMNS = (
    Column("nom", "Personne", 28),
    Column("personne", "Adresse", 40),
    Column("collectivite", "Collectivité", 36),
    Column("etape", "Étape", 18),
    Column("quoi", "Attendu", 36),
    Column("depuis", "Depuis le", 18),
    Column("echeance", "Pour le", 18),
    Column("etat", "Où en est-on", 50),
    Column("relance", "Dernière relance", 18),
)


def render_suivi(
    titre: str, dus: Sequence[Du], noms: Mapping[str, str], reminded: Mapping[str, date], today: date
) -> bytes:
    """A row a return owed, the late ones tinted."""
    late = sum(bool(item.days_late(today)) for item in dus)
    book = Book(
        Guide(
            "Suivi des retours",
            (
                ("Périmètre", titre),
                ("Au", french_date(today)),
                ("Retours attendus", f"{len(dus)}, dont {late} en retard"),
            ),
            ("Feuille « Attendus » : qui doit quoi, depuis quand. « nr retours relancer » écrit les relances.",),
        )
    )
    rows = [_row(item, noms, reminded, today) for item in dus]
    book.table("Attendus", _COLUMNS, rows, frozen=1, empty="Aucun retour n’est attendu.")
    return book.close()


def tell_state(item: Du, today: date) -> str:
    """« à reprendre, incomplet : … », « reçu ; 2 questions sans réponse », « en retard de 3 jours »…"""
    if item.correction:
        return f"à reprendre, {item.correction.nom} : {item.commentaire or 'sans commentaire'}"
    if item.blancs:
        return f"reçu ; {plural(len(item.blancs), 'question')} sans réponse"
    days = item.days_late(today)
    return f"en retard de {plural(days, 'jour')}" if days else "dans les temps"


def _row(item: Du, noms: Mapping[str, str], reminded: Mapping[str, date], today: date) -> Row:
    state = tell_state(item, today)
    attention = tint(load_look().couleurs["attention"])
    last = reminded.get(item.personne)
    return {
        "nom": item.nom,
        "personne": item.personne,
        "collectivite": item.collectivite,
        "etape": BY_SLUG[item.stage].nom if item.stage else "",
        "quoi": noms.get(item.quoi, item.quoi),
        "depuis": french_date(item.depuis),
        "echeance": french_date(item.echeance) if item.echeance else "",
        "etat": Tone(state, attention) if item.correction or item.days_late(today) else state,
        "relance": french_date(last) if last else "",
    }
