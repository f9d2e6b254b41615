"""Les hypothèses proposées à l’échéance, et la raison qu’elles portent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nr_models.rules.hypotheses import Proposition, explain, follow_level

NIVEAUX = st.integers(0, 4)


@given(NIVEAUX, st.integers(0, 2), NIVEAUX, NIVEAUX)
def test_la_raison_d_une_hypothese_suit_son_niveau(mediane: int, moins: int, retenu: int, ensuite: int) -> None:
    """Changée une fois, deux fois, ou remise comme elle était proposée."""
    propose = max(mediane - moins, 0)
    item = Proposition(question="q1", dimension="achats", reponses=5, mediane=mediane, niveau=propose)
    ours = explain(item, moins)
    assert follow_level(ours, propose) == ours
    changed = follow_level(ours, retenu)
    assert (changed == ours) == (retenu == propose)
    assert follow_level(changed, ensuite) == follow_level(ours, ensuite)
    if retenu != propose:
        assert changed.startswith(f"Niveau {retenu} retenu")


def test_un_niveau_pose_la_ou_rien_n_etait_propose_le_dit() -> None:
    item = Proposition(question="q1", dimension="achats", reponses=1)
    changed = follow_level(explain(item, 1), 3)
    assert changed.startswith("Niveau 3 retenu sans niveau proposé")
    assert follow_level(changed, 2).startswith("Niveau 2 retenu sans niveau proposé (pas de proposition")


def test_la_raison_qu_une_personne_ecrit_reste_la_sienne() -> None:
    assert follow_level("La DSI l’a confirmé au téléphone.", 3) == "La DSI l’a confirmé au téléphone."
