"""Score, présélection et sélection refaits depuis le resultat.json de deux dossiers, par d’autres moyens.

Rien de nr_models n’est appelé : les documents, le YAML du référentiel, et les règles comme on les lit.
"""

import json
from fractions import Fraction

import pytest
import yaml

from nr_models.stages import STAGES
from tests.support.depot import ROOT
from tests.support.parcours import AVEC_DG, FIN, INCOMPLET

REFERENTIEL = ROOT / "templates" / "referentiel" / "2026.1"
DIMENSIONS = [
    yaml.load(path.read_text(), yaml.CSafeLoader) for path in sorted((REFERENTIEL / "dimensions").glob("*.yaml"))
]
FIGURES = yaml.load((REFERENTIEL / "parametres.yaml").read_text(), yaml.CSafeLoader)
POIDS = {item["id"]: Fraction(str(item.get("poids", 1))) for part in DIMENSIONS for item in part["questions"]}
LEVIERS = {item["id"]: {**item, "dimension": part["slug"]} for part in DIMENSIONS for item in part["leviers"]}


@pytest.fixture(params=[AVEC_DG, INCOMPLET])
def documents(request, depart):
    """Les documents d’un dossier terminé, par étape."""
    terrain = depart(FIN, request.param)
    return {
        stage.slug: json.loads((terrain.produits(stage.slug) / "resultat.json").read_text())["resultat"]
        for stage in STAGES
    }


def shown(share):
    tenths = int(share * 1000 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def mean(pairs):
    return sum(weight * value for weight, value in pairs) / sum(weight for weight, _ in pairs)


def test_la_note_de_chaque_dimension_se_recalcule(documents):
    scores, lows, highs = [], [], []
    for part in DIMENSIONS:
        asked = [
            (POIDS[item["question"]], item)
            for item in documents["collect"]["consolidations"]
            if item["dimension"] == part["slug"] and item["applicable"] and item["statut"] != "sans-objet"
        ]
        note = next(item for item in documents["score"]["dimensions"] if item["dimension"] == part["slug"])["note"]
        answered = [(weight, Fraction(item["niveau"], 4)) for weight, item in asked if item["statut"] == "repondu"]
        scored = [(weight, Fraction(item["niveau"], 4)) for weight, item in asked if item["niveau"] is not None]
        whole, known = sum(weight for weight, _ in asked), sum(weight for weight, _ in answered)
        low = sum(weight * value for weight, value in answered) / whole
        assert Fraction(note["score"]) == mean(scored)
        assert note["affiche"] == shown(mean(scored))
        assert Fraction(note["bas"]) == low
        assert Fraction(note["haut"]) == low + (whole - known) / whole
        assert Fraction(note["couverture"]) == known / whole
        scores.append(mean(scored))
        lows.append(low)
        highs.append(low + (whole - known) / whole)
    overall = documents["score"]["globale"]
    assert Fraction(overall["score"]) == sum(scores) / len(scores)
    assert Fraction(overall["bas"]) == sum(lows) / len(lows)
    assert Fraction(overall["haut"]) == sum(highs) / len(highs)


def test_la_pertinence_de_chaque_levier_se_recalcule(documents):
    notes = {item["dimension"]: item["note"] for item in documents["score"]["dimensions"]}
    lines = {line["question"]: line for item in documents["score"]["dimensions"] for line in item["lignes"]}
    context = documents["collect"]["contexte"]
    for place in documents["preselect"]["places"]:
        levier = LEVIERS[place["levier"]]
        note = notes[levier["dimension"]]
        own = [lines[item] for item in levier["questions"] if item in lines and lines[item]["points"] is not None]
        if levier["priorite"] == "aller-plus-loin" and Fraction(note["affiche"]) >= 60:
            need = Fraction(note["score"])
        elif own:
            weight = sum(Fraction(line["poids"]) for line in own)
            need = 1 - sum(Fraction(line["points"]) for line in own) / weight
        else:
            need = 1 - Fraction(note["score"])
        if set(levier.get("themes_reen", ())) & set(context["themes"]):
            ambition = Fraction(1)
        else:
            level = context["ambitions"].get(levier["dimension"])
            ambition = None if level is None else Fraction(level, 3)
        priority = Fraction(FIGURES["preselection"]["priorites"][levier["priorite"]])
        terms = [(Fraction(1, 2), need), (Fraction(3, 10), ambition), (Fraction(1, 5), priority)]
        expected = mean([(weight, value) for weight, value in terms if value is not None])
        assert Fraction(place["pertinence"]) == expected, place["levier"]
        assert sum(Fraction(term["part"]) for term in place["termes"]) == expected


def test_les_moyennes_et_la_selection_se_recalculent(documents):
    found = documents["prioritise"]
    value, ease = {}, {}
    for item in found["consolidations"]:
        voices = [v for ballot in found["bulletins"] for v in ballot["voix"] if v["levier"] == item["levier"]]
        for axis, kept in (("valeur", value), ("faisabilite", ease)):
            notes = [voice[axis] for voice in voices if voice[axis] is not None]
            kept[item["levier"]] = Fraction(sum(notes), len(notes)) if notes else None
            assert item["derogation"] or (item[axis] and Fraction(item[axis])) == kept[item["levier"]]
    units = {place["levier"]: set(place["unite"]) for place in documents["preselect"]["places"]}
    heard = {item for item in value if value[item] is not None and ease[item] is not None}
    good = [item for item in heard if value[item] >= 3 and units[item] <= heard]
    ranked = sorted(
        good,
        key=lambda item: (ease[item] < 3, -(value[item] + (ease[item] if ease[item] >= 3 else 0)), item),
    )
    chosen = set()
    for part in DIMENSIONS:
        best = next((item for item in ranked if LEVIERS[item]["dimension"] == part["slug"]), None)
        chosen |= units[best] if best else set()
    for item in ranked:
        if len(chosen | units[item]) <= FIGURES["selection"]["cible"]:
            chosen |= units[item]
    order, waiting = [], set(chosen)
    while waiting:
        free = [item for item in waiting if not set(LEVIERS[item].get("requiert", ())) & waiting]
        first = min(free, key=lambda i: (value[i] < 3, ease[i] < 3, -(value[i] + ease[i]), i))
        order.append(first)
        waiting.remove(first)
    assert [choice["levier"] for choice in found["selection"]] == order
