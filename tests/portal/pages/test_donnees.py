"""Mes données : ce que le logiciel garde de moi, à moi seul."""

from __future__ import annotations

import json

from nr_models.values.roles import Role
from tests.support.parcours import AVEC_DG, Depart
from tests.support.site import servi


def test_chacun_recoit_ce_qui_est_garde_de_lui_et_la_piste_le_dit(depart: Depart) -> None:
    terrain = depart("score", AVEC_DG)
    mail = terrain.person(Role.REFERENT)
    with servi(terrain.workspace) as site:
        answer = site.post("/moi", site.entre(mail))
    assert answer.status == 200
    assert json.loads(answer.octets)["adresse"] == mail
    assert [item["donnees"]["identification"] for item in terrain.events() if item["fait"] == "accede"] == [
        "lien reçu par courrier"
    ]
