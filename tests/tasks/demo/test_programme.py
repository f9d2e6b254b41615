"""Le programme d'exemple et les personnes qu'on y joue."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import select

from flows.advance import advance_dossier
from nr_models.dossier.next import Arret
from nr_models.dossier.registre import Entree, Registre, siren_fault
from nr_models.rules import collect, score
from nr_models.stages import BY_GATE
from nr_models.tables import Closure, Decision
from nr_models.values.roles import Role
from tasks.demo.answers import answer
from tasks.demo.form import Form
from tasks.demo.people import Cast, draw_cast
from tasks.demo.programme import draw_collection, write_programme
from tasks.dossier.making import make
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers, open_programme
from tasks.returns.recognise import Understood, understand
from tasks.stages.collect.columns import CONTEXTE_RUBRIQUES
from tasks.stages.collect.workbooks.supports import render_contexte
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tests.support.depot import ROOT
from tests.support.referentiels import livre

GRAINE = 1
NOMBRE = 10
TOURS_MAX = 20


@pytest.fixture(scope="module")
def vague(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vague")
    write_programme(folder, collectivites=NOMBRE, seed=GRAINE)
    return folder


@pytest.fixture(scope="module")
def distribution() -> Cast:
    return draw_cast(livre(), count=NOMBRE, seed=GRAINE)


@pytest.fixture(scope="module")
def lus(vague: Path) -> dict[str, Understood]:
    """Chaque fichier de la vague, compris comme par la chaîne."""
    names = sorted(contenu(vague))
    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(lambda name: understand(vague / name, name, livre()), names), strict=True))


def contenu(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_la_meme_graine_donne_les_memes_octets_ou_que_ce_soit(tmp_path: Path) -> None:
    un, deux = tmp_path / "un", tmp_path / "ailleurs" / "deux"
    write_programme(un, collectivites=3, seed=7)
    write_programme(deux, collectivites=3, seed=7)
    assert contenu(un) == contenu(deux)


def test_une_autre_graine_donne_un_autre_programme(tmp_path: Path) -> None:
    un, deux = tmp_path / "un", tmp_path / "deux"
    write_programme(un, collectivites=1, seed=1)
    write_programme(deux, collectivites=1, seed=2)
    assert contenu(un)["registre.xlsx"] != contenu(deux)["registre.xlsx"]


def test_ni_le_fuseau_ni_la_langue_ni_l_ordre_des_ensembles_ne_changent_un_octet(tmp_path: Path) -> None:
    ici, la_bas = tmp_path / "ici", tmp_path / "la-bas"
    write_programme(ici, collectivites=2, seed=3)
    code = "import sys; from pathlib import Path; from tasks.demo.programme import write_programme as w; "
    code += "w(Path(sys.argv[1]), collectivites=2, seed=3)"
    ailleurs = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "12345", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    racine = str(ROOT)
    subprocess.run(
        [sys.executable, "-c", code, str(la_bas)],
        env={**os.environ, **ailleurs, "PYTHONPATH": racine},
        check=True,
    )
    assert contenu(ici) == contenu(la_bas)


def test_le_debut_d_une_grande_vague_est_la_petite_vague(tmp_path: Path) -> None:
    petite, grande = (draw_cast(livre(), count=count, seed=GRAINE) for count in (3, NOMBRE))
    villes = [[item.collectivite for item in cast.registre.entrees] for cast in (petite, grande)]
    assert villes[0] == villes[1][:3]


def test_le_registre_se_relit_tel_qu_il_a_ete_ecrit(lus: dict[str, Understood], distribution: Cast) -> None:
    assert lus["registre.xlsx"].valeur == distribution.registre
    assert not lus["registre.xlsx"].anomalies


def test_chaque_fichier_est_reconnu_et_signe(lus: dict[str, Understood]) -> None:
    types = Counter(item.type for item in lus.values())
    assert types["inconnu"] == 0
    assert types["registre"] == 1
    assert types["diagnostic"] > 4 * NOMBRE
    assert all(item.personne for item in lus.values() if item.type == "diagnostic")


def test_les_seules_anomalies_sont_les_fautes_de_frappe_voulues(lus: dict[str, Understood], distribution: Cast) -> None:
    voulues: Counter[tuple[str, str]] = Counter()
    for entree in distribution.registre.entrees:
        portrait = distribution.portraits[entree.collectivite.slug]
        collection = draw_collection(GRAINE, entree, portrait, livre())
        voulues.update((f"{collection.slug}/{fichier}", code) for fichier, code in collection.coquilles)
    anomalies = [item for lu in lus.values() for item in lu.anomalies if item.code != "categorie-deduite"]
    vues = Counter((item.fichier, item.code) for item in anomalies)
    assert vues == voulues
    assert {"reponse-hors-liste", "quantite-negative", "annee-invalide", "categorie-inconnue", "date-invalide"} <= {
        code for _, code in vues
    }


def test_les_collectivites_sont_variees(distribution: Cast) -> None:
    villes = [item.collectivite for item in distribution.registre.entrees]
    assert {"commune", "epci", "syndicat"} <= {item.nature for item in villes}
    assert {item.questionnaire for item in villes} == {"flash", "complet"}
    assert {item.dsi_propre for item in villes} == {True, False}
    populations = [item.population or 0 for item in villes]
    assert min(populations) < 2_000
    assert max(populations) > 60_000
    assert {item.kind.prestataire for item in distribution.portraits.values()} == {"aucun", "embarque", "distant"}
    assert len({item.siren for item in villes}) == len(villes)
    assert not any(siren_fault(item.siren) for item in villes)


def test_personne_n_a_d_adresse_hors_des_domaines_d_exemple(distribution: Cast) -> None:
    people = [personne for entree in distribution.registre.entrees for personne in entree.personnes]
    assert all(personne.mail.endswith(".example") for personne in people)


def test_chaque_dossier_a_ses_roles_et_tous_ses_profils(distribution: Cast) -> None:
    sans_dg = 0
    for entree in distribution.registre.entrees:
        for role in (Role.REFERENT, Role.ELU_SPONSOR, Role.EQUIPE_PROGRAMME):
            assert entree.holders(role)
        sans_dg += not entree.holders(Role.DG)
        assert not collect.list_unassigned(entree, livre())
        assert len({item.direction for item in entree.holders(Role.VOTANT)}) >= 3
    assert 1 <= sans_dg <= 2


def test_les_inventaires_arrivent_en_classeur_et_en_csv(vague: Path, lus: dict[str, Understood]) -> None:
    recus = [name for name, item in lus.items() if item.type == "inventaire"]
    assert any(name.endswith(".xlsx") for name in recus)
    textes = [(vague / name).read_bytes() for name in recus if name.endswith(".csv")]
    assert all(b";" in text.splitlines()[0] for text in textes)
    assert any("é".encode("cp1252") in text and "é".encode() not in text for text in textes)


def test_un_dossier_sur_cinq_manque_d_un_retour(lus: dict[str, Understood], distribution: Cast) -> None:
    incomplets = [item for item in distribution.registre.entrees if collect.missing(inputs(item, lus), livre())]
    assert len(incomplets) == len(range(2, NOMBRE, 5))


def test_les_reponses_se_contredisent_et_certaines_sont_arbitrees(
    lus: dict[str, Understood], distribution: Cast
) -> None:
    lignes = [
        line
        for item in distribution.registre.entrees
        for line in collect.build(inputs(item, lus), livre()).consolidations
    ]
    divergentes = [line for line in lignes if line.divergence]
    assert any(line.arbitrage for line in divergentes)
    assert any(line.arbitrage is None for line in divergentes)
    assert {line.statut for line in lignes} == {"repondu", "hypothese", "inconnu", "sans-objet"}


def test_les_maturites_vont_du_debut_au_niveau_avance(lus: dict[str, Understood], distribution: Cast) -> None:
    niveaux = set()
    for item in distribution.registre.entrees:
        collected = collect.build(inputs(item, lus), livre())
        note = score.build(score.Inputs(collect=collected), livre())
        niveaux |= {dimension.note.maturite for dimension in note.dimensions}
    assert {"initial", "emergent", "structure", "avance"} <= niveaux


def inputs(entree: Entree, lus: dict[str, Understood]) -> collect.Inputs:
    own = [item for name, item in lus.items() if name.startswith(f"{entree.collectivite.slug}/")]
    return collect.Inputs(
        entree=entree,
        diagnostics=tuple(
            item.valeur.model_copy(update={"personne": item.personne})
            for item in own
            if isinstance(item.valeur, collect.RetourDiagnostic)
        ),
        contextes=tuple(item.valeur for item in own if isinstance(item.valeur, collect.RetourContexte)),
        inventaires=tuple(item.valeur for item in own if isinstance(item.valeur, collect.RetourInventaire)),
    )


def test_un_programme_sans_collectivite_est_refuse(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="au moins une"):
        write_programme(tmp_path, collectivites=0, seed=1)


def test_remplir_un_classeur_garde_ses_listes_et_sa_protection(distribution: Cast) -> None:
    vierge = contexte_vierge(distribution)
    form = Form(vierge)
    label = dict(CONTEXTE_RUBRIQUES)["fournisseur_si"]
    form.type_beside("Contexte", label, "La DSI de l’EPCI & « nous »")
    avant, apres = (openpyxl.load_workbook(io.BytesIO(content)) for content in (vierge, form.save()))
    assert avant.sheetnames == apres.sheetnames
    for name in avant.sheetnames:
        assert apres[name].protection.sheet == avant[name].protection.sheet
        assert len(apres[name].data_validations.dataValidation) == len(avant[name].data_validations.dataValidation)
    changed = [cell.value for row in apres["Contexte"].iter_rows() for cell in row if cell.value]
    assert "La DSI de l’EPCI & « nous »" in changed


@pytest.mark.parametrize("geste", [lambda form: form.type_cell("Contexte", "ZZ99", 1)])
def test_on_n_ecrit_pas_dans_une_case_qui_n_existe_pas(distribution: Cast, geste: Callable[[Form], None]) -> None:
    form = Form(contexte_vierge(distribution))
    geste(form)
    with pytest.raises(KeyError):
        form.save()


def contexte_vierge(distribution: Cast) -> bytes:
    from nr_models.dossier.case import Case

    return render_contexte(Case("essai/ville", distribution.registre.entrees[0], livre()), 1)


@pytest.mark.lent  # « make run » et les dossiers préparés des essais le font déjà, un tour à la fois
def test_les_personnes_menent_chaque_dossier_jusqu_au_bout(tmp_path: Path) -> None:
    folder = tmp_path / "exemple"
    write_programme(folder, collectivites=3, seed=GRAINE)
    workspace = Workspace(Settings(outputs=tmp_path / "outputs"))
    programme = open_programme(workspace, str(folder)).programme
    with workspace.reading() as session:
        dossiers = list_dossiers(session, programme)
    for _ in range(TOURS_MAX):
        halts = [advance_dossier(Lieu(workspace, programme, item), make) for item in dossiers]
        if all(halt.why is Arret.FIN for halt in halts):
            break
        played = answer(workspace, programme, seed=GRAINE)
        assert sum(played), f"personne n’agit : {halts}"
        assert sum(answer(workspace, programme, seed=GRAINE)) == 0, "le même tour joué deux fois ne fait rien de plus"
    with workspace.reading() as session:
        decisions, closures = session.exec(select(Decision)).all(), session.exec(select(Closure)).all()
    workspace.close()
    assert all(halt.why is Arret.FIN for halt in halts), halts
    assert {item.identification for item in decisions} == {"simulation"}
    assert len(decisions) >= len(BY_GATE) * len(dossiers)
    assert "collect" in {item.stage for item in closures}


def test_le_registre_d_exemple_a_son_equipe_programme_partout(lus: dict[str, Understood]) -> None:
    registre = lus["registre.xlsx"].valeur
    assert isinstance(registre, Registre)
    teams = {entree.holders(Role.EQUIPE_PROGRAMME) for entree in registre.entrees}
    assert len(teams) == 1


def test_l_exemple_livre_est_celui_que_nr_demo_ecrit(tmp_path: Path) -> None:
    shipped = ROOT / "inputs" / "exemple"
    write_programme(tmp_path / "exemple", collectivites=3, seed=1)
    for path in sorted((tmp_path / "exemple").rglob("*.*")):
        assert (shipped / path.relative_to(tmp_path / "exemple")).read_bytes() == path.read_bytes(), path.name
