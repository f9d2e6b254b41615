"""Programmes and their dossiers: open one from its folder, keep it in step with its registry, find it again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from os import stat_result
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from sqlmodel import Session, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Entree, list_roles
from nr_models.dossier.workflow import Etat
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import STAGES
from nr_models.tables import TOUCHED, Avancement, Dossier, Membre, Programme, find_id
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import canonical, digest
from nr_models.values.text import slugify
from tasks.programme.columns import REGISTRE
from tasks.referentiel.load import ReferentielInvalide, build_kept, find_folder, load_referentiel
from tasks.store.clock import now
from tasks.store.files import load_bytes, save_bytes
from tasks.store.workspace import Workspace, add_watch
from tasks.trail import chain
from tasks.trail.lignes import watch_rows

add_watch(watch_rows)  # nobody reaches a dossier but through here: its rows are said in its trail


class Introuvable(Exception):
    """A programme or a dossier that nobody knows; the message says what to do, in French."""


class Opened(NamedTuple):
    """A programme in step with its registry, and what is wrong in the registry."""

    programme: Programme
    anomalies: tuple[Anomaly, ...]


def open_programme(workspace: Workspace, name: str) -> Opened:
    """Open a programme by folder or by known name, and take in its registry. Raises ``Introuvable``."""
    programme = _find_or_create(workspace, name)
    anomalies = sync_registre(workspace, programme)
    return Opened(programme, anomalies)


def find_programme(session: Session, name: str) -> Programme:
    """A known programme, by name or folder. Raises ``Introuvable``."""
    slug = slugify(Path(name).resolve().name if _is_path(name) else name)
    found = session.exec(select(Programme).where(Programme.slug == slug)).first()
    if found is None:
        known = ", ".join(session.exec(select(Programme.slug).order_by(Programme.slug))) or "aucun"
        raise Introuvable(f"Le programme « {name} » n’est pas connu (programmes connus : {known}).")
    return found


def list_programmes(session: Session) -> list[Programme]:
    """Every known programme, by name."""
    return list(session.exec(select(Programme).order_by(Programme.slug)))


def list_dossiers(session: Session, programme: Programme) -> list[Dossier]:
    """The dossiers of a programme, by slug."""
    return list(session.exec(select(Dossier).where(Dossier.programme_id == programme.id).order_by(Dossier.slug)))


def find_dossier(session: Session, name: str) -> tuple[Programme, Dossier]:
    """A dossier by « programme/slug », or by slug alone where it is unique. Raises ``Introuvable``."""
    programme_slug, _, slug = name.strip().strip("/").rpartition("/")
    query = select(Programme, Dossier).where(Dossier.programme_id == Programme.id, Dossier.slug == slug)
    if programme_slug:
        query = query.where(Programme.slug == slugify(programme_slug))
    found = session.exec(query).all()
    if not found:
        raise Introuvable(f"Le dossier « {name} » n’existe pas. « nr etat » donne la liste des dossiers.")
    if len(found) > 1:
        places = ", ".join(f"{programme.slug}/{dossier.slug}" for programme, dossier in found)
        raise Introuvable(f"« {name} » existe dans plusieurs programmes : précisez {places}.")
    return found[0]


def cle(programme: Programme, dossier: Dossier) -> str:
    """« programme/slug »: the name of a dossier and of its chain in the trail."""
    return f"{programme.slug}/{dossier.slug}"


def load_entree(dossier: Dossier) -> Entree:
    """The dossier's line of the registry, as last understood."""
    return Entree.model_validate_json(dossier.entree)


_loaded: dict[str, Referentiel] = {}


def load_kept_referentiel(workspace: Workspace, dossier: Dossier) -> Referentiel:
    """The référentiel that the dossier started with, from the store: later edits do not reach it.

    Raises ``Introuvable`` where it is lost, or was written by a software that this one does not understand.
    """
    wanted = dossier.referentiel_digest
    if wanted not in _loaded:
        content = load_bytes(workspace.settings, wanted)
        if content is None:
            raise Introuvable(
                f"Le référentiel {dossier.referentiel} de ce dossier n’est plus dans {workspace.settings.store}. "
                "Restaurez ce dossier depuis une sauvegarde."
            )
        try:
            _loaded[wanted] = build_kept(content)
        except ValueError as error:
            raise Introuvable(
                f"Le référentiel {dossier.referentiel}, gardé depuis l’ouverture de ce dossier, ne se lit pas avec "
                "cette version du logiciel. Rien n’a été changé. Installez celle qui le lisait, ou une plus récente "
                "(« nr --version » dit laquelle est là)."
            ) from error
    return _loaded[wanted]


