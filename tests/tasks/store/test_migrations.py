"""Les changements de schéma : une base ancienne devient une base d'aujourd'hui, sans rien perdre."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from nr_models.dossier.journal import commit
from nr_models.tables import Decision, Parole
from tasks.store.settings import Settings
from tasks.store.workspace import HEAD, MIGRATIONS, Workspace
from tasks.trail.paroles import find_words

ANCIENNE = """
INSERT INTO programme VALUES (1, 'p', 'p', -1, -1, '[]');
INSERT INTO dossier VALUES (1, 1, 'a', 'A', '{}', '', '', '');
INSERT INTO person VALUES (1, 'dora@ville.example', 'Dora', 'sel', 'c1');
INSERT INTO round VALUES (1, 1, 'score', 'resultat', 1, 'f', 'b', 'v', 'd', 's', 'i');
INSERT INTO gate VALUES (1, 1, 1, 'diagnostic', 1, 'approuvee', 's', '{}', 'i', NULL);
INSERT INTO decision VALUES (1, 1, 1, 'referent', 'referent', 'reserves', 'Un doute.', 'grain',
  'ligne de commande, compte système «\u00a0dora\u00a0»', 'i', 's', '{}');
INSERT INTO motif VALUES (1, 1, 'score', 1, 'Un oubli.', 'gros sel', 'c2', 'i');
"""


def config() -> Config:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    return found


@pytest.fixture
def ancienne(tmp_path: Path) -> Workspace:
    """Une base de la première version, avec une décision et un motif."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'nr.db'}")
    with engine.begin() as connection:
        chosen = config()
        chosen.attributes["connection"] = connection
        command.upgrade(chosen, "0001")
        for order in ANCIENNE.split(";\n"):
            connection.execute(sa.text(order)) if order.strip() else None
    engine.dispose()
    return Workspace(Settings(outputs=tmp_path))


def test_la_suite_des_schemas_n_a_qu_une_fin() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [HEAD]


def test_les_paroles_quittent_les_decisions_sans_se_perdre(ancienne: Workspace) -> None:
    with ancienne.reading() as session:
        [decision] = session.exec(select(Decision)).all()
        assert find_words(session, decision.commentaire) == "Un doute."
        assert find_words(session, decision.compte) == "dora"
        assert decision.commentaire == commit("grain", "Un doute.")
        assert decision.identification == "ligne de commande"
        assert find_words(session, "c2") == "Un oubli."
        assert len(session.exec(select(Parole)).all()) == 3
    with pytest.raises(IntegrityError, match="ne se modifie pas"), ancienne.writing() as session:
        session.execute(sa.text("UPDATE decision SET commentaire = ''"))
    ancienne.close()


def test_les_tables_de_la_base_sont_celles_du_code(ancienne: Workspace) -> None:
    found = sa.inspect(ancienne.engine)
    assert {*SQLModel.metadata.tables, "alembic_version"} == set(found.get_table_names())
    for name, table in SQLModel.metadata.tables.items():
        assert {item["name"] for item in found.get_columns(name)} == {item.name for item in table.columns}, name
    ancienne.close()
