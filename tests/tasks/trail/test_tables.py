"""Les tables disent ce que dit la piste : chaque colonne changée une fois, chaque sorte de base honnête."""

from __future__ import annotations

from collections.abc import Callable

import openpyxl
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from nr_models.colonnes import COLONNES, DITES, NOMS, Valeur
from nr_models.dossier.next import Arret
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import BY_SLUG
from nr_models.tables import Decision, Dossier
from nr_models.values.roles import Role
from tasks.acts.deplacement import move_dossier
from tasks.acts.reserves import lift
from tasks.people.effacement import erase
from tasks.trail import chain
from tasks.trail.tables import check_tables
from tests.support.parcours import AVEC_DG, INCOMPLET, Depart, Terrain, essai
from tests.support.referentiels import livre

TABLES = {str(kind.__tablename__): columns for kind, columns in COLONNES.items()}


def dit(terrain: Terrain) -> str:
    """Ce que dit la vérification des tables, espaces insécables en espaces ; « » : tout concorde."""
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None
    return str(check_tables(terrain.workspace) or "").replace("\u00a0", " ")


def forcer(terrain: Terrain, ordre: str, **valeurs: object) -> None:
    """Changer la base sans passer par le produit, les clés étrangères comme les outils les laissent : sans effet."""
    engine = sa.create_engine(terrain.workspace.settings.database)
    with engine.connect() as connection:
        for name in ("decision", "event", "delegation", "revocation", "retrait", "avis", "diffusion", "destinataire"):
            for what in connection.execute(
                sa.text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=:nom"), {"nom": name}
            ).scalars():
                connection.execute(sa.text(f'DROP TRIGGER "{what}"'))
        connection.execute(sa.text(ordre), valeurs)
        connection.commit()
    engine.dispose()


def test_chaque_colonne_de_chaque_table_est_declaree() -> None:
    for name, table in SQLModel.metadata.tables.items():
        assert set(TABLES[name]) == {column.name for column in table.columns}, name
    assert set(TABLES) == set(SQLModel.metadata.tables)
    assert {str(kind.__tablename__) for kind in DITES} <= set(NOMS)


@pytest.fixture
def joue(depart: Depart) -> Terrain:
    """Un dossier à sa troisième étape : décidé, délégué, avisé, clos, diffusé."""
    terrain = depart("preselect", AVEC_DG)
    assert dit(terrain) == ""
    return terrain


def _autre(value: object) -> object:
    if isinstance(value, bool):
        return not value
    return value + 1000 if isinstance(value, int) else f"{value or ''}x"


def test_chaque_colonne_changee_une_fois_est_nommee_si_elle_prouve_quelque_chose(joue: Terrain) -> None:
    tried = set[str]()
    for name, columns in TABLES.items():
        for column, worth in columns.items():
            if name == "event" or worth is Valeur.CACHE:
                continue
            with joue.workspace.reading() as session:
                row = (
                    session.connection()
                    .execute(sa.text(f"SELECT id, {column} FROM {name} ORDER BY id LIMIT 1"))
                    .first()
                )
            if row is None:
                continue
            other = _autre(row[1])
            forcer(joue, f"UPDATE {name} SET {column} = :autre WHERE id = :id", autre=other, id=row[0])
            said = dit(joue)
            assert said, f"{name}.{column}"
            number = other if column == "id" else row[0]
            forcer(joue, f"UPDATE {name} SET {column} = :avant WHERE id = :id", avant=row[1], id=number)
            tried.add(name)
    assert dit(joue) == ""
    assert {"gate", "stage", "round", "artefact", "decision", "person", "reading", "dossier"} <= tried


