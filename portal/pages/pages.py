"""The pages: what each shows, and its template filled."""

from __future__ import annotations

import json
import shlex
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from nr_models.dossier import attendu, recit
from nr_models.dossier.attendu import Attendu
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, RETOURS, STAGES
from nr_models.tables import Programme
from nr_models.values.anomalies import Anomaly, list_lines, summarise
from nr_models.values.controle import show_code
from nr_models.values.french import joined
from nr_models.values.frozen import plain
from nr_models.values.roles import Role
from portal import labels
from tasks.dossier.anomalies import list_anomalies
from tasks.dossier.board import Tableau, load_board, load_line
from tasks.dossier.detail import list_etapes, list_history
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.standing import load_standing
from tasks.office.look import load_look
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers, list_programmes, load_entree
from tasks.store.workspace import Workspace
from tasks.trail.paroles import load_known
from templates import ROOT

RECENT = 20
"""Acts of the history shown at once; the others unfold."""
FAULTS = 50
"""Lines of what was found wrong in a stage; the workbook of the stage holds them all."""


class Pages:
    """Every page as text; ``prefect_url`` is where Prefect's pages are, None when they are not served."""

    def __init__(self, workspace: Workspace, prefect_url: str | None) -> None:
        self.workspace = workspace
        self.templates = _environment()
        technical = prefect_url if prefect_url and prefect_url.startswith(("http://", "https://")) else None
        self.templates.globals |= {"technique": technical, "STAGES": STAGES, "BY_SLUG": BY_SLUG, "Etat": Etat}

    def render(self, name: str, **context: Any) -> str:
        """A template filled, with French punctuation."""
        return labels.typeset(self.templates.get_template(f"{name}.html.j2").render(context))

    def render_style(self) -> str:
        """The style sheet, its colours taken from the look tokens."""
        return self.templates.get_template("style.css.j2").render(plain(load_look()))

    def render_icon(self) -> str:
        """The icon of the site, in the accent colour."""
        return self.templates.get_template("icone.svg.j2").render(plain(load_look()))

    def render_home(self, session: Session) -> str:
        """The programmes."""
        boards = [load_board(self.workspace, session, item) for item in list_programmes(session)]
        return self.render("accueil", programmes=[(board, _summarise(board)) for board in boards])

    def render_programme(self, session: Session, programme: Programme) -> str:
        """The board of a programme."""
        board = load_board(self.workspace, session, programme)
        entrees = {item.slug: load_entree(item) for item in list_dossiers(session, programme)}
        return self.render(
            "programme",
            programme=programme,
            lignes=[(line, line.tell_next(entrees[line.slug].names)) for line in board.dossiers],
            resume=_summarise(board),
            anomalies=[Anomaly.model_validate(item) for item in json.loads(programme.anomalies)],
        )

    def render_dossier(self, lieu: Lieu) -> str:
        """One dossier: what comes next, its stages and their documents, its history."""
        line, entree, events = load_line(lieu), lieu.entree, list_history(lieu)
        return self.render(
            "dossier",
            programme=lieu.programme,
            dossier=lieu.dossier,
            entree=entree,
            suite=line.tell_next(entree.names),
            attend=line.attend,
            reserves=line.reserves,
            commande=_command(lieu, line.attend),
            etapes=list_etapes(lieu),
            releves=_list_faults(lieu),
            actes=recit.tell(events, load_known(lieu.session, events)),
        )


class Releve(NamedTuple):
    """What was found wrong in what a stage was given: in a word, then line by line."""

    resume: str
    lignes: tuple[str, ...]


def _list_faults(lieu: Lieu) -> dict[str, Releve]:
    """What was found wrong, by stage; of a stage whose result says who answered what, neither place nor value."""
    standing, found = load_standing(lieu), {}
    for stage in STAGES:
        if anomalies := list_anomalies(lieu, standing, (stage,)):
            lines = list_lines(anomalies, FAULTS, anonymous=stage.hides(RESULT_FILE))
            found[stage.slug] = Releve(summarise(anomalies), tuple(lines))
    return found


def _summarise(board: Tableau) -> str:
    return attendu.summarise([line.sens for line in board.dossiers])


def _command(lieu: Lieu, attend: Attendu | None) -> str | None:
    """The command that records the awaited decision or closes the awaited stage; None where nobody may."""
    if attend is None or attend.blocage or not attend.personnes:
        return None
    mail = shlex.quote(attend.personnes[0])
    if attend.gate:
        seen = show_code(attend.empreinte)
        return f"nr validation decider {lieu.cle} {attend.gate} --par {mail} --verdict approuver --vu {seen}"
    leader = next(iter(lieu.entree.holders(Role.REFERENT)), None)
    return f"nr etape clore {lieu.cle} {attend.stage} --par {shlex.quote(leader.mail)}" if leader else None


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "jour": labels.write_day,
        "instant": labels.write_instant,
        "taille": labels.write_size,
        "format_fichier": labels.write_format,
        "enumere": joined,
        "retour": lambda kind: RETOURS.get(kind, kind),
    }
    environment.globals |= {
        "nom_document": labels.name_document,
        "PHRASES": labels.PHRASES,
        "show_code": show_code,
        "RECENTS": RECENT,
    }
    return environment
