"""The command line in French: click's own sentences come from our catalogue."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


def speak_french() -> None:
    """Have gettext answer from our catalogue, whatever the machine's language."""
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("messages", str(LOCALE))
    gettext.textdomain("messages")
