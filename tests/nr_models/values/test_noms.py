"""Les formes d’un nom : toutes sont trouvées, et celles des autres ne sont pas touchées."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.values.noms import Nom, Recherche

GIVEN = ("Anne", "Élodie", "Jean-Pierre", "Zoë", "François Marie")
FAMILY = ("Lefèvre", "de La Tour", "d’Hérin", "Le Goff", "Martin-Durand", "Cœur")
CIVILITIES = ("M.", "M", "Mme", "Mme.", "Mlle", "Dr", "Docteur", "Me", "M. le maire", "Madame la directrice générale")

given_names, family_names = st.sampled_from(GIVEN), st.sampled_from(FAMILY)
letters = st.text(alphabet="abéèçdefghijklmnop’ ", max_size=12)


def bare(text: str) -> str:
    """Un texte sans ses accents."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


SPELLINGS = {
    "tel quel": str,
    "en capitales": str.upper,
    "en minuscules": str.lower,
    "sans accents": bare,
    "en capitales sans accents": lambda text: bare(text).upper(),
    "en accents décomposés": lambda text: unicodedata.normalize("NFD", text),
    "sans traits d’union": lambda text: text.replace("-", " "),
    "tout en traits d’union": lambda text: text.replace(" ", "-"),
    "en espaces insécables": lambda text: text.replace(" ", "\u00a0"),
    "en apostrophes droites": lambda text: text.replace("’", "'"),
    "sans apostrophes": lambda text: text.replace("’", " "),
}
spellings = st.sampled_from(sorted(SPELLINGS)).map(SPELLINGS.get)


@given(given_names, family_names, spellings, st.booleans())
def test_un_nom_entier_est_trouve_de_quelque_facon_qu_on_l_ecrive(first, family, spell, turned) -> None:
    written = spell(f"{family} {first}" if turned else f"{first} {family}")
    text = f"« Réunion… » ŒUVRE\u00a0: {written}, à 9 h ﬁn."
    expected = text.replace(written, "§")
    assert Recherche([f"{first} {family}"]).replace(text, "§") == expected


@given(given_names, family_names, spellings, st.sampled_from(CIVILITIES))
def test_un_nom_de_famille_est_trouve_apres_une_civilite(first, family, spell, civility) -> None:
    text = f"Vu {civility} {spell(family)} hier."
    assert Recherche([f"{first} {family}"]).replace(text, "§") == "Vu § hier."


@given(given_names, family_names, letters, letters)
def test_le_nom_plus_long_d_un_autre_reste_entier(first, family, before, after) -> None:
    search = Recherche([f"{first} {family}"])
    for other in (f"Marie-{first} {family}", f"{first} {family}-Durand", f"{first} {family}’Ka"):
        text = f"{before} {other} {after}"
        assert search.replace(text, "§") == text


@given(given_names, family_names, st.sampled_from(["Marie {} {}", "{} {} Durand", "Paul {} {} Roy"]), spellings)
def test_le_nom_connu_d_un_autre_reste_entier_quoi_qu_il_contienne(first, family, shape, spell) -> None:
    other = shape.format(first, family)
    text = f"Vu {spell(other)}, M. {spell(other)} et {first} {family}."
    found = Recherche([f"{first} {family}"], [other]).replace(text, "§")
    assert found == f"Vu {spell(other)}, M. {spell(other)} et §."


@given(st.text())
def test_un_texte_sans_le_nom_est_rendu_tel_quel(text: str) -> None:
    assert Recherche(["Élodie de Morvannec"], partly=True).replace(text, "§") == text


@pytest.mark.parametrize(
    "text",
    [
        "Martin a dit non.",  # seul, un nom de famille peut être un mot, ou quelqu’un d’autre
        "Mme de la mairie",
        "Elle me martin",
        "5 m martin",
        "Anne Martinet",
        "Paul Martin\nAnne Roy",
        "Paul Martin. Anne Roy",
        "Paul Martin - Anne Roy",
        "Paul Martin, Anne Roy",
        "Mme Anne Roy",
    ],
)
def test_qui_n_est_pas_elle_reste_lisible(text: str) -> None:
    assert Recherche(["Anne Martin", "Anne de la Salle"]).replace(text, "§") == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("l’avis d’Anne Martin", "l’avis d’§"),
        ("ce qu’Anne Martin dit", "ce qu’§ dit"),
        ("- Anne Martin", "- §"),
        ("trame_Anne_Martin.xlsx", "trame_§.xlsx"),
        ("A. Martin", "§"),
        ("Mme A. Martin", "§"),
        ("Mme Martin Anne", "§"),
        ("Anne\nMartin", "§"),
        ("An\u00adne Martin", "§"),
    ],
)
def test_une_elision_ou_un_signe_ne_cachent_pas_un_nom(text: str, shown: str) -> None:
    assert Recherche(["Anne Martin"]).replace(text, "§") == shown


def test_un_nom_de_famille_que_deux_portent_n_est_a_personne_en_particulier() -> None:
    search = Recherche(["Anne Martin"], ["Paul Martin", "anne.martin@autre.fr"])
    text = "Mme Martin, A. Martin et anne.martin@autre.fr"
    assert search.replace(text, "§") == text
    assert search.replace("Anne Martin", "§") == "§"


def test_les_capitales_disent_le_nom_de_famille() -> None:
    assert Recherche(["MARTIN Jean Pierre"]).replace("M. Martin, M. Pierre", "§") == "§, M. Pierre"
    assert Nom("Mme DE LA TOUR Anne").famille == ("tour",)


@given(given_names, family_names)
def test_le_meme_nom_dans_un_autre_ordre_est_le_meme(first, family) -> None:
    name = Nom(f"{first} {family}")
    assert name.bears(Nom(bare(f"{family} {first}").upper()))
    assert not name.bears(Nom(f"{first} {family} Durand"))
    assert not Nom("").bears(Nom(""))