def _is_path(name: str) -> bool:
    return Path(name).is_dir() or "/" in name or name in (".", "..")


def _find_or_create(workspace: Workspace, name: str) -> Programme:
    folder = Path(name)
    if not folder.is_dir():
        if _is_path(name):
            raise Introuvable(f"Le dossier « {name} » n’existe pas. Vérifiez le chemin du programme.")
        with workspace.reading() as session:
            return find_programme(session, name)
    if not (folder / REGISTRE).is_file():
        raise Introuvable(
            f"Le dossier « {name} » ne contient pas de {REGISTRE} : sans lui, on ne sait ni qui, ni quoi. "
            "Déposez-y un registre avec les feuilles Collectivités et Personnes (modèle : « nr exemple ecrire "
            "--vers DOSSIER »)."
        )
    slug = slugify(folder.resolve().name)
    with workspace.writing() as session:
        programme = session.exec(select(Programme).where(Programme.slug == slug)).first()
        if programme is None:
            programme = Programme(slug=slug, folder=str(folder.resolve()))
            session.add(programme)
            session.flush()
            chain.append(session, slug, Fait.OUVERT, {"programme": slug})
        elif programme.folder != str(folder.resolve()):
            if (Path(programme.folder) / REGISTRE).is_file():
                raise Introuvable(
                    f"Un programme « {slug} » existe déjà, dans {programme.folder}. "
                    "Donnez un autre nom à ce dossier-ci."
                )
            programme.folder = str(folder.resolve())  # it was moved
    return programme


def sync_registre(workspace: Workspace, programme: Programme) -> tuple[Anomaly, ...]:
    """Take in the registry where it changed. One that cannot be read leaves the earlier one in force."""
    if (Path(programme.folder) / REGISTRE).is_file():
        _restore_referentiel(workspace, programme)
    return take_registre(workspace, programme).anomalies


class RefusRegistre(StrEnum):
    """Why the registry that lies there is not the one in force."""

    ABSENT = "absent"
    ILLISIBLE = "illisible"


class Prise(NamedTuple):
    """What came of looking at a registry: what is wrong in it, why it was not taken in, whether it had changed."""

    anomalies: tuple[Anomaly, ...]
    refus: RefusRegistre | None = None
    change: bool = False


def take_registre(workspace: Workspace, programme: Programme) -> Prise:
    """Look once at the file of the registry, and read it where it is not the one taken in last."""
    path = Path(programme.folder) / REGISTRE
    try:
        seen = path.stat()
    except OSError:
        seen = None
    if seen is None or not S_ISREG(seen.st_mode):
        return Prise((Anomaly(code="registre-absent", fichier=REGISTRE),), RefusRegistre.ABSENT)
    if (seen.st_size, seen.st_mtime_ns) == (programme.registre_size, programme.registre_mtime_ns):
        return Prise(tuple(Anomaly.model_validate(item) for item in json.loads(programme.anomalies)))
    return _read_registre(workspace, programme, path, seen)


def _read_registre(workspace: Workspace, programme: Programme, path: Path, seen: stat_result) -> Prise:
    try:
        referentiel = load_referentiel(find_folder(Path(programme.folder)))
    except ReferentielInvalide as error:
        with workspace.reading() as session:
            if not list_dossiers(session, programme):
                raise
        # those under way go on with the version they keep, and the registry as it was
        return Prise(_refused(error), RefusRegistre.ILLISIBLE)
    from tasks.programme.reader import read_registre  # only now: who looks at a board reads no workbook

    registre, anomalies = read_registre(path, referentiel)
    if registre is None or (anomalies and not any(item.personnes for item in registre.entrees)):
        return Prise(anomalies or (Anomaly(code="type-inconnu", fichier=REGISTRE),), RefusRegistre.ILLISIBLE)
    content = canonical(referentiel).encode()
    save_bytes(workspace.settings, content)
    with workspace.writing() as session:
        kept = session.get_one(Programme, programme.id)
        kept.registre_size, kept.registre_mtime_ns = seen.st_size, seen.st_mtime_ns
        kept.anomalies = canonical(anomalies)
        for entree in registre.entrees:
            _sync_entree(session, kept, entree, referentiel)
    return Prise(anomalies, change=True)


