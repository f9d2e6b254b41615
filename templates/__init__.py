"""À quoi cela ressemble, et la méthode : jetons visuels, pages, référentiel. Aucun code."""

from pathlib import Path

ROOT = Path(__file__).parent
"""Where the templates lie, in a checkout as in an installed wheel."""
