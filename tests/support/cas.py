"""Les cas qu'un expert du domaine lit et écrit : ``tests/cases/<étape>/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import yaml

from nr_models.dossier.registre import Collectivite
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, preselect
from tests.support import referentiels
from tests.support.depot import ROOT

DOSSIER = ROOT / "tests" / "cases"


class Cas:
    """Un cas : son référentiel, sa collectivité, ses réponses, et ce qu'on attend."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.nom: str = content["cas"]
        self.attendu: Any = content["attendu"]

    def get(self, name: str) -> Any:
        """Une rubrique du cas ; un bloc vide quand il n'en dit rien."""
        return self.content.get(name) or {}

    @property
    def referentiel(self) -> Referentiel:
        return referentiels.petit(self.get("dimensions"), self.get("parametres"))

    @property
    def ville(self) -> Collectivite:
        return referentiels.collectivite(**self.get("collectivite"))

    @property
    def contexte(self) -> collect.RetourContexte | None:
        said = self.content.get("contexte")
        return None if said is None else referentiels.contexte(**said)

    @property
    def collecte(self) -> collect.Result:
        return referentiels.collecte(self.referentiel, self.get("reponses"), self.contexte, self.ville)

    @property
    def retours(self) -> tuple[preselect.RetourPreselection, ...]:
        """Le classeur du référent : ``ajouter`` et ``retirer`` par levier, ``embarque`` pour le prestataire."""
        said = self.content.get("referent")
        if said is None:
            return ()
        board = referentiels.contexte(embarque=said.get("embarque")).prestataire
        changes = tuple(
            preselect.Changement(levier=levier, sens=sens, justification=why)
            for sens in ("ajouter", "retirer")
            for levier, why in said.get(sens, {}).items()
        )
        return (preselect.RetourPreselection(personne="ref@ville.fr", changements=changes, prestataire=board),)


def cas_de(etape: str) -> list[Any]:
    """Les cas d'une étape, un paramètre de test par cas."""
    return [
        pytest.param(Cas(content), id=f"{path.stem} · {content['cas']}")
        for path in sorted((DOSSIER / etape).glob("*.yaml"))
        for content in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def nombre(text: object) -> Decimal:
    """« 83,3 » ou 83.3 ou 60."""
    return Decimal(str(text).replace(",", "."))
