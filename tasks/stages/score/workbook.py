"""The score workbook: our figures with live formulas that recompute them from the answers, without a name."""

from __future__ import annotations

from fractions import Fraction

from nr_models.dossier.case import Case
from nr_models.referentiel.referentiel import Dimension
from nr_models.rules import restitute, score
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Formula, Row, Tone, Value, numbered, total
from tasks.office.workbook.guide import guide_of
from tasks.stages.score.hypotheses import write_hypotheses
from tasks.stages.score.park import write_park
from tasks.stages.score.radar import insert_radar

_SYNTHESE = (
    Column("dimension", "Dimension", 36),
    Column("poids", "Poids", 8),
    Column("note", "Note (sur 100)", 10),
    Column("bas", "Fourchette basse", 11),
    Column("haut", "Fourchette haute", 11),
    Column("couverture", "Couverture (%)", 12),
    Column("niveau", "Niveau", 26),
    Column("sans_hypotheses", "Note sans les hypothèses", 12),
)
_DETAIL = (
    Column("dimension", "Dimension", 34),
    Column("question", "Identifiant", 12),
    Column("texte", "Question posée", 60),
    Column("statut", "Ce qui est connu", 18),
    Column("niveau", "Réponse (niveau)", 11),
    Column("poids", "Poids", 8),
    Column("points", "Points", 9),
    Column("phrase", "Ce que dit ce niveau", 60),
    Column("divergence", "Réponses divergentes", 13),
)
_LIRE = (Column("terme", "Terme", 24), Column("sens", "Ce qu’il veut dire", 100))
_ONE_DECIMAL = dict.fromkeys(("note", "bas", "haut", "couverture", "sans_hypotheses"), "0.0")


def render_score(case: Case, result: score.Result) -> bytes:
    """The scores, what they are made of, the inventory, the hypotheses, and how to read all that."""
    guide = guide_of(
        case,
        "Score de maturité",
        (
            "Feuille « Synthèse » : la note de chaque dimension, sa fourchette, sa couverture et son niveau.",
            "Feuille « Détail » : chaque question et sa réponse, sans nom de personne ; les notes s’en recalculent.",
            "Feuilles « Inventaire » et « Empreinte » : le parc, et ce qu’il émet, source par source.",
            "Feuille « Hypothèses » : ce qui a été supposé faute de réponse, et ce que cela change aux notes.",
            "Feuille « Comment lire » : le sens de chaque terme.",
        ),
    )
    book = Book(guide)
    lines = [line for item in result.dimensions for line in item.lignes]
    sheet = book.table("Synthèse", _SYNTHESE, _synthesis_rows(case, result, len(lines)), formats=_ONE_DECIMAL)
    insert_radar(book, sheet, len(result.dimensions), _finding(case, result))
    book.table("Détail", _DETAIL, _detail_rows(case, result), formats={"points": "0.00"}, frozen=2)
    write_park(book, case, result.inventaire, received=result.inventaire_recu)
    write_hypotheses(book, case, result)
    book.table("Comment lire", _LIRE, _reading_rows(case))
    return book.close()


def _finding(case: Case, result: score.Result) -> str:
    syntheses = tuple(restitute.synthesis(item, result, case.referentiel) for item in case.referentiel.dimensions)
    return restitute.headline(syntheses, case.referentiel)


def _synthesis_rows(case: Case, result: score.Result, lines: int) -> list[Row]:
    weights = case.referentiel.parametres.score.poids_dimensions
    rows: list[Row] = []
    for row, dimension in enumerate(case.referentiel.dimensions, start=2):
        found = result.of(dimension.slug)
        cells = _note_cells(found.note, _dimension_formulas(row, lines + 1)) if found.applicable else {}
        weight = weights.get(dimension.slug, 1)
        rows.append(
            {
                "dimension": _toned(dimension),
                "poids": weight,
                **cells,
                "niveau": _level(case, found.note, row, found.applicable),
            }
        )
    last = len(rows) + 1
    note = result.globale
    applicable = any(item.applicable for item in result.dimensions)
    cells = _note_cells(note, _global_formulas(last)) if applicable else {}
    rows.append(
        total({"dimension": "Ensemble", "poids": None, **cells, "niveau": _level(case, note, last + 1, applicable)})
    )
    return rows


def _note_cells(note: score.Note, formulas: dict[str, str]) -> dict[str, Value]:
    """The five figures as live formulas; a score that does not exist stays blank, never zero."""
    figures: dict[str, Fraction | None] = {
        "note": note.score,
        "bas": note.bas,
        "haut": note.haut,
        "couverture": note.couverture,
        "sans_hypotheses": note.sans_hypotheses,
    }
    return {
        key: None if figure is None else Formula(formulas[key], float(figure * 100)) for key, figure in figures.items()
    }


