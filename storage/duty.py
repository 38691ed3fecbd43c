"""Who is on duty.

Whoever is to be assigned a ticket is found, and duty changes, in `turn`: two tickets at once would otherwise
both go to the one who had the least to do before either came. A transaction locks in this order: the ticket,
the turn, rows of this table, timers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from storage import models
from storage.rows import FromRow, columns
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.duty
# Any number will do, as long as every replica uses the same.
_TURN = 0x7A10B


@dataclass(frozen=True, slots=True)
class Duty(FromRow):
    """Somebody who is on duty in a department; `assigned_at` is when they last got a ticket."""

    user_id: int
    department: str
    name: str
    since: datetime
    assigned_at: datetime | None


async def turn(tx: Transaction) -> None:
    """Wait until nobody else assigns tickets or changes who is on duty; ours until the transaction ends."""
    if tx.dialect != "sqlite":
        await tx.execute(select(func.pg_advisory_xact_lock(_TURN)))


async def begin(
    tx: Transaction,
    user_id: int,
    name: str,
    departments: Sequence[str],
    of: Collection[str] | None = None,
) -> bool:
    """Let somebody be on duty in these departments and no others; False if that is how it was.

    `of`: others are only those among them, for what somebody does in other groups is another matter.
    """
    others = _theirs(user_id, of)
    known = {row.department for row in await tx.all(select(_TABLE.c.department).where(*others))}
    if known == set(departments):
        return False
    # Whoever was assigned a ticket has it, in whichever department that was.
    last = await tx.scalar(select(func.max(_TABLE.c.assigned_at)).where(_TABLE.c.user_id == user_id))
    await tx.execute(
        update(_TABLE).where(*others, _TABLE.c.department.not_in(list(departments))).values(since=None)
    )
    rows = [
        {"user_id": user_id, "department": each, "name": name, "since": tx.now, "assigned_at": last}
        for each in departments
        if each not in known
    ]
    if rows:
        await tx.execute(upsert(tx, _TABLE, rows, keys=("user_id", "department"), change=("name", "since")))
    return True


async def end(tx: Transaction, user_id: int, of: Collection[str] | None = None) -> bool:
    """Somebody goes off duty in all departments, or all of these; False if they were on duty in none."""
    ended = await tx.execute(update(_TABLE).where(*_theirs(user_id, of)).values(since=None))
    return ended.rowcount > 0


def _theirs(user_id: int, of: Collection[str] | None) -> list[ColumnElement[bool]]:
    """Where somebody is on duty, among these departments."""
    where = [_TABLE.c.user_id == user_id, _TABLE.c.since.is_not(None)]
    if of is not None:
        where.append(_TABLE.c.department.in_(list(of)))
    return where


async def on_duty(tx: Transaction, department: str | None = None) -> list[Duty]:
    """Who is on duty, in one department or in any, whoever came first."""
    statement = select(*columns(_TABLE, Duty)).where(_TABLE.c.since.is_not(None))
    if department is not None:
        statement = statement.where(_TABLE.c.department == department)
    rows = await tx.all(statement.order_by(_TABLE.c.since, _TABLE.c.user_id))
    return [Duty.from_row(row) for row in rows]


async def is_off_duty(tx: Transaction, user_id: int, department: str) -> bool:
    """Whether somebody who goes on duty is not there now; who never did is nobody to wait for."""
    rows = await tx.all(select(_TABLE.c.department, _TABLE.c.since).where(_TABLE.c.user_id == user_id))
    return bool(rows) and not any(row.since and row.department == department for row in rows)


async def assigned(tx: Transaction, user_id: int) -> None:
    """Somebody got a ticket now."""
    await tx.execute(update(_TABLE).where(_TABLE.c.user_id == user_id).values(assigned_at=tx.now))
