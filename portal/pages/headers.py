"""What every answer of our pages carries, so that a browser trusts nothing but them."""

from __future__ import annotations

from flows.engine import guard

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    **guard.HEADERS,
    "Cache-Control": "no-store",
}
