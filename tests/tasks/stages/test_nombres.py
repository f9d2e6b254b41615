"""Ce qui est écrit est vrai : chaque nombre d'un support vient du résultat, et ce qui manque n'est jamais zéro."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pptx import Presentation

from nr_models.dossier.case import Case
from nr_models.inventaire.indicateurs import Mesure
from nr_models.rules import collect, fiche, prioritise, restitute, roadmap, score
from nr_models.values.dates import Montant, read_echeance, read_montant
from nr_models.values.french import NBSP, effort, euros, money, number, typeset
from nr_models.values.frozen import plain
from tests.support.decks_case import bare_case, full_case, referentiel, wordy_case
from tests.tasks.stages.test_decks import DECKS

CASES = {"plein": full_case, "bavard": wordy_case, "vide": bare_case}
STAGES: dict[str, tuple[str, Any]] = {
    "restitution": ("restitute", restitute.Result),
    "matrice": ("prioritise", prioritise.Result),
    "fiches": ("fiche", fiche.Result),
    "feuille-de-route": ("roadmap", roadmap.Result),
}
_NUMBER = re.compile(r"(?<![\w,])\d[\d\u00a0]*(?:,\d+)?")
_FOOT = re.compile(r"référentiel [\d.]+ · \S+ [\w ]+ · ")


def texts(content: bytes) -> Iterator[str]:
    """Chaque paragraphe, cellule et note d'un support, et ce que disent les graphiques à qui ne les voit pas."""
    for slide in Presentation(io.BytesIO(content)).slides:
        for item in slide._element.iter("{*}p"):
            yield _FOOT.sub("", "".join(run.text or "" for run in item.iter("{*}t")))
        for item in slide._element.iter("{*}cNvPr"):
            yield item.get("descr") or ""
        yield slide.notes_slide.notes_text_frame.text


def found_in(text: str) -> Iterator[str]:
    """Les nombres d'un texte, sans leurs espaces ; « 4,0 » et « 4 » se valent."""
    for match in _NUMBER.finditer(text):
        yield _bare(match[0])


def _bare(shown: str) -> str:
    whole, _, decimals = shown.replace(NBSP, "").partition(",")
    return f"{whole},{decimals}" if decimals.strip("0") else whole


def shown_as(value: Fraction) -> Iterator[str]:
    """Les façons d'écrire un nombre : entier, à une ou deux décimales, en pourcentage."""
    for places in (0, 1, 2):
        yield _bare(number(value, places))
    yield _bare(number(value * 100))
    yield _bare(number(value * 100, 1))


def known(value: Any, lengths: list[int]) -> Iterator[str]:
    """Les nombres d'un résultat, et ceux des textes qu'il contient."""
    if isinstance(value, dict):
        for item in value.values():
            yield from known(item, lengths)
    elif isinstance(value, list):
        lengths.append(len(value))
        for item in value:
            yield from known(item, lengths)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from shown_as(Fraction(str(value)))
    elif isinstance(value, str):
        if re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?", value):
            yield from shown_as(abs(Fraction(value)))
        yield from found_in(typeset(value))
        yield from (str(int(part)) for part in re.findall(r"\d+", value))


def derived(result: Any) -> Iterator[str]:
    """Ce qu'un support calcule lui-même : des restes, et des jours par année, par trimestre et par personne."""
    if isinstance(result, restitute.Result):
        for item in (result.inventaire.maitrisable, result.inventaire.influence):
            yield _bare(number(_undated(item)))
            for footprint in item.empreintes:
                yield _bare(number(footprint.total_kg_an))
    if isinstance(result, roadmap.Result):
        sums: dict[Any, Decimal] = defaultdict(Decimal)
        for load in result.charge:
            year = load.trimestre.split(" T")[0]
            for key in (load.responsable, ("trimestre", load.trimestre), ("an", year), (load.responsable, year)):
                sums[key] += load.jours
        for days in sums.values():
            yield from shown_as(Fraction(days))


def _undated(item: Mesure) -> int:
    return item.unites - item.hors_service - item.unites_datees


def allowed(case: Case, slug: str, shape: Any) -> tuple[set[str], int]:
    """Les nombres permis, et le plus grand compte possible."""
    result, ref = case.result(slug, shape), referentiel()
    lengths: list[int] = []
    said = [ref.parametres, ref.calendrier]
    named = [
        (item.numero, item.nom, item.definition, item.inclut, item.exclut, [levier.titre for levier in item.leviers])
        for item in ref.dimensions
    ]
    categories = [item.nom for item in ref.facteurs.categories]
    sources = [(item.source, item.annee) for item in ref.facteurs.electricite]
    found = set(known([plain(result), plain(said), plain(named), categories, plain(sources)], []))
    found |= set(known(plain(result), lengths)) | set(derived(result))
    found |= {str(day.year) for day in _days(result)}
    return found, max(lengths, default=0)


