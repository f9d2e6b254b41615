"""Ce que dit un libellé : le nom décide, ses compléments non."""

from __future__ import annotations

import yaml

from tasks.stages.collect.readers.categorie import Categories
from tests.support.cas import DOSSIER
from tests.support.referentiels import livre

VOCABULAIRE = DOSSIER / "vocabulaire" / "inventaire.yaml"


def test_le_nom_decide_pour_plus_de_deux_cent_cinquante_libelles() -> None:
    categories = Categories(livre().facteurs)
    wanted = yaml.safe_load(VOCABULAIRE.read_text(encoding="utf-8"))
    said = [(kind, label, categories.judge(label)) for kind, labels in wanted.items() for label in labels]
    assert len(said) >= 250
    wrong = [
        (kind, label)
        for kind, label, found in said
        if kind != (found.slugs[0] if len(found.slugs) == 1 else found.nature or "a-demander")
    ]
    assert wrong == []


def test_les_noms_du_referentiel_se_reconnaissent_tous() -> None:
    categories = Categories(livre().facteurs)
    lost = [item.nom for item in livre().facteurs.categories if categories.find(item.nom) != item.slug]
    assert lost == []
