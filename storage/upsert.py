"""INSERT … ON CONFLICT, which both databases know but SQLAlchemy spells per dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.transaction import Transaction

DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}


def upsert(
    tx: Transaction,
    table: Table,
    values: dict[str, Any] | Sequence[dict[str, Any]],
    *,
    keys: Sequence[str],
    change: Sequence[str] | None = None,
) -> Any:
    """A statement that inserts, and where the keys exist sets the columns of `change`.

    `change` None means every column that is not a key; empty means: leave the row as it is.
    """
    insert = _insert(tx, table).values(values)
    if change is None:
        sample = values if isinstance(values, dict) else values[0]
        change = [name for name in sample if name not in keys]
    if not change:
        return insert.on_conflict_do_nothing(index_elements=list(keys))
    return insert.on_conflict_do_update(
        index_elements=list(keys), set_={name: insert.excluded[name] for name in change}
    )


def upsert_from(
    tx: Transaction, table: Table, columns: Sequence[str], rows: Select[Any], *, keys: int
) -> Any:
    """A statement that inserts what a query gives; the first `keys` of the columns are the key."""
    insert = _insert(tx, table).from_select(list(columns), rows)
    return insert.on_conflict_do_update(
        index_elements=list(columns[:keys]), set_={name: insert.excluded[name] for name in columns[keys:]}
    )


def _insert(tx: Transaction, table: Table) -> Any:
    return DIALECTS[tx.dialect].insert(table)
