"""Append-only tables: the database itself refuses to change, delete or replace one of their rows.

A fence against slips, ours first. Whoever owns the database can take it down: what they then change
is found by the chain and by the heads kept elsewhere, not by these triggers.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

REFUSAL = "La piste d’audit ne se modifie pas."


def protect(table: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE, and an INSERT that would replace a row. Call it once the table is made."""
    (_protect_sqlite if op.get_bind().dialect.name == "sqlite" else _protect_postgresql)(table)


def unprotect(table: str) -> None:
    """Let a migration change what a table looks like; ``protect`` must follow in the same migration."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
    else:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")


def _protect_sqlite(table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    # « INSERT OR REPLACE » deletes the row in the way without firing a DELETE trigger
    found = sa.inspect(op.get_bind())
    keys: list[Sequence[str | None]] = [["id"]]
    keys += [item["column_names"] for item in found.get_unique_constraints(table)]
    keys += [item["column_names"] for item in found.get_indexes(table) if item["unique"]]
    same = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "  # noqa: S608
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _protect_postgresql(table: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
