"""The registry of a programme: which collectivités, which people, in which roles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from nr_models.referentiel.referentiel import NATURES as NATURES
from nr_models.referentiel.referentiel import Condition, Question, Referentiel
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role

QUESTIONNAIRES = ("complet", "flash")


class Collectivite(Frozen):
    """A collectivité as the registry knows it; what the registry does not say is None."""

    slug: str
    siren: str
    nom: str
    nature: str
    epci: str | None = None
    population: int | None = None
    agents: int | None = None
    dsi_propre: bool | None = None
    questionnaire: str = "complet"


class Personne(Frozen):
    """A person in one dossier; known by e-mail address, lower case."""

    mail: str
    nom: str
    roles: tuple[Role, ...]
    profils: tuple[str, ...] = ()
    direction: str = ""
    college: str = ""

    def has(self, role: str) -> bool:
        """True when the person holds that role in the dossier."""
        return role in self.roles


class Entree(Frozen):
    """One dossier of the registry: a collectivité and its people."""

    collectivite: Collectivite
    personnes: tuple[Personne, ...]

    def holders(self, role: str) -> tuple[Personne, ...]:
        """The people who hold a role, in registry order."""
        return tuple(personne for personne in self.personnes if personne.has(role))

    def find(self, mail: str) -> Personne | None:
        """The person of that address in this dossier, or None."""
        return next((item for item in self.personnes if item.mail == mail.strip().lower()), None)

    def names(self, mails: Iterable[str]) -> list[str]:
        """The names behind addresses; an address that the registry no longer knows stands for itself."""
        return [person.nom if (person := self.find(mail)) else mail for mail in mails]

    @property
    def leader(self) -> Personne | None:
        """Who owes what nobody else owes: the first référent, else the équipe programme."""
        return next(iter(self.holders(Role.REFERENT) or self.holders(Role.EQUIPE_PROGRAMME)), None)


class Source(Frozen):
    """Where a collectivité keeps its inventory; ``secret`` names a secret, never holds it."""

    collectivite: str
    adresse: str
    secret: str = ""
    cron: str = ""


class Registre(Frozen):
    """The whole registry, and what is wrong in it."""

    entrees: tuple[Entree, ...]
    sources: tuple[Source, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


def list_roles(entree: Entree) -> frozenset[tuple[str, Role]]:
    """Who holds which role in a dossier: addresses and roles."""
    return frozenset((personne.mail, role) for personne in entree.personnes for role in personne.roles)


class Vue(NamedTuple):
    """What a stage may read of the registry: whose roles, and whom.

    ``roles`` are those it reads, and who holds one is read; with ``tous``, everybody is, whatever they hold, but who
    only looks. ``auteurs`` are more roles, read of those alone who returned something of a type: their right to have
    it count. A role of ``replis`` that nobody holds is read in the other one's place. ``nommes``: whom the référent
    named, whatever they hold.
    """

    roles: tuple[Role, ...] = ()
    tous: bool = False
    auteurs: Mapping[str, tuple[Role, ...]] = {}
    replis: Mapping[Role, Role] = {}
    nommes: bool = False


_MENENT = (Role.REFERENT, Role.EQUIPE_PROGRAMME)
_REUNIS = (Role.REFERENT, Role.DG, Role.ELU_SPONSOR, Role.INTERLOCUTEUR, Role.VOTANT)
_VOTENT: Mapping[Role, Role] = {Role.VOTANT: Role.REFERENT}

VUES: Mapping[tuple[str, str], Vue] = {
    ("collect", "envoi"): Vue(_REUNIS, tous=True, replis={Role.REFERENT: Role.EQUIPE_PROGRAMME}, nommes=True),
    ("collect", "resultat"): Vue((Role.INTERLOCUTEUR,), auteurs={"diagnostic": (), "arbitrages": _MENENT}, nommes=True),
    ("restitute", "resultat"): Vue(tous=True),
    ("prioritise", "envoi"): Vue((Role.VOTANT,), replis=_VOTENT),
    ("prioritise", "resultat"): Vue((Role.VOTANT,), replis=_VOTENT, auteurs={"bulletin": (*_MENENT, Role.PRESTATAIRE)}),
    ("fiche", "envoi"): Vue((Role.PRESTATAIRE,)),
    ("fiche", "resultat"): Vue((Role.PRESTATAIRE,)),
}
"""What each stage reads of the registry, for what it sends and for its result; nobody, for the others."""


def narrow(entree: Entree, vue: Vue, auteurs: Mapping[str, Collection[str]], nommes: Collection[str]) -> Entree:
    """The registry as a stage reads it, and no more: a change of the rest changes nothing of what it makes.

    ``auteurs`` are the addresses of who returned what, by type, ``nommes`` those that the référent named.
    """
    held = {role for personne in entree.personnes for role in personne.roles}
    read = {*vue.roles, *(other for role, other in vue.replis.items() if role not in held)}
    kept = []
    for personne in entree.personnes:
        rights = {role for kind, more in vue.auteurs.items() if personne.mail in auteurs.get(kind, ()) for role in more}
        roles = tuple(role for role in personne.roles if role in read | rights)
        wrote = any(personne.mail in auteurs.get(kind, ()) for kind in vue.auteurs)
        seen = vue.tous and set(personne.roles) != {Role.LECTEUR}
        if roles or wrote or seen or (vue.nommes and personne.mail in nommes):
            kept.append(personne.model_copy(update={"roles": roles}))
    return entree.model_copy(update={"personnes": tuple(kept)})


class Passation(NamedTuple):
    """A role that the registry gave to somebody, or took from them."""

    mail: str
    nom: str
    role: Role
    donne: bool


def rewind(entree: Entree, since: Sequence[Passation]) -> Entree:
    """The registry before these changes of roles, the oldest first: who lost one holds it again, and the contrary.

    Of who left altogether only the name is known.
    """
    people = {personne.mail: personne for personne in entree.personnes}
    for change in reversed(since):
        known = people.get(change.mail)
        if known is None and change.donne:
            continue
        personne = known or Personne(mail=change.mail, nom=change.nom, roles=())
        rest = tuple(role for role in personne.roles if role != change.role)
        roles = rest if change.donne else tuple(sorted((*rest, change.role), key=list(Role).index))
        people[change.mail] = personne.model_copy(update={"roles": roles})
    return entree.model_copy(update={"personnes": tuple(people.values())})


def siren_fault(siren: str) -> str | None:
    """Why a SIREN is wrong (length, digits, Luhn key), or None when it is sound."""
    if not siren.isascii() or not siren.isdigit() or len(siren) != 9:
        return "il faut neuf chiffres"
    if not int(siren):
        return "il n’a que des zéros"
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(siren))
    if sum(value - 9 if value > 9 else value for value in doubled) % 10:
        return "sa clé de contrôle ne tombe pas juste"
    return None


def applies(condition: Condition, collectivite: Collectivite) -> bool | None:
    """Whether a condition holds for a collectivité; None when the registry does not say."""
    verdicts = [verdict for _, verdict in _terms(condition, collectivite)]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def unknown_terms(condition: Condition, collectivite: Collectivite) -> tuple[str, ...]:
    """French names of what the registry should say for the condition to be decided."""
    return tuple(dict.fromkeys(name for name, verdict in _terms(condition, collectivite) if verdict is None))


def _terms(condition: Condition, collectivite: Collectivite) -> Iterable[tuple[str, bool | None]]:
    if condition.dsi_propre is not None:
        own = collectivite.dsi_propre
        yield "DSI propre", None if own is None else own == condition.dsi_propre
    population = collectivite.population
    if condition.population_min is not None:
        yield "population", None if population is None else population >= condition.population_min
    if condition.population_max is not None:
        yield "population", None if population is None else population <= condition.population_max
    if condition.agents_min is not None:
        agents = collectivite.agents
        yield "nombre d’agents", None if agents is None else agents >= condition.agents_min
    if condition.natures:
        yield "nature", collectivite.nature in condition.natures


def questions_asked(referentiel: Referentiel, collectivite: Collectivite) -> tuple[Question, ...]:
    """The questions put to a collectivité: all, or the flash set; those surely not applicable left out."""
    return tuple(
        question
        for question in referentiel.questions.values()
        if (question.flash or collectivite.questionnaire != "flash")
        and applies(question.condition, collectivite) is not False
    )


Repartition = Mapping[str, tuple[str, ...]]
"""What the référent reassigned: the addresses of who answers, by question id."""


def share_questions(
    entree: Entree, asked: Iterable[Question], repartition: Repartition
) -> dict[str, tuple[Question, ...]]:
    """Who is asked what, by address, in registry order: those the référent names, else by profile.

    Whoever has a part in the dossier can be named; a question given to nobody known stays with its profiles.
    """
    known = {item.mail for item in entree.personnes}
    named = {key: tuple(mail for mail in mails if mail in known) for key, mails in repartition.items()}
    heard = {item.mail for item in entree.holders(Role.INTERLOCUTEUR)}
    questions = tuple(asked)
    shared = {
        personne.mail: tuple(
            question
            for question in questions
            if (
                personne.mail in named[question.id]
                if named.get(question.id)
                else personne.mail in heard and set(question.profils) & set(personne.profils)
            )
        )
        for personne in entree.personnes
    }
    return {mail: own for mail, own in shared.items() if own}


def questions_of(personne: Personne, questions: Iterable[Question]) -> tuple[Question, ...]:
    """The questions that a person's profiles answer."""
    return tuple(question for question in questions if set(question.profils) & set(personne.profils))
