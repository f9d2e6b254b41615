"""Ce que les collectivités renvoient, tel qu’il arrive : en double, abîmé, renommé, ou pas du tout."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlmodel import select

from nr_models.dossier.case import Retour
from nr_models.dossier.next import Arret
from nr_models.dossier.registre import Entree, Personne, Registre
from nr_models.dossier.retours.envoi import Envoi, Support
from nr_models.dossier.workflow import Etat
from nr_models.rules.collect import RetourDiagnostic
from nr_models.rules.prioritise import RetourBulletin
from nr_models.tables import Reading
from nr_models.values.anomalies import Anomaly
from nr_models.values.roles import Role
from nr_models.values.text import slugify
from tasks.demo.form import Form
from tasks.programme.columns import COLLECTIVITES, REGISTRE
from tasks.programme.workbook import render_registre
from tasks.returns import returns
from tasks.returns.folder import list_files
from tasks.returns.recognise import Understood, understand
from tasks.returns.returns import attribute_author, describe_returns, list_returns, read_returns
from tasks.stages.collect.columns import DIAGNOSTIC
from tests.support.parcours import AVEC_DG, Depart, Terrain
from tests.support.referentiels import livre
from tests.support.workbooks_case import make_case

TRAME = "Trame Celine Sautereau.xlsx"
CELINE = "celine.sautereau@mairie-dornecourt-sur-sauvine.example"


def read(terrain: Terrain) -> int:
    return read_returns(terrain.lieu)


def in_force(terrain: Terrain, tour: int = 1) -> tuple[dict[str, Retour], list[Anomaly]]:
    """Les diagnostics en vigueur, par auteur, et ce qui ne va pas dans des fichiers entiers."""
    sent = Envoi(supports={"diagnostic.xlsx": Support(type="diagnostic", tour=tour)})
    with terrain.workspace.reading() as session:
        found, whole = list_returns(terrain.lieu.within(session), ("diagnostic",), sent)
    return {item.personne: item for item in found}, list(whole)


def first_level(terrain: Terrain) -> int | None:
    """La première réponse de Céline, telle qu’elle est en vigueur."""
    value = in_force(terrain)[0][CELINE].valeur
    assert isinstance(value, RetourDiagnostic)
    return value.reponses[0].niveau


def answering(level: object) -> Callable[[Form], None]:
    return lambda form: form.type_row("Questions", DIAGNOSTIC, 1, {"reponse": level})  # type: ignore[dict-item]


def received(terrain: Terrain) -> int:
    return terrain.kinds().count("recu")


def copy_as(terrain: Terrain, name: str, level: int) -> None:
    """Un autre exemplaire de la trame de Céline, avec une autre première réponse."""
    form = Form((terrain.recus / TRAME).read_bytes())
    answering(level)(form)
    (terrain.recus / name).write_bytes(form.save())


# Deux fois la même personne


def test_un_fichier_rendu_a_nouveau_remplace_ce_qu_il_disait(depart: Depart) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)
    terrain.edit(TRAME, answering(3))
    read(terrain)
    assert first_level(terrain) == 3


def test_un_second_fichier_de_la_meme_personne_remplace_le_premier(depart: Depart) -> None:
    terrain = depart()
    read(terrain)
    copy_as(terrain, "AAA corrigé.xlsx", 3)
    read(terrain)
    assert first_level(terrain) == 3
    assert in_force(terrain)[1] == []


def test_deux_fichiers_differents_arrives_ensemble_ne_valent_ni_l_un_ni_l_autre(depart: Depart) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)
    copy_as(terrain, "version A.xlsx", 3)
    copy_as(terrain, "version B.xlsx", 4)
    read(terrain)
    assert first_level(terrain) == 1
    [double] = in_force(terrain)[1]
    assert (double.code, double.fichier) == ("retour-double", "version A.xlsx")
    assert double.detail == "version A.xlsx, version B.xlsx"
    (terrain.recus / "version A.xlsx").unlink()
    read(terrain)
    assert (first_level(terrain), in_force(terrain)[1]) == (4, [])


def test_deux_fichiers_egaux_arrives_ensemble_n_en_font_qu_un(depart: Depart) -> None:
    terrain = depart()
    shutil.copy(terrain.recus / TRAME, terrain.recus / "copie.xlsx")
    read(terrain)
    assert in_force(terrain)[1] == []


def test_un_ancien_fichier_renomme_ne_reprend_pas_la_main(depart: Depart) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)
    copy_as(terrain, "corrigé.xlsx", 3)
    read(terrain)
    (terrain.recus / TRAME).rename(terrain.recus / "zzz ancien.xlsx")
    read(terrain)
    assert first_level(terrain) == 3


def test_une_nouvelle_version_du_lecteur_ne_fait_pas_de_doubles(
    depart: Depart, monkeypatch: pytest.MonkeyPatch
) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)
    copy_as(terrain, "corrigé.xlsx", 3)
    read(terrain)
    events = terrain.events()
    monkeypatch.setattr(returns, "READER_VERSION", "essai")
    honest = returns._values

    def otherwise(*arguments: object) -> dict[str, object]:
        found = honest(*arguments)  # type: ignore[arg-type]
        return {**found, "value_digest": f"{found['value_digest']}*"}

    monkeypatch.setattr(returns, "_values", otherwise)
    assert read(terrain) > 2
    assert (first_level(terrain), in_force(terrain)[1]) == (3, [])
    assert terrain.events() == events


# Abîmé, étranger


@pytest.mark.parametrize("contenu", [b"ceci n'est pas un classeur", b"", b"PK\x03\x04 tronqu"])
def test_une_version_illisible_laisse_en_vigueur_ce_qu_on_avait_lu(depart: Depart, contenu: bytes) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)
    (terrain.recus / TRAME).write_bytes(contenu)
    read(terrain)
    assert first_level(terrain) == 1
    assert in_force(terrain)[0][CELINE].anomalies


def test_un_classeur_dont_tout_est_rejete_laisse_en_vigueur_ce_qu_on_avait_lu(depart: Depart) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)

    def spoil(form: Form) -> None:
        for line in form.lines("Questions", DIAGNOSTIC):
            form.type_row("Questions", DIAGNOSTIC, line.numero, {"question": f"inconnue-{line.numero}"})

    terrain.edit(TRAME, spoil)
    read(terrain)
    value = in_force(terrain)[0][CELINE].valeur
    assert isinstance(value, RetourDiagnostic)
    assert value.reponses
    assert {item.code for item in in_force(terrain)[0][CELINE].anomalies} == {"question-inconnue"}


def test_un_fichier_illisible_est_dit_et_n_empeche_rien(depart: Depart) -> None:
    terrain = depart()
    (terrain.recus / "notes.xlsx").write_text("un texte")
    halt = terrain.run()
    assert halt.why is Arret.VALIDATION
    assert ("type-inconnu", "notes.xlsx") in {
        (item["code"], item["fichier"]) for item in terrain.result("collect")["anomalies"]
    }


def foreign(depart: Depart, terrain: Terrain) -> bytes:
    """Une trame envoyée à une autre collectivité."""
    other = depart("score", AVEC_DG)
    return next(iter(sorted(other.produits("collect").glob("trame-*.xlsx")))).read_bytes()


def test_le_classeur_d_une_autre_collectivite_est_refuse(depart: Depart) -> None:
    terrain = depart()
    (terrain.recus / "intrus.xlsx").write_bytes(foreign(depart, terrain))
    read(terrain)
    found, whole = in_force(terrain)
    assert [(item.code, item.fichier) for item in whole] == [("autre-dossier", "intrus.xlsx")]
    assert {item.fichier for item in found.values()}.isdisjoint({"intrus.xlsx"})


def test_le_classeur_d_une_autre_collectivite_n_efface_pas_celui_qu_il_ecrase(depart: Depart) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)
    (terrain.recus / TRAME).write_bytes(foreign(depart, terrain))
    read(terrain)
    assert first_level(terrain) == 1
    assert [item.code for item in in_force(terrain)[0][CELINE].anomalies] == ["autre-dossier"]


def test_un_dossier_de_retours_disparu_n_est_pas_un_retrait(depart: Depart) -> None:
    terrain = depart("score")
    terrain.recus.rename(terrain.place / "ailleurs")
    assert terrain.steps()[0] == []
    assert terrain.etats()["collect"] == Etat.PRODUIT


def test_un_retour_retire_est_a_nouveau_attendu(depart: Depart) -> None:
    terrain = depart("score")
    (terrain.recus / TRAME).unlink()
    assert terrain.run().why is Arret.RETOURS
    assert terrain.line().attend.personnes == (CELINE,)  # type: ignore[union-attr]
    assert terrain.etats()["score"] == Etat.OBSOLETE


# Noms, dates, tours


def test_un_fichier_renomme_garde_son_sens(depart: Depart) -> None:
    terrain = depart("restitute")
    seals = {stage: terrain.round(stage).seal for stage in ("score", "restitute")}
    count = received(terrain)
    (terrain.recus / TRAME).rename(terrain.recus / "réponses.xlsx")
    terrain.run()
    assert terrain.tardifs() == []
    assert {stage: terrain.round(stage).seal for stage in seals} == seals
    assert terrain.etats()["score"] == Etat.VALIDE
    assert received(terrain) == count


def test_un_support_d_un_tour_ancien_est_lu_et_c_est_dit(depart: Depart) -> None:
    terrain = depart()
    read(terrain)
    retour = in_force(terrain, tour=2)[0][CELINE]
    assert [(item.code, item.valeur, item.detail) for item in retour.anomalies][-1] == ("tour-ancien", "1", "2")
    assert all(item.code != "tour-ancien" for item in in_force(terrain, tour=1)[0][CELINE].anomalies)


def test_ce_que_les_logiciels_cachent_ou_laissent_n_est_pas_un_retour(depart: Depart) -> None:
    terrain = depart()
    expected = list_files(terrain.recus)
    for name in ("~$Trame.xlsx", ".~lock.Trame.xlsx#", ".DS_Store", "~WRL0001.tmp", "lu123.tmp", "Thumbs.db"):
        (terrain.recus / name).write_bytes(b"x")
    (terrain.recus / ".git").mkdir()
    (terrain.recus / ".git" / "config.xlsx").write_bytes(b"x")
    (terrain.recus / "lien.xlsx").symlink_to(terrain.recus / TRAME)
    (terrain.recus / "dossier").symlink_to(terrain.place)
    assert list_files(terrain.recus) == expected


def test_un_retour_dans_un_sous_dossier_est_lu(depart: Depart) -> None:
    terrain = depart()
    (terrain.recus / "trames").mkdir()
    (terrain.recus / TRAME).rename(terrain.recus / "trames" / TRAME)
    read(terrain)
    assert in_force(terrain)[0][CELINE].fichier == f"trames/{TRAME}"


def test_un_fichier_deja_lu_ne_l_est_pas_deux_fois(depart: Depart) -> None:
    terrain = depart()
    assert read(terrain) == len(list_files(terrain.recus))
    assert read(terrain) == 0
    terrain.edit(TRAME, answering(2))
    assert read(terrain) == 1


def test_des_classeurs_enregistres_par_libreoffice_sans_changement_ne_lancent_rien(
    depart: Depart, soffice: str, tmp_path: Path
) -> None:
    terrain = depart("fiche")
    books = [path for path in list_files(terrain.recus) if path.suffix == ".xlsx"]
    before = {path: path.read_bytes() for path in books}
    events = len(terrain.events())
    profile, out = f"-env:UserInstallation=file://{tmp_path}/profil", str(tmp_path / "sortie")
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", out, *map(str, books)],
        check=True,
        capture_output=True,
    )
    for path in books:
        shutil.copy(Path(out) / path.name, path)
        assert path.read_bytes() != before[path]
    made, halt = terrain.steps()
    assert (made, halt.stage.slug, halt.why) == ([], "fiche", Arret.VALIDATION)
    assert {item["fait"] for item in terrain.events()[events:]} <= {"recu", "tables"}


# Le registre


def registre(terrain: Terrain) -> Registre:
    value = understand(terrain.place / "exemple" / REGISTRE, REGISTRE, livre()).valeur
    assert isinstance(value, Registre)
    return value


def write(terrain: Terrain, entrees: Sequence[Entree]) -> None:
    content = render_registre(registre(terrain).model_copy(update={"entrees": tuple(entrees)}))
    (terrain.place / "exemple" / REGISTRE).write_bytes(content)


def test_un_registre_illisible_laisse_le_precedent_en_vigueur(depart: Depart) -> None:
    terrain = depart("score")
    before = terrain.entree
    (terrain.place / "exemple" / REGISTRE).write_bytes(b"perdu")
    assert terrain.sync() == ("type-inconnu",)
    assert terrain.entree == before
    assert terrain.steps()[0] == []


def test_un_registre_sans_personne_laisse_le_precedent_en_vigueur(depart: Depart) -> None:
    terrain = depart("score")
    before = terrain.entree
    form = Form((terrain.place / "exemple" / REGISTRE).read_bytes())
    for row in range(len(form.lines("Personnes", ()))):
        form.type_cell("Personnes", f"C{row + 2}", None)
    (terrain.place / "exemple" / REGISTRE).write_bytes(form.save())
    assert "mail-invalide" in terrain.sync()
    assert terrain.entree == before


@pytest.mark.parametrize(("siren", "code"), [("123456789", "siren-invalide"), ("", "siren-double")])
def test_un_siren_faux_ou_double_est_dit_et_le_dossier_garde_ce_qu_il_avait(
    depart: Depart, siren: str, code: str
) -> None:
    terrain = depart("score")
    before, known = terrain.entree, len(terrain.dossiers)
    others = [item for item in registre(terrain).entrees if item.collectivite.slug != terrain.slug]
    wrong = before.collectivite.model_copy(update={"siren": siren or others[0].collectivite.siren})
    write(terrain, [*others, before.model_copy(update={"collectivite": wrong})])
    assert code in terrain.sync()
    assert terrain.entree == before
    assert len(terrain.dossiers) == known


def test_une_personne_sans_role_est_dite_et_ne_decide_de_rien(depart: Depart) -> None:
    terrain = depart("score")
    add_person(terrain, Personne(mail="zoe@ville.example", nom="Zoé Petit", roles=()))
    assert terrain.sync() == ("personne-sans-role",)
    answer = terrain.decide("score", "zoe@ville.example")
    assert (answer.accepted, "rôle" in answer.message) == (False, True)


def test_une_personne_ajoutee_plus_tard_recoit_sa_trame_et_est_attendue(depart: Depart) -> None:
    terrain = depart("score")
    sent = terrain.round("collect", "envoi").numero
    roles = (Role.INTERLOCUTEUR,)
    add_person(terrain, Personne(mail="zoe@ville.example", nom="Zoé Petit", roles=roles, profils=("achats",)))
    assert terrain.sync() == ()
    halt = terrain.run()
    assert (halt.why, halt.stage.slug) == (Arret.RETOURS, "collect")
    assert terrain.line().attend.personnes == ("zoe@ville.example",)  # type: ignore[union-attr]
    assert (terrain.produits("collect") / "trame-zoe-ville-example.xlsx").is_file()
    assert terrain.round("collect", "envoi").numero == sent + 1
    assert terrain.close("collect", terrain.person(Role.REFERENT)).accepted
    assert terrain.run().stage.slug == "score"


def test_une_personne_ajoutee_apres_la_validation_recoit_sa_trame_et_ne_rouvre_rien(depart: Depart) -> None:
    terrain = depart("restitute")
    roles = (Role.INTERLOCUTEUR,)
    add_person(terrain, Personne(mail="zoe@ville.example", nom="Zoé Petit", roles=roles, profils=("achats",)))
    assert terrain.sync() == ()
    assert terrain.run().stage.slug == "restitute"
    assert (terrain.produits("collect") / "trame-zoe-ville-example.xlsx").is_file()
    assert terrain.etats()["score"] == Etat.VALIDE


def test_une_personne_ajoutee_ne_fait_vieillir_le_retour_de_personne(depart: Depart) -> None:
    terrain = depart("score")
    roles = (Role.INTERLOCUTEUR,)
    add_person(terrain, Personne(mail="zoe@ville.example", nom="Zoé Petit", roles=roles, profils=("achats",)))
    terrain.sync()
    terrain.run()
    assert terrain.close("collect", terrain.person(Role.REFERENT)).accepted
    terrain.run()
    assert "tour-ancien" not in {item["code"] for item in terrain.result("collect")["anomalies"]}


def test_un_support_qui_demande_autre_chose_vieillit_seul(depart: Depart) -> None:
    terrain = depart("score")
    before = terrain.round("collect", "envoi")
    entrees = [
        item.model_copy(update={"personnes": tuple(map(_also_communication, item.personnes))})
        if item.collectivite.slug == terrain.slug
        else item
        for item in registre(terrain).entrees
    ]
    write(terrain, entrees)
    terrain.sync()
    terrain.run()
    tours = json.loads(terrain.round("collect", "envoi").value)["supports"]
    late = {nom for nom, item in tours.items() if item["tour"] > before.numero}
    assert late == {"diagnostic.xlsx", f"trame-{slugify(CELINE)}.xlsx"}
    old = {item["fichier"] for item in terrain.result("collect")["anomalies"] if item["code"] == "tour-ancien"}
    assert old == {TRAME}


def _also_communication(personne: Personne) -> Personne:
    """Céline, qui répond aussi de la communication ; les autres comme ils sont."""
    if personne.mail != CELINE:
        return personne
    return personne.model_copy(update={"profils": (*personne.profils, "communication")})


def test_une_population_corrigee_refait_ce_qui_en_depend(depart: Depart) -> None:
    terrain = depart("score")
    form = Form((terrain.place / "exemple" / REGISTRE).read_bytes())
    [line] = [item for item in form.lines("Collectivités", COLLECTIVITES) if item.textes["slug"] == terrain.slug]
    form.type_row("Collectivités", COLLECTIVITES, line.numero, {"population": 4321})
    (terrain.place / "exemple" / REGISTRE).write_bytes(form.save())
    assert terrain.sync() == ()
    assert "collect resultat" in terrain.steps()[0]
    assert terrain.result("collect")["collectivite"]["population"] == 4321


def add_person(terrain: Terrain, personne: Personne) -> None:
    """Une personne de plus dans le registre de cette collectivité."""
    entrees = [
        item.model_copy(update={"personnes": (*item.personnes, personne)})
        if item.collectivite.slug == terrain.slug
        else item
        for item in registre(terrain).entrees
    ]
    write(terrain, entrees)


def recus(terrain: Terrain) -> list[dict[str, object]]:
    return [item["donnees"] for item in terrain.events() if item["fait"] == "recu"]


def test_un_retour_qui_en_remplace_un_autre_dit_ce_qui_a_change_sans_rien_de_personnel(depart: Depart) -> None:
    terrain = depart()
    terrain.edit(TRAME, answering(1))
    read(terrain)
    assert "change" not in recus(terrain)[0]
    terrain.edit(TRAME, answering(3))
    read(terrain)
    (question,) = recus(terrain)[-1]["change"]  # type: ignore[misc]
    assert question in livre().questions
    copy_as(terrain, "AAA corrigé.xlsx", 2)
    read(terrain)
    assert recus(terrain)[-1]["change"] == [question]


def test_un_retour_retire_laisse_un_evenement(depart: Depart) -> None:
    terrain = depart()
    read(terrain)
    (terrain.recus / TRAME).unlink()
    read(terrain)
    assert [kind for kind in terrain.kinds() if kind != "tables"][-1] == "retire"
    assert CELINE not in in_force(terrain)[0]


def test_un_retour_signe_d_un_nom_est_a_la_personne_qui_le_porte() -> None:
    """Un nom que personne ne porte, ou que deux portent, n’est celui de personne, et c’est dit."""
    ana, bob = (Personne(mail=f"{nom}@ville.fr", nom=f"{nom.title()} Brun", roles=()) for nom in ("ana", "bob"))
    twin = Personne(mail="ana.b@ville.fr", nom="Ana Brun", roles=())
    signed = Understood("bulletin", {}, "ana  brun", RetourBulletin(personne="ana brun", voix=()), (), 1, 1, 1)
    for people, mail, codes in (
        ((ana, bob), ana.mail, []),
        ((bob,), "", ["auteur-inconnu"]),
        ((ana, twin), "", ["auteur-inconnu"]),
    ):
        entree = make_case().entree.model_copy(update={"personnes": people})
        found = attribute_author(signed, entree, "Bulletin.xlsx")
        assert isinstance(found.valeur, RetourBulletin)
        assert (found.personne, found.valeur.personne) == (mail, mail)
        assert [item.code for item in found.anomalies] == codes


def test_l_ordre_d_arrivee_de_deux_retours_d_une_personne_fait_partie_de_ce_qui_est_lu(depart: Depart) -> None:
    terrain = depart("score")
    described = []
    for batches in ((1, 2), (2, 1)):
        with terrain.workspace.writing() as session:
            query = select(Reading).where(
                Reading.dossier_id == terrain.dossier.id, Reading.type == "contexte", Reading.path != "autre.xlsx"
            )
            first = session.exec(query).one()
            twin = session.exec(select(Reading).where(Reading.path == "autre.xlsx")).first()
            if twin is None:
                twin = Reading(**{**first.model_dump(), "id": None, "path": "autre.xlsx"})
            first.batch, twin.batch = batches
            session.add(twin)
        with terrain.lieu.reading() as ici:
            described.append(describe_returns(ici)["contexte"])
    assert described[0] != described[1]
