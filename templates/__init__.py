"""What it looks like, and the method: visual tokens, pages, référentiel; never code."""

from pathlib import Path

ROOT = Path(__file__).parent
"""Where the templates lie, in a checkout as in an installed wheel."""
