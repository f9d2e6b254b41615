"""Diffusion: sending the documents of a stage to people is an act: to whom, exactly what, by whom, when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlmodel import col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import Acte, Etat, attempt, find_transition
from nr_models.stages import Stage
from nr_models.tables import Destinataire, Diffusion, Person, Round, find_id
from nr_models.values.french import plural
from nr_models.values.frozen import canonical
from tasks.acts.door import Auteur, Code, DocumentChange, Scene, SuiteDonnee, play
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.rounds import find_round, find_state, list_artefacts
from tasks.store.clock import now
from tasks.store.files import load_bytes
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace
from tasks.trail import chain

DIFFUSED_BEFORE = ("restitute",)
"""Stages shown in a meeting before anybody validates them: the restitution is what the meeting is about."""

_MAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")


def diffuse(
    workspace: Workspace,
    name: str,
    stage: Stage,
    *,
    par: Auteur,
    to: Sequence[str],
) -> SuiteDonnee:
    """Send the documents of a validated stage, or of the restitution, to people. Raises ``Introuvable``.

    Those who already got these very documents do not get them twice.
    """
    people = tuple(dict.fromkeys(item.strip().lower() for item in to if item.strip()))
    return play(
        workspace,
        name,
        lambda scene: _diffuse(scene, stage, people),
        par=par,
        content=(Acte.DIFFUSER, stage.slug, people),
        after=stage,
        included=True,
    )


def may_diffuse(stage: Stage, etat: Etat) -> bool:
    """True for a validated stage, and for the restitution as soon as it is submitted."""
    return etat is Etat.VALIDE or stage.slug in DIFFUSED_BEFORE


def _diffuse(scene: Scene, stage: Stage, people: Sequence[str]) -> SuiteDonnee:
    etat = Etat(find_state(scene, stage.slug).etat)
    wrong = [item for item in people if not _MAIL.fullmatch(item)]
    facts = {"diffusion-permise"} if may_diffuse(stage, etat) else set()
    if people and not wrong:
        facts.add("destinataire-nomme")
    if stage.gate is None and stage.slug not in DIFFUSED_BEFORE:
        return SuiteDonnee(
            False,
            f"« {stage.nom} » ne se diffuse pas : ses documents disent qui a répondu quoi. "
            "Ce qui se diffuse est le score, la restitution et ce qui les suit.",
            Code.FERME,
        )
    if reasons := attempt(etat, Acte.DIFFUSER, facts, scene.roles).raisons:
        row = find_transition(etat, Acte.DIFFUSER)
        code = Code.FERME if "diffusion-permise" not in facts else Code.INVALIDE
        if row is not None and not set(row.par) & scene.roles:
            code = Code.INTERDIT
        which = f" ({', '.join(wrong)})" if wrong else ""
        return SuiteDonnee(False, f"« {stage.nom} » n’est pas diffusée : {' ; '.join(reasons)}{which}.", code)
    made = find_round(scene, stage.slug, "resultat")
    assert made is not None  # it is submitted or validated
    digests = {item.nom: item.sha256 for item in list_artefacts(scene.session, made) if _goes(stage, item.nom)}
    lost = tuple(
        DocumentChange(nom, sha256, "")
        for nom, sha256 in sorted(digests.items())
        if load_bytes(scene.workspace.settings, sha256) is None
    )
    if lost:
        names = ", ".join(item.nom for item in lost)
        return SuiteDonnee(
            False, f"Le magasin a perdu {names} ; lancez « nr avancer », puis diffusez.", Code.CHANGE, lost
        )
    return _send(scene, stage, made, digests, [item for item in people if item not in _already_sent(scene, made)])


def _goes(stage: Stage, nom: str) -> bool:
    """False for what is for machines, or says who answered or voted what."""
    return nom != RESULT_FILE and not stage.hides(nom)


def _already_sent(scene: Scene, made: Round) -> set[str]:
    query = (
        select(Person.mail)
        .join(Destinataire, col(Destinataire.person_id) == Person.id)
        .join(Diffusion, col(Diffusion.id) == Destinataire.diffusion_id)
        .where(Diffusion.round_id == made.id)
    )
    return set(scene.session.exec(query))


def _send(scene: Scene, stage: Stage, made: Round, digests: dict[str, str], people: Sequence[str]) -> SuiteDonnee:
    if not people:
        return SuiteDonnee(True, "Ces personnes ont déjà reçu ces documents ; rien n’a été ajouté.", Code.DEJA)
    row = Diffusion(
        dossier_id=find_id(scene.dossier),
        round_id=find_id(made),
        person_id=find_id(scene.find_author()),
        seal=made.seal,
        digests=canonical(digests),
        diffused_at=now(),
    )
    scene.session.add(row)
    scene.session.flush()
    known = []
    for mail in people:
        found = scene.entree.find(mail)
        person = chain.find_person(scene.session, mail, found.nom if found else mail)
        known.append(person.commitment)
        scene.session.add(Destinataire(diffusion_id=find_id(row), person_id=find_id(person)))
        enqueue(scene.session, Consigne.DIFFUSION, f"diffusion:{row.id}:{mail}", {"diffusion": row.id, "mail": mail})
    scene.record(
        Fait.DIFFUSE,
        {
            "stage": stage.slug,
            "tour": made.numero,
            "empreinte": made.seal,
            "artefacts": sorted(digests.values()),
            "destinataires": sorted(known),
        },
    )
    count = plural(len(people), "personne")
    return SuiteDonnee(True, f"« {stage.nom} » : {', '.join(sorted(digests))} à envoyer à {count}.")
