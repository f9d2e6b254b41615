"""Understand the registry of a programme: collectivités, people with their roles, sources of inventories."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from nr_models.dossier.registre import (
    NATURES,
    QUESTIONNAIRES,
    Collectivite,
    Entree,
    Personne,
    Registre,
    Source,
    siren_fault,
)
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.anomalies import Anomaly
from nr_models.values.roles import Role
from nr_models.values.text import fold, slugify
from tasks.programme.columns import COLLECTIVITES, EVERYONE, PERSONNES, REGISTRE, SOURCES
from tasks.reading.mark import MAIL, find_mark
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Lecture, read_spreadsheet
from tasks.reading.table import Cell, Record, find_sheet, find_table

_ROLE_WORDS = {
    **{fold(name): role for role in Role for name in (role.value, role.value.replace("-", " "), role.nom)},
    "dgs": Role.DG,
    "elu": Role.ELU_SPONSOR,
    "elue": Role.ELU_SPONSOR,
    "elue sponsor": Role.ELU_SPONSOR,
    "referente": Role.REFERENT,
    "contributrice": Role.CONTRIBUTEUR,
    "votante": Role.VOTANT,
    "interlocutrice": Role.INTERLOCUTEUR,
    "lectrice": Role.LECTEUR,
}
_NATURE_WORDS = {
    "ville": "commune",
    "mairie": "commune",
    "communaute de communes": "epci",
    "communaute d'agglomeration": "epci",
    "communaute urbaine": "epci",
    "metropole": "epci",
    "agglomeration": "epci",
    "syndicat mixte": "syndicat",
    **{name: name for name in NATURES},
}


class Lu(NamedTuple):
    """What was read of a registry: None where it is none or cannot be read, and what is wrong in it."""

    registre: Registre | None
    anomalies: tuple[Anomaly, ...]


def read_registre(path: Path, referentiel: Referentiel) -> Lu:
    """Read the registry of a programme, in a bounded child process. Never raises."""
    lecture = read_spreadsheet(path)
    if not is_registre(lecture):
        return Lu(None, _placed(lecture.anomalies or (Anomaly(code="type-inconnu"),)))
    parsed = parse_registre(lecture, referentiel)
    anomalies = _placed((*lecture.anomalies, *parsed.anomalies))
    return Lu(
        parsed.valeur and parsed.valeur.model_copy(update={"anomalies": _placed(parsed.valeur.anomalies)}), anomalies
    )


def _placed(anomalies: Iterable[Anomaly]) -> tuple[Anomaly, ...]:
    """Anomalies of the registry, with its name."""
    return tuple(item.model_copy(update={"fichier": REGISTRE}) for item in anomalies)


def is_registre(lecture: Lecture) -> bool:
    """True for a workbook marked as a registry, or that has its first sheet."""
    if marked := find_mark(lecture).get("type"):
        return marked == "registre"
    feuille = find_sheet(lecture.feuilles, "Collectivités")
    table = find_table(feuille, COLLECTIVITES) if feuille else None
    return table is not None and table.has("siren")


def parse_registre(lecture: Lecture, referentiel: Referentiel) -> Parsed[Registre]:
    """The registry; a wrong row is said and left out, the others stand."""
    releve = Pointage()
    for name in ("Collectivités", "Personnes"):
        if find_sheet(lecture.feuilles, name) is None:
            releve.anomalies.append(Anomaly(code="feuille-absente", detail=name))
    collectivites: dict[str, Collectivite] = {}
    for record in releve.rows(lecture, "Collectivités", COLLECTIVITES):
        _add_collectivite(record, collectivites, releve)
    names = _names(collectivites)
    people: dict[str, dict[str, Personne]] = defaultdict(dict)
    for record in releve.rows(lecture, "Personnes", PERSONNES):
        _add_person(record, names, people, referentiel, releve)
    sources = [_source(record, names, releve) for record in releve.rows(lecture, "Sources", SOURCES)]
    registre = Registre(
        entrees=tuple(
            Entree(collectivite=item, personnes=_people_of(slug, people)) for slug, item in collectivites.items()
        ),
        sources=tuple(source for source in sources if source),
        anomalies=tuple(releve.anomalies),
    )
    return releve.close(registre)


def _add_collectivite(record: Record, collectivites: dict[str, Collectivite], releve: Pointage) -> None:
    if not releve.has_all(record, COLLECTIVITES, "siren", "nom"):
        return
    before = len(releve.anomalies)
    siren = _siren(record["siren"], releve)
    slug = slugify(record.line("slug")) or slugify(record.line("nom"))
    fault = siren_fault(siren)
    same = next((item.nom for item in collectivites.values() if item.siren == siren), None)
    if fault:
        releve.note(record["siren"], "siren-invalide", fault)
    elif same is not None:
        releve.note(record["siren"], "siren-double", same)
    elif slug in collectivites:
        releve.note(record["slug"], "slug-double", valeur=slug)
    elif not slug:
        releve.note(record["nom"], "valeur-hors-liste", "Nom")
    if not releve.is_clean(before):
        return
    collectivites[slug] = Collectivite(
        slug=slug,
        siren=siren,
        nom=record.line("nom"),
        nature=_nature(record["nature"], releve),
        epci=record.line("epci") or None,
        population=releve.whole(record["population"], "la population"),
        agents=releve.whole(record["agents"], "le nombre d’agents"),
        dsi_propre=releve.yes_no(record["dsi_propre"], "DSI propre"),
        questionnaire=_questionnaire(record["questionnaire"], releve),
    )
    releve.accept()


def _siren(cell: Cell, releve: Pointage) -> str:
    """The nine figures as typed, parted or not; of a SIRET, which starts with them, its own, and it is said."""
    typed = re.sub(r"[\s.-]", "", cell.text())
    if not re.fullmatch(r"\d{14}", typed):
        return typed
    releve.note(cell, "siret-pour-siren", typed[:9])
    return typed[:9]


def _nature(cell: Cell, releve: Pointage) -> str:
    """One of the known natures; empty, and said, when it is not told."""
    said = fold(cell.text())
    if not said:
        releve.note(cell, "valeur-absente", "Nature")
    elif said not in _NATURE_WORDS:
        releve.note(cell, "valeur-hors-liste", "Nature")
    return _NATURE_WORDS.get(said, "")


def _questionnaire(cell: Cell, releve: Pointage) -> str:
    said = fold(cell.text())
    if said and said not in QUESTIONNAIRES:
        releve.note(cell, "valeur-hors-liste", "Questionnaire")
    return said if said in QUESTIONNAIRES else QUESTIONNAIRES[0]


def _names(collectivites: dict[str, Collectivite]) -> dict[str, str]:
    """Each way of naming a collectivité: its slug, its SIREN, its name."""
    return {
        name: slug
        for slug, item in collectivites.items()
        for name in (fold(item.nom), slugify(item.nom), item.siren, slug)
    }


def _find_slug(cell: Cell, names: dict[str, str], releve: Pointage) -> str | None:
    text = cell.line()
    for name in (text.lower(), fold(text), slugify(text), text.replace(" ", "")):
        if name in names:
            return names[name]
    releve.note(cell, "collectivite-inconnue")
    return None


def _add_person(
    record: Record,
    names: dict[str, str],
    people: dict[str, dict[str, Personne]],
    referentiel: Referentiel,
    releve: Pointage,
) -> None:
    if not releve.has_all(record, PERSONNES, "collectivite"):
        return
    place = EVERYONE if record.line("collectivite") == EVERYONE else _find_slug(record["collectivite"], names, releve)
    mail = record.line("mail").lower().removeprefix("mailto:")
    if not MAIL.fullmatch(mail):
        releve.note(record["mail"], "mail-invalide")
        return
    if place is None:
        return
    personne = Personne(
        mail=mail,
        nom=record.line("nom") or mail,
        roles=_roles(record["roles"], mail, releve),
        profils=_profils(record["profils"], referentiel, releve),
        direction=record.line("direction"),
        college=record.line("college"),
    )
    known = people[place].get(mail)
    people[place][mail] = _merge(known, personne) if known else personne
    releve.accept()


def _roles(cell: Cell, mail: str, releve: Pointage) -> tuple[Role, ...]:
    roles: list[Role] = []
    words = [word.strip() for word in re.split(r"[;,\n]", cell.text()) if word.strip()]
    for word in words:
        role = _ROLE_WORDS.get(fold(word))
        if role is None:
            releve.note(cell, "role-inconnu", ", ".join(item.nom for item in Role), valeur=word)
        elif role not in roles:
            roles.append(role)
    if not words:
        releve.note(cell, "personne-sans-role", valeur=mail)
    return tuple(roles)


def _profils(cell: Cell, referentiel: Referentiel, releve: Pointage) -> tuple[str, ...]:
    """Profiles by slug or name; some names hold commas, so a comma separates only what is not yet one."""
    known = {fold(name): item.slug for item in referentiel.profils for name in (item.slug, item.nom)}
    found: list[str] = []
    for part in re.split(r"[;\n]", cell.text()):
        words = [part] if fold(part) in known else part.split(",")
        for word in filter(None, map(str.strip, words)):
            slug = known.get(fold(word))
            if slug is None:
                releve.note(cell, "profil-inconnu", ", ".join(item.slug for item in referentiel.profils), valeur=word)
            elif slug not in found:
                found.append(slug)
    return tuple(found)


def _people_of(slug: str, people: dict[str, dict[str, Personne]]) -> tuple[Personne, ...]:
    """The people of a collectivité, then those of the whole programme."""
    own = dict(people.get(slug, {}))
    for mail, personne in people.get(EVERYONE, {}).items():
        own[mail] = _merge(own[mail], personne) if mail in own else personne
    return tuple(own.values())


def _merge(first: Personne, second: Personne) -> Personne:
    """The same person said twice: every role and profile, and the first of what can be only one."""
    return Personne(
        mail=first.mail,
        nom=first.nom,
        roles=tuple(dict.fromkeys((*first.roles, *second.roles))),
        profils=tuple(dict.fromkeys((*first.profils, *second.profils))),
        direction=first.direction or second.direction,
        college=first.college or second.college,
    )


def _source(record: Record, names: dict[str, str], releve: Pointage) -> Source | None:
    if not releve.has_all(record, SOURCES, "collectivite", "adresse"):
        return None
    slug = _find_slug(record["collectivite"], names, releve)
    if slug is None:
        return None
    releve.accept()
    return Source(
        collectivite=slug, adresse=record.line("adresse"), secret=record.line("secret"), cron=record.line("cron")
    )
