"""What may be diffused: texts without the names and addresses of the people of a dossier."""

from __future__ import annotations

import re

from nr_models.dossier.registre import Entree
from nr_models.values.french import typeset
from nr_models.values.noms import Recherche
from tasks.office.deck.page import Clean

_SOMEONE = "une personne"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


def anonymiser(entree: Entree) -> Clean:
    """A function that writes a text for the public: every address, and every name of the dossier, is hidden.

    A surname alone is hidden only after « M. », « Mme » and the like: many surnames are plain words.
    """
    people = Recherche((personne.nom for personne in entree.personnes), partly=True)

    def clean(text: str) -> str:
        return typeset(people.replace(_MAIL.sub(_SOMEONE, text), _SOMEONE))

    return clean
