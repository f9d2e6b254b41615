"""Play the people: fill the supports that wait, close what will never come, decide at the open gates.

Through the same doors as people: files in the folder of the programme, decisions and closures with
the empreinte of what is shown. Deterministic for a seed, a dossier and a stage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlmodel import select

from nr_models.dossier.case import File
from nr_models.dossier.gates import Siege, Verdict
from nr_models.dossier.registre import Personne
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, STAGES, Stage
from nr_models.tables import Avancement, Programme
from nr_models.values.moyens import Moyen
from nr_models.values.roles import Role
from nr_models.values.text import slugify
from tasks.acts.closing import close_stage
from tasks.acts.decisions import decide
from tasks.acts.door import Auteur
from tasks.demo import phrases
from tasks.demo.ballot import fill_ballot, find_silent
from tasks.demo.chance import happens, source
from tasks.demo.fiches import fill_fiches
from tasks.demo.form import Form
from tasks.demo.preselection import fill_preselection
from tasks.dossier.gates import find_attente
from tasks.dossier.rounds import find_round, list_artefacts
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers
from tasks.store.files import stage_folder
from tasks.store.workspace import Workspace


def _played(mail: str) -> Auteur:
    """How the people played are recognised in the decisions and in the trail."""
    return Auteur(mail, Moyen.SIMULATION.value, "nr exemple")


class Played(NamedTuple):
    """What the people did: files written, decisions taken, stages closed."""

    written: int
    decided: int
    closed: int


@dataclass(frozen=True, kw_only=True)
class _Scene(Lieu):
    """One dossier and what its people need to act."""

    seed: int

    @property
    def story(self) -> str:
        """What the draws hang on: the dossier alone, so that a copy of the programme plays alike."""
        return self.dossier.slug


def answer(workspace: Workspace, programme: Programme, *, seed: int) -> Played:
    """One turn of the people of every dossier; nothing is done twice, and the next run takes it in."""
    with workspace.reading() as session:
        dossiers = list_dossiers(session, programme)
    turns = [_play(_Scene(workspace, programme, dossier, seed=seed)) for dossier in dossiers]
    return Played(*(sum(turn[place] for turn in turns) for place in range(len(Played._fields))))


def _play(scene: _Scene) -> Played:
    written = closed = 0
    for stage, state in _waiting(scene):
        written += sum(_return(scene, file) for file in _replies(scene, stage))
        closed += _close(scene, stage, state)
    return Played(written, sum(_decide(scene, gate) for gate in BY_GATE), closed)


def _waiting(scene: _Scene) -> list[tuple[Stage, Avancement]]:
    """The stages that wait for returns."""
    with scene.workspace.reading() as session:
        query = select(Avancement).where(
            Avancement.dossier_id == scene.dossier.id, Avancement.etat == Etat.ATTEND_SAISIES
        )
        states = {row.slug: row for row in session.exec(query)}
    return [(stage, states[stage.slug]) for stage in STAGES if stage.slug in states]


def _replies(scene: _Scene, stage: Stage) -> Iterator[File]:
    """The supports of a stage, filled; the collection came back with the programme, or never will."""
    for path in _supports(scene, stage):
        form = Form(path.read_bytes())
        draws = source(scene.seed, scene.story, stage.slug)
        author: Personne | None = next(iter(scene.entree.holders(Role.REFERENT)), None)
        match stage.slug:
            case "preselect":
                fill_preselection(draws, form, scene.entree, scene.referentiel)
                name = "Preselection revue"
            case "prioritise":
                author = scene.entree.find(form.mark().get("personne", ""))
                if author is None or author.mail == find_silent(scene.seed, scene.story, scene.entree):
                    continue
                fill_ballot(scene.seed, scene.story, form, author, scene.referentiel)
                name = "Bulletin"
            case _:
                fill_fiches(draws, form, scene.entree, scene.referentiel)
                name = "Fiches action completees"
        who = slugify(author.nom).replace("-", " ").title() if author else "le referent"
        yield File(f"{name} - {who}.xlsx", form.save())


def _supports(scene: _Scene, stage: Stage) -> list[Path]:
    """The supports in force, as they lie in the outputs; those of the collection are not ours to fill."""
    if stage.slug == "collect":
        return []
    folder = stage_folder(scene.workspace.settings, scene.cle, stage)
    with scene.reading() as ici:
        sent = find_round(ici, stage.slug, "envoi")
        names = [item.nom for item in list_artefacts(ici.session, sent)] if sent else []
    return [folder / name for name in names if (folder / name).is_file()]


def _return(scene: _Scene, file: File) -> bool:
    """Put a file in the folder of the collectivité; False when it is there already."""
    path = Path(scene.programme.folder) / scene.dossier.slug / file.nom
    if path.is_file() and path.read_bytes() == file.contenu:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.contenu)
    return True


def _close(scene: _Scene, stage: Stage, state: Avancement) -> bool:
    """Close a stage, as the référent, once all that is missing is known never to come."""
    missing = {(item["quoi"], item.get("personne", "")) for item in json.loads(state.manquants)}
    silent = find_silent(scene.seed, scene.story, scene.entree)
    never = missing if stage.slug == "collect" else {item for item in missing if silent and item[1] == silent}
    referents = scene.entree.holders(Role.REFERENT) or scene.entree.holders(Role.EQUIPE_PROGRAMME)
    if not missing or missing != never or not referents or state.clos == state.manquants:
        return False
    mail = referents[0].mail
    return close_stage(scene.workspace, scene.cle, stage, par=_played(mail)).accepted


def _decide(scene: _Scene, gate: str) -> int:
    """Decide on every free seat of a gate, one after the other where the chain wants an order."""
    taken: set[str] = set()
    while True:
        with scene.reading() as ici:
            attente = find_attente(ici, gate)
            free = [] if attente is None or attente.blocage else [*attente.libres]
            seen = attente.gate.seal if attente else ""
        siege = next((item for item in free if item.role not in taken and item.personnes), None)
        if siege is None or not _say(scene, gate, siege, seen):
            return len(taken)
        taken.add(siege.role)


def _say(scene: _Scene, gate: str, siege: Siege, seen: str) -> bool:
    mail = siege.personnes[0]
    draws = source(scene.seed, scene.story, gate, mail)
    reserved = happens(draws, 1, 7)
    said = decide(
        scene.workspace,
        scene.cle,
        gate,
        par=_played(mail),
        verdict=Verdict.RESERVES if reserved else Verdict.APPROUVER,
        vu=seen,
        comment=draws.choice(phrases.RESERVES) if reserved else "",
    )
    return said.accepted
