"""Ce que partagent les essais des étapes : les classeurs que LibreOffice a recalculés, une fois pour tous."""

from __future__ import annotations

import pytest
from filelock import FileLock
from openpyxl import Workbook

from tests.support.classeurs import opened, recalculate
from tests.support.partage import shared_base


@pytest.fixture(scope="session")
def recalcules(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """Les classeurs à formules, par nom, avec les valeurs que LibreOffice trouve."""
    folder = shared_base(tmp_path_factory) / "recalcules"
    with FileLock(folder.with_suffix(".verrou")):
        if not folder.exists():
            folder.mkdir()
            recalculate(soffice, folder)
    return {path.stem: opened(path.read_bytes(), values=True) for path in (folder / "fait").iterdir()}
