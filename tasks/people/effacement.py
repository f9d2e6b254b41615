"""Erase a person: in one transaction, with a receipt in the trail, which still verifies.

What stays: the decision, whose author is no longer known; the answer; the bytes of documents shown at a
gate, which are evidence; and the files of the inputs, which belong to the collectivité. It is all said.
What must follow in files, mails and Prefect is asked for in the same transaction (``tasks.people.suites``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.dossier.effacement import NOM_EFFACE, Masque, plan_names, vacant_roles
from nr_models.dossier.journal import Fait
from nr_models.tables import Avancement, Dossier, Entrant, Parole, Person, Reading, Retenu, Seance, find_id
from nr_models.values.controle import show_code
from tasks.acts.door import Auteur, look_at_registres
from tasks.people.anonymisation import mask_rows, settle_mails
from tasks.people.documents import Caviardes, redact_documents, repoint
from tasks.people.personnes import (
    DossierConnu,
    Identite,
    Mention,
    find_identity,
    leads_everywhere,
    list_mentions,
    names_person,
)
from tasks.people.suites import Purge, ask_suites, find_unfinished, finish
from tasks.programme.columns import REGISTRE
from tasks.programme.programmes import index_members, load_entree
from tasks.store.lock import programme_lock
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.paroles import save_words

_SAID = "\u00a0: "
"""What stands between why a stage moved and the words of who moved it."""


@dataclass
class Effacement:
    """What an erasure did, or would do: rows by table, roles left vacant, what it cannot reach, its entries.

    ``gardes`` are the documents that name the person and stay, since they prove what was decided; ``a_finir``
    says what of the erasure could not be done yet.
    """

    accepted: bool
    message: str = ""
    pseudonyme: str = ""
    comptes: Counter[str] = field(default_factory=Counter)
    vacants: list[str] = field(default_factory=list)
    restes: list[str] = field(default_factory=list)
    entrees: list[str] = field(default_factory=list)
    gardes: list[str] = field(default_factory=list)
    a_finir: list[str] = field(default_factory=list)


def preview(workspace: Workspace, mail: str, *, by: str) -> Effacement:
    """What erasing a person would do; nothing is written."""
    with workspace.reading() as session:
        identite = find_identity(session, mail)
        if identite is None and find_unfinished(session, mail):
            return Effacement(
                True,
                "Cette personne est effacée de la base, pas encore de tout : avec --motif, ou par "
                "« nr reparer », c’est fini.",
            )
        if refusal := _refusal(identite, mail, by):
            return refusal
        assert identite is not None
        masque = identite.masque(identite.person.commitment if identite.person else "")
        found = Effacement(True, pseudonyme=masque.pseudonyme)
        mentions = [item for item in list_mentions(session, masque) if _names(masque, item)]
        found.comptes.update(item.table.name for item in mentions)
        found.comptes["parole"] += len(_words_of(session, identite.person))
        homes = _named_homes(identite, mentions)
        _tell_documents(redact_documents(workspace.settings, session, masque, homes, dry=True), found)
        _tell_rest(session, identite, masque, found)
        return found


def erase(workspace: Workspace, mail: str, *, par: Auteur, comment: str, purge: Purge | None = None) -> Effacement:
    """Erase a person from our database and from what was made. Équipe programme only; refused with the reason else.

    Killed anywhere after the base, it is finished by ``finish``; asked again before, it says what is left.
    """
    mail, comment = mail.strip().lower(), comment.strip()
    if not comment:
        return Effacement(False, "Il faut écrire pourquoi (--motif), par exemple la date de sa demande.")
    look_at_registres(workspace)
    with workspace.reading() as session:
        unfinished = find_unfinished(session, mail)
        identite = find_identity(session, mail)
        programmes = sorted({place.programme.slug for place in identite.places}) if identite else []
    if unfinished and identite is None:
        return _resume(workspace, purge)
    with ExitStack() as held:
        for slug in programmes:
            held.enter_context(programme_lock(workspace.settings, slug))
        with workspace.writing() as session:
            identite = find_identity(session, mail)
            if refusal := _refusal(identite, mail, par.mail):
                return refusal
            assert identite is not None
            done = _erase(workspace, session, identite, par, comment)
        suites = finish(workspace, purge)
    if suites.courriers:
        done.comptes["eml"] = suites.courriers
    done.a_finir += suites.restes
    return done


def _resume(workspace: Workspace, purge: Purge | None) -> Effacement:
    """An erasure that was cut after the base: the rest of it."""
    suites = finish(workspace, purge)
    said = "il reste :" if suites.restes else "c’est fini."
    message = f"Cette personne était déjà effacée de la base, pas encore de tout ; {said}"
    return Effacement(True, message, a_finir=list(suites.restes))


def _refusal(identite: Identite | None, mail: str, by: str) -> Effacement | None:
    if identite is None:
        return Effacement(False, f"« {mail} » n’est connue nulle part : il n’y a rien à effacer.")
    if identite.mail == by.strip().lower():
        return Effacement(False, "On ne s’efface pas soi-même : demandez à une autre personne de l’équipe programme.")
    if not leads_everywhere(identite, by):
        places = ", ".join(place.cle for place in identite.places) or "aucun dossier"
        return Effacement(False, f"Il faut être de l’équipe programme partout où cette personne est connue ({places}).")
    return None


def _erase(workspace: Workspace, session: Session, identite: Identite, par: Auteur, comment: str) -> Effacement:
    person = chain.find_person(session, identite.mail, identite.nom)
    author = next(found for place in identite.places if (found := place.entree.find(par.mail)))
    writer = chain.find_person(session, author.mail, author.nom)
    masque = identite.masque(person.commitment)
    done = Effacement(True, pseudonyme=masque.pseudonyme)
    _tell_rest(session, identite, masque, done)
    _erase_words(session, person, masque, done)
    _close_doors(session, identite.mail)
    noms = plan_names(masque, {*session.exec(select(Reading.path)), *session.exec(select(Retenu.path))})
    masque.exact.update(noms)
    mentions = list(list_mentions(session, masque, _homes(identite)))
    documents = redact_documents(workspace.settings, session, masque, _named_homes(identite, mentions))
    masque.exact.update(documents.remplaces)
    _tell_documents(documents, done)
    repoint(workspace.settings, session, documents.remplaces)
    done.comptes.update(mask_rows(workspace, session, identite, masque, mentions))
    settle_mails(session, masque)
    _index_again(session, identite)
    said = save_words(session, writer, str(masque.replace(comment)))
    account = save_words(session, writer, par.compte)
    receipt = {
        "personne": person.commitment,
        "par": writer.commitment,
        "motif": said,
        "identification": par.moyen,
        "compte": account,
        "comptes": dict(sorted(done.comptes.items())),
        "retours": _returned_files(session, identite),
    }
    person.mail, person.nom, person.salt = masque.pseudonyme, NOM_EFFACE, ""
    ask_suites(session, masque, person.commitment, _chains(identite), documents.remplaces, noms)
    _say_again(session)
    for name in _chains(identite):
        event = chain.append(session, name, Fait.EFFACE, receipt)
        done.entrees.append(f"{name}, entrée {event['n']}, code de contrôle {show_code(event['hash'])}")
    return done


def _close_doors(session: Session, mail: str) -> None:
    """No browser knows them any more, and no link or code lets them in."""
    for table in (Seance, Entrant):
        session.execute(sa.delete(table).where(col(table.mail) == mail))


def _index_again(session: Session, identite: Identite) -> None:
    """The index of members is that of the masked registry."""
    for place in identite.places:
        session.refresh(place.dossier)
        index_members(session, place.dossier, load_entree(place.dossier))
    session.flush()


def _say_again(session: Session) -> None:
    """What the trail said of rows under the salt there was can no longer be guessed: they are all said again."""
    for dossier in session.exec(select(Dossier)).all():
        dossier.sel = ""


def _chains(identite: Identite) -> list[str]:
    """The programmes' chains: an erasure is an act of the programme, and would name a dossier's people otherwise."""
    return sorted({place.programme.slug for place in identite.places})


def _names(masque: Masque, mention: Mention) -> bool:
    return any(names_person(masque, text) for text in mention.textes.values())


def _homes(identite: Identite) -> list[int]:
    return [find_id(place.dossier) for place in identite.places]


def _named_homes(identite: Identite, mentions: Iterable[Mention]) -> set[int]:
    """The dossiers that know the person, and those that only name them."""
    return {*_homes(identite), *(item.dossier for item in mentions if item.dossier is not None)}


def _tell_documents(documents: Caviardes, done: Effacement) -> None:
    """The documents written again without the person, and those that must stay as they are."""
    if documents.remplaces:
        done.comptes["document"] = len(documents.remplaces)
    done.gardes += documents.gardes


def _returned_files(session: Session, identite: Identite) -> list[str]:
    """The SHA-256 of returns of erased people: put back under any name, they bring nobody back."""
    ids = _homes(identite)
    rows = select(Reading.sha256).where(col(Reading.dossier_id).in_(ids), col(Reading.efface).is_(True))
    return sorted(set(session.exec(rows)))


def _words_of(session: Session, person: Person | None) -> list[Parole]:
    return list(session.exec(select(Parole).where(Parole.person_id == person.id))) if person else []


def _erase_words(session: Session, person: Person, masque: Masque, done: Effacement) -> None:
    """What they wrote goes, with its copies in the state of stages; what others wrote of them goes too."""
    own = _words_of(session, person)
    others = [item for item in session.exec(select(Parole)) if item not in own and names_person(masque, item.texte)]
    gone = {f"{_SAID}{item.texte}" for item in (*own, *others)}
    for state in session.exec(select(Avancement)).all():
        copied = max((text for text in gone if state.raison.endswith(text)), key=len, default="")
        if copied:
            state.raison = f"{state.raison.removesuffix(copied)}{_SAID}motif effacé"
    for item in (*own, *others):
        session.delete(item)
    done.comptes["parole"] += len(own) + len(others)
    session.flush()


def _tell_rest(session: Session, identite: Identite, masque: Masque, done: Effacement) -> None:
    """What an erasure cannot reach, and the roles that it leaves vacant."""
    for place in identite.places:
        vacant = ", ".join(role.nom for role in vacant_roles(place.entree, identite.mail))
        if vacant:
            done.vacants.append(f"{place.cle} : {vacant}")
        folder = Path(place.programme.folder)
        done.restes += _returned(session, place, identite, masque, folder)
    for folder in sorted({Path(place.programme.folder) for place in identite.places}):
        if any(place.entree.find(identite.mail) for place in identite.places):
            done.restes.append(f"{folder / REGISTRE} (retirez-en la ligne : relu, il la ramènerait)")


def _returned(session: Session, place: DossierConnu, identite: Identite, masque: Masque, folder: Path) -> Iterable[str]:
    rows = session.exec(select(Reading).where(Reading.dossier_id == place.dossier.id).order_by(col(Reading.path)))
    for row in rows:
        if row.personne == identite.mail or names_person(masque, row.value) or _named(masque, row.path):
            yield f"{folder / place.dossier.slug / row.path} (fichier de la collectivité)"


def _named(masque: Masque, path: str) -> bool:
    return any(needle.lower() in path.lower() for needle in masque.needles)
