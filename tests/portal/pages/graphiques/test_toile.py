"""Un dessin : des mots échappés, des coordonnées au dixième, un titre et un constat toujours."""

from __future__ import annotations

import pytest

from portal.pages.graphiques.toile import SIZE, Toile, shorten, wrap

HOSTILE = "<script>alert('x')</script> & \"là\""


def test_chaque_mot_est_echappe() -> None:
    toile = Toile(HOSTILE, HOSTILE, tall=10)
    toile.text((0, 0), HOSTILE, text_anchor=HOSTILE)
    drawn = toile.render("essai")
    assert "<script" not in drawn
    assert drawn.count("&lt;script&gt;") == 4
    assert 'text-anchor="&lt;script&gt;' in drawn
    assert "&#34;là&#34;" in drawn


def test_une_coordonnee_s_ecrit_au_dixieme_sans_zero_inutile() -> None:
    toile = Toile("t", "d", tall=10)
    toile.line([(0.04, -0.04), (1 / 3, 20.0)], "red")
    assert 'd="M0 0L0.3 20"' in toile.render("essai")


@pytest.mark.parametrize("wide", [60, 200, 400])
def test_un_texte_trop_long_est_coupe_entre_deux_mots(wide: float) -> None:
    text = "Faire dire aux fournisseurs d’où vient le matériel et qui le fabrique"
    cut = shorten(text, wide)
    assert len(cut) <= wide / (SIZE * 0.5)
    assert cut == text or (cut.endswith(" …") and text.startswith(cut.removesuffix(" …")))
    assert len(wrap(text, wide)) <= 2
