"""Run on Prefect what is to be made: by the door of one dossier, or by that of the wave."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nr_models.tables import Dossier, Programme
from tasks.programme.programmes import cle


def run_batch(
    programme: Programme,
    pending: Sequence[Dossier],
    until: str | None,
    heard: Callable[[str, bool], None],
    *,
    alone: bool,
) -> None:
    """Advance these dossiers; ``heard`` is told of each one done, and whether it went well.

    ``alone``: the only one, asked for by itself, has its own flow run. The server must answer already.
    """
    from flows.dossier import dossier  # Prefect is imported only now: it takes a second
    from flows.programme import listen
    from flows.programme import programme as wave

    if alone:
        state = dossier(cle(programme, pending[0]), until, return_state=True)
        heard(pending[0].slug, not (state.is_failed() or state.is_crashed()))
        return
    with listen(heard):
        wave(programme.slug, [item.slug for item in pending], until, return_state=True)
