"""The clock of a run: ``SOURCE_DATE_EPOCH`` where it is set, else the time it is."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def now() -> str:
    """The instant, ISO 8601, UTC, to the second."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    instant = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
