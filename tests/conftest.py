"""What every test shares: the reference data, and patience with a slow machine."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("nr", deadline=None, derandomize=True, database=None)
settings.load_profile("nr")


@pytest.fixture
def shared() -> Path:
    """The reference data that stands beside a checkout, or a skip."""
    folder = os.environ.get("NR_SHARED", "")
    if not folder:
        pytest.skip("données de référence absentes (NR_SHARED)")
    return Path(folder)


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice, or a skip."""
    found = shutil.which("soffice")
    if not found:
        pytest.skip("LibreOffice n’est pas installé")
    return found
