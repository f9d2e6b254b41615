"""The links that mails hold: to one validation for one person, or to come in. Worked out, never kept.

The same mail sent twice holds the same link; nobody is named in it, and our database does not hold it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from nr_models.tables import Entrant, Gate, find_id
from nr_models.values.days import paris_day
from tasks.store.cles import draw_code, is_signed, sign
from tasks.store.clock import now
from tasks.store.settings import Settings

_VALIDATION, _ENTREE, _CODE = "validation", "entree", "code"


class Lien(NamedTuple):
    """What a link to a validation says: which asking, the last day it opens, and its seal."""

    gate: int
    fin: date
    sceau: str


def write_gate_token(settings: Settings, gate: Gate, mail: str, *, since: str = "") -> str:
    """The token of a person at a gate; ``since`` is the instant of a fresh one, by default that of the asking."""
    fin = paris_day(since or gate.opened_at) + timedelta(days=settings.lien_jours)
    number = find_id(gate)
    return f"{number}-{fin.toordinal()}-{sign(settings, _VALIDATION, number, fin.toordinal(), mail)}"


def read_gate_token(token: str) -> Lien | None:
    """What a token says, sound or not; None for what cannot be one."""
    gate, _, rest = token.partition("-")
    fin, _, seal = rest.partition("-")
    if not (gate.isascii() and gate.isdigit() and fin.isascii() and fin.isdigit() and seal.isascii()):
        return None
    number, day = int(gate[:18]), int(fin[:9])
    if not date.min.toordinal() <= day <= date.max.toordinal():
        return None
    return Lien(number, date.fromordinal(day), seal)


def find_bearer(settings: Settings, lien: Lien, mails: Iterable[str]) -> str | None:
    """For which of these people a link was written, or None: every one is tried, so that time tells nothing."""
    found = [
        mail for mail in mails if is_signed(settings, lien.sceau, _VALIDATION, lien.gate, lien.fin.toordinal(), mail)
    ]
    return found[0] if found else None


def is_over(lien: Lien) -> bool:
    """True once its last day is past, in Paris."""
    return paris_day(now()) > lien.fin


def write_entry_token(settings: Settings, entrant: Entrant) -> str:
    """The token of somebody who asked to come in."""
    number = find_id(entrant)
    return f"{number}-{sign(settings, _ENTREE, number, entrant.nonce, entrant.mail)}"


def read_entry_token(token: str) -> tuple[int, str] | None:
    """The number and the seal of a token, sound or not."""
    number, _, seal = token.partition("-")
    return (int(number[:18]), seal) if number.isascii() and number.isdigit() and seal.isascii() else None


def is_entry(settings: Settings, entrant: Entrant, seal: str) -> bool:
    """True when a token is the one that was written."""
    return is_signed(settings, seal, _ENTREE, find_id(entrant), entrant.nonce, entrant.mail)


def write_code(settings: Settings, entrant: Entrant) -> str:
    """The six digits that go with the link."""
    return draw_code(settings, _CODE, find_id(entrant), entrant.nonce, entrant.mail)
