"""What the tests of the stages share: workbooks that LibreOffice worked out again, once for every worker."""

from __future__ import annotations

import pytest
from filelock import FileLock
from openpyxl import Workbook

from tests.support.classeurs import opened, recalculate
from tests.support.partage import shared_base


@pytest.fixture(scope="session")
def recalcules(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """The workbooks with formulas, by name, with the values that LibreOffice finds."""
    folder = shared_base(tmp_path_factory) / "recalcules"
    with FileLock(folder.with_suffix(".verrou")):
        if not folder.exists():
            folder.mkdir()
            recalculate(soffice, folder)
    return {path.stem: opened(path.read_bytes(), values=True) for path in (folder / "fait").iterdir()}
