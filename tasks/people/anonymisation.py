"""Replace a person in every row that names them, digests included, so that nothing is to be made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.dossier.effacement import NOM_EFFACE, Masque, mask_entree
from nr_models.dossier.registre import Entree, without_deciders
from nr_models.stages import BY_SLUG
from nr_models.tables import Artefact, Dossier, Outbox, Programme, Round, find_id
from nr_models.values.frozen import canonical, digest, sha256
from nr_models.values.text import slugify
from tasks.people.personnes import Identite, Mention, list_mentions, replace_text
from tasks.programme.programmes import cle
from tasks.store.clock import now
from tasks.store.files import stage_folder
from tasks.store.outbox import load_payload
from tasks.store.workspace import Workspace

_DIGESTS = (
    ("dossier", "entree", "entree_digest"),
    ("candidate", "value", "value_digest"),
    ("reading", "value", "value_digest"),
    ("reading", "anomalies", ""),
    ("retenu", "value", "value_digest"),
    ("retenu", "anomalies", ""),
    ("round", "value", "value_digest"),
    ("round", "basis", "fingerprint"),
)
"""Texts known by their digest, in the order in which one quotes another; "" where no column holds it."""


class Masked(NamedTuple):
    """How many rows changed, by table; of each document whose name said who it was for, that name, by its row."""

    comptes: Counter[str]
    anciens: dict[int, str]


def mask_rows(session: Session, identite: Identite, masque: Masque) -> Masked:
    """Replace the person everywhere."""
    found = list(list_mentions(session, masque, [find_id(place.dossier) for place in identite.places]))
    touched: set[tuple[str, int]] = set()
    for name, column, stamp in _DIGESTS:
        for mention in found:
            if mention.table.name == name and _mask_digested(session, identite, masque, mention, column, stamp):
                touched.add((name, mention.id))
    former: dict[int, str] = {}
    for mention in found:
        if _mask_others(session, masque, mention):
            touched.add((mention.table.name, mention.id))
            if mention.table.name == "artefact":
                former[mention.id] = mention.textes["nom"]
    session.expire_all()
    return Masked(Counter(name for name, _ in touched), former)


def _mask_others(session: Session, masque: Masque, mention: Mention) -> bool:
    """The columns that no digest names."""
    if mention.table.name == "artefact":
        return _mask_document(session, masque, mention)
    done = {column for name, column, _ in _DIGESTS if name == mention.table.name}
    rest = {key: text for key, text in mention.textes.items() if key not in done}
    changed = {key: other for key, text in rest.items() if (other := replace_text(masque, text)) != text}
    if changed:
        _update(session, mention, changed)
    return bool(changed)


def _mask_document(session: Session, masque: Masque, mention: Mention) -> bool:
    """The name of a document is ours, whatever the files of the inputs are called, and tells erased people apart."""
    masque = replace(masque, kept=frozenset())
    changed = {
        key: other.replace(NOM_EFFACE, slugify(masque.pseudonyme))
        for key, text in mention.textes.items()
        if (other := replace_text(masque, text)) != text
    }
    if changed:
        _update(session, mention, changed)
    return "nom" in changed


def _mask_digested(
    session: Session, identite: Identite, masque: Masque, mention: Mention, column: str, stamp: str
) -> bool:
    """A text that others quote by its digest: theirs will change too."""
    text = mention.textes.get(column, "")
    if text and column == "entree":
        text_without = canonical(mask_entree(Entree.model_validate_json(text), identite.mail, masque.pseudonyme))
    else:
        text_without = text
    other = replace_text(masque, text_without)
    if other == text:
        return False
    masque.exact[sha256(text.encode())] = sha256(other.encode())
    if column == "entree":  # what results read of it has a digest of its own
        masque.exact[_digest_read(text)] = _digest_read(other)
    changed: dict[str, Any] = {column: other}
    if stamp:
        changed[stamp] = sha256(other.encode())
    if mention.table.name == "reading":
        changed["efface"] = True
    _update(session, mention, changed)
    return True


def _digest_read(entree: str) -> str:
    return digest(without_deciders(Entree.model_validate_json(entree)))


def _update(session: Session, mention: Mention, changed: dict[str, Any]) -> None:
    session.execute(sa.update(mention.table).where(mention.table.c.id == mention.id).values(**changed))


def settle_mails(session: Session, masque: Masque) -> None:
    """A mail to them that was not sent will not be."""
    for row in session.exec(select(Outbox).where(col(Outbox.done_at).is_(None))).all():
        if load_payload(row).get("mail") == masque.pseudonyme:
            row.done_at, row.erreur = now(), "Destinataire effacé."


def list_renamed(
    workspace: Workspace, session: Session, identite: Identite, masque: Masque, anciens: Mapping[int, str]
) -> list[tuple[Path, Path]]:
    """Shown files whose name said who they were for: where each is, and what it is to be called."""
    query = (
        select(Artefact, Round, Dossier, Programme)
        .where(Artefact.round_id == Round.id, Round.dossier_id == Dossier.id, Dossier.programme_id == Programme.id)
        .where(col(Artefact.id).in_(anciens))
    )
    found = []
    for artefact, made, dossier, programme in session.exec(query):
        folder = stage_folder(workspace.settings, cle(programme, dossier), BY_SLUG[made.stage])
        found.append((folder / anciens[find_id(artefact)], folder / artefact.nom))
    return [*found, *_list_set_aside(workspace, identite, masque, {old for old, _ in found})]


def _list_set_aside(
    workspace: Workspace, identite: Identite, masque: Masque, known: Set[Path]
) -> Iterator[tuple[Path, Path]]:
    """Files that people changed, kept under a name that still says whose they were."""
    before, after = slugify(masque.mail), slugify(masque.pseudonyme)
    for place in identite.places:
        for path in sorted((workspace.settings.outputs / place.cle).rglob(f"*{before}*")):
            if path not in known:
                yield path, path.with_name(path.name.replace(before, after))
