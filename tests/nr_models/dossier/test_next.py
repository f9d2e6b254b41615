"""La suite d’un dossier, d’où qu’il parte : ce qui se fait, ce qui s’attend, et jamais sans quelqu’un."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nr_models.dossier.case import Manquant
from nr_models.dossier.next import Arret, Halt, Make, Settle, Wait, build_attente, plan_next
from nr_models.dossier.registre import Collectivite, Entree
from nr_models.dossier.standing import Lue, Situation, Standing, Tour
from nr_models.dossier.workflow import Etat, passed
from nr_models.stages import STAGES, Stage
from nr_models.values.frozen import sha256

TRAME = Manquant(quoi="diagnostic", personne="ana@ville.fr")


def vide() -> Standing:
    """Un dossier à peine ouvert."""
    stages = {stage.slug: Situation(Etat.A_VENIR, "2026-01-05T08:00:00Z", "") for stage in STAGES}
    lue = Lue(Entree(collectivite=Collectivite(slug="v", siren="1", nom="V", nature="commune"), personnes=()), "e")
    return Standing("vague/ville", lue, {}, "r", "c", stages, {})


def avec(standing: Standing, stage: Stage, **values: object) -> Standing:
    """Le même dossier, une étape autrement."""
    changed = standing.stages[stage.slug]._replace(**values)  # type: ignore[arg-type]
    return standing._replace(stages={**standing.stages, stage.slug: changed})


def tour(standing: Standing, stage: Stage, phase: str, *, juste: bool = True, **values: object) -> Tour:
    """Le tour d'une étape, fait de ce qu'elle lit aujourd'hui, ou d'autre chose."""
    basis = standing.basis(stage, phase) if juste else '{"autre": 1}'  # type: ignore[arg-type]
    kept = {"intact": True, "approved": False, **values}
    return Tour(1, 1, sha256(basis.encode()), basis, "sceau", f"valeur-{stage.slug}", "", {}, **kept)  # type: ignore[arg-type]


def acquis(stages: tuple[Stage, ...]) -> Standing:
    """Un dossier dont ces premières étapes sont validées, ou produites sans validation."""
    found = vide()
    for stage in stages:
        if stage.waits:
            found = avec(found, stage, envoi=tour(found, stage, "envoi"))
        etat = Etat.VALIDE if stage.gate else Etat.PRODUIT
        found = avec(found, stage, etat=etat, resultat=tour(found, stage, "resultat", approved=True))
    return found


rangs = st.integers(0, len(STAGES) - 1)
etats = st.sampled_from(list(Etat))


@given(rangs)
def test_la_suite_est_a_la_premiere_etape_qui_n_est_pas_acquise(rang: int) -> None:
    step = plan_next(acquis(STAGES[:rang]))
    assert isinstance(step, Make)
    assert step.stage is STAGES[rang]
    assert step.phase == ("envoi" if step.stage.waits else "resultat")


def test_tout_acquis_c_est_la_fin() -> None:
    assert plan_next(acquis(STAGES)) == Halt(Arret.FIN, STAGES[-1])


@given(rangs)
def test_on_ne_va_jamais_plus_loin_que_demande(rang: int) -> None:
    assert plan_next(acquis(STAGES), STAGES[rang].slug) == Halt(Arret.LIMITE, STAGES[rang])


@given(rangs, etats, st.booleans(), st.booleans(), st.booleans())
def test_rien_ne_se_fait_au_dela_de_ce_qui_attend_quelqu_un(
    rang: int, etat: Etat, juste: bool, intact: bool, approved: bool
) -> None:
    """Quelle que soit une étape non acquise, la suite est chez elle, jamais dans une étape d'après."""
    found, stage = acquis(STAGES[:rang]), STAGES[rang]
    if stage.waits:
        found = avec(found, stage, envoi=tour(found, stage, "envoi"))
    made = tour(found, stage, "resultat", juste=juste, intact=intact, approved=approved)
    found = avec(found, stage, etat=etat, resultat=made)
    step = plan_next(found)
    place = step.step.stage if isinstance(step, Wait) else step.stage
    if passed(etat, stage.gate) and juste and intact:
        assert STAGES.index(place) in (rang, rang + 1)
    else:
        assert place is stage


@given(rangs, st.booleans())
def test_un_refus_arrete_le_dossier_meme_quand_ce_que_l_etape_lit_a_change(rang: int, juste: bool) -> None:
    found, stage = acquis(STAGES[:rang]), STAGES[rang]
    found = avec(found, stage, etat=Etat.REFUSE, resultat=tour(found, stage, "resultat", juste=juste))
    assert plan_next(found) == Halt(Arret.REFUS, stage)


@given(rangs.filter(lambda rang: STAGES[rang].gate is not None), st.booleans())
def test_un_resultat_rouvert_est_soumis_et_jamais_confirme_en_silence(rang: int, approved: bool) -> None:
    found, stage = acquis(STAGES[:rang]), STAGES[rang]
    if stage.waits:
        found = avec(found, stage, envoi=tour(found, stage, "envoi"))
    found = avec(found, stage, etat=Etat.ROUVERT, resultat=tour(found, stage, "resultat", approved=approved))
    step = plan_next(found)
    assert isinstance(step, Settle)
    assert not step.approved


@given(rangs.filter(lambda rang: STAGES[rang].waits), st.booleans())
def test_ce_qui_manque_se_sait_une_fois_puis_s_attend_jusqu_a_la_cloture(rang: int, clos: bool) -> None:
    found, stage = acquis(STAGES[:rang]), STAGES[rang]
    found = avec(found, stage, envoi=tour(found, stage, "envoi"), clos=(TRAME,) if clos else ())
    step = plan_next(found)
    assert isinstance(step, Wait)
    assert step.halt == Halt(Arret.RETOURS, stage)
    attente = build_attente(step.step.fingerprint, (TRAME,))
    looked = avec(found, stage, etat=Etat.ATTEND_SAISIES, attente=attente, manquants=(TRAME,))
    assert plan_next(looked) == (step if clos else step.halt)
    assert plan_next(avec(looked, stage, manquants=())) == step  # ce qu’on se rappelle ne dispense de rien


@given(rangs)
def test_un_fichier_perdu_se_refait_sans_attendre_personne(rang: int) -> None:
    found, stage = acquis(STAGES[: rang + 1]), STAGES[rang]
    lost = found.stages[stage.slug].resultat
    assert lost is not None
    step = plan_next(avec(found, stage, resultat=lost._replace(intact=False)))
    assert step == Make(stage, "resultat", lost.basis)
