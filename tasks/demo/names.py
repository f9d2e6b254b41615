"""Names that nobody bears: collectivités on rivers that do not exist, people, keys that add up."""

from __future__ import annotations

from itertools import product

from nr_models.dossier.registre import siren_fault
from tasks.demo.chance import Source, source

_BASES = (
    "Brévalon", "Corvassac", "Mirecombe", "Talussan", "Ormevigne", "Vaucremont", "Quintelle", "Peyrasole",
    "Lanthuys", "Gourvany", "Sauvelore", "Escarmont", "Fontrelle", "Marvaize", "Trélonne", "Kervigal",
    "Aubrelin", "Bellombre", "Chassevire", "Dornecourt", "Évrezac", "Flavigneul", "Grandespine", "Hautelande",
    "Joncherive", "Luzançon", "Montavril", "Nerviguet", "Olmeraie", "Pontefroid", "Roquevive", "Sérignole",
    "Tourvelles", "Uzerange", "Villecendre", "Verlandes", "Ambrelieu", "Boisjolan", "Cazerolles", "Dieuvaire",
)  # fmt: skip
_RIVERS = (
    "Lurette", "Teyse", "Morvine", "Cendrine", "Ourcelle", "Viornette", "Albrone", "Fausse-Loue", "Bressole",
    "Garonde", "Sauvine", "Doucelle", "Vermeille", "Tardenne", "Ysolle", "Rouvraie",
)  # fmt: skip
_BEFORE = ("", "Vieux-", "Haut-", "Bas-")
_FIRST = (
    "Claire", "Karim", "Hélène", "Mathieu", "Nadia", "Olivier", "Sophie", "Thierry", "Aïcha", "Bruno", "Camille",
    "Denis", "Élodie", "Fabrice", "Géraldine", "Hugo", "Inès", "Julien", "Laurence", "Marc", "Noémie", "Patrick",
    "Rachel", "Samir", "Valérie", "Yann", "Zoé", "Anne-Marie", "Benoît", "Céline", "Damien", "Estelle",
)  # fmt: skip
_LAST = (
    "Morvannec", "Delacombe", "Vasselin", "Corbinier", "Tournemine", "Larrouy", "Beaucastel", "Guérandal",
    "Pérignac", "Lemasquier", "Ouardani", "Fauvelet", "Jolivard", "Mercadal", "Brunelin", "Chavagnat", "Sautereau",
    "Kerbrat", "Villedieu", "Roussange", "Amsellem", "Poirelle", "Garrigou", "Hautcoeur", "Devernay", "Marchadier",
    "Toussaine", "Escoffre", "Belkhiria", "Lassagnou",
)  # fmt: skip
_PREFIXES = {"commune": "21", "epci": "20", "departement": "22", "syndicat": "25"}


def list_places(seed: int, count: int) -> list[tuple[str, str]]:
    """So many different places, each its town and its river. Raises ``ValueError`` beyond those we can invent."""
    total = len(_BEFORE) * len(_BASES) * len(_RIVERS)
    if count > total:
        raise ValueError(f"Un programme d’exemple compte au plus {total} collectivités.")
    draws = source(seed, "lieux")
    towns, rivers = draws.sample(_BASES, len(_BASES)), draws.sample(_RIVERS, len(_RIVERS))
    return [
        (before + town, rivers[(place + turn) % len(rivers)])
        for before, turn, (place, town) in product(_BEFORE, range(len(rivers)), enumerate(towns))
    ][:count]


def list_people(seed: int, slug: str, count: int) -> list[str]:
    """So many different names for a dossier."""
    draws = source(seed, slug, "personnes")
    return [
        f"{first} {last}" for first, last in zip(draws.sample(_FIRST, count), draws.sample(_LAST, count), strict=True)
    ]


def invent_siren(draws: Source, nature: str, taken: set[str]) -> str:
    """A SIREN whose key is right, which nobody has here; it is added to those taken."""
    while True:
        body = f"{_PREFIXES[nature]}{draws.randrange(10**6):06d}"
        found = next(body + str(key) for key in range(10) if siren_fault(body + str(key)) is None)
        if found not in taken:
            taken.add(found)
            return found


def with_de(name: str) -> str:
    """« de Brévalon », « d’Ambrelieu »."""
    return f"d’{name}" if name[0] in "AEÉIOUH" else f"de {name}"


def of_river(river: str) -> str:
    """« de la Lurette », « de l’Albrone »."""
    return f"de l’{river}" if river[0] in "AOY" else f"de la {river}"
