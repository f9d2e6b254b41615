"""Delegations in our database: give one, end one before its day, list those of a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nr_models.dossier.delegation import Delegation, delegation_facts
from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import DELEGANT, Acte, permit
from nr_models.tables import Delegation as Row
from nr_models.tables import Revocation, find_id
from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from nr_models.values.frozen import canonical
from nr_models.values.roles import Role
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.pouvoirs import load_delegations
from tasks.programme.programmes import load_kept_referentiel
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace
from tasks.trail import chain


def delegate(
    workspace: Workspace,
    name: str,
    *,
    par: Auteur,
    to: str,
    role: str,
    du: date,
    au: date,
    arrete: str,
    validations: Sequence[str] = (),
) -> SuiteDonnee:
    """Give a role of a dossier to another of its people, from one day to another; one deep. Raises ``Introuvable``."""
    wanted = Delegation(
        id=0,
        role=role,
        delegant=par.mail.strip().lower(),
        delegataire=to.strip().lower(),
        du=du,
        au=au,
        validations=tuple(sorted(set(validations))),
    )
    return play(
        workspace,
        name,
        lambda scene: _delegate(scene, wanted, arrete.strip()),
        par=par,
        content=(Acte.DELEGUER, wanted, arrete.strip()),
    )


def _delegate(scene: Scene, wanted: Delegation, arrete: str) -> SuiteDonnee:
    circuit = load_kept_referentiel(scene.workspace, scene.dossier).validation
    facts = delegation_facts(wanted, arrete, circuit, scene.entree, paris_day(now()))
    if reasons := permit(Acte.DELEGUER, facts, scene.roles):
        code = Code.INVALIDE if "role-delegable" in facts else Code.INTERDIT
        return SuiteDonnee(False, f"Cette délégation n’est pas possible : {' ; '.join(reasons)}.", code)
    known = load_delegations(scene.session, [find_id(scene.dossier)])[find_id(scene.dossier)]
    if any(item.model_copy(update={"id": 0}) == wanted for item in known):
        return SuiteDonnee(True, "Cette délégation était déjà enregistrée ; rien n’a été ajouté.", Code.DEJA)
    row = _save(scene, wanted, arrete)
    enqueue(
        scene.session, Consigne.DELEGATION, f"delegation:{row.id}", {"delegation": row.id, "mail": wanted.delegataire}
    )
    scope = f" ({', '.join(wanted.validations)})" if wanted.validations else ""
    return SuiteDonnee(
        True,
        f"Délégation n° {row.id} enregistrée : {wanted.delegataire} peut décider comme {Role(wanted.role).nom}{scope} "
        f"du {french_date(wanted.du)} au {french_date(wanted.au)} inclus.",
    )


def _save(scene: Scene, wanted: Delegation, arrete: str) -> Row:
    taker = scene.entree.find(wanted.delegataire)
    assert taker is not None  # « delegataire-connu » holds
    given_to, reference = chain.find_person(scene.session, taker.mail, taker.nom), scene.save_words(arrete)
    row = Row(
        dossier_id=find_id(scene.dossier),
        delegant_id=find_id(scene.find_author()),
        delegataire_id=find_id(given_to),
        role=wanted.role,
        validations=canonical(wanted.validations),
        du=wanted.du.isoformat(),
        au=wanted.au.isoformat(),
        arrete=reference,
        identification=scene.par.moyen,
        given_at=now(),
    )
    scene.session.add(row)
    scene.session.flush()
    scene.record(
        Fait.DELEGUE,
        {
            "delegation": row.id,
            "role": row.role,
            "a": given_to.commitment,
            "du": row.du,
            "au": row.au,
            "validations": list(wanted.validations),
            "motif": reference,
        },
    )
    return row


def revoke(
    workspace: Workspace,
    name: str,
    number: int,
    *,
    par: Auteur,
    comment: str,
) -> SuiteDonnee:
    """End a delegation before its day, by who gave it or the équipe programme; what it decided stands."""
    comment = comment.strip()
    return play(
        workspace,
        name,
        lambda scene: _revoke(scene, number, comment),
        par=par,
        content=(Acte.REVOQUER, number, comment),
    )


def _revoke(scene: Scene, number: int, comment: str) -> SuiteDonnee:
    known = load_delegations(scene.session, [find_id(scene.dossier)])[find_id(scene.dossier)]
    found = next((item for item in known if item.id == number), None)
    mine = found is not None and found.delegant == scene.personne.mail
    facts = {"motif-ecrit"} if comment else set()
    if found is not None and not found.revoquee:
        facts.add("delegation-vivante")
    if reasons := permit(Acte.REVOQUER, facts, scene.roles | ({DELEGANT} if mine else set())):
        code = Code.FERME if found and found.revoquee else Code.INVALIDE if mine else Code.INTERDIT
        return SuiteDonnee(False, f"La délégation n° {number} ne peut pas être révoquée : {' ; '.join(reasons)}.", code)
    assert found is not None  # « delegation-vivante » holds
    said = scene.save_words(comment)
    scene.session.add(
        Revocation(delegation_id=number, person_id=find_id(scene.find_author()), commentaire=said, revoked_at=now())
    )
    scene.record(Fait.REVOQUE, {"delegation": number, "role": found.role, "motif": said})
    enqueue(
        scene.session,
        Consigne.DELEGATION_FIN,
        f"delegation-fin:{number}",
        {"delegation": number, "mail": found.delegataire},
    )
    return SuiteDonnee(True, f"Délégation n° {number} révoquée ; ce qu’elle a permis de décider reste décidé.")
