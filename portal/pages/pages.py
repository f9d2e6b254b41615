"""The pages: what each shows, and its template filled."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from nr_models.dossier.registre import Entree
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, STAGES
from nr_models.tables import Programme
from nr_models.values.anomalies import Anomaly
from nr_models.values.controle import show_code
from nr_models.values.french import plural
from nr_models.values.frozen import plain
from nr_models.values.roles import Role
from portal import labels
from portal.pages.history import tell_history
from tasks.dossier.board import Attendu, LigneTableau, Tableau, load_board, load_line
from tasks.dossier.detail import list_etapes, list_history, load_known
from tasks.office.look import load_look
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers, list_programmes, load_entree
from tasks.store.workspace import Workspace
from templates import ROOT

SEEN = 12
"""Digits of an empreinte that people see."""
RECENT = 20
"""Acts of the history shown at once; the others unfold."""


class Suite(NamedTuple):
    """What comes next in a dossier: what for, who is awaited (by name), in which roles, since when."""

    sens: str
    texte: str
    qui: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    depuis: str | None = None
    blocage: str | None = None


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
        return self.render("accueil", programmes=[(board, summarise(board)) for board in boards])

    def render_programme(self, session: Session, programme: Programme) -> str:
        """The board of a programme."""
        board = load_board(self.workspace, session, programme)
        entrees = {item.slug: load_entree(item) for item in list_dossiers(session, programme)}
        return self.render(
            "programme",
            programme=programme,
            lignes=[(line, tell_next(line, entrees[line.slug])) for line in board.dossiers],
            resume=summarise(board),
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
            suite=tell_next(line, entree),
            attend=line.attend,
            commande=_command(lieu, line.attend),
            etapes=list_etapes(lieu),
            actes=tell_history(events, load_known(lieu.session, events)),
        )


def summarise(board: Tableau) -> str:
    """« 3 dossiers : 2 attendent une validation, 1 attend des retours. »."""
    senses = [_sense(line) for line in board.dossiers]
    parts = [f"{count} {one if count < 2 else many}" for sense, one, many in _SUMMARY if (count := senses.count(sense))]
    return f"{plural(len(senses), 'dossier')} : {', '.join(parts)}." if parts else "Aucun dossier."


_SUMMARY = (
    ("bloque", "est bloqué", "sont bloqués"),
    ("refuse", "est refusé", "sont refusés"),
    ("corriger", "est à corriger", "sont à corriger"),
    ("validation", "attend une validation", "attendent une validation"),
    ("retours", "attend des retours", "attendent des retours"),
    ("pret", "est prêt à avancer", "sont prêts à avancer"),
    ("fini", "est terminé", "sont terminés"),
)


def _sense(line: LigneTableau) -> str:
    """In one word, what a dossier waits for."""
    attend = line.attend
    if attend is None:
        return "fini" if line.stages[-1].etat is Etat.VALIDE else "pret"
    if attend.blocage:
        return "bloque"
    if attend.gate:
        return "validation"
    etat = next(case.etat for case in line.stages if case.slug == attend.stage)
    return {Etat.A_CORRIGER: "corriger", Etat.REFUSE: "refuse"}.get(etat, "retours")


def tell_next(line: LigneTableau, entree: Entree) -> Suite:
    """What comes next in a dossier, and from whom."""
    sense, attend = _sense(line), line.attend
    if attend is None:
        return Suite(sense, "Feuille de route validée" if sense == "fini" else "Prêt à avancer")
    return Suite(
        sens=sense,
        texte=f"{_NEXT[sense]} « {BY_SLUG[attend.stage].nom} »",
        qui=tuple(labels.name_people(attend.personnes, entree)),
        roles=tuple(Role(role).nom for role in attend.roles),
        depuis=attend.depuis,
        blocage=attend.blocage,
    )


_NEXT = {
    "bloque": "Validation bloquée :",
    "validation": "Validation de l’étape",
    "retours": "Retours de l’étape",
    "corriger": "Correction de l’étape",
    "refuse": "Réouverture de l’étape",
}


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
        "enumere": join_names,
        "retour": lambda kind: labels.RETOURS.get(kind, kind),
    }
    environment.globals |= {
        "nom_document": labels.name_document,
        "noms": labels.name_people,
        "PHRASES": labels.PHRASES,
        "show_code": show_code,
        "RECENTS": RECENT,
    }
    return environment


def join_names(items: Sequence[str]) -> str:
    """« Ana », « Ana et Bob », « Ana, Bob et Cléo »."""
    *first, last = items or ("",)
    return f"{', '.join(first)} et {last}" if first else last
