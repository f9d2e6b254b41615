"""The weekly digest of a programme: who is awaited, for what and since when; the longest wait first."""

from __future__ import annotations

from sqlmodel import Session

from nr_models.dossier.registre import Entree
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG
from nr_models.tables import Programme
from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from tasks.dossier.board import Attendu, LigneTableau, load_board
from tasks.programme.programmes import list_dossiers, load_entree
from tasks.store.workspace import Workspace


def build_digest(workspace: Workspace, session: Session, programme: Programme) -> tuple[str, list[str]]:
    """The counts in one sentence, and a sentence for each dossier that waits for somebody."""
    lines = load_board(workspace, session, programme).dossiers
    entrees = {item.slug: load_entree(item) for item in list_dossiers(session, programme)}
    waiting = sorted((item for item in lines if item.attend), key=lambda item: (_since(item), item.slug))
    done = sum(line.stages[-1].etat is Etat.VALIDE for line in lines)
    ready = len(lines) - len(waiting) - done
    total = f"Dossiers : {len(lines)}. Attendent quelqu’un : {len(waiting)}. Prêts à avancer : {ready}. Finis : {done}."
    return total, [f"{line.nom} : {_tell(line.attend, entrees[line.slug])}." for line in waiting if line.attend]


def _since(line: LigneTableau) -> str:
    return line.attend.depuis if line.attend else ""


def _tell(attend: Attendu, entree: Entree) -> str:
    what = "une validation" if attend.gate else "des retours ou une correction"
    people = [person.nom if (person := entree.find(mail)) else mail for mail in attend.personnes]
    who = attend.blocage or f"on attend {', '.join(people) or 'personne de désigné'}"
    since = french_date(paris_day(attend.depuis))
    return f"l’étape « {BY_SLUG[attend.stage].nom} » attend {what} depuis le {since} ({who})"
