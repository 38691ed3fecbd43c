"""The work there is: tickets on which something is to be done, in the order in which to do it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from storage import models
from storage.scope import Scope
from storage.search import MOST
from storage.transaction import Transaction

_TABLE = models.ticket
_NUMBERS = select(_TABLE.c.number).where(models.UNFINISHED)


async def of_all(tx: Transaction, offset: int, limit: int, scope: Scope | None = None) -> list[int]:
    """Unfinished tickets: those that nobody has taken first, then by the nearest deadline."""
    free = _TABLE.c.assignee_id.is_(None)
    return await _in_order(tx, (free, ~free), offset, limit, scope)


async def of_agent(
    tx: Transaction, agent_id: int, offset: int, limit: int, scope: Scope | None = None
) -> list[int]:
    """Unfinished tickets that this agent has taken, the nearest deadline first."""
    return await _in_order(tx, (_TABLE.c.assignee_id == agent_id,), offset, limit, scope)


async def _in_order(
    tx: Transaction,
    groups: Sequence[ColumnElement[bool]],
    offset: int,
    limit: int,
    scope: Scope | None,
) -> list[int]:
    # One index gives each part in its order, so that nothing is sorted, however long the queue is.
    parts = [
        part
        for group in groups
        for part in (
            _NUMBERS.where(group, _TABLE.c.due_at.is_not(None)).order_by(_TABLE.c.due_at, _TABLE.c.number),
            _NUMBERS.where(group, _TABLE.c.due_at.is_(None)).order_by(_TABLE.c.number),
        )
    ]
    found: list[int] = []
    for part in parts:
        room = offset + limit - len(found)
        if room <= 0:
            break
        if scope is not None:
            part = part.where(scope.condition())
        found += [row.number for row in await tx.all(part.limit(room))]
    return found[offset:]


async def count(tx: Transaction, agent_id: int | None = None, scope: Scope | None = None) -> int:
    """How many there are, of one agent or of all; of more than `MOST` only that there are more."""
    counted = _NUMBERS
    if agent_id is not None:
        counted = counted.where(_TABLE.c.assignee_id == agent_id)
    if scope is not None:
        counted = counted.where(scope.condition())
    total: int = await tx.scalar(select(func.count()).select_from(counted.limit(MOST + 1).subquery()))
    return total
