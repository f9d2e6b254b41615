"""The invitations of the collection: a draft per person, the interviews and the restitution as calendars."""

from __future__ import annotations

from collections.abc import Sequence

from nr_models.dossier.case import Case, File
from nr_models.dossier.registre import Personne
from nr_models.rules.entretiens import CalendrierEntretiens, Creneau, Preparation, Reunion, list_leaders, write_heure
from nr_models.values.dates import french_weekday
from nr_models.values.roles import Role
from tasks.office.calendars import Evenement, render_ics
from tasks.office.courrier import render_draft, write_courrier
from tasks.office.naming import name_for

CALENDRIER = "calendrier-entretiens.ics"
RESTITUTION = "restitution.ics"
INVITATION_RESTITUTION = "invitation-restitution.eml"
_INVITATION = "invitation.ics"
_MEETING = (Role.REFERENT, Role.DG, Role.ELU_SPONSOR, Role.INTERLOCUTEUR, Role.VOTANT)


def render_invitation(
    case: Case,
    personne: Personne,
    questions: int,
    joints: Sequence[File],
    prepared: Preparation,
) -> File:
    """The draft of the mail that sends a person their questions and, where it is known, the hour."""
    own = [item for item in prepared.demandes if personne.mail in item.personnes]
    placed = prepared.calendrier.find(personne.mail)
    said, meeting = prepared.find_said(personne.mail), prepared.retour.restitution
    leader = _leader(case, placed[0].referent if placed else "")
    courrier = write_courrier(
        "invitation",
        collectivite=case.entree.collectivite.nom,
        nom=personne.nom,
        questions=questions,
        creneaux=[_slot(case, personne, item) for item in placed],
        minutes=sum(item.minutes for item in own),
        lancement=said.lancement if said else None,
        echeance=french_weekday(prepared.retour.echeance) if prepared.retour.echeance else "",
        restitution=_when(meeting) if meeting else "",
        referent=leader.nom if leader else case.entree.collectivite.nom,
    )
    events = [_interview(case, item) for item in placed]
    ics = (File(_INVITATION, render_ics(events, invitation=True)),) if events else ()
    return File(name_for("invitation", personne, "eml"), render_draft(courrier, (personne,), (*joints, *ics)))


def render_calendar(case: Case, calendrier: CalendrierEntretiens) -> File:
    """Every interview, and the time to note after it, for the référents' diaries."""
    events: list[Evenement] = []
    for item in calendrier.creneaux:
        interview = _interview(case, item)
        notes = interview._replace(
            cle=f"{interview.cle}/notes",
            titre=f"Noter : {_names(case, item.personnes)}",
            debut=item.fin,
            fin=item.notes,
            texte="Compléter les réponses, noter les enseignements clés et un résumé.",
        )
        events += [one._replace(invites=(), organisateur=None) for one in (interview, notes) if one.debut < one.fin]
    return File(CALENDRIER, render_ics(events))


def render_meeting(case: Case, reunion: Reunion | None) -> tuple[File, ...]:
    """The restitution: its invitation to send from the start, and its place in a diary once the hour is known."""
    if reunion is None:
        return ()
    leader = _leader(case)
    people = tuple(item for item in case.entree.personnes if any(item.has(role) for role in _MEETING))
    ics: tuple[File, ...] = ()
    if reunion.debut is not None:
        event = Evenement(
            cle=f"{case.cle}/restitution",
            titre=f"Restitution du diagnostic Numérique responsable, {case.entree.collectivite.nom}",
            jour=reunion.jour,
            debut=reunion.debut,
            fin=reunion.debut + reunion.minutes,
            lieu=reunion.lieu,
            organisateur=leader,
            invites=people,
        )
        ics = (File(RESTITUTION, render_ics([event], invitation=True)),)
    courrier = write_courrier(
        "restitution",
        collectivite=case.entree.collectivite.nom,
        quand=_when(reunion),
        lieu=reunion.lieu,
        invitation=bool(ics),
        referent=leader.nom if leader else case.entree.collectivite.nom,
    )
    return (*ics, File(INVITATION_RESTITUTION, render_draft(courrier, people, ics)))


def _interview(case: Case, item: Creneau) -> Evenement:
    people = tuple(found for mail in item.personnes if (found := case.entree.find(mail)))
    return Evenement(
        cle=f"{case.cle}/{item.cle}",
        titre=f"Entretien Numérique responsable : {_names(case, item.personnes)}",
        jour=item.jour,
        debut=item.debut,
        fin=item.fin,
        texte="Les questions sont dans la trame d’entretien.",
        organisateur=case.entree.find(item.referent),
        invites=people,
    )


def _slot(case: Case, personne: Personne, item: Creneau) -> dict[str, str]:
    others = _names(case, tuple(mail for mail in item.personnes if mail != personne.mail))
    return {
        "jour": french_weekday(item.jour),
        "debut": write_heure(item.debut),
        "fin": write_heure(item.fin),
        "referent": _names(case, (item.referent,)),
        "autres": others,
    }


def _when(reunion: Reunion) -> str:
    day = french_weekday(reunion.jour)
    return f"{day} à {write_heure(reunion.debut)}" if reunion.debut is not None else day


def _leader(case: Case, mail: str = "") -> Personne | None:
    return case.entree.find(mail) or next(iter(list_leaders(case.entree)), None)


def _names(case: Case, mails: Sequence[str]) -> str:
    return ", ".join(found.nom if (found := case.entree.find(mail)) else mail for mail in mails)
