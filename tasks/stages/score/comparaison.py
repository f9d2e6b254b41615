"""The workbook of what changed between two snapshots: live formulas from the answers to the notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nr_models.dossier.case import Case
from nr_models.rules import score
from nr_models.rules.instantane import ENSEMBLE, PARC, Comparaison, EcartNote, EcartParc, compare
from nr_models.values.frozen import round_half_up
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Formula, Row, Value, numbered, total
from tasks.office.workbook.guide import guide_of

_SIGNED = "+0.0;-0.0;0.0"


class Moment(NamedTuple):
    """A score to compare, and the name people give it."""

    nom: str
    score: score.Result


def render_comparaison(case: Case, avant: Moment, apres: Moment, *, named: bool) -> bytes:
    """What changed from one moment to the other; ``named`` adds who answers, for the référent alone."""
    found = compare(avant.score, apres.score)
    guide = guide_of(
        case,
        f"Score : de « {avant.nom} » à « {apres.nom} »",
        (
            "Feuille « Notes » : chaque note avant, après, et l’écart. Les formules partent de « Réponses ».",
            "Feuille « Réponses » : toutes les questions ; filtrez la colonne « Changé » sur « oui ».",
            "Feuille « Parc » : les indicateurs du périmètre maîtrisable, avant et après.",
        ),
        ("Ce classeur nomme des personnes : il est pour le référent, il ne se diffuse pas.",) if named else (),
    )
    book = Book(guide)
    lines = list(_lines(case, avant.score, apres.score, found, named=named))
    formats = {**dict.fromkeys(("avant", "apres", "bas", "haut"), "0.0"), "ecart": _SIGNED}
    book.table("Notes", _notes_columns(avant.nom, apres.nom), _notes(case, found, len(lines) + 1), formats=formats)
    columns = (*_reponses_columns(avant.nom, apres.nom), *((_QUI,) if named else ()))
    book.table("Réponses", columns, lines, formats={"effet": _SIGNED}, frozen=2)
    figures = {**dict.fromkeys(("avant", "apres"), "#,##0.##"), "ecart": "+#,##0.##;-#,##0.##;0"}
    book.table("Parc", _parc_columns(avant.nom, apres.nom), list(_parc(case, found)), formats=figures)
    return book.close()


def _notes_columns(avant: str, apres: str) -> tuple[Column, ...]:
    return (
        Column("dimension", "Dimension", 36),
        Column("poids", "Poids", 8),
        Column("avant", f"Note, {avant}", 14),
        Column("apres", f"Note, {apres}", 14),
        Column("ecart", "Écart (points)", 11),
        Column("bas", f"Fourchette basse, {apres}", 14),
        Column("haut", f"Fourchette haute, {apres}", 14),
    )


def _reponses_columns(avant: str, apres: str) -> tuple[Column, ...]:
    return (
        Column("dimension", "Dimension", 30),
        Column("question", "Identifiant", 12),
        Column("texte", "Question posée", 56),
        Column("statut_avant", f"Connu, {avant}", 15),
        Column("niveau_avant", f"Niveau, {avant}", 12),
        Column("poids_avant", "Poids avant", 8),
        Column("statut_apres", f"Connu, {apres}", 15),
        Column("niveau_apres", f"Niveau, {apres}", 12),
        Column("poids_apres", "Poids après", 8),
        Column("change", "Changé", 9),
        Column("effet", "Effet seul sur la note de la dimension (points)", 15),
    )


_QUI = Column("qui", "Qui répond (à ne pas diffuser)", 40)


def _parc_columns(avant: str, apres: str) -> tuple[Column, ...]:
    return (
        Column("indicateur", "Indicateur", 76),
        Column("avant", avant.capitalize(), 16),
        Column("apres", apres.capitalize(), 16),
        Column("ecart", "Écart", 14),
        Column("unite", "Unité", 18),
    )


def _notes(case: Case, found: Comparaison, last: int) -> list[Row]:
    dimensions = {item.slug: item for item in case.referentiel.dimensions}
    weights = case.referentiel.parametres.score.poids_dimensions
    top = case.referentiel.parametres.score.niveau_max
    rows: list[Row] = []
    for row, gap in enumerate((item for item in found.notes if item.dimension != ENSEMBLE), start=2):
        name = numbered(dimensions[gap.dimension]) if gap.dimension in dimensions else gap.dimension
        formulas = (_mean(row, last, "E", "F", top), _mean(row, last, "H", "I", top))
        rows.append({"dimension": name, "poids": weights.get(gap.dimension, 1), **_gap_cells(gap, formulas, row)})
    whole, last_row = found.notes[-1], len(rows) + 1
    shares = f"$B$2:$B${last_row}"
    means = tuple(
        f'=SUMPRODUCT({shares},{cells})/SUMIF({cells},">=0",{shares})'
        for cells in (f"C2:C{last_row}", f"D2:D{last_row}")
    )
    rows.append(total({"dimension": "Ensemble", "poids": None, **_gap_cells(whole, means, last_row + 1)}))
    return rows


def _mean(row: int, last: int, levels: str, weights: str, top: int) -> str:
    """The note of a dimension from the levels of « Réponses »: those that do not count are blank there."""
    names, level, weight = (f"'Réponses'!${column}$2:${column}${last}" for column in ("A", levels, weights))
    counted = f"({names}=$A{row})*ISNUMBER({level})"
    return f"=100*SUMPRODUCT({counted},{level},{weight})/{top}/SUMPRODUCT({counted},{weight})"


def _gap_cells(gap: EcartNote, formulas: Sequence[str], row: int) -> Row:
    before, after = (note.score if note else None for note in (gap.avant, gap.apres))
    cells: dict[str, Value] = {
        "avant": None if before is None else Formula(formulas[0], before * 100),
        "apres": None if after is None else Formula(formulas[1], after * 100),
        "ecart": None if gap.ecart is None else Formula(f"=D{row}-C{row}", gap.ecart * 100),
    }
    if gap.apres:
        cells |= {"bas": gap.apres.bas * 100, "haut": gap.apres.haut * 100}
    return cells


def _lines(case: Case, avant: score.Result, apres: score.Result, found: Comparaison, *, named: bool) -> Iterator[Row]:
    dimensions = {item.slug: item for item in case.referentiel.dimensions}
    before, after = (
        {(item.dimension, line.question): line for item in result.dimensions for line in item.lignes}
        for result in (avant, apres)
    )
    effects = {item.question: item for item in found.changements}
    for row, (slug, question) in enumerate(dict.fromkeys((*before, *after)), start=2):
        old, new = before.get((slug, question)), after.get((slug, question))
        change = effects.get(question)
        asked = case.referentiel.questions.get(question)
        yield {
            "dimension": numbered(dimensions[slug]) if slug in dimensions else slug,
            "question": question,
            "texte": asked.question if asked else "",
            **_side("avant", old),
            **_side("apres", new),
            "change": Formula(_CHANGED.format(row=row), "oui" if change else ""),
            "effet": None if change is None or change.effet is None else change.effet * 100,
            **({"qui": ", ".join(new.qui) if new else ""} if named else {}),
        }


_CHANGED = '=IF(AND(D{row}=G{row},E{row}=H{row},F{row}=I{row}),"","oui")'


def _side(side: str, line: score.Ligne | None) -> Row:
    if line is None:
        return {f"statut_{side}": "pas posée"}
    counted = line.points is not None
    return {
        f"statut_{side}": score.STATUTS[line.statut],
        f"niveau_{side}": line.niveau if counted else None,
        f"poids_{side}": line.poids,
    }


def _parc(case: Case, found: Comparaison) -> Iterator[Row]:
    sources = {item.slug: item.source for item in case.referentiel.facteurs.electricite}
    for row, item in enumerate((item for item in found.parc if (item.avant, item.apres) != (None, None)), start=2):
        name, unit, scale = PARC[item.indicateur]
        source = f" – {sources.get(item.source, item.source)}" if item.source else ""
        before, after = _scaled(item, scale)
        known = before is not None and after is not None
        yield {
            "indicateur": f"{name}{source}",
            "avant": before,
            "apres": after,
            "ecart": Formula(f"=C{row}-B{row}", after - before) if known else None,  # type: ignore[operator]
            "unite": unit,
        }


def _scaled(item: EcartParc, scale: int) -> tuple[float | None, float | None]:
    before, after = (
        None if value is None else float(round_half_up(value * scale, 2)) for value in (item.avant, item.apres)
    )
    return before, after
