"""Make a stage: build its case, run its rule, render its files, keep the round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nr_models.dossier.case import Case, File, Manquant
from nr_models.dossier.fingerprint import Phase
from nr_models.dossier.journal import Fait
from nr_models.dossier.next import Make, build_attente
from nr_models.dossier.retours.envoi import Envoi, Support
from nr_models.dossier.standing import Standing
from nr_models.dossier.workflow import Acte, Etat
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import RETOURS, Stage
from nr_models.tables import Avancement, Round
from nr_models.values.french import plural
from nr_models.values.frozen import Frozen, canonical, sha256
from tasks.dossier.asking import ask_supports
from tasks.dossier.gates import load_reserves, open_gate, restore_gate
from tasks.dossier.rounds import (
    expire_later,
    find_round,
    find_state,
    list_artefacts,
    load_envoi,
    move,
    restore,
    save_round,
)
from tasks.programme.lieu import Lieu
from tasks.returns.comptes import settle_before
from tasks.returns.returns import list_returns, load_copies
from tasks.stages.hands import load_hands
from tasks.store.files import load_bytes
from tasks.trail import chain

_CELLS_SAID = 3
RESULT_FILE = "resultat.json"


def load_case(lieu: Lieu, standing: Standing, stage: Stage, phase: Phase = "resultat") -> Case:
    """Everything the stage may read, as values: of the registry too, what it reads and no more."""
    with lieu.reading() as ici:
        sent = load_envoi(find_round(ici, stage.slug, "envoi"))
        retours, anomalies = list_returns(ici, stage.returns, sent)
        retours = load_copies(ici, retours)
        reserves = load_reserves(ici.session, standing.list_carried(stage))
    return Case(
        cle=lieu.cle,
        entree=standing.find_vue(stage, phase).entree,
        referentiel=lieu.referentiel,
        results=load_results(lieu, standing, stage.upstream),
        retours=retours,
        anomalies=anomalies,
        reserves=reserves,
    )


def list_owed(lieu: Lieu, standing: Standing, stage: Stage) -> tuple[Manquant, ...]:
    """What a stage that waits misses now."""
    return tuple(load_hands(stage.slug).list_missing(load_case(lieu, standing, stage)))


def load_results(lieu: Lieu, standing: Standing, stages: Iterable[str]) -> dict[str, Frozen]:
    """The current results of these stages, as their types; a stage without result is left out."""
    found = {stage: tour.id for stage in stages if (tour := standing.find_tour(stage, "resultat"))}
    with lieu.reading() as ici:
        values = {stage: ici.session.get_one(Round, made).value for stage, made in found.items()}
    return {stage: load_hands(stage).Result.model_validate_json(value) for stage, value in values.items()}


def make(lieu: Lieu, standing: Standing, step: Make) -> None:
    """Make what a step says. Killed at any moment and done again: the same bytes, no event twice."""
    stage = step.stage
    if _shown_again(lieu, standing, stage, step):
        return
    case, hands = load_case(lieu, standing, stage, step.phase), load_hands(stage.slug)
    if step.phase == "envoi":
        envoi, files = _supports(lieu, standing, stage, case)
        save_round(lieu, stage, "envoi", step.basis, envoi, files)
        return
    result = hands.build(case)
    files = (
        *hands.render_livrables(case, result),
        File(RESULT_FILE, render_result(case.cle, case.referentiel, stage, result)),
    )
    save_round(lieu, stage, "resultat", step.basis, result, files)


def _supports(lieu: Lieu, standing: Standing, stage: Stage, case: Case) -> tuple[Envoi, tuple[File, ...]]:
    """The supports, which bear their round: a new one only for those that would ask something else.

    What was answered is written again in those, and in all once the stage was sent back: sent back in their turn, they
    lose nothing. The others stay the very bytes that people were sent.
    """
    hands, before = load_hands(stage.slug), standing.find_tour(stage.slug, "envoi")
    with lieu.reading() as ici:
        sent = load_envoi(find_round(ici, stage.slug, "envoi")).supports
    known = dict(before.artefacts) if before else {}
    tours = {nom: item.tour for nom, item in sent.items()}
    following = before.numero + 1 if before else 1
    bare = case.without(stage.reprend)
    asked = hands.render_supports(bare, lambda nom: tours.get(nom, following))
    was = {nom: item.nu or known.get(nom) for nom, item in sent.items()}
    changed = {file.nom for file in asked if file.type and was.get(file.nom) != sha256(file.contenu)} & tours.keys()
    if changed:
        tours = {nom: tour for nom, tour in tours.items() if nom not in changed}
        asked = hands.render_supports(bare, lambda nom: tours.get(nom, following))
    files = asked
    if bare.retours != case.retours:
        files = hands.render_supports(case, lambda nom: tours.get(nom, following))
    again = _is_sent_back(standing, stage)
    kept = {nom: known[nom] for nom in tours.keys() & known.keys() if stage.reprend and not again}
    supports = {
        file.nom: Support(
            type=file.type,
            pour=file.pour,
            tour=tours.get(file.nom, following),
            nu=sha256(plain.contenu) if file.type in stage.reprend else "",
        )
        for file, plain in zip(files, asked, strict=True)
        if file.type
    }
    return Envoi(supports=supports), tuple(_keep(lieu, file, kept.get(file.nom, "")) for file in files)


def _is_sent_back(standing: Standing, stage: Stage) -> bool:
    """True where a stage was sent back since its supports were made."""
    when, made = standing.find_reprise(stage), standing.find_tour(stage.slug, "envoi")
    return bool(when) and (made is None or f'"reprise":"{when}"' not in made.basis)


def _keep(lieu: Lieu, file: File, digest: str) -> File:
    """A support as it was sent; as it would be now where it was not, or where the store lost it."""
    content = load_bytes(lieu.workspace.settings, digest) if digest else None
    return file if content is None else replace(file, contenu=content)


def wait(lieu: Lieu, stage: Stage, fingerprint: str, missing: tuple[Manquant, ...]) -> None:
    """Write that a stage waits for these returns, and that it was looked at from that basis."""
    reason = f"Attend {plural(len(missing), 'retour')} : {', '.join(map(tell_missing, missing))}."
    with lieu.writing() as ici:
        state = find_state(ici, stage.slug)
        if move(state, Acte.ATTENDRE, {"amont-acquis", "retours-attendus"}, reason):
            expire_later(ici, stage)
        if state.etat == Etat.ATTEND_SAISIES:
            state.raison, state.manquants = reason, canonical(missing)
            state.attente = build_attente(fingerprint, missing)
            ask_supports(ici, stage, missing)


def settle(lieu: Lieu, stage: Stage, approved: bool) -> bool:
    """A result that stands: confirmed where it was validated, else submitted (again). True when it moved."""
    if stage.gate and not approved:
        return open_gate(lieu, stage)
    with lieu.writing() as ici:
        state = find_state(ici, stage.slug)
        if stage.gate is None:
            return move(state, Acte.PRODUIRE, {"amont-acquis", "retours-complets", "resultat-change"}, "Produit.")
        return _confirm(ici, stage, state)


def _confirm(ici: Lieu, stage: Stage, state: Avancement) -> bool:
    """What was approved last is what the stage shows: validated, and by whom it was decided, by nobody else."""
    facts = {"amont-acquis", "resultat-identique", "validation-acquise"}
    if not move(state, Acte.CONFIRMER, facts, "Le résultat validé n’a pas changé."):
        return False
    donnees = {"stage": stage.slug}
    if again := restore_gate(ici, stage):
        state.raison = "Le résultat est à nouveau celui qui avait été validé."
        donnees |= {"gate": again.gate, "empreinte": again.seal}
        settle_before(ici, stage)
    chain.append(ici.session, ici.cle, Fait.CONFIRME, donnees, automatique=True)
    return True


def tell_missing(item: Manquant) -> str:
    """« bulletin de vote de zoe@ville.fr (à reprendre : feuille « Bulletin », cellule C3) »."""
    what = RETOURS.get(item.quoi, item.quoi)
    who = f"{what} de {item.personne}" if item.personne else what
    cells = " ; ".join(item.cellules[:_CELLS_SAID]) + (" …" if len(item.cellules) > _CELLS_SAID else "")
    return f"{who} (à reprendre : {cells})" if cells else who


def _shown_again(lieu: Lieu, standing: Standing, stage: Stage, step: Make) -> bool:
    """Files missing or changed of a round that is right: put back from the store."""
    made = standing.find_tour(stage.slug, step.phase)
    if made is None or made.fingerprint != step.fingerprint:
        return False
    with lieu.reading() as ici:
        artefacts = list_artefacts(ici.session, ici.session.get_one(Round, made.id))
    return restore(lieu, stage, artefacts)


def render_result(key: str, referentiel: Referentiel, stage: Stage, result: object) -> bytes:
    """``resultat.json``: canonical JSON, its schema in docs/resultats.md."""
    document = {
        "dossier": key,
        "stage": stage.slug,
        "regle": stage.rule,
        "referentiel": {"version": referentiel.version, "empreinte": referentiel.empreinte},
        "resultat": result,
    }
    return canonical(document).encode() + b"\n"
