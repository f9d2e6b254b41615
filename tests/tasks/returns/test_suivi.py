"""Le suivi : qui doit quoi depuis quand, les relances qui ne se répètent pas, les retours à reprendre."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.advance import advance_dossier
from nr_models.dossier.retours.suivi import Du, Quoi, find_deadline, plan_rappels
from nr_models.values.roles import Role
from tasks.acts.corrections import ask_correction
from tasks.acts.door import Code, SuiteDonnee
from tasks.demo.form import Form
from tasks.dossier.making import make
from tasks.dossier.restes import list_blanks
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle, list_dossiers, open_programme
from tasks.returns.suivi import Relance, list_dus, plan_relances, record_relance, write_relances
from tasks.stages.collect.columns import DIAGNOSTIC, REGLAGES
from tests.support.parcours import INCOMPLET, Depart, Terrain, essai
from tests.support.produit import Produit, ecrire
from tests.support.referentiels import livre

JOUR = date(2026, 11, 25)
FIGURES = livre().parametres.collecte
TRAME = "Trame Celine Sautereau.xlsx"
CELINE = "celine.sautereau@mairie-dornecourt-sur-sauvine.example"
ENVOI = 1790000000  # 21 septembre 2026
JOURNEE = 86_400


def du(personne: str = "ana@ville.fr", *, depuis: int = 30, quoi: str = "diagnostic", **said: object) -> Du:
    plain = {"dossier": "p/ville", "collectivite": "Ville", "stage": "collect", "nom": "Ana"}
    return Du(personne=personne, quoi=quoi, depuis=JOUR - timedelta(days=depuis), **{**plain, **said})  # type: ignore[arg-type]


def rappeles(dus: list[Du], derniers: dict[str, date] | None = None) -> list[str]:
    return [item.personne for item in plan_rappels(dus, derniers or {}, JOUR, FIGURES)]


def test_l_echeance_est_la_plus_longue_duree_du_calendrier() -> None:
    calendrier = livre().calendrier
    assert find_deadline(calendrier, "collect", JOUR) == JOUR + timedelta(weeks=6)
    assert find_deadline(calendrier, "prioritise", JOUR) == JOUR + timedelta(weeks=4)
    assert find_deadline(calendrier, "ailleurs", JOUR) is None


def test_une_relance_porte_tout_ce_que_la_personne_doit() -> None:
    found = plan_rappels([du(), du(quoi="inventaire", depuis=1)], {}, JOUR, FIGURES)
    assert [[item.quoi for item in rappel.dus] for rappel in found] == [["diagnostic", "inventaire"]]


def test_personne_n_est_relance_au_lendemain_de_l_envoi() -> None:
    assert rappeles([du(depuis=1)]) == []


def test_un_retard_ou_une_correction_n_attend_pas() -> None:
    assert rappeles([du(depuis=1, echeance=JOUR - timedelta(days=1))]) == ["ana@ville.fr"]
    assert rappeles([du(depuis=0, correction=Quoi.INCOMPLET)]) == ["ana@ville.fr"]


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_jamais_deux_relances_a_la_meme_personne_en_moins_de_jours_qu_il_n_est_dit(passages: list[bool]) -> None:
    last: dict[str, date] = {}
    sent: list[date] = []
    for rang, passe in enumerate(passages):
        jour = JOUR + timedelta(days=rang)
        if passe and plan_rappels([du(correction=Quoi.OBSOLETE)], last, jour, FIGURES):
            last["ana@ville.fr"] = jour
            sent.append(jour)
    gaps = [(after - before).days for before, after in pairwise(sent)]
    assert all(gap >= FIGURES.jours_entre_relances for gap in gaps)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60)), max_size=12))
def test_une_personne_recoit_un_seul_courrier_quoi_qu_elle_doive(owed: list[tuple[str, int]]) -> None:
    dus = [du(name, depuis=days, quoi=f"q{rang}") for rang, (name, days) in enumerate(owed)]
    found = plan_rappels(dus, {}, JOUR, FIGURES)
    assert max(Counter(item.personne for item in found).values(), default=1) == 1
    assert {item.personne for item in found} == {name for name, days in owed if days >= FIGURES.jours_avant_relance}


# Dans un dossier


@pytest.fixture
def incomplet(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> Terrain:
    """Un dossier à qui il manque une trame, envoyé le 21 septembre 2026, regardé huit jours plus tard."""
    terrain = depart(slug=INCOMPLET)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(ENVOI))
    terrain.run()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(ENVOI + 8 * JOURNEE))
    return terrain


def dus(terrain: Terrain) -> list[Du]:
    with terrain.workspace.reading() as session:
        return list(list_dus(terrain.workspace, session, [(terrain.programme, terrain.dossier)]))


def relances(terrain: Terrain) -> tuple[Relance, ...]:
    with terrain.workspace.reading() as session:
        return plan_relances(terrain.workspace, session, terrain.programme)


def relancer(terrain: Terrain) -> int:
    found = relances(terrain)
    with terrain.workspace.writing() as session:
        for item in found:
            record_relance(session, terrain.programme, item)
    return len(found)


def corriger(terrain: Terrain, comment: str = "La moitié des réponses manque.", **said: str) -> SuiteDonnee:
    asked = {"personne": CELINE, "kind": "", "mail": terrain.person(Role.REFERENT), **said}
    personne = asked.pop("personne")
    return ask_correction(
        terrain.workspace,
        terrain.cle,
        personne,
        quoi=Quoi.INCOMPLET,
        comment=comment,
        par=essai(asked.pop("mail")),
        **asked,
    )


def test_le_suivi_dit_qui_doit_quoi_depuis_l_envoi_et_pour_quand(incomplet: Terrain) -> None:
    [found] = dus(incomplet)
    assert (found.stage, found.quoi, found.depuis) == ("collect", "diagnostic", date(2026, 9, 21))
    assert found.echeance == date(2026, 11, 2)
    assert incomplet.entree.find(found.personne)


def test_une_saisie_close_ne_doit_plus_rien(incomplet: Terrain) -> None:
    assert incomplet.close("collect", incomplet.person(Role.REFERENT)).accepted
    assert dus(incomplet) == []


def test_ce_que_personne_ne_doit_en_propre_revient_au_referent(depart: Depart) -> None:
    terrain = depart()
    for path in terrain.recus.glob("*parc*"):
        path.unlink()
    terrain.run()
    assert [(item.quoi, item.personne) for item in dus(terrain)] == [("inventaire", terrain.person(Role.REFERENT))]


def test_la_date_limite_que_le_referent_fixe_l_emporte_sur_le_calendrier(incomplet: Terrain) -> None:
    form = Form((incomplet.produits("collect") / "calendrier.xlsx").read_bytes())
    form.type_row("Réglages", REGLAGES, 1, {"valeur": "9 octobre 2026"})
    (incomplet.recus / "calendrier.xlsx").write_bytes(form.save())
    incomplet.run()
    assert [item.echeance for item in dus(incomplet)] == [date(2026, 10, 9)]


def test_une_relance_est_notee_dans_la_piste_et_ne_se_repete_pas(
    incomplet: Terrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relancer(incomplet) == 1
    assert incomplet.kinds().count("relance") == 1
    assert relancer(incomplet) == 0
    between = FIGURES.jours_entre_relances
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(ENVOI + (8 + between) * JOURNEE))
    assert relancer(incomplet) == 1


def test_un_referent_relance_quand_il_le_demande_quel_que_soit_le_delai(incomplet: Terrain, tmp_path: Path) -> None:
    relancer(incomplet)
    produit = Produit(incomplet.place, incomplet.url)
    demande = ["retours", "relancer", incomplet.dossier.slug, "--vers", str(tmp_path / "relances")]
    ici = {"NR_OUTPUTS": str(incomplet.place / "outputs"), "SOURCE_DATE_EPOCH": str(ENVOI + 8 * JOURNEE)}
    assert "Personne à relancer aujourd’hui" in produit.nr(*demande, "--echues", **ici).dit
    assert produit.nr(*demande, **ici).code == 0
    owing = {item.personne for item in (*dus(incomplet), *list_blanks(incomplet.lieu))}
    assert len(list((tmp_path / "relances").glob("*.eml"))) == len(owing) > 1
    assert incomplet.kinds().count("relance") == 1 + len(owing)


def test_une_relance_nomme_ce_qu_un_retour_laisse_sans_reponse(incomplet: Terrain) -> None:
    before = {item.personne: item.blancs for item in list_blanks(incomplet.lieu)}
    asked: list[str] = []

    def blank(form: Form) -> None:
        line = next(item for item in form.lines("Questions", DIAGNOSTIC) if item.textes["reponse"])
        form.type_row("Questions", DIAGNOSTIC, line.numero, {"reponse": None})
        asked.append(line.textes["question"])

    incomplet.edit(next(path.name for path in sorted(incomplet.recus.glob("Trame*.xlsx"))), blank)
    incomplet.run()
    after = {item.personne: item for item in list_blanks(incomplet.lieu)}
    [found] = [item for mail, item in after.items() if item.blancs != before.get(mail)]
    wanted = {incomplet.lieu.referentiel.questions[item].question for item in asked}
    assert set(found.blancs) - set(before.get(found.personne, ())) == wanted
    [relance] = write_relances([found], [(incomplet.programme, incomplet.dossier)])
    assert all(item.replace("\u00a0", " ") in relance.texte.replace("\u00a0", " ") for item in wanted)
    assert "bien reçu" in relance.texte


def test_aucune_adresse_n_entre_dans_la_piste(incomplet: Terrain) -> None:
    [found] = relances(incomplet)
    relancer(incomplet)
    assert found.mail not in str(incomplet.events())


def test_un_retour_a_reprendre_reste_du_jusqu_a_un_retour_plus_recent(depart: Depart) -> None:
    terrain = depart("score")
    assert corriger(terrain).accepted
    [found] = dus(terrain)
    assert (found.personne, found.correction, found.commentaire) == (
        CELINE,
        Quoi.INCOMPLET,
        "La moitié des réponses manque.",
    )
    assert "La moitié des réponses manque." in relances(terrain)[0].texte
    assert terrain.kinds().count("correction") == 1
    terrain.edit(TRAME, lambda form: form.type_row("Questions", DIAGNOSTIC, 1, {"reponse": 4}))
    terrain.edit(TRAME, lambda form: form.type_row("Questions", DIAGNOSTIC, 2, {"reponse": 0}))
    terrain.run()
    assert dus(terrain) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"mail": CELINE}, Code.INTERDIT),
        ({"comment": " "}, Code.INTERDIT),
        ({"personne": "zoe@ailleurs.fr"}, Code.INTERDIT),
        ({"kind": "fiches"}, Code.INTERDIT),
    ],
)
def test_on_ne_fait_corriger_qu_un_retour_recu_en_disant_pourquoi_et_quand_on_mene(
    depart: Depart, said: dict[str, str], code: Code
) -> None:
    terrain = depart("score")
    found = corriger(terrain, **said)
    assert (found.accepted, found.code) == (False, code)
    assert dus(terrain) == []


def test_la_commande_montre_le_suivi_ecrit_le_classeur_et_les_relances(tmp_path: Path) -> None:
    produit = ecrire(tmp_path, collectivites=1)
    assert "aucun retour n’est attendu" in produit.nr("retours", "suivre").dit.lower()
    for path in produit.programme.rglob("Contexte*"):
        path.unlink()
    workspace = produit.espace()
    programme = open_programme(workspace, str(produit.programme)).programme
    with workspace.reading() as session:
        [dossier] = list_dossiers(session, programme)
    advance_dossier(Lieu(workspace, programme, dossier), make)
    workspace.close()
    seen = produit.nr("retours", "suivre", cle(programme, dossier), "--vers", str(tmp_path / "suivi.xlsx"))
    assert (seen.code, "le contexte de la" in seen.dit) == (0, True)
    assert "Entretiens : 3 sur 3 avec une heure" in seen.dit
    assert (tmp_path / "suivi.xlsx").is_file()
    received = produit.nr("retours", "lister", dossier.slug, "--vers", str(tmp_path / "recus"))
    assert (received.code, "Diagnostic complet" in received.dit, "rien à corriger" in received.dit) == (0, True, True)
    assert (tmp_path / "recus" / "anomalies.xlsx").is_file()
    nowhere = produit.nr("retours", "suivre", dossier.slug, "--vers", str(tmp_path / "absent" / "suivi.xlsx"))
    assert (nowhere.code, "ne peut pas être lu ou écrit" in nowhere.dit) == (2, True)
    later = str(1790000000 + 400 * JOURNEE)
    done = produit.nr(
        "retours", "relancer", "vague", "--echues", "--vers", str(tmp_path / "relances"), SOURCE_DATE_EPOCH=later
    )
    assert (done.code, len(list((tmp_path / "relances").glob("*.eml")))) == (0, 1)
