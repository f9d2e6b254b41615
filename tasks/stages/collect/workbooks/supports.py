"""The workbooks of the collection: diagnostic and trames, inventory, context, anomalies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlsxwriter.utility import xl_col_to_name

from nr_models.dossier.case import Case
from nr_models.dossier.registre import Personne, Repartition, questions_asked
from nr_models.referentiel.referentiel import Dimension, Question, Referentiel
from nr_models.rules.collect import NOBODY_NAMED, Prestataire, list_unassigned, share
from nr_models.values.anomalies import Anomaly
from nr_models.values.french import plural
from tasks.office.columns import YES_NO, Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Formula, Row, Tone, numbered
from tasks.office.workbook.guide import Guide, guide_of
from tasks.office.workbook.styles import tint
from tasks.stages.collect.columns import AMBITIONS, CONTEXTE_RUBRIQUES, CONTEXTE_SHEETS, DIAGNOSTIC, ENTRETIENS
from tasks.stages.collect.inventory_columns import AUTRE_OUTIL, AUTRE_OUTIL_SHEET, CATEGORIES_SHEET, INVENTAIRE

_LEVELS = tuple(f"niveau_{level}" for level in range(5))
_ORDER = ("question", "texte", "precision", "reponse", *_LEVELS)
_ORDER += ("commentaire", "reformulation", "interlocuteur", "dimension")
_WIDTHS = {"texte": 40, "precision": 34, "commentaire": 32, **dict.fromkeys(_LEVELS, 26)}
_COLUMNS = tuple(
    column._replace(width=_WIDTHS.get(column.field, column.width))
    for column in sorted(DIAGNOSTIC, key=lambda item: _ORDER.index(item.field))
)
"""The grid stands right beside the answer, and what paper can do without comes last."""
_PRINTED = _ORDER.index("commentaire") + 1
_INTERLOCUTEURS = (
    Column("personne", "Interlocuteur", 40),
    Column("profil", "Profils", 44),
    Column("nombre", "Questions", 10),
    Column("questions", "Lesquelles", 90),
)
_NOBODY = "Question sans interlocuteur"
_CATEGORIES = (
    Column("nom", "Catégorie reconnue", 44),
    Column("famille", "Famille", 18),
    Column("mots", "Autres mots reconnus", 90),
)
_ANOMALIES = (
    Column("fichier", "Fichier", 30),
    Column("feuille", "Feuille", 22),
    Column("cellule", "Cellule", 9),
    Column("valeur", "Valeur lue", 24),
    Column("message", "Ce qui ne va pas", 60),
    Column("remede", "Que faire", 50),
)
_LINES, _FLASH_LINES = 150, 40
_SELDOM_KNOWN = ("heures_an", "taux_utilisation", "kwh_an", "gestionnaire")
"""What a small commune does not know of its equipment: hidden, and still read where it is shown again."""
_PROGRESS = (
    Column("dimension", "Dimension", 40),
    Column("questions", "Questions", 12),
    Column("repondues", "Avec une réponse", 14),
    Column("reste", "Reste à remplir", 14),
)
_BLANK = {"Dispositifs": 15, "Actions engagées": 20, "Hypothèses": 20, "Arbitrages": 20}


def render_diagnostic(
    case: Case, tour: int, personne: Personne | None = None, repartition: Repartition = NOBODY_NAMED
) -> bytes:
    """The whole diagnostic, a sheet a dimension; or, for a person, the trame of their questions alone."""
    asked = questions_asked(case.referentiel, case.entree.collectivite)
    book = Book(_diagnostic_guide(case, personne))
    if personne:
        own = share(case.entree, case.referentiel, repartition).get(personne.mail, ())
        rows = _question_rows(own, case.referentiel)
        book.table("Questions", _COLUMNS, rows, frozen=2, printed=_PRINTED)
    else:
        sizes = _write_dimensions(book, asked, case.referentiel)
        book.table("Avancement", _PROGRESS, list(map(_progress_row, sizes)))
        book.table("Interlocuteurs", _INTERLOCUTEURS, _interlocuteur_rows(case, repartition))
    book.table("Entretiens", ENTRETIENS, (), blank=15)
    book.mark(case, "diagnostic", tour, personne.mail if personne else "")
    return book.close()


def render_inventaire(case: Case, tour: int) -> bytes:
    """The inventory to fill, with the categories that are recognised; the flash one offers few of each."""
    flash = case.entree.collectivite.questionnaire == "flash"
    book = Book(_inventory_guide(case, flash=flash))
    wanted = case.referentiel.parametres.collecte.inventaire_flash
    known = case.referentiel.facteurs.categories
    categories = [item for item in known if item.slug in wanted] if flash else known
    hidden = _SELDOM_KNOWN if flash else ()
    sheet = book.table("Inventaire", INVENTAIRE, (), blank=_FLASH_LINES if flash else _LINES, hidden=hidden, frozen=1)
    book.restrict(sheet, 0, 1, 5_000, [item.nom for item in categories], strict=False)
    rows: list[Row] = [
        {"nom": item.nom, "famille": item.famille, "mots": ", ".join(item.synonymes)} for item in categories
    ]
    book.table(AUTRE_OUTIL_SHEET, AUTRE_OUTIL, (), blank=6)
    book.table(CATEGORIES_SHEET, _CATEGORIES, rows)
    book.mark(case, "inventaire", tour)
    return book.close()


def _inventory_guide(case: Case, *, flash: bool) -> Guide:
    what = (
        "comptez ce que la collectivité possède, catégorie par catégorie (quantité, année d’achat)."
        if flash
        else "une ligne par lot d’équipements identiques (catégorie, quantité, année d’achat)."
    )
    return guide_of(
        case,
        "Inventaire flash du parc numérique" if flash else "Inventaire du parc numérique",
        (
            f"Feuille « Inventaire » : {what}",
            "Choisissez la catégorie dans la liste ; les mots usuels de la feuille « Catégories » sont aussi reconnus.",
            "« Maîtrisable » : vous pouvez agir sur l’équipement ; « influence » : vous l’utilisez seulement.",
            "Ce qui n’est pas su reste vide : rien ne sera compté zéro. Une supposition se dit dans « Hypothèse ».",
            "Ni nom d’agent, ni identifiant, ni mot de passe. Un calcul fait ailleurs (G4IT…) se joint dans la feuille "
            "« Autre outil », montré à part. Puis renvoyez ce classeur.",
        ),
        ("Un équipement rare ? Écrivez son nom : il est compté, à part s’il le faut.",) if flash else (),
    )


def render_contexte(case: Case, tour: int) -> bytes:
    """The context to fill: perimeter, ambitions, what exists, hypotheses and settlements."""
    top = case.referentiel.parametres.preselection.ambition_max
    guide = guide_of(
        case,
        "Contexte de la collectivité",
        (
            "Feuille « Contexte » : répondez à chaque rubrique, en quelques mots.",
            f"Feuille « Ambitions » : de 0 (aucune) à {top} (forte) par dimension ; oui ou non par thème.",
            "« Dispositifs » et « Actions engagées » : ce qui existe déjà, une ligne par dispositif ou action.",
            "« Hypothèses » : ce que vous supposez faute de réponse ; « Arbitrages » : le niveau retenu quand deux "
            "réponses divergent. Dites toujours pourquoi.",
            "Enregistrez et renvoyez ce classeur.",
        ),
    )
    book = Book(guide)
    names = [dimension.nom for dimension in case.referentiel.dimensions]
    for name, columns in CONTEXTE_SHEETS.items():
        choices = {"dimension": names} if name == "Actions engagées" else {}
        rows = _context_rows(name, case.referentiel)
        sheet = book.table(name, columns, rows, blank=_BLANK.get(name, 0), choices=choices)
        if name == "Contexte":
            first, last = _yes_no_rows()
            book.restrict(sheet, 1, first, last, YES_NO)
        if name == "Ambitions":
            book.restrict(sheet, 2, 1, len(names), [str(level) for level in range(top + 1)])
            book.restrict(sheet, 2, len(names) + 1, len(rows), YES_NO)
    book.mark(case, "contexte", tour)
    return book.close()


def render_anomalies(anomalies: Sequence[Anomaly]) -> bytes:
    """What was wrong in the returns, each with its place and its remedy."""
    count = len(anomalies)
    if not anomalies:
        return Book(
            Guide("Anomalies", (("Relevé", "aucune anomalie : tout ce qui a été reçu a pu être lu."),), ())
        ).close()
    book = Book(
        Guide(
            "Anomalies",
            (("Relevé", plural(count, "anomalie")),),
            (
                "Chaque ligne de la feuille « Anomalies » dit où, quoi, et que faire.",
                "Corrigez dans votre propre fichier, puis déposez-le à nouveau : le reste a été gardé.",
            ),
        )
    )
    fields = [column.field for column in _ANOMALIES]
    book.table("Anomalies", _ANOMALIES, ({field: getattr(item, field) for field in fields} for item in anomalies))
    return book.close()


def _diagnostic_guide(case: Case, personne: Personne | None) -> Guide:
    sheets = "Feuille « Questions »" if personne else "Une feuille par dimension"
    return guide_of(
        case,
        "Trame d’entretien" if personne else "Questionnaire de diagnostic",
        (
            f"{sheets} : pour chaque question, choisissez dans « Réponse » le niveau, de 0 à 4, dont la phrase est "
            "la plus proche de la réalité.",
            "« Ne sait pas » et « Sans objet » sont de vraies réponses ; ne devinez pas.",
            "« Commentaire » garde la nuance que la grille n’a pas ; « Reformulation utilisée », vos mots si la "
            "question a dû être redite.",
            "Feuille « Entretiens » : résumé, enseignements clés et pistes, une idée par ligne.",
            "Enregistrez et renvoyez ce classeur ; les cases foncées restent à remplir.",
        ),
        personne=personne,
        signed=personne is None,
    )


def _write_dimensions(
    book: Book, asked: Sequence[Question], referentiel: Referentiel
) -> list[tuple[Dimension, str, int]]:
    """A sheet a dimension; each with its name and how many questions it asks."""
    colours = load_look().dimensions
    sizes = []
    for dimension in referentiel.dimensions:
        own = [question for question in asked if referentiel.dimension_of[question.id] is dimension]
        rows = _question_rows(own, referentiel)
        tab = colours.get(dimension.numero, "")
        name = numbered(dimension)
        sheet = book.table(name, _COLUMNS, rows, hidden=("dimension",), frozen=2, printed=_PRINTED, tab=tab)
        sizes.append((dimension, sheet.get_name(), len(own)))
    return sizes


def _progress_row(size: tuple[Dimension, str, int]) -> Row:
    """Counted as one fills: « Ne sait pas » and « Sans objet » are answers."""
    dimension, sheet, count = size
    place = xl_col_to_name([column.field for column in _COLUMNS].index("reponse"))
    quoted = sheet.replace("'", "''")
    answered = f"COUNTA('{quoted}'!${place}$2:${place}${count + 1})" if count else "0"
    return {
        "dimension": numbered(dimension),
        "questions": count,
        "repondues": Formula(f"={answered}", 0),
        "reste": Formula(f"={count}-{answered}", count),
    }


def _question_rows(questions: Iterable[Question], referentiel: Referentiel) -> list[Row]:
    profils = {item.slug: item.nom for item in referentiel.profils}
    return [
        {
            "question": question.id,
            "dimension": numbered(referentiel.dimension_of[question.id]),
            "texte": question.question,
            "precision": question.precision,
            "interlocuteur": "\n".join(profils[slug] for slug in question.profils),
            **{f"niveau_{level}": sentence for level, sentence in enumerate(question.niveaux)},
        }
        for question in questions
    ]


def _interlocuteur_rows(case: Case, repartition: Repartition) -> list[Row]:
    """Who answers what, then the questions that nobody is asked, tinted."""
    profils = {item.slug: item.nom for item in case.referentiel.profils}
    rows: list[Row] = []
    for mail, own in share(case.entree, case.referentiel, repartition).items():
        personne = case.entree.find(mail)
        assert personne is not None  # questions are shared among the people of the dossier
        rows.append(
            {
                "personne": f"{personne.nom}\n{mail}",
                "profil": "\n".join(profils[slug] for slug in personne.profils if slug in profils),
                "nombre": len(own),
                "questions": ", ".join(question.id for question in own),
            }
        )
    attention = tint(load_look().couleurs["attention"])
    for question in list_unassigned(case.entree, case.referentiel, repartition):
        wanted = " ou ".join(profils[slug] for slug in question.profils)
        text = f"{question.id} : {question.question}"
        rows.append({"personne": Tone(_NOBODY, attention), "profil": wanted, "nombre": 1, "questions": text})
    return rows


def _context_rows(name: str, referentiel: Referentiel) -> list[Row]:
    if name == "Contexte":
        return [{"rubrique": label} for _, label in CONTEXTE_RUBRIQUES]
    if CONTEXTE_SHEETS[name] is not AMBITIONS:
        return []
    dimensions = [{"cle": item.slug, "nom": numbered(item)} for item in referentiel.dimensions]
    return [*dimensions, *({"cle": item.slug, "nom": item.nom} for item in referentiel.themes_reen)]


def _yes_no_rows() -> tuple[int, int]:
    """The rows of the context that only take oui or non: the four criteria of the prestataire."""
    rows = [row for row, (key, _) in enumerate(CONTEXTE_RUBRIQUES, start=1) if key in Prestataire.model_fields]
    return rows[0], rows[-1]
