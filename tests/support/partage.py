"""A folder common to every worker of a session of tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_base(factory: pytest.TempPathFactory) -> Path:
    """Where what is made once for every worker lies."""
    root = factory.getbasetemp()
    return root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
