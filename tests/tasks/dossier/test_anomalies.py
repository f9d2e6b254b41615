"""Rien de ce qui est relevé n’est caché : compté, dit, montré à la validation, rendu à corriger, à chaque étape."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlmodel import col, select

from nr_models.dossier.next import Arret
from nr_models.stages import BY_SLUG
from nr_models.tables import Outbox
from nr_models.values.roles import Role
from portal.cli.main import nr
from tasks.demo.form import Form
from tasks.dossier.anomalies import count_faulty, list_under_gate
from tasks.dossier.standing import load_standing
from tasks.mail.letters import write_letter
from tasks.returns.copies import LIST_SHEET
from tasks.stages.fiche.columns import FICHES
from tasks.stages.preselect.columns import PRESTATAIRE
from tasks.stages.prioritise.columns import BULLETIN
from tasks.store.outbox import Consigne
from tests.support.parcours import Depart, Terrain


def _plutot_oui(form: Form) -> None:
    form.type_row("Prestataire", PRESTATAIRE, 3, {"reponse": "plutôt oui"})


def _trois_et_demi(form: Form) -> None:
    form.type_row("Bulletin", BULLETIN, 2, {"valeur": "3,5"})


def _finit_avant(form: Form) -> None:
    form.type_row("Fiches", FICHES, 1, {"debut": "Mars 2028", "fin": "Janvier 2027"})


FAUTES = [
    ("preselect", "*reselection*.xlsx", _plutot_oui, "oui-non-attendu", "C4"),
    ("prioritise", "Bulletin - Celine Sautereau.xlsx", _trois_et_demi, "note-entiere", "G3"),
    ("fiche", "*iches*.xlsx", _finit_avant, "fin-avant-debut", "J2"),
]


def dit(terrain: Terrain, monkeypatch: pytest.MonkeyPatch, *mots: str) -> str:
    monkeypatch.setenv("NR_OUTPUTS", str(terrain.place / "outputs"))
    return CliRunner().invoke(nr, list(mots)).output


@pytest.mark.parametrize(("stage", "fichier", "faute", "code", "cellule"), FAUTES)
def test_une_cellule_illisible_attend_et_se_dit_partout(
    depart: Depart,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    fichier: str,
    faute: Callable[[Form], None],
    code: str,
    cellule: str,
) -> None:
    """Elle ne décide de rien : l’étape l’attend, jusqu’à ce qu’on la corrige ou qu’on s’en passe en le disant."""
    terrain = depart(stage)
    terrain.edit(fichier, faute)
    halt = terrain.run()
    assert (halt.why, halt.stage.slug) == (Arret.RETOURS, stage)
    assert cellule in terrain.state(stage).manquants
    assert cellule in terrain.state(stage).raison
    found = list_under_gate(terrain.lieu, load_standing(terrain.lieu), BY_SLUG[stage])
    assert (code, cellule) in [(item.code, item.cellule) for item in found]
    assert cellule in dit(terrain, monkeypatch, "pourquoi", terrain.cle, stage)
    assert dit(terrain, monkeypatch, "retours", "lister", terrain.cle, "--vers", str(terrain.place / "copies"))
    assert list((terrain.place / "copies").glob("a-corriger-*.xlsx"))

    assert terrain.close(stage, terrain.person(Role.REFERENT)).accepted
    assert terrain.run().why is Arret.VALIDATION
    assert cellule in dit(terrain, monkeypatch, "validation", "decider", terrain.cle, BY_SLUG[stage].gate or "")
    (copie,) = terrain.produits(stage).glob("a-corriger-*.xlsx")
    assert LIST_SHEET in Form(copie.read_bytes()).names()


def test_une_cellule_corrigee_laisse_l_etape_avancer(depart: Depart) -> None:
    terrain = depart("prioritise")
    terrain.edit("Bulletin - Celine Sautereau.xlsx", _trois_et_demi)
    assert terrain.run().why is Arret.RETOURS
    terrain.edit("Bulletin - Celine Sautereau.xlsx", lambda form: form.type_row("Bulletin", BULLETIN, 2, {"valeur": 4}))
    assert terrain.run().why is Arret.VALIDATION
    assert not list(terrain.produits("prioritise").glob("a-corriger-*"))


def test_le_courrier_de_la_validation_dit_le_releve(depart: Depart) -> None:
    terrain = depart("fiche")
    terrain.edit("*iches*.xlsx", _finit_avant)
    terrain.run()
    terrain.close("fiche", terrain.person(Role.REFERENT))
    terrain.run()
    with terrain.workspace.reading() as session:
        last = select(Outbox).where(Outbox.kind == Consigne.OUVERTURE).order_by(col(Outbox.id).desc())
        letter = write_letter(terrain.workspace, session, session.exec(last).first() or Outbox())
    assert letter is not None
    assert letter.mail == terrain.person(Role.REFERENT)
    assert "cellule J2" in letter.texte.replace("\u00a0", " ")


def test_d_une_longue_vague_on_compte_les_dossiers_a_corriger(depart: Depart) -> None:
    """Une trame de l’exemple a une cellule illisible ; les autres dossiers n’ont pas encore été lus."""
    terrain = depart()
    counts = []
    for act in (lambda: None, terrain.run):
        act()
        with terrain.workspace.reading() as session:
            counts.append(count_faulty(session, terrain.programme))
    assert counts == [0, 1]
