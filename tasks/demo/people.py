"""The registry of the example: invented collectivités, their people, and where some keep their inventory."""

from __future__ import annotations

from typing import NamedTuple

from nr_models.dossier.registre import Collectivite, Entree, Personne, Registre, Source
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.roles import Role
from nr_models.values.text import slugify
from tasks.demo.chance import happens, source
from tasks.demo.names import invent_siren, list_people, list_places, of_river, with_de
from tasks.demo.portrait import Portrait, draw_portrait


class Post(NamedTuple):
    """A post somebody holds: roles, profiles, direction."""

    roles: tuple[Role, ...]
    profils: tuple[str, ...]
    direction: str
    college: str = "services"


class Cast(NamedTuple):
    """The registry, and the portrait of each of its collectivités by slug."""

    registre: Registre
    portraits: dict[str, Portrait]


_HEARD = (Role.INTERLOCUTEUR, Role.VOTANT)
_ELU = Post((Role.ELU_SPONSOR, *_HEARD), ("elu",), "Élus", "élus")
_DG = Post((Role.DG, *_HEARD), ("dgs",), "Direction générale", "direction")
_TEAM = (
    Personne(mail="equipe@programme-nr.example", nom="Lucie Ferrandine", roles=(Role.EQUIPE_PROGRAMME,)),
    Personne(mail="appui@programme-nr.example", nom="Idriss Valmaret", roles=(Role.EQUIPE_PROGRAMME,)),
)


def draw_cast(referentiel: Referentiel, *, count: int, seed: int) -> Cast:
    """The registry of so many collectivités. Raises ``ValueError`` beyond the names that we can invent."""
    dimensions = tuple(item.slug for item in referentiel.dimensions)
    entrees: list[Entree] = []
    portraits: dict[str, Portrait] = {}
    taken: set[str] = set()
    host: str | None = None
    for rang, (town, river) in enumerate(list_places(seed, count)):
        portrait = draw_portrait(seed, rang, dimensions)
        collectivite = _collectivite(seed, portrait, town, river, taken, host)
        if collectivite.nature == "epci":
            host = collectivite.siren
        portraits[collectivite.slug] = portrait
        entrees.append(Entree(collectivite=collectivite, personnes=(*_people(seed, collectivite, portrait), *_TEAM)))
    sources = tuple(_source(item.collectivite) for item in entrees if _has_source(seed, item.collectivite))
    return Cast(Registre(entrees=tuple(entrees), sources=sources), portraits)


def domain_of(collectivite: Collectivite) -> str:
    """Its mail domain, under a name reserved for examples."""
    prefix = "mairie-" if collectivite.nature == "commune" else ""
    return f"{prefix}{collectivite.slug}.example"


def _collectivite(
    seed: int, portrait: Portrait, town: str, river: str, taken: set[str], host: str | None
) -> Collectivite:
    kind = portrait.kind
    town_name = f"{town}-sur-{river}"
    nom, slug = {
        "": (town_name, town_name),
        "cc": (f"Communauté de communes du Pays {with_de(town)}", f"cc {town} {river}"),
        "ca": (f"Communauté d’agglomération {with_de(town)}-{river}", f"ca {town} {river}"),
        "sm": (f"Syndicat mixte numérique {of_river(river)} et {with_de(town)}", f"sm {town} {river}"),
        "dpt": (f"Département {of_river(river)}-et-{town}", f"departement {river} {town}"),
    }[kind.forme]
    return Collectivite(
        slug=slugify(slug),
        siren=invent_siren(source(seed, "siren", portrait.rang), kind.nature, taken),
        nom=nom,
        nature=kind.nature,
        epci=host if kind.nature == "commune" else None,
        population=portrait.population,
        agents=portrait.agents,
        dsi_propre=kind.dsi_propre,
        questionnaire="flash" if kind.flash else "complet",
    )


def _people(seed: int, collectivite: Collectivite, portrait: Portrait) -> tuple[Personne, ...]:
    posts = _posts(portrait)
    names = list_people(seed, collectivite.slug, len(posts))
    return tuple(
        Personne(
            mail=f"{slugify(nom).replace('-', '.')}@{_domain(collectivite, post)}",
            nom=nom,
            roles=post.roles,
            profils=post.profils,
            direction=post.direction,
            college=post.college,
        )
        for nom, post in zip(names, posts, strict=True)
    )


def _domain(collectivite: Collectivite, post: Post) -> str:
    return "infogerance-locale.example" if Role.PRESTATAIRE in post.roles else domain_of(collectivite)


def _posts(portrait: Portrait) -> list[Post]:
    """Few people with many hats in a small commune; one a profile in a large one."""
    kind = portrait.kind
    if kind.flash:
        posts = _small(kind.sans_dg)
    elif portrait.population < 16_000 or kind.nature == "syndicat":
        posts = _medium(kind.dsi_propre)
    else:
        posts = _large()
    if kind.prestataire != "aucun":
        roles = (Role.PRESTATAIRE, Role.INTERLOCUTEUR, *((Role.VOTANT,) if kind.prestataire == "embarque" else ()))
        posts.append(Post(roles, ("dsi",), "Prestataire informatique", "prestataire"))
    return posts


def _small(sans_dg: bool) -> list[Post]:
    secretaire = ("achats", "finances", "rh", "communication", "dsi")
    if sans_dg:
        desk = Post((Role.REFERENT, *_HEARD), ("dgs", *secretaire), "Secrétariat de mairie")
        return [desk, _ELU, _service("Services techniques", "services-techniques", "dechets", "education", "accueil")]
    return [
        Post((Role.REFERENT, *_HEARD), secretaire, "Administration générale"),
        _DG,
        _ELU,
        _service("Accueil et écoles", "accueil", "education"),
        _service("Services techniques", "services-techniques", "dechets"),
    ]


def _medium(dsi_propre: bool) -> list[Post]:
    digital = "Direction du numérique" if dsi_propre else "Moyens généraux"
    return [
        Post((Role.REFERENT, *_HEARD), ("dsi", "achats"), digital),
        _DG,
        _ELU,
        _service("Ressources", "finances", "rh"),
        _service("Services techniques", "services-techniques", "dechets"),
        _service("Vie locale", "communication", "education", "accueil"),
    ]


def _large() -> list[Post]:
    return [
        Post((Role.REFERENT, *_HEARD), ("dsi",), "Direction du numérique"),
        Post((Role.REFERENT, Role.CONTRIBUTEUR), (), "Transition écologique"),
        _DG,
        _ELU,
        Post(_HEARD, ("dsi",), "Direction du numérique"),
        _service("Achats", "achats"),
        _service("Finances", "finances"),
        _service("Ressources humaines", "rh"),
        _service("Services techniques", "services-techniques"),
        _service("Communication", "communication"),
        _service("Éducation et culture", "education"),
        _service("Accueil et relation aux usagers", "accueil"),
        _service("Déchets et économie circulaire", "dechets"),
    ]


def _service(direction: str, *profils: str) -> Post:
    return Post(_HEARD, profils, direction)


def _has_source(seed: int, collectivite: Collectivite) -> bool:
    return collectivite.dsi_propre is True and happens(source(seed, collectivite.slug, "source"), 1, 2)


def _source(collectivite: Collectivite) -> Source:
    name = collectivite.slug.upper().replace("-", "_")
    address = f"https://parc.{domain_of(collectivite)}/export.csv"
    return Source(collectivite=collectivite.slug, adresse=address, secret=f"PARC_{name}", cron="0 6 1 * *")
