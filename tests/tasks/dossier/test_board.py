"""Le tableau : chaque dossier, chaque étape, qui l’on attend et depuis quand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from nr_models.dossier.attendu import Attendu
from nr_models.dossier.relance import find_echeance
from nr_models.dossier.workflow import Etat
from nr_models.stages import STAGES
from nr_models.values.roles import Role
from portal.cli.dire.terminal import board_json, describe
from tasks.dossier.board import LigneTableau, load_board
from tasks.programme import programmes
from tasks.store.files import store_path
from tests.support.parcours import AVEC_DG, FIN, INCOMPLET, SANS_DG, Depart, Terrain

TRAME = "Trame Celine Sautereau.xlsx"


def waited(terrain: Terrain) -> Attendu:
    found = terrain.line().attend
    assert found is not None
    return found


def lines(terrain: Terrain) -> dict[str, LigneTableau]:
    with terrain.workspace.reading() as session:
        board = load_board(terrain.workspace, session, terrain.programme)
    return {line.slug: line for line in board.dossiers}


def test_le_tableau_en_json_a_la_forme_annoncee(depart: Depart) -> None:
    terrain = depart("score")
    with terrain.workspace.reading() as session:
        document = board_json(load_board(terrain.workspace, session, terrain.programme))
    assert list(document) == ["programme", "dossiers"]
    assert document["programme"] == "exemple"
    found = {item["slug"]: item for item in document["dossiers"]}  # type: ignore[attr-defined]
    line = found[terrain.slug]
    assert set(line) == {"slug", "nom", "stages", "attend", "reserves", "en_vigueur"}
    assert [item["slug"] for item in line["stages"]] == [stage.slug for stage in STAGES]
    assert all(set(item) == {"slug", "etat", "depuis", "empreinte"} for item in line["stages"])
    assert line["stages"][1]["empreinte"] == terrain.gates("score")[-1].seal
    assert line["attend"] == {
        "gate": "diagnostic",
        "stage": "score",
        "roles": ["referent"],
        "personnes": [terrain.person(Role.REFERENT)],
        "empreinte": terrain.gates("score")[-1].seal,
        "depuis": terrain.gates("score")[-1].opened_at,
        "echeance": find_echeance(terrain.gates("score")[-1].opened_at, 5).isoformat(),
        "en_retard": False,
    }


def test_une_validation_en_retard_se_dit(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> None:
    terrain = depart("score")
    assert "en retard" not in describe(terrain.line())
    later = datetime.fromisoformat(terrain.gates("score")[-1].opened_at) + timedelta(days=30)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(later.timestamp())))
    assert waited(terrain).en_retard
    assert "en retard" in describe(terrain.line())


def test_un_dossier_neuf_n_attend_personne(depart: Depart) -> None:
    terrain = depart()
    assert terrain.line().attend is None
    assert describe(terrain.line()) == "Prêt à avancer («\u00a0nr avancer\u00a0»)."


def test_on_attend_celui_qui_n_a_pas_repondu(depart: Depart) -> None:
    terrain = depart("score")
    (terrain.recus / TRAME).unlink()
    terrain.run()
    found = waited(terrain)
    assert (found.gate, found.stage, found.empreinte) == (None, "collect", None)
    assert found.personnes == ("celine.sautereau@mairie-dornecourt-sur-sauvine.example",)


def test_un_retour_sans_personne_s_attend_du_referent(depart: Depart) -> None:
    terrain = depart("restitute")
    terrain.play()
    terrain.run()
    assert (waited(terrain).stage, waited(terrain).personnes) == ("preselect", (terrain.person(Role.REFERENT),))


def test_une_saisie_close_n_attend_plus_personne_avant_meme_qu_on_relance(depart: Depart) -> None:
    terrain = depart(slug=INCOMPLET)
    terrain.run()
    assert waited(terrain).personnes
    terrain.close("collect", terrain.person(Role.REFERENT))
    assert terrain.line().attend is None
    assert "Prêt à avancer" in describe(terrain.line())
    assert terrain.run().stage.slug == "score"


def test_une_etape_rouverte_est_prete_a_avancer(depart: Depart) -> None:
    terrain = depart("restitute")
    terrain.reopen("score", terrain.person(Role.REFERENT))
    assert terrain.line().attend is None
    terrain.run()
    assert waited(terrain).gate == "diagnostic"


def test_deux_validations_ouvertes_on_attend_la_premiere(depart: Depart) -> None:
    terrain = depart("prioritise")
    terrain.reopen("score", terrain.person(Role.REFERENT))
    terrain.run()
    assert terrain.gates("prioritise")[-1].etat == "ouverte"
    found = waited(terrain)
    assert (found.gate, found.empreinte) == ("diagnostic", terrain.gates("score")[-1].seal)


@pytest.mark.parametrize(("verdict", "etat"), [("corriger", Etat.A_CORRIGER), ("refuser", Etat.REFUSE)])
def test_une_correction_ou_un_refus_s_attend_du_referent(depart: Depart, verdict: str, etat: Etat) -> None:
    terrain = depart("restitute")
    terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR), verdict, "À revoir.")
    found = waited(terrain)
    assert terrain.etats()["restitute"] == etat
    assert (found.gate, found.roles, found.personnes) == (None, ("referent",), (terrain.person(Role.REFERENT),))


def test_on_n_attend_plus_qui_a_decide(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg, elu = terrain.person(Role.DG), terrain.person(Role.ELU_SPONSOR)
    assert waited(terrain).personnes == tuple(sorted((dg, elu)))
    terrain.decide("preselect", dg)
    assert (waited(terrain).roles, waited(terrain).personnes) == (("elu-sponsor",), (elu,))


def test_une_feuille_de_route_validee_n_attend_personne(depart: Depart) -> None:
    terrain = depart(FIN)
    assert terrain.line().attend is None
    assert describe(terrain.line()) == "Feuille de route validée."


def test_un_referentiel_perdu_se_dit_sur_sa_ligne_et_les_autres_tiennent(
    depart: Depart, monkeypatch: pytest.MonkeyPatch
) -> None:
    terrain = depart("score")
    monkeypatch.setattr(programmes, "_loaded", {})
    store_path(terrain.workspace.settings, terrain.dossier.referentiel_digest).unlink()
    found = lines(terrain)
    assert set(found) == {SANS_DG, AVEC_DG, INCOMPLET}
    attend = found[SANS_DG].attend
    assert attend is not None
    assert (attend.gate, attend.personnes, "référentiel" in (attend.blocage or "")) == ("diagnostic", (), True)
    assert "Validation bloquée" in describe(found[SANS_DG])
