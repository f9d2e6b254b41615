"""Donner à une personne ce qu'on garde sur elle ; l'effacer sans rien perdre de ce qui a été décidé."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import SQLModel, select

from nr_models.dossier.effacement import NOM_EFFACE, Masque, build_pseudonym
from nr_models.dossier.journal import Fait, commit
from nr_models.dossier.registre import Personne
from nr_models.tables import Artefact, Decision, Dossier, Outbox, Person, Reading, Round, find_id
from nr_models.values.controle import show_code
from nr_models.values.frozen import canonical, digest
from nr_models.values.roles import Role
from nr_models.values.text import fold, slugify
from tasks.mail.delivery import deliver_due
from tasks.people.acces import AccesRefuse, export_person
from tasks.people.effacement import Effacement, erase, preview
from tasks.people.personnes import replace_text
from tasks.programme.programmes import Introuvable, find_dossier, index_members, load_entree
from tasks.store.outbox import enqueue
from tasks.trail import chain
from tasks.trail.evidence import render_pack
from tasks.trail.paroles import load_known
from tasks.trail.verifier import verify_pack
from tests.support.parcours import AVEC_DG, Depart, Terrain, essai
from tests.support.produit import Produit

DEUX_BASES = pytest.mark.deux_bases

POURQUOI = "Sa demande du 3 mars."


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    """Un dossier décidé et rouvert, dont l’élue a commenté sa décision."""
    found = depart("restitute")
    assert found.decide("restitute", found.person(Role.ELU_SPONSOR), "reserves", "À relire en comité.").accepted
    assert found.reopen("restitute", found.person(Role.REFERENT), "Une coquille page 3.").accepted
    return found


def team(terrain: Terrain) -> str:
    return terrain.person(Role.EQUIPE_PROGRAMME)


def gone(terrain: Terrain, mail: str, by: str = "", comment: str = POURQUOI) -> Effacement:
    return erase(terrain.workspace, mail, par=essai(by or team(terrain)), comment=comment)


def content(terrain: Terrain) -> str:
    """Tout ce que la base contient, table par table."""
    with terrain.workspace.reading() as session:
        return "\n".join(
            repr(tuple(row)) for table in SQLModel.metadata.sorted_tables for row in session.execute(sa.select(table))
        )


def traces(person: Personne, text: str) -> list[str]:
    """Où un texte nomme encore une personne : un peu de ce qui entoure chaque endroit."""
    flat = text.lower()
    found = []
    for item in (person.mail, slugify(person.mail), person.nom.lower(), fold(person.nom)):
        place = flat.find(item)
        if place >= 0:
            found.append(text[max(0, place - 80) : place + 80])
    return found


@DEUX_BASES
@pytest.mark.parametrize("role", [Role.ELU_SPONSOR, Role.REFERENT, Role.INTERLOCUTEUR])
def test_une_personne_effacee_n_est_plus_nulle_part_dans_la_base(terrain: Terrain, role: Role) -> None:
    person = terrain.entree.holders(role)[0]
    assert traces(person, content(terrain))
    done = gone(terrain, person.mail)
    assert done.accepted, done.message
    assert not traces(person, content(terrain))
    assert {"dossier", "reading", "round"} <= set(done.comptes)


@DEUX_BASES
def test_effacer_ne_fait_rien_refaire_et_la_piste_tient(terrain: Terrain) -> None:
    terrain.run()
    etats, gates = terrain.etats(), [gate.seal for gate in terrain.gates("restitute")]
    for role in (Role.INTERLOCUTEUR, Role.ELU_SPONSOR):
        assert gone(terrain, terrain.person(role)).accepted
    made, _ = terrain.steps()
    assert made == []
    assert (terrain.etats(), [gate.seal for gate in terrain.gates("restitute")]) == (etats, gates)
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None


def test_la_decision_reste_et_son_auteur_devient_une_personne_effacee(terrain: Terrain) -> None:
    mail = terrain.person(Role.ELU_SPONSOR)
    with terrain.workspace.reading() as session:
        before = session.exec(select(Person).where(Person.mail == mail)).one()
    gone(terrain, mail)
    with terrain.workspace.reading() as session:
        [row] = [item for item in session.exec(select(Decision)) if item.verdict == "reserves"]
        author = session.get_one(Person, row.person_id)
        known = load_known(session, terrain.events())
    assert (author.nom, author.commitment, author.salt) == (NOM_EFFACE, before.commitment, "")
    assert author.mail == build_pseudonym(before.commitment)
    assert known.personnes[before.commitment] == NOM_EFFACE
    assert "À relire en comité." not in known.commentaires.values()
    assert "Une coquille page 3." in known.commentaires.values()


def test_le_recu_est_dans_la_piste_avec_ce_qui_a_ete_efface_et_pourquoi(terrain: Terrain) -> None:
    done = gone(terrain, terrain.person(Role.ELU_SPONSOR))
    [event] = [item for item in terrain.events() if item["fait"] == Fait.EFFACE]
    assert event["chain"] == terrain.programme.slug
    assert event["donnees"]["comptes"] == done.comptes
    assert show_code(event["hash"]) in done.entrees[0]
    with terrain.workspace.reading() as session:
        assert POURQUOI in load_known(session, terrain.events()).commentaires.values()


def test_le_dossier_de_preuve_se_verifie_encore_et_ne_la_nomme_plus(terrain: Terrain, tmp_path: Path) -> None:
    person = terrain.entree.holders(Role.ELU_SPONSOR)[0]
    gone(terrain, person.mail)
    path = tmp_path / "preuves.zip"
    path.write_bytes(render_pack(terrain.workspace))
    assert verify_pack(path) is None
    with zipfile.ZipFile(path) as archive:
        assert not traces(person, archive.read("manifest.json").decode())


@DEUX_BASES
def test_les_octets_effaces_ont_quitte_le_fichier_de_la_base(terrain: Terrain) -> None:
    if terrain.url:
        pytest.skip("PostgreSQL range ses fichiers lui-même")
    person = terrain.entree.holders(Role.ELU_SPONSOR)[0]
    folder = terrain.workspace.settings.outputs
    assert any(person.mail.encode() in path.read_bytes() for path in folder.glob("nr.db*"))
    gone(terrain, person.mail)
    assert not any(person.mail.encode() in path.read_bytes() for path in folder.glob("nr.db*"))
    assert not any("À relire en comité.".encode() in path.read_bytes() for path in folder.glob("nr.db*"))


def test_un_retour_relu_ne_ramene_pas_son_auteur(terrain: Terrain) -> None:
    person = next(
        item
        for item in terrain.entree.holders(Role.INTERLOCUTEUR)
        if any(item.mail in text for text in (readings(terrain),))
    )
    gone(terrain, person.mail)
    for path in terrain.recus.iterdir():
        path.touch()
    terrain.run()
    assert person.mail not in readings(terrain)


def readings(terrain: Terrain) -> str:
    with terrain.workspace.reading() as session:
        return repr(session.execute(sa.text("SELECT personne, value FROM reading")).all())


def test_les_documents_qui_portaient_son_adresse_changent_de_nom(terrain: Terrain) -> None:
    person = terrain.entree.holders(Role.INTERLOCUTEUR)[0]
    assert [name for name in terrain.shown() if slugify(person.mail) in name]
    gone(terrain, person.mail)
    assert not [name for name in terrain.shown() if slugify(person.mail) in name]


def test_ses_courriers_ne_partent_plus_et_leurs_copies_sont_effacees(depart: Depart) -> None:
    terrain = depart("score")
    mail = terrain.person(Role.REFERENT)
    folder = terrain.workspace.settings.outputs / terrain.programme.slug / ".courrier"
    assert deliver_due(terrain.workspace).ecrits
    assert any(mail in path.read_text() for path in folder.iterdir())
    assert terrain.decide("score", mail).accepted
    gone(terrain, mail)
    deliver_due(terrain.workspace)
    texts = [path.read_text() for path in folder.glob("*.eml")]
    assert not any(mail in text or "effacee.invalid" in text for text in texts)


def test_seule_l_equipe_programme_efface_et_jamais_elle_meme(terrain: Terrain) -> None:
    mail, before = terrain.person(Role.ELU_SPONSOR), content(terrain)
    assert not gone(terrain, mail, by=terrain.person(Role.REFERENT)).accepted
    assert not gone(terrain, mail, by="inconnue@nulle-part.example").accepted
    assert not gone(terrain, mail, comment="  ").accepted
    assert not gone(terrain, team(terrain)).accepted
    assert not gone(terrain, "inconnue@nulle-part.example").accepted
    assert content(terrain) == before


def test_on_voit_d_abord_ce_qui_serait_efface_et_ce_qui_resterait(terrain: Terrain) -> None:
    mail, before = terrain.person(Role.REFERENT), content(terrain)
    found = preview(terrain.workspace, mail, by=team(terrain))
    assert found.accepted
    assert found.comptes["parole"] >= 1
    assert any("registre.xlsx" in item for item in found.restes)
    assert any("référent" in item for item in found.vacants)
    assert content(terrain) == before


def test_l_export_donne_tout_et_l_inscrit(terrain: Terrain) -> None:
    mail = terrain.person(Role.ELU_SPONSOR)
    said = json.loads(export_person(terrain.workspace, mail, par=essai(mail), archive=False))
    assert said["adresse"] == mail
    assert [item["verdict"] for item in said["decisions"]][-1] == "reserves"
    assert "À relire en comité." in said["ecrits"]
    assert "elu-sponsor" in said["dossiers"][0]["roles"]
    assert {"decide"} <= {item["fait"] for item in said["actes"]}
    assert [item["fait"] for item in terrain.events()][-1] == Fait.ACCEDE


@DEUX_BASES
def test_l_export_ne_dit_rien_des_autres(terrain: Terrain) -> None:
    mail = next(item.mail for item in terrain.entree.holders(Role.INTERLOCUTEUR) if item.mail in readings(terrain))
    text = export_person(terrain.workspace, mail, par=essai(mail), archive=False).decode()
    said = json.loads(text)
    assert any(item["endroit"].startswith("value") for item in said["mentions"])
    others = [item for item in terrain.entree.personnes if item.mail != mail and not item.has(Role.EQUIPE_PROGRAMME)]
    assert not [item.mail for item in others if item.mail in text]


def test_l_export_en_zip_porte_les_fichiers_rendus(terrain: Terrain) -> None:
    mail = next(item.mail for item in terrain.entree.holders(Role.INTERLOCUTEUR) if item.mail in readings(terrain))
    found = export_person(terrain.workspace, mail, par=essai(team(terrain)), archive=True)
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        names = archive.namelist()
        assert {"donnees.json", "LISEZMOI.txt"} < set(names)
        assert any(name.startswith("retours/") for name in names)
        assert json.loads(archive.read("donnees.json"))["retours"]


def test_l_export_est_refuse_a_qui_n_y_a_pas_droit(terrain: Terrain) -> None:
    mail = terrain.person(Role.ELU_SPONSOR)
    with pytest.raises(AccesRefuse):
        export_person(terrain.workspace, mail, par=essai(terrain.person(Role.REFERENT)), archive=False)
    with pytest.raises(Introuvable):
        export_person(terrain.workspace, "x@y.example", par=essai(mail), archive=False)


# Le masque


MASQUE = Masque("anne@ville.fr", "Anne Dûbois", "personne-1@effacee.invalid")


@pytest.mark.parametrize(
    "text",
    ["anne@ville.fr", "ANNE@Ville.fr", "Anne Dûbois", "anne dubois", "DUBOIS Anne", "Dûbois\u00a0Anne", "Anne-Dubois"],
)
def test_une_personne_se_reconnait_comme_qu_on_l_ecrive(text: str) -> None:
    assert replace_text(MASQUE, f"Vu par {text}, hier.") in {
        f"Vu par {item}, hier." for item in (NOM_EFFACE, MASQUE.pseudonyme)
    }


@pytest.mark.parametrize(
    "text",
    ["jeanne@ville.fr", "anne@ville.fr.org", "Jeanne Dubois", "Anne", "Anne Duboisard", "trame-jo-anne-ville-fr"],
)
def test_une_autre_personne_n_est_pas_touchee(text: str) -> None:
    assert replace_text(MASQUE, text) == text


@pytest.mark.parametrize(
    ("nom", "text"),
    [
        ("Anne-Marie Morvannec", "Anne Marie Morvannec"),
        ("Anne-Marie Morvannec", "Mme Morvannec"),
        ("Anne-Marie Morvannec", "A.-M. Morvannec"),
        ("Jean Pierre Martin", "MARTIN Jean Pierre"),
        ("Jean Pierre Martin", "Martin Jean-Pierre"),
        ("Anne de La Tour", "de La Tour Anne"),
        ("Anne de La Tour", "Mme de La Tour"),
        ("Élodie Lefèvre", "elodie LEFÈVRE"),
    ],
)
def test_aucune_forme_de_son_nom_ne_reste(nom: str, text: str) -> None:
    masque = Masque("x@y.fr", nom, "personne-1@effacee.invalid")
    said = json.dumps({"dit": f"Vu\n{text}, hier."}, ensure_ascii=False)
    assert masque.may_name(said)
    assert json.loads(replace_text(masque, said)) == {"dit": f"Vu\n{NOM_EFFACE}, hier."}


def test_un_nom_de_document_perd_l_adresse_et_garde_sa_forme() -> None:
    for name in ("trame-anne-ville-fr", "a-corriger-trame-anne-dubois", "anne-ville-fr"):
        other = name.replace("anne-ville-fr", "anne-dubois").replace("anne-dubois", "personne-1-effacee-invalid")
        assert replace_text(MASQUE, f"{name}.xlsx") == f"{other}.xlsx"
    assert replace_text(MASQUE, "trame-marie-anne-dubois.xlsx") == "trame-marie-anne-dubois.xlsx"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner)))
def test_ce_qui_ne_la_nomme_pas_ne_change_pas_d_un_octet(value: Any) -> None:
    text = json.dumps([value])
    assert replace_text(MASQUE, text) == text


def test_un_homonyme_n_est_pas_efface(depart: Depart) -> None:
    terrain = depart("score", AVEC_DG)
    first, second = terrain.entree.personnes[:2]
    twin = first.model_copy(update={"nom": second.nom})
    set_people(terrain, (twin, *terrain.entree.personnes[1:]))
    assert gone(
        terrain,
        twin.mail,
        by=next(item.mail for item in terrain.entree.holders(Role.EQUIPE_PROGRAMME) if item.mail != twin.mail),
    ).accepted
    assert second.nom in {item.nom for item in terrain.entree.personnes}
    assert twin.mail not in content(terrain)


def test_un_collegue_au_nom_plus_long_garde_le_sien(depart: Depart) -> None:
    terrain = depart("score")
    mail = terrain.person(Role.ELU_SPONSOR)
    others = [item for item in terrain.entree.personnes if item.mail != mail and not item.has(Role.EQUIPE_PROGRAMME)]
    names = {others[0].mail: "Marie-Anne Martin", others[1].mail: "Anne Martin Durand", mail: "Anne Martin"}
    people = (item.model_copy(update={"nom": names.get(item.mail, item.nom)}) for item in terrain.entree.personnes)
    set_people(terrain, tuple(people))
    assert gone(terrain, mail).accepted
    assert {"Marie-Anne Martin", "Anne Martin Durand"} <= {item.nom for item in terrain.entree.personnes}
    assert "Anne Martin" not in {item.nom for item in terrain.entree.personnes}


def test_un_nom_est_efface_d_un_courrier_de_quelque_facon_qu_on_l_y_ecrive(terrain: Terrain) -> None:
    person = terrain.entree.holders(Role.ELU_SPONSOR)[0]
    renamed = person.model_copy(update={"nom": "Élodie de La Tour"})
    set_people(terrain, tuple(renamed if item.mail == person.mail else item for item in terrain.entree.personnes))
    with terrain.workspace.writing() as session:
        known = session.exec(select(Person).where(Person.mail == person.mail)).one()
        known.nom = renamed.nom
        for n, form in enumerate(("ÉLODIE DE LA TOUR", "élodie de la tour", "Mme de La Tour", "DE LA TOUR Elodie")):
            letter = {"mail": "x@y.example", "nom": "X", "sujet": "s", "texte": f"Voir {form}."}
            enqueue(session, "rappel-retours", f"essai:{n}", {**letter, "programme": terrain.programme.slug})
    assert gone(terrain, person.mail).accepted
    with terrain.workspace.reading() as session:
        said = [row.payload for row in session.exec(select(Outbox).where(Outbox.kind == "rappel-retours"))]
    assert len([text for text in said if f"Voir {NOM_EFFACE}." in text]) == 4


def set_people(terrain: Terrain, people: tuple[Personne, ...]) -> None:
    entree = terrain.entree.model_copy(update={"personnes": people})
    with terrain.workspace.writing() as session:
        session.execute(
            sa.text("UPDATE dossier SET entree = :entree WHERE slug = :slug"),
            {"entree": entree.model_dump_json(), "slug": terrain.slug},
        )


@DEUX_BASES
def test_les_commandes_montrent_puis_effacent(au_diagnostic: Produit, base: object, tmp_path: Path) -> None:
    if base is not None:
        pytest.skip("la commande est la même sur les deux bases")
    ici = au_diagnostic.copier(tmp_path)
    workspace = ici.espace()
    with workspace.reading() as session:
        entree = load_entree(find_dossier(session, ici.slugs[0])[1])
    workspace.close()
    mail, equipe = entree.holders(Role.REFERENT)[0].mail, entree.holders(Role.EQUIPE_PROGRAMME)[0].mail
    assert ici.nr("personne", "exporter", mail, "--vers", "moi.json").code == 0
    assert json.loads((ici.racine / "moi.json").read_text(encoding="utf-8"))["adresse"] == mail
    assert ici.nr("personne", "exporter", mail, "--vers", "moi.txt").code == 2
    shown = ici.nr("personne", "effacer", mail, "--par", equipe)
    assert (shown.code, "Seraient effacés" in shown.dit) == (2, True)
    done = ici.nr("personne", "effacer", mail, "--par", equipe, "--motif", POURQUOI)
    assert (done.code, "Reçu, dans la piste" in done.dit) == (0, True), done.dit
    assert ici.nr("piste", "verifier").code == 0
    assert commit("", mail) not in done.dit


# Ce que personne d'autre ne doit y perdre, et ce qu'elle ne doit pas y laisser


def test_qui_a_agi_puis_quitte_le_registre_peut_encore_etre_effacee(depart: Depart) -> None:
    terrain = depart("restitute")
    mail = "depart@ville.example"
    terrain.give_roles({mail: (Role.REFERENT,)})
    assert terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR)).accepted
    assert terrain.reopen("restitute", mail, "Une page manque.").accepted
    people = tuple(item for item in terrain.entree.personnes if item.mail != mail)
    leave(terrain, people)
    done = gone(terrain, mail)
    assert done.accepted, done.message
    assert mail not in content(terrain)
    assert "Une page manque." not in content(terrain)


def leave(terrain: Terrain, people: tuple[Personne, ...]) -> None:
    """Le registre ne nomme plus que ces personnes."""
    fresh = terrain.entree.model_copy(update={"personnes": people})
    with terrain.workspace.writing() as session:
        row = session.get_one(Dossier, terrain.dossier.id)
        row.entree, row.entree_digest = canonical(fresh), digest(fresh)
        index_members(session, row, fresh)


def test_un_motif_d_un_caractere_n_abime_pas_l_etat_des_autres_etapes(depart: Depart) -> None:
    terrain = depart("restitute")
    assert terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR)).accepted
    referent = terrain.person(Role.REFERENT)
    assert terrain.reopen("restitute", referent, ".").accepted
    before = {slug: terrain.state(slug).raison for slug in ("collect", "score", "preselect")}
    assert gone(terrain, referent).accepted
    assert {slug: terrain.state(slug).raison for slug in before} == before
    assert terrain.state("restitute").raison.endswith("motif effacé")


def test_les_courriers_des_autres_restent_meme_quand_une_adresse_en_contient_une_autre(terrain: Terrain) -> None:
    mail = terrain.person(Role.ELU_SPONSOR)
    folder = terrain.workspace.settings.outputs / terrain.programme.slug / ".courrier"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.eml").write_bytes(f"To: =?utf-8?q?=C3=89lue?= <{mail}>\r\n\r\nBonjour".encode())
    (folder / "b.eml").write_bytes(f"To: Autre <x{mail}>\r\n\r\nBonjour".encode())
    with terrain.workspace.writing() as session:
        enqueue(session, "rappel-retours", "rappel:essai", {"mail": "autre@ville.example", "texte": f"Avec {mail}."})
    assert gone(terrain, mail).accepted
    assert [path.name for path in sorted(folder.glob("*.eml"))] == ["b.eml"]
    with terrain.workspace.reading() as session:
        [row] = session.exec(select(Outbox).where(Outbox.key == "rappel:essai"))
    assert (row.done_at, mail in row.payload) == (None, False)


def test_deux_personnes_d_une_meme_etape_s_effacent_et_leurs_documents_changent_de_nom(depart: Depart) -> None:
    terrain = depart("score")
    asked = terrain.entree.holders(Role.INTERLOCUTEUR)[:2]
    folder = terrain.produits("collect")
    with terrain.workspace.writing() as session:
        made = session.exec(select(Round).where(Round.stage == "collect", Round.phase == "resultat")).all()[-1]
        for person in asked:
            name = f"a-corriger-trame-{slugify(person.nom)}.xlsx"
            (folder / name).write_bytes(b"copie")
            session.add(Artefact(round_id=find_id(made), nom=name, sha256="0" * 64, size=5, mtime_ns=0))
    aside = folder / f"trame-{slugify(asked[0].mail)} (modifié 1a2b3c4d).xlsx"
    aside.write_bytes(b"changee")
    for person in asked:
        done = gone(terrain, person.mail)
        assert done.accepted, done.message
    names = [path.name for path in folder.iterdir()]
    told = [text for person in asked for text in (slugify(person.nom), slugify(person.mail))]
    assert not [name for name in names if any(text in name for text in told)]
    assert len([name for name in names if name.startswith("a-corriger-trame-personne-")]) == 2


def test_les_memes_octets_ne_ramenent_personne_sous_un_autre_nom_ni_remis_apres_coup(terrain: Terrain) -> None:
    person = next(item for item in terrain.entree.holders(Role.INTERLOCUTEUR) if item.mail in readings(terrain))
    with terrain.workspace.reading() as session:
        path = terrain.recus / session.exec(select(Reading.path).where(Reading.personne == person.mail)).one()
    assert gone(terrain, person.mail).accepted
    shutil.copy(path, terrain.recus / "Encore.xlsx")
    terrain.run()
    assert person.mail not in content(terrain)
    bytes_kept = path.read_bytes()
    path.unlink()
    (terrain.recus / "Encore.xlsx").unlink()
    terrain.run()
    path.write_bytes(bytes_kept)
    terrain.run()
    assert person.mail not in content(terrain)
