"""Le registre, qui donne le pouvoir, vaut tel qu’il est quand on agit ; ce qui y change reste dans la piste."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.dossier.gates import Verdict
from nr_models.dossier.recit import Connus, tell
from nr_models.values.roles import Role
from tasks.acts.decisions import decide
from tasks.acts.door import Code
from tasks.mail.letters import write_letter
from tasks.store.outbox import Consigne, list_due
from tasks.trail.evidence import render_pack
from tasks.trail.tables import check_tables
from tasks.trail.verifier import examine_pack
from tests.support.parcours import AVEC_DG, Depart, Terrain, essai

ETRANGERE = "etrangere@ailleurs.example"


def place(terrain: Terrain) -> Path:
    return terrain.place / "exemple/registre.xlsx"


def retoucher(terrain: Terrain, change: Callable[[Worksheet], None]) -> bytes:
    """Changer la feuille des personnes, comme dans un tableur ; ce qu’il y avait avant."""
    before, book = place(terrain).read_bytes(), openpyxl.load_workbook(place(terrain))
    change(book["Personnes"])
    book.save(place(terrain))
    return before


def ajouter(terrain: Terrain, mail: str = ETRANGERE, role: str = "referent") -> bytes:
    return retoucher(terrain, lambda sheet: sheet.append([terrain.slug, "Une Étrangère", mail, role]))


def dits(terrain: Terrain, fait: str) -> list[dict[str, Any]]:
    return [item["donnees"] for item in terrain.events() if (item["chain"], item["fait"]) == (terrain.cle, fait)]


def lettres(terrain: Terrain, kind: Consigne) -> list[tuple[str, str]]:
    with terrain.workspace.reading() as session:
        rows = [row for row in list_due(session, "9999") if row.kind == kind]
        found = [write_letter(terrain.workspace, session, row) for row in rows]
    return [(item.mail, item.texte) for item in found if item]


def plus_tard(monkeypatch: pytest.MonkeyPatch, terrain: Terrain, **ecart: float) -> None:
    last = datetime.fromisoformat(terrain.events()[-1]["at"]) + timedelta(**ecart)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(last.timestamp())))


@pytest.fixture
def soumis(depart: Depart) -> Terrain:
    return depart("score", AVEC_DG)


def test_un_role_retire_ne_decide_plus_sans_attendre_un_lancement(soumis: Terrain) -> None:
    referent = soumis.person(Role.REFERENT)

    def retirer(sheet: Worksheet) -> None:
        for row in sheet.iter_rows(min_row=2):
            if any(cell.value == referent for cell in row):
                row[3].value = "contributeur"

    retoucher(soumis, retirer)
    assert soumis.decide("score", referent).code is Code.INTERDIT
    assert soumis.avis("score", referent, "Pour.").accepted
    [said] = dits(soumis, "registre")
    assert [role for _, role in said["donnes"]] == ["contributeur"]
    assert "referent" in {role for _, role in said["retires"]}


def test_une_ligne_ajoutee_deux_minutes_reste_dans_la_piste_et_la_decision_le_dit(soumis: Terrain) -> None:
    avant = soumis.dossier.entree_digest
    kept = ajouter(soumis)
    said = soumis.decide("score", ETRANGERE)
    assert said.accepted
    assert "peu avant" in said.message
    place(soumis).write_bytes(kept)
    assert not soumis.avis("score", ETRANGERE, "Encore moi.").accepted
    given, taken = dits(soumis, "registre")
    assert (given["donnes"], given["retires"]) == (taken["retires"], taken["donnes"])
    [decided] = dits(soumis, "decide")
    assert given["donnes"] == [[decided["par"], "referent"]]
    assert (decided["registre"], taken["registre"]) == (given["registre"], avant)
    assert decided["role_depuis"]
    [event] = [item for item in soumis.events() if item["fait"] == "decide"]
    assert "peu avant" in tell([event], Connus({}, {}))[0].texte
    [(to, text)] = lettres(soumis, Consigne.RECU)
    assert (to, "peu avant" in text) == (ETRANGERE, True)
    assert "etrangere" not in json.dumps(soumis.events())
    assert check_tables(soumis.workspace) is None
    pack = soumis.place / "preuves.zip"
    pack.write_bytes(render_pack(soumis.workspace))
    found = examine_pack(pack)
    assert (found.faille, sum("peu avant" in item for item in found.remarques)) == (None, 1)


def test_un_role_tenu_depuis_l_ouverture_ou_depuis_plus_d_un_jour_ne_se_dit_pas(
    soumis: Terrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert soumis.decide("score", soumis.person(Role.REFERENT), "corriger", "Un chiffre est faux.").accepted
    assert "role_depuis" not in dits(soumis, "decide")[-1]
    assert soumis.submit("score", soumis.person(Role.REFERENT)).accepted
    ajouter(soumis)
    soumis.run()
    assert not soumis.avis("score", ETRANGERE, "Pour.").message.startswith("«")
    plus_tard(monkeypatch, soumis, hours=25)
    assert soumis.decide("score", ETRANGERE).accepted
    assert "role_depuis" not in dits(soumis, "decide")[-1]


@pytest.mark.parametrize("refus", ["illisible", "absent"])
def test_un_registre_illisible_laisse_le_dernier_en_vigueur_et_la_decision_le_dit(soumis: Terrain, refus: str) -> None:
    place(soumis).unlink()
    if refus == "illisible":
        place(soumis).write_bytes(b"Ceci n'est pas un classeur.")
    said = soumis.decide("score", soumis.person(Role.REFERENT))
    assert said.accepted
    assert refus in said.message
    assert dits(soumis, "decide")[-1]["registre_refus"] == refus
    assert dits(soumis, "registre") == []
    assert refus in lettres(soumis, Consigne.RECU)[0][1]


def test_qui_recoit_un_siege_pendant_une_validation_en_est_averti(soumis: Terrain) -> None:
    ajouter(soumis)
    assert soumis.avis("score", soumis.person(Role.DG), "Pour.").accepted
    assert ETRANGERE in {to for to, _ in lettres(soumis, Consigne.OUVERTURE)}


def test_aucun_acte_ne_suit_une_validation_que_la_piste_ne_tient_pas(soumis: Terrain) -> None:
    engine = sa.create_engine(soumis.workspace.settings.database)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE gate SET etat = 'approuvee', closed_at = opened_at"))
        connection.execute(sa.text("UPDATE stage SET etat = 'valide' WHERE slug = 'score'"))
    engine.dispose()
    referent, events = soumis.person(Role.REFERENT), len(soumis.events())
    for said in (
        soumis.diffuse("score", referent, "maire@ville.example"),
        soumis.diffuse("restitute", referent, "maire@ville.example"),
        soumis.close("preselect", referent),
        soumis.submit("restitute", referent),
        decide(
            soumis.workspace,
            soumis.cle,
            "restitution",
            par=essai(soumis.person(Role.DG)),
            verdict=Verdict.APPROUVER,
            vu="0" * 64,
            comment="",
        ),
    ):
        assert (said.accepted, said.code) == (False, Code.FERME)
        assert "piste" in said.message
    assert len(soumis.events()) == events
