"""What a stage sent: its supports, each with the round in which what it asks last changed."""

from __future__ import annotations

from nr_models.values.frozen import Frozen
from nr_models.values.text import slugify


class Support(Frozen):
    """One support: the type of return it asks for, whom it is for, its round.

    ``pour`` is the address as a file name writes it; empty: whoever fills it. ``nu`` is the SHA-256 of what it asks,
    without what was already answered and is written in it again; empty where nothing is.
    """

    type: str
    pour: str = ""
    tour: int
    nu: str = ""


class Envoi(Frozen):
    """The supports of a stage, by file name. A file that nobody returns is not one of them."""

    supports: dict[str, Support] = {}

    def find_own(self, kind: str, personne: str) -> int | None:
        """The round of the support a person was sent: theirs, else the one for everybody; None without any."""
        own = {item.pour: item.tour for item in self.supports.values() if item.type == kind}
        return own.get(slugify(personne), own.get(""))

    def find_tour(self, kind: str, personne: str) -> int | None:
        """The round under which a return of that type and person is out of date; None when none was sent.

        Who has a support of their own may also have filled the one for everybody: the older of the two counts.
        """
        owners = ("", slugify(personne))
        return min(
            (item.tour for item in self.supports.values() if item.type == kind and item.pour in owners), default=None
        )