def _days(result: Any) -> Iterator[date]:
    for bar in getattr(result, "barres", ()):
        yield from (day for day in (bar.debut, bar.fin) if day)


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("name", DECKS)
def test_chaque_nombre_d_un_support_se_retrouve_dans_le_resultat(name: str, kind: str) -> None:
    case = CASES[kind]()
    found, most = allowed(case, *STAGES[name])
    for text in texts(DECKS[name](case)):
        for shown in found_in(text):
            count = shown.isdigit() and int(shown) <= most
            assert shown in found or count, (shown, text)


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("name", DECKS)
def test_les_milliers_ont_leur_espace_et_aucun_nombre_ne_se_coupe(name: str, kind: str) -> None:
    for text in texts(DECKS[name](CASES[kind]())):
        assert not re.search(r"(?<![\w.])\d{5,}(?![\w.])", text), text
        assert not re.search(r"\d \d{3}(?!\d)|\d [€%]", text), text


def _retyped(**values: Any) -> Case:
    """Le dossier d'exemple, ses fiches remplies autrement ; la feuille de route s'en déduit."""
    case = full_case()
    fiches = case.result("fiche", fiche.Result)
    typed = tuple(item.model_copy(update={"saisie": item.saisie.model_copy(update=values)}) for item in fiches.fiches)
    result = fiches.model_copy(update={"fiches": typed})
    collected = case.result("collect", collect.Result)
    inputs = roadmap.Inputs(
        collectivite=collected.collectivite,
        contexte=collected.contexte,
        score=case.result("score", score.Result),
        fiche=result,
    )
    built = roadmap.build(inputs, case.referentiel)
    return replace(case, results={**case.results, "fiche": result, "roadmap": built})


def _said(name: str, case: Case) -> str:
    return "\n".join(texts(DECKS[name](case))).replace(NBSP, " ")


def test_ce_qui_est_a_definir_ne_s_ecrit_jamais_zero() -> None:
    said = _said("feuille-de-route", _retyped(moyens_euros=Montant(saisie="À définir"), depenses=()))
    assert "tous les montants restent à définir" in said
    assert not re.search(r"\b0 €", said)


def test_des_depenses_nulles_mais_connues_se_disent_zero() -> None:
    said = _said("feuille-de-route", _retyped(moyens_euros=read_montant("0 €"), depenses=()))
    assert "0 €" in said
    assert "à définir. " not in said.split("Budget :")[1][:20]


def test_les_centimes_ne_s_ecrivent_pas_a_cote_d_un_montant_inconnu() -> None:
    lines = (
        fiche.Depense(annee=2027, montant=Montant(saisie="1234,56", valeur=Decimal("1234.56"))),
        fiche.Depense(annee=2027, montant=Montant(saisie="À définir")),
    )
    case = _retyped(depenses=lines)
    said = _said("feuille-de-route", case)
    total = case.result("roadmap", roadmap.Result).budget_total.euros
    assert euros(total, whole=True).replace(NBSP, " ") in said
    assert euros(total).replace(NBSP, " ") not in said
    fiches = _said("fiches", case)
    assert "Moyens en euros : 1 235 €, 1 montant sur 2 à définir" in fiches
    assert "Moyens en euros : à compléter" not in fiches


def test_une_fiche_qui_finit_avant_de_commencer_n_a_pas_de_barre_et_se_dit() -> None:
    start, end = read_echeance("Juin 2027", "debut"), read_echeance("Mars 2027", "fin")
    case = _retyped(debut=start, fin=end)
    said = _said("feuille-de-route", case)
    assert "Sa fin vient avant son début." in said
    assert "juin 2027 à" not in said
    assert "Le planning reste à écrire" in said


@pytest.mark.parametrize("named", ["parc", "Parc et usages", "PARC ET USAGES"])
def test_une_action_engagee_dit_sa_dimension_qu_on_l_ait_nommee_ou_designee(named: str) -> None:
    case = full_case()
    action = collect.ActionEngagee(action="Extinction des copieurs", depuis="2024", dimension=named)
    result = case.result("restitute", restitute.Result).model_copy(update={"actions_engagees": (action,)})
    said = _said("restitution", replace(case, results={**case.results, "restitute": result}))
    assert "Parc et usages" in said.split("Extinction des copieurs")[1][:60]


def test_les_desaccords_et_les_hypotheses_sont_listes_et_pas_seulement_comptes() -> None:
    case = full_case()
    result = case.result("restitute", restitute.Result)
    said = _said("restitution", case)
    assert result.divergences
    for item in result.divergences:
        assert item.question.replace(NBSP, " ") in said


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("19810", "19 810 €"),
        ("19 810 €", "19 810 €"),
        ("12,5 euros", "12,50 €"),
        ("1 500 € HT", "1 500 € HT"),
        ("À définir", "À définir"),
    ],
)
def test_un_montant_saisi_s_ecrit_comme_un_montant(typed: str, shown: str) -> None:
    assert typeset(money(Montant(saisie=typed))).replace(NBSP, " ") == shown
    assert " " not in typeset(money(Montant(saisie=typed))).removesuffix(" HT").removesuffix("À définir"[1:])[1:]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("24", "24\u00a0jours"), ("1", "1\u00a0jour"), ("0,5 ETP", "0,5\u00a0ETP"), ("12 JH", "12\u00a0JH")],
)
def test_une_charge_saisie_dit_son_unite(typed: str, shown: str) -> None:
    assert effort(Montant(saisie=typed)) == shown