def test_aucun_souvenir_change_ne_change_un_resultat(joue: Terrain) -> None:
    before, etats = joue.shown(), joue.etats()
    for name, columns in TABLES.items():
        for column in (item for item, worth in columns.items() if worth is Valeur.CACHE):
            if name in ("outbox", "execution", "request", "relance", "source") or column in ("id", "manquants"):
                continue
            with joue.workspace.reading() as session:
                row = (
                    session.connection()
                    .execute(sa.text(f"SELECT id, {column} FROM {name} ORDER BY id LIMIT 1"))
                    .first()
                )
            if row is not None:
                other = "[]" if column == "anomalies" else _autre(row[1])
                forcer(joue, f"UPDATE {name} SET {column} = :autre WHERE id = :id", autre=other, id=row[0])
                joue.run()
                assert (dit(joue), joue.etats()) == ("", etats), f"{name}.{column}"
                if column == "folder":
                    forcer(joue, f"UPDATE {name} SET {column} = :avant", avant=row[1])
    assert joue.shown() == before


def test_oublier_ce_qui_manque_ne_dispense_d_aucun_retour(depart: Depart) -> None:
    terrain = depart("collect", INCOMPLET)
    assert terrain.run().why is Arret.RETOURS
    for remembered in ("[]", '[{"quoi":"rien de tel"}]'):
        forcer(terrain, "UPDATE stage SET manquants = :autre WHERE slug = 'collect'", autre=remembered)
        assert terrain.run().why is Arret.RETOURS
        assert terrain.state("collect").manquants != remembered


def _efface(terrain: Terrain) -> None:
    mail = terrain.person(Role.INTERLOCUTEUR)
    team = terrain.person(Role.EQUIPE_PROGRAMME)
    done = erase(terrain.workspace, mail, par=essai(team), comment="À sa demande.")
    assert done.accepted, done.message


def _rouvert(terrain: Terrain) -> None:
    assert terrain.reopen("score", terrain.person(Role.REFERENT)).accepted
    terrain.run()


def _delegue(terrain: Terrain) -> None:
    giver, taker = terrain.person(Role.DG), terrain.person(Role.REFERENT)
    assert terrain.delegate(giver, taker, Role.DG, "2020-01-01", "2090-01-01").accepted
    assert terrain.revoke(1, giver).accepted


def _retire(terrain: Terrain) -> None:
    _rouvert(terrain)
    mail = terrain.person(Role.REFERENT)
    assert terrain.decide("score", mail, "corriger", "Un chiffre est faux.").accepted
    assert terrain.submit("score", mail).accepted
    terrain.run()


def _tardif(terrain: Terrain) -> None:
    path = next(terrain.recus.glob("*.xlsx"))
    path.rename(path.with_name(f"autre-{path.name}"))
    sorted(terrain.recus.glob("*.xlsx"))[-1].unlink()
    terrain.run()


def _registre(terrain: Terrain) -> None:
    terrain.give_roles({terrain.person(Role.DG): (Role.LECTEUR,), "nouvelle@ville.example": (Role.DG,)})
    terrain.run()


def _ancienne(terrain: Terrain) -> None:
    """Une base d'avant ce que la piste dit des lignes : à sa première écriture, elles y sont dites."""
    with terrain.workspace.writing() as session:
        for dossier in session.exec(select(Dossier)).all():
            dossier.sel = ""


def _deplace(terrain: Terrain) -> None:
    """Passé à une autre version du référentiel."""
    content = livre().model_dump(mode="json")
    content["version"] = "2099.1"
    content["dimensions"][0]["questions"][0]["poids"] = "20"
    author = essai(terrain.person(Role.REFERENT))
    assert move_dossier(terrain.workspace, terrain.cle, Referentiel.model_validate(content), par=author).accepted


def _leve(terrain: Terrain) -> None:
    """Une réserve dite, puis levée."""
    dg = terrain.person(Role.DG)
    assert terrain.decide("preselect", dg, "reserves", "Revoir la charge.").accepted
    with terrain.workspace.reading() as session:
        numero = session.exec(select(Decision.id).where(Decision.verdict == "reserves")).all()[-1]
    assert numero is not None
    done = lift(terrain.workspace, terrain.cle, numero, par=essai(dg), comment="La charge est revue.")
    assert done.accepted, done.message


