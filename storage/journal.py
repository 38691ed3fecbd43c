"""Everything that ever happened to a ticket, in order, by whom. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from desk.journal import By, Entry
from storage import models
from storage.prepared import Prepared
from storage.transaction import Transaction

_TABLE = models.journal


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: a person with id and name, or the bot or a timer without."""

    kind: By
    id: int | None = None
    name: str | None = None


TIMER = Actor("timer")

# Statements of the hot path are built once: building one costs more than running it.
_NOTE = Prepared(insert(_TABLE))
_ENTRIES = Prepared(
    select(_TABLE.c.at, _TABLE.c.event, _TABLE.c.actor, _TABLE.c.data)
    .where(_TABLE.c.ticket_number == bindparam("number"))
    .order_by(_TABLE.c.id)
)


async def note(
    tx: Transaction, ticket_number: int, actor: Actor, event: str, data: dict[str, Any] | None = None
) -> None:
    """Write down what happened now."""
    await tx.run(
        _NOTE,
        {
            "ticket_number": ticket_number,
            "at": tx.now,
            "actor": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "event": event,
            "data": data,
        },
    )


async def of(tx: Transaction, ticket_number: int) -> Sequence[Row[Any]]:
    """A ticket's journal, from the beginning."""
    return await tx.all(select(_TABLE).where(_TABLE.c.ticket_number == ticket_number).order_by(_TABLE.c.id))


async def entries(tx: Transaction, ticket_number: int) -> list[Entry]:
    """A ticket's journal as the rules read it."""
    rows = await tx.all(_ENTRIES, {"number": ticket_number})
    return [Entry(row.at, row.event, row.actor, row.data or {}) for row in rows]
