"""Things due at a moment. Each kind has at most one timer for a subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, literal, select, update

from desk.history import FINISHED
from storage import models
from storage.rows import FromRow, columns
from storage.scope import Scope
from storage.transaction import Transaction
from storage.upsert import upsert, upsert_from

_TABLE = models.timer
# Any number will do, as long as every replica uses the same.
_TURN = 0x7A10A


@dataclass(frozen=True, slots=True)
class Timer(FromRow):
    """Something due: `kind` says what, `subject` about which ticket, message, customer or chat."""

    id: int
    kind: str
    subject: int
    due_at: datetime


async def put(tx: Transaction, kind: str, subject: int, due_at: datetime) -> None:
    """Set or move a timer."""
    await tx.execute(
        upsert(
            tx,
            _TABLE,
            {"kind": kind, "subject": subject, "due_at": due_at},
            keys=("kind", "subject"),
        )
    )


# Statements of the hot path are built once: building one costs more than running it.
_CANCEL = delete(_TABLE).where(
    _TABLE.c.kind == bindparam("of_kind"), _TABLE.c.subject == bindparam("of_subject")
)
_FIRED = delete(_TABLE).where(
    _TABLE.c.id == bindparam("timer_id"), _TABLE.c.due_at == bindparam("was_due_at")
)


async def cancel(tx: Transaction, kind: str, subject: int) -> None:
    """It is not due any more."""
    await tx.execute(_CANCEL, {"of_kind": kind, "of_subject": subject})


async def due_at(tx: Transaction, kind: str, subject: int) -> datetime | None:
    """When it is due, or None if it is not set."""
    moment: datetime | None = await tx.scalar(
        select(_TABLE.c.due_at).where(_TABLE.c.kind == kind, _TABLE.c.subject == subject)
    )
    return moment


async def bring_forward(tx: Transaction, kind: str) -> None:
    """What waited with timers of this kind for something to happen is due now: it has happened."""
    await tx.execute(
        update(_TABLE).where(_TABLE.c.kind == kind, _TABLE.c.due_at > tx.now).values(due_at=tx.now)
    )


async def count(tx: Transaction, kind: str, scope: Scope | None = None) -> int:
    """How many timers of a kind are not due yet; only of those tickets, where somebody may not see all."""
    statement = select(func.count()).where(_TABLE.c.kind == kind, _TABLE.c.due_at > tx.now)
    if scope is not None:
        theirs = select(models.ticket.c.number).where(scope.condition())
        statement = statement.where(_TABLE.c.subject.in_(theirs))
    number: int = await tx.scalar(statement)
    return number


async def put_for_assignee(tx: Transaction, kind: str, agent_id: int) -> None:
    """Let a timer of this kind be due now for every ticket of an agent on which there is something to do."""
    ticket = models.ticket
    now = literal(tx.now, _TABLE.c.due_at.type)
    theirs = select(literal(kind), ticket.c.number, now).where(
        ticket.c.assignee_id == agent_id, ticket.c.state.not_in(FINISHED)
    )
    await tx.execute(upsert_from(tx, _TABLE, ("kind", "subject", "due_at"), theirs, keys=2))


async def put_for_open(tx: Transaction, kind: str) -> None:
    """Let a timer of this kind be due now for every ticket on which there is something to do."""
    ticket = models.ticket
    now = literal(tx.now, _TABLE.c.due_at.type)
    unfinished = select(literal(kind), ticket.c.number, now).where(ticket.c.state.not_in(FINISHED))
    await tx.execute(upsert_from(tx, _TABLE, ("kind", "subject", "due_at"), unfinished, keys=2))


async def turn(tx: Transaction) -> bool:
    """Whether it is ours to fire timers until this transaction ends: one process does at a time."""
    if tx.connection.dialect.name == "sqlite":
        return True
    taken: bool = await tx.scalar(select(func.pg_try_advisory_xact_lock(_TURN)))
    return taken


async def due(tx: Transaction, limit: int) -> list[Timer]:
    """What is due now, in order of lateness."""
    statement = (
        select(*columns(_TABLE, Timer))
        .where(_TABLE.c.due_at <= tx.now)
        .order_by(_TABLE.c.due_at, _TABLE.c.id)
        .limit(limit)
    )
    return [Timer.from_row(row) for row in await tx.all(statement)]


async def fired(tx: Transaction, done: Sequence[Timer]) -> None:
    """These were due and have done their work, in the course of which some may have been set anew."""
    await tx.execute(_FIRED, [{"timer_id": timer.id, "was_due_at": timer.due_at} for timer in done])