SORTES = [_efface, _rouvert, _delegue, _retire, _tardif, _registre, _ancienne, _deplace, _leve]


@pytest.mark.parametrize("sorte", SORTES)
def test_une_base_honnete_n_est_accusee_de_rien(joue: Terrain, sorte: Callable[[Terrain], None]) -> None:
    sorte(joue)
    assert dit(joue) == ""
    joue.run()
    assert dit(joue) == ""


def test_un_octet_du_magasin_change_nomme_le_document_et_la_decision_qui_le_lie(joue: Terrain) -> None:
    shown = joue.gates("score")[0]
    with joue.workspace.reading() as session:
        [digest] = (
            session.connection()
            .execute(sa.text("SELECT sha256 FROM artefact WHERE nom = 'score.xlsx' LIMIT 1"))
            .scalars()
        )
    path = joue.workspace.settings.store / digest[:2] / digest
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    assert shown.etat == "approuvee"
    assert "score.xlsx" in dit(joue)
    assert "lié par une décision" in dit(joue)
    path.unlink()
    assert "le magasin n’a plus les octets" in dit(joue)


def test_deux_lignes_forcees_ne_font_pas_avancer_un_dossier(depart: Depart) -> None:
    terrain = depart("score", AVEC_DG)
    terrain.run()
    assert terrain.state("score").etat == "soumis"
    forcer(terrain, "UPDATE gate SET etat = 'approuvee', closed_at = opened_at")
    forcer(terrain, "UPDATE stage SET etat = 'valide' WHERE slug = 'score'")
    made, halt = terrain.steps()
    assert (made, halt.why, halt.stage) == ([], Arret.PREUVE, BY_SLUG["score"])
    assert "Restitution" not in str(terrain.gates("restitute"))
    assert "colonne etat" in dit(terrain)


def test_une_decision_ecrite_hors_de_la_piste_ne_passe_pas_une_validation(depart: Depart) -> None:
    terrain = depart("score", AVEC_DG)
    terrain.run()
    forcer(
        terrain,
        "INSERT INTO decision (gate_id, person_id, siege, role, verdict, identification, decided_at, seal, digests, "
        "commentaire, compte, rang, etape) SELECT gate.id, 1, 'referent', 'referent', 'approuver', 'x', opened_at, "
        "seal, digests, '', '', 0, '' FROM gate LIMIT 1",
    )
    forcer(terrain, "UPDATE gate SET etat = 'approuvee'")
    forcer(terrain, "UPDATE stage SET etat = 'valide' WHERE slug = 'score'")
    assert terrain.run().why is Arret.PREUVE
    assert dit(terrain)


def test_un_role_donne_puis_repris_reste_dans_la_piste_et_la_decision_dit_sous_quel_registre(depart: Depart) -> None:
    terrain = depart("score", AVEC_DG)
    avant, place = terrain.dossier.entree_digest, terrain.place / "exemple/registre.xlsx"
    kept, book = place.read_bytes(), openpyxl.load_workbook(place)
    people = book["Personnes"]
    people.append([terrain.slug, "Une Étrangère", "etrangere@ailleurs.example", "referent"])
    book.save(place)
    terrain.sync()
    assert terrain.decide("score", "etrangere@ailleurs.example").accepted
    place.write_bytes(kept)
    terrain.sync()
    said = [item["donnees"] for item in terrain.events() if item["chain"] == terrain.cle and item["fait"] == "registre"]
    [decided] = [
        item["donnees"] for item in terrain.events() if item["chain"] == terrain.cle and item["fait"] == "decide"
    ]
    assert [role for _, role in said[0]["donnes"]] == ["referent"]
    assert (said[0]["donnes"], said[0]["retires"]) == (said[1]["retires"], said[1]["donnes"])
    assert said[0]["donnes"][0][0] == decided["par"]
    assert (decided["registre"], said[1]["registre"]) == (said[0]["registre"], avant)
    assert "etrangere" not in str(said)
    assert dit(terrain) == ""
