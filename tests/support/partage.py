"""Un répertoire commun à toute une session d’essais."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_base(factory: pytest.TempPathFactory) -> Path:
    """Où se trouve ce qui n’est fait qu’une fois pour tous."""
    root = factory.getbasetemp()
    return root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
