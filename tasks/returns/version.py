"""Which rules of the software a dossier goes on with: those of this version, once they were accepted."""

from __future__ import annotations

from functools import cache

from sqlmodel import col, select

from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, STAGES
from nr_models.tables import TOUCHED, Avancement, Dossier
from nr_models.values.frozen import digest
from tasks.office.look import load_look
from tasks.programme.lieu import Lieu
from tasks.returns.recognise import READER_VERSION


@cache
def version_of_rules() -> str:
    """What names the rules of this version, how it reads, and the look of what it makes."""
    return digest([[[stage.slug, stage.rule] for stage in STAGES], READER_VERSION, load_look()])


def find_version(lieu: Lieu) -> str:
    """The version that a dossier goes on with; ``TOUCHED`` where people changed it since another one."""
    return lieu.session.exec(select(Dossier.version).where(Dossier.id == lieu.dossier.id)).one()


def list_kept(lieu: Lieu) -> frozenset[str]:
    """The types of returns read by an earlier version, that stay as it read them: something validated rests on them."""
    if find_version(lieu) in (version_of_rules(), TOUCHED):
        return frozenset()
    query = select(Avancement.slug).where(Avancement.dossier_id == lieu.dossier.id, col(Avancement.etat) == Etat.VALIDE)
    last = max((BY_SLUG[slug].numero for slug in lieu.session.exec(query)), default=0)
    return frozenset(kind for stage in STAGES[:last] for kind in stage.returns)
