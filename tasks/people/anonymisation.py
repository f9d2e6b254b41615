"""Replace a person in every row that names them, digests included, so that nothing is to be made again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.dossier.effacement import NOM_EFFACE, Masque, mask_entree
from nr_models.dossier.registre import Entree
from nr_models.tables import Avancement, Outbox
from nr_models.values.frozen import canonical, sha256
from nr_models.values.text import slugify
from tasks.dossier.standing import load_regard, read_vues
from tasks.people.personnes import Identite, Mention, load_json, replace_text
from tasks.programme.lieu import Lieu
from tasks.returns.returns import describe_returns
from tasks.store.clock import now
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
_PATH_RANK = 1  # of a return, in the basis of a round


def mask_rows(
    workspace: Workspace, session: Session, identite: Identite, masque: Masque, found: Sequence[Mention]
) -> Counter[str]:
    """Replace the person in the rows found; how many changed, by table."""
    touched: set[tuple[str, int]] = set()
    for name, column, stamp in _DIGESTS:
        for mention in found:
            if mention.table.name == name and _mask_digested(
                workspace, session, identite, masque, mention, column, stamp
            ):
                touched.add((name, mention.id))
    touched |= {(item.table.name, item.id) for item in found if _mask_others(session, masque, item)}
    session.expire_all()
    return Counter(name for name, _ in touched)


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
    """The name of a document tells erased people apart."""
    changed = {key: other for key, text in mention.textes.items() if (other := rename(masque, text)) != text}
    if changed:
        _update(session, mention, changed)
    return "nom" in changed


def rename(masque: Masque, name: str) -> str:
    """The name of a file of ours, without the person: what was made of the name of theirs is looked for in it too."""
    pseudonym = slugify(masque.pseudonyme)
    other = str(masque.replace(name)).replace(NOM_EFFACE, pseudonym)
    longer = [slug for item in masque.autres if (slug := slugify(item)) in other]
    for form in masque.slugs:
        if not any(form in slug for slug in longer):
            other = re.sub(rf"(?<![a-z0-9]){re.escape(form)}(?![a-z0-9])", pseudonym, other)
    return other


def _mask_digested(
    workspace: Workspace,
    session: Session,
    identite: Identite,
    masque: Masque,
    mention: Mention,
    column: str,
    stamp: str,
) -> bool:
    """A text that others quote by its digest: theirs will change too."""
    text = mention.textes.get(column, "")
    if text and column == "entree":
        text_without = canonical(mask_entree(Entree.model_validate_json(text), identite.mail, masque.pseudonyme))
    else:
        text_without = text
    other = replace_text(masque, text_without)
    if column == "basis":
        other = _sort_returns(other)
    if other == text:
        return False
    masque.exact[sha256(text.encode())] = sha256(other.encode())
    if column == "entree":  # what each stage reads of it has a digest of its own
        masque.exact.update(_pair_read(workspace, session, identite, masque, mention.id, text, other))
    changed: dict[str, Any] = {column: other}
    if stamp:
        changed[stamp] = sha256(other.encode())
    if mention.table.name == "reading":
        changed["efface"] = True
    _update(session, mention, changed)
    return True


def _sort_returns(basis: str) -> str:
    """What a stage read, its returns in the order of their names as they are now, in which they will be looked at."""
    said = load_json(basis)
    if not isinstance(said, dict) or "retours" not in said:
        return basis
    return canonical({**said, "retours": {kind: sorted(rows, key=_name_of) for kind, rows in said["retours"].items()}})


def _name_of(row: list[Any]) -> str:
    return str(row[_PATH_RANK])


def _pair_read(
    workspace: Workspace, session: Session, identite: Identite, masque: Masque, number: int, before: str, after: str
) -> dict[str, str]:
    """The digests of what each stage reads of a registry, with those of what it will read."""
    place = next(item for item in identite.places if item.dossier.id == number)
    lieu = Lieu(workspace, place.programme, place.dossier, session)
    rows = session.exec(select(Avancement).where(Avancement.dossier_id == number)).all()
    regard = load_regard(lieu, describe_returns(lieu), rows)
    masked = regard.replace(identite.mail, masque.pseudonyme)
    one, other = read_vues(before, regard), read_vues(after, masked)
    return {one[place].digest: other[place].digest for place in one}


def _update(session: Session, mention: Mention, changed: dict[str, Any]) -> None:
    session.execute(sa.update(mention.table).where(mention.table.c.id == mention.id).values(**changed))


def settle_mails(session: Session, masque: Masque) -> None:
    """A mail to them that was not sent will not be."""
    for row in session.exec(select(Outbox).where(col(Outbox.done_at).is_(None))).all():
        if load_payload(row).get("mail") == masque.pseudonyme:
            row.done_at, row.erreur = now(), "Destinataire effacé."