def _dimension_formulas(row: int, last: int) -> dict[str, str]:
    """The figures of a dimension from the lines of the detail that bear its name."""
    names, status, weights, points = (f"'Détail'!${column}$2:${column}${last}" for column in "ADFG")

    def weigh(column: str, *wanted: str) -> str:
        parts = (f'SUMIFS({column},{names},$A{row},{status},"{score.STATUTS[item]}")' for item in wanted)
        return f"({'+'.join(parts)})"

    applicable = weigh(weights, "repondu", "hypothese", "inconnu")
    answered, earned = weigh(weights, "repondu"), weigh(points, "repondu")
    scored = weigh(weights, "repondu", "hypothese")
    return {
        "note": f"=100*SUMIF({names},$A{row},{points})/{scored}",
        "bas": f"=100*{earned}/{applicable}",
        "haut": f"=100*({earned}+{applicable}-{answered})/{applicable}",
        "couverture": f"=100*{answered}/{applicable}",
        "sans_hypotheses": f"=100*{earned}/{answered}",
    }


def _global_formulas(last: int) -> dict[str, str]:
    """The weighted means of the dimensions that have the figure."""
    weights = f"$B$2:$B${last}"

    def mean(column: str) -> str:
        cells = f"{column}2:{column}{last}"
        return f'=SUMPRODUCT({weights},{cells})/SUMIF({cells},">=0",{weights})'

    columns = {"note": "C", "bas": "D", "haut": "E", "couverture": "F", "sans_hypotheses": "H"}
    return {figure: mean(column) for figure, column in columns.items()}


def _level(case: Case, note: score.Note, row: int, applicable: bool) -> Value:
    """The level, cut on the displayed value; under the coverage asked, the range alone."""
    parametres = case.referentiel.parametres.score
    if not applicable:
        return "sans objet"
    if note.affiche is None:
        return "pas de note : aucune réponse"
    names = {level.slug: level.nom for level in parametres.maturites}
    few = "fourchette seule : trop peu de réponses"
    starts = ",".join(str(level.des) for level in parametres.maturites)
    labels = ",".join(f'"{level.nom}"' for level in parametres.maturites)
    text = f'=IF(ROUND(F{row},1)<{parametres.couverture_min},"{few}",LOOKUP(ROUND(C{row},1),{{{starts}}},{{{labels}}}))'
    if note.maturite is None:
        return Formula(text, few)
    tone = load_look().maturites[note.maturite]
    return Tone(Formula(text, names[note.maturite]), tone.fond, tone.texte)


def _toned(dimension: Dimension) -> Value:
    return Tone(numbered(dimension), "#FFFFFF", load_look().dimensions.get(dimension.numero, ""))


def _detail_rows(case: Case, result: score.Result) -> list[Row]:
    top = case.referentiel.parametres.score.niveau_max
    lines = [(item.dimension, line) for item in result.dimensions for line in item.lignes]
    names = {item.slug: numbered(item) for item in case.referentiel.dimensions}
    return [_detail_row(case, names[slug], line, row, top) for row, (slug, line) in enumerate(lines, start=2)]


def _detail_row(case: Case, dimension: str, line: score.Ligne, row: int, top: int) -> Row:
    question = case.referentiel.questions[line.question]
    counted = line.points is not None
    return {
        "dimension": dimension,
        "question": line.question,
        "texte": question.question,
        "statut": score.STATUTS[line.statut],
        "niveau": line.niveau if counted else None,
        "poids": line.poids,
        "points": Formula(f"=E{row}/{top}*F{row}", line.points) if counted else None,
        "phrase": question.niveaux[line.niveau] if counted and line.niveau is not None else "",
        "divergence": "oui" if line.divergence else "",
    }


def _reading_rows(case: Case) -> list[Row]:
    parametres = case.referentiel.parametres.score
    levels = " · ".join(f"{level.nom} dès {level.des} %" for level in parametres.maturites)
    meanings = {
        "Points": f"niveau ÷ {parametres.niveau_max} × poids de la question.",
        "Note": "somme des points ÷ somme des poids des questions qui ont une réponse ou une hypothèse, × 100.",
        "Fourchette": "la note si tout ce qui manque ou est supposé valait le niveau le plus bas, puis le plus haut.",
        "Couverture": "part, en poids, des questions applicables vraiment répondues. « Ne sait pas » et le blanc "
        "baissent la couverture, jamais la note.",
        "Sans objet": "la question sort du calcul, au-dessus comme au-dessous de la fraction.",
        "Hypothèse": "compte dans la note, pas dans la couverture. « Note sans les hypothèses » dit ce qu’elle serait "
        "sans elles ; la feuille « Hypothèses » dit ce que chacune ajoute ou retire.",
        "Niveau": f"{levels}. Sous {parametres.couverture_min} % de couverture, la fourchette seule.",
        "Ensemble": "moyenne des dimensions notées, selon leur poids.",
        "Source de la grille": f"{parametres.source}, {parametres.date:%d/%m/%Y}.",
    }
    return [{"terme": term, "sens": meaning} for term, meaning in meanings.items()]
