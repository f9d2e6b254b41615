"""What is of no use any more is forgotten: ended sessions, links past, brakes released."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from nr_models.tables import Entrant, Frein, Seance
from tasks.store.clock import now
from tasks.store.workspace import Workspace

_APPAREILS = timedelta(days=365)
"""A device is known as long as its cookie lives; nothing else of an ended session is kept."""
_RESTE = timedelta(days=1)


def forget_past(workspace: Workspace) -> None:
    """Forget what ended: a day after for links and brakes, a year after for the devices of sessions."""
    moment = datetime.fromisoformat(now())
    day, year = ((moment - delay).strftime("%Y-%m-%dT%H:%M:%SZ") for delay in (_RESTE, _APPAREILS))
    with workspace.writing() as session:
        session.execute(sa.delete(Entrant).where(col(Entrant.ends_at) < day))
        session.execute(sa.delete(Frein).where(col(Frein.done_at) < day))
        session.execute(sa.delete(Seance).where(col(Seance.ends_at) < year))
