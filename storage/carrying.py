"""Carrying the tables of a store over to another database, and telling whether both hold the same."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKeyConstraint,
    Row,
    Select,
    String,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.schema import AddConstraint, DropConstraint

from storage import models
from storage.engines import CLIENT
from storage.meta import MOVED_TO
from storage.transaction import Transaction

_BATCH = 1000
_SPACE = 1 << 256

# Leases belong to processes, none of which comes along.
LEFT_BEHIND = (models.destination,)
CARRIED: tuple[Table, ...] = tuple(
    table for table in models.metadata.sorted_tables if table not in LEFT_BEHIND
)
# Those whose rows the database numbers.
NUMBERED: tuple[Table, ...] = tuple(table for table in CARRIED if table.autoincrement_column is not None)

OnRows = Callable[[int], None]


class CannotHold(Exception):
    """The other database takes no such value; the message says which row and column."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and what they say, whatever their order."""

    rows: int
    content: str


def _all(table: Table) -> Select[Any]:
    rows = select(table)
    if table is models.meta:
        # Says of one place where the desk went from there.
        return rows.where(table.c.key != MOVED_TO)
    return rows


async def count(tx: Transaction, table: Table) -> int:
    """The number of rows that there are to carry."""
    number: int = await tx.scalar(select(func.count()).select_from(_all(table).subquery()))
    return number


async def _batches(tx: Transaction, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    """All rows, never more than a few in memory."""
    statement = _all(table).execution_options(yield_per=_BATCH)
    if isinstance(tx.connection, Connection):
        for rows in tx.connection.execute(statement).partitions():
            yield rows
    else:
        result = await tx.connection.stream(statement)
        async for rows in result.partitions():
            yield rows


async def carry(source: Transaction, target: Transaction, table: Table, on_rows: OnRows) -> None:
    """Write all rows of one database into the other. Raises CannotHold."""
    async for rows in _batches(source, table):
        values = [dict(row._mapping) for row in rows]
        _check_that_it_holds(table, values)
        await target.execute(insert(table), values)
        on_rows(len(rows))


def _check_that_it_holds(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """SQLite takes texts of any length and with anything in them, PostgreSQL does not."""
    for column in table.columns:
        if not isinstance(column.type, String):
            continue
        name, longest = column.name, column.type.length or sys.maxsize
        for row in rows:
            value = row[name]
            if value is not None and (len(value) > longest or "\0" in value):
                which = ", ".join(str(row[key.name]) for key in table.primary_key.columns)
                trouble = (
                    "has a NUL character in it" if "\0" in value else f"is longer than {longest} characters"
                )
                raise CannotHold(f"the column {name} of {table.name} {which} {trouble}")


async def digest(tx: Transaction, table: Table, on_rows: OnRows) -> Digest:
    """Read a table, and put what it says into one short word."""
    number = total = 0
    async for rows in _batches(tx, table):
        number += len(rows)
        # A sum, for two databases need not give the rows in the same order.
        total = (total + sum(map(_digest_of_row, rows))) % _SPACE
        on_rows(len(rows))
    return Digest(number, f"{total:064x}")


def _digest_of_row(row: Row[Any]) -> int:
    said = json.dumps(list(row), ensure_ascii=False, sort_keys=True, default=_plain)
    return int.from_bytes(hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest())


def _plain(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


# PostgreSQL lets many in.


async def others(tx: Transaction) -> int:
    """How many other stores are open at this database."""
    number: int = await tx.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            f" AND application_name LIKE '{CLIENT}%'"
            " AND application_name <> current_setting('application_name')"
        )
    )
    return number


async def keep_others_out(tx: Transaction) -> None:
    """Let nobody else write to any of the tables until this transaction ends, however long it waits."""
    await tx.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    names = ", ".join(table.name for table in models.metadata.sorted_tables)
    await tx.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


async def analyze(tx: Transaction) -> None:
    """Let the planner know at once what the tables hold now."""
    await tx.execute(text("ANALYZE"))


# What the tables refer to each other by.


def _references() -> Iterator[ForeignKeyConstraint]:
    for table in CARRIED:
        yield from sorted(table.foreign_key_constraints, key=lambda key: str(key.name))


@contextlib.asynccontextmanager
async def unreferred(tx: Transaction) -> AsyncIterator[None]:
    """Let rows refer to others that come later; all must be there in the end, or IntegrityError is raised."""
    if tx.dialect == "sqlite":
        await tx.execute(text("PRAGMA defer_foreign_keys=ON"))
        yield
        return
    for key in _references():
        await tx.execute(DropConstraint(key))
    yield
    for key in _references():
        await tx.execute(AddConstraint(key, isolate_from_table=False))


# How far rows have been numbered: an id that was given once is not given again, for buttons name them.


async def numbered_to(tx: Transaction) -> dict[str, int]:
    """The highest id that was given in each table that numbers its rows; 0 where none was."""
    known = {}
    if tx.dialect == "sqlite":
        known = {row.name: row.seq for row in await tx.all(text("SELECT name, seq FROM sqlite_sequence"))}
    highest = {}
    for table in NUMBERED:
        (key,) = table.primary_key.columns
        if tx.dialect == "postgresql":
            state = await tx.first(text(f"SELECT last_value, is_called FROM {await _sequence(tx, table)}"))
            assert state is not None
            known[table.name] = state.last_value if state.is_called else 0
        present = await tx.scalar(select(func.max(key))) or 0
        highest[table.name] = max(present, known.get(table.name, 0))
    return highest


async def number_from(tx: Transaction, highest: dict[str, int]) -> None:
    """Go on behind these."""
    for table in NUMBERED:
        last = highest[table.name]
        if tx.dialect == "postgresql":
            await tx.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :last, :used)"),
                {"sequence": await _sequence(tx, table), "last": max(last, 1), "used": last > 0},
            )
        elif table.dialect_kwargs.get("sqlite_autoincrement"):
            await tx.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            await tx.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
                {"name": table.name, "last": last},
            )


async def _sequence(tx: Transaction, table: Table) -> str:
    (key,) = table.primary_key.columns
    name: str = await tx.scalar(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": key.name}
    )
    return name
