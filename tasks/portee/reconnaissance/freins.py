"""Brakes: what may not be done too often, by whom, counted in our database so that every process counts together."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from nr_models.tables import Frein
from tasks.store.cles import sign
from tasks.store.clock import now
from tasks.store.settings import Settings


class Limite(Enum):
    """How many times within a delay: a mail asked for one address, asked or tried from one machine, sent again."""

    COURRIER = ("courrier", 5, timedelta(minutes=15))
    DEMANDES = ("demandes", 60, timedelta(minutes=15))
    CODES = ("codes", 60, timedelta(minutes=15))
    RENVOI = ("renvoi", 3, timedelta(hours=24))

    @property
    def nom(self) -> str:
        """What is counted."""
        return self.value[0]


def allow(session: Session, settings: Settings, limite: Limite, who: str) -> bool:
    """Count one more, in the caller's transaction; False where it is one too many. ``who`` is kept as a digest."""
    name, most, delay = limite.value
    key = sign(settings, "frein", name, who)
    since = (datetime.fromisoformat(now()) - delay).strftime("%Y-%m-%dT%H:%M:%SZ")
    session.execute(sa.delete(Frein).where(col(Frein.cle) == key, col(Frein.done_at) < since))
    done = session.exec(select(func.count(col(Frein.id))).where(Frein.cle == key)).one()
    if done >= most:
        return False
    session.add(Frein(cle=key, done_at=now()))
    return True