def _refused(error: ReferentielInvalide) -> tuple[Anomaly, ...]:
    return tuple(
        Anomaly(
            code="referentiel-fautif",
            fichier=f"referentiel/{fault.fichier}",
            valeur=fault.entree,
            detail=fault.message,
        )
        for fault in error.fautes
    )


def _restore_referentiel(workspace: Workspace, programme: Programme) -> None:
    """Put back in the store what dossiers started with, where it is lost and the version at hand is still that one."""
    with workspace.reading() as session:
        wanted = {item.referentiel_digest for item in list_dossiers(session, programme)}
    if any(load_bytes(workspace.settings, digest) is None for digest in wanted):
        save_bytes(workspace.settings, canonical(load_referentiel(find_folder(Path(programme.folder)))).encode())


def _sync_entree(session: Session, programme: Programme, entree: Entree, referentiel: Referentiel) -> None:
    slug = entree.collectivite.slug
    dossier = session.exec(select(Dossier).where(Dossier.programme_id == programme.id, Dossier.slug == slug)).first()
    if dossier is None:
        dossier = Dossier(
            programme_id=find_id(programme),
            slug=slug,
            nom=entree.collectivite.nom,
            entree="",
            entree_digest="",
            referentiel=referentiel.version,
            referentiel_digest=referentiel.empreinte,
        )
        session.add(dossier)
        session.flush()
        for stage in STAGES:
            session.add(
                Avancement(
                    dossier_id=find_id(dossier),
                    slug=stage.slug,
                    etat=Etat.A_VENIR,
                    depuis=now(),
                    raison="Pas encore commencée.",
                )
            )
        chain.append(
            session,
            cle(programme, dossier),
            Fait.OUVERT,
            {
                "siren": entree.collectivite.siren,
                "referentiel": {"version": referentiel.version, "empreinte": referentiel.empreinte},
            },
        )
    elif dossier.entree_digest != digest(entree):
        before = load_entree(dossier)
        _tell_registre(session, cle(programme, dossier), before, entree)
        if before != entree:  # else an earlier version wrote the same line otherwise
            dossier.version = TOUCHED
    dossier.nom = entree.collectivite.nom
    if dossier.entree_digest != digest(entree):
        index_members(session, dossier, entree)
    dossier.entree, dossier.entree_digest = canonical(entree), digest(entree)


def index_members(session: Session, dossier: Dossier, entree: Entree) -> None:
    """Keep who is of which dossier where it is found by address."""
    number, roles = find_id(dossier), list_roles(entree)
    rows = {(row.mail, row.role): row for row in session.exec(select(Membre).where(Membre.dossier_id == number))}
    for key in rows.keys() - roles:
        session.delete(rows[key])
    for mail, role in sorted(roles - rows.keys()):
        session.add(Membre(dossier_id=number, mail=mail, role=role))


def _tell_registre(session: Session, key: str, before: Entree, after: Entree) -> None:
    """Say in the trail that the registry changed: the roles given and taken, by commitments of people."""
    names = {item.mail: item.nom for entree in (before, after) for item in entree.personnes}
    had, has = list_roles(before), list_roles(after)

    def name(roles: Iterable[tuple[str, str]]) -> list[list[str]]:
        found = ((chain.find_person(session, mail, names[mail]).commitment, str(role)) for mail, role in sorted(roles))
        return [list(item) for item in sorted(found)]

    said = {"registre": digest(after), "donnes": name(has - had), "retires": name(had - has)}
    chain.append(session, key, Fait.REGISTRE, said, automatique=True)
