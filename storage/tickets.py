"""Tickets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, bindparam, func, insert, or_, select, update

from desk.history import FINISHED
from desk.lifecycle import State
from storage import meta, models, trace
from storage.prepared import Prepared
from storage.rows import Ticket, columns
from storage.scope import Scope
from storage.transaction import Transaction

_TABLE = models.ticket
_COLUMNS = columns(_TABLE, Ticket)
EARLIER_SHOWN = 5
_UNFINISHED = [state for state in State if state not in FINISHED]


def _found(row: Row[Any]) -> Ticket:
    """What is worked on is about this ticket."""
    ticket = Ticket.from_row(row)
    trace.about(ticket.number)
    return ticket


async def open_new(
    tx: Transaction,
    *,
    customer_id: int,
    type: str | None = None,
    subject: str,
    serial: str | None,
    answers: dict[str, str],
    first_number: int,
    priority: str | None,
    department: str | None = None,
    linked_to: int | None = None,
) -> Ticket:
    """Open a ticket with the next number."""
    row = await tx.first(
        insert(_TABLE)
        .values(
            number=await meta.next_number(tx, "ticket", first_number),
            customer_id=customer_id,
            state=State.NEW,
            type=type,
            subject=subject,
            serial=serial,
            answers=answers,
            opened_at=tx.now,
            updated_at=tx.now,
            priority=priority,
            department=department,
            asked_at=tx.now,
            linked_to=linked_to,
        )
        .returning(*_COLUMNS)
    )
    assert row is not None
    return _found(row)


# Statements of the hot path are built once: building one costs more than running it.
_FIND = Prepared(
    select(*_COLUMNS).where(_TABLE.c.number == bindparam("number")).with_for_update(key_share=True)
)


async def find(tx: Transaction, number: int) -> Ticket | None:
    """A ticket, or None; the row is locked."""
    row = await tx.first(_FIND, {"number": number})
    return _found(row) if row else None


async def get(tx: Transaction, number: int) -> Ticket:
    """A ticket that is known to exist; the row is locked."""
    ticket = await find(tx, number)
    assert ticket is not None
    return ticket


async def department_of(tx: Transaction, number: int) -> str | None:
    """The department that a ticket is in at this moment; nothing is locked."""
    department: str | None = await tx.scalar(select(_TABLE.c.department).where(_TABLE.c.number == number))
    return department


async def find_by_thread(tx: Transaction, chat_id: int, thread_id: int) -> Ticket | None:
    """The ticket whose thread this is, or None; the row is locked."""
    row = await tx.first(
        select(*_COLUMNS)
        .where(_TABLE.c.thread_chat_id == chat_id, _TABLE.c.thread_id == thread_id)
        .with_for_update(key_share=True)
    )
    return _found(row) if row else None


async def find_by_card(tx: Transaction, chat_id: int, card_message_id: int) -> Ticket | None:
    """The ticket whose card this is, or None; the row is locked."""
    row = await tx.first(
        select(*_COLUMNS)
        .where(_TABLE.c.thread_chat_id == chat_id, _TABLE.c.card_message_id == card_message_id)
        .with_for_update(key_share=True)
    )
    return _found(row) if row else None


_OPEN_OF = Prepared(
    select(*_COLUMNS)
    .where(_TABLE.c.customer_id == bindparam("customer_id"), _TABLE.c.state != State.CLOSED)
    .order_by(_TABLE.c.number)
)


async def open_of(tx: Transaction, customer_id: int) -> list[Ticket]:
    """The customer's tickets that still take messages, the oldest first."""
    return [Ticket.from_row(row) for row in await tx.all(_OPEN_OF, {"customer_id": customer_id})]


async def count_of(tx: Transaction, customer_id: int, since: datetime) -> int:
    """How many tickets of the customer are open, or were opened since then."""
    recent = or_(_TABLE.c.state != State.CLOSED, _TABLE.c.opened_at >= since)
    count: int = await tx.scalar(
        select(func.count()).select_from(_TABLE).where(_TABLE.c.customer_id == customer_id, recent)
    )
    return count


async def find_open_for_serial(tx: Transaction, customer_id: int, serial: str) -> Ticket | None:
    """The customer's open ticket for that serial number, the latest if there are several, or None."""
    row = await tx.first(
        select(*_COLUMNS)
        .where(_TABLE.c.customer_id == customer_id, _TABLE.c.serial == serial, _TABLE.c.state != State.CLOSED)
        .order_by(_TABLE.c.number.desc())
        .limit(1)
    )
    return Ticket.from_row(row) if row else None


_EARLIER = Prepared(
    select(*_COLUMNS)
    .where(_TABLE.c.serial == bindparam("of_serial"), _TABLE.c.number < bindparam("before"))
    .order_by(_TABLE.c.number.desc())
    .limit(EARLIER_SHOWN)
)


async def earlier_of(tx: Transaction, ticket: Ticket) -> list[Ticket]:
    """The latest tickets before this one for the same serial number, whoever opened them; five at most."""
    if ticket.serial is None:
        return []
    rows = await tx.all(_EARLIER, {"of_serial": ticket.serial, "before": ticket.number})
    return [Ticket.from_row(row) for row in rows]


async def following(tx: Transaction, ticket: Ticket) -> Ticket | None:
    """The ticket that continues a closed one: opened after its close and linked to it. It is locked."""
    if ticket.closed_at is None:
        return None
    row = await tx.first(
        select(*_COLUMNS)
        .where(
            _TABLE.c.customer_id == ticket.customer_id,
            _TABLE.c.linked_to == ticket.number,
            _TABLE.c.opened_at >= ticket.closed_at,
        )
        .order_by(_TABLE.c.number.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )
    return _found(row) if row else None


async def page_of(tx: Transaction, customer_id: int, offset: int, limit: int) -> tuple[Sequence[Ticket], int]:
    """A page of all tickets of a customer, open ones first, then the latest; and how many there are."""
    mine = _TABLE.c.customer_id == customer_id
    statement = (
        select(*_COLUMNS)
        .where(mine)
        .order_by(_TABLE.c.state == State.CLOSED, _TABLE.c.number.desc())
        .offset(offset)
        .limit(limit)
    )
    total: int = await tx.scalar(select(func.count()).select_from(_TABLE).where(mine))
    return [Ticket.from_row(row) for row in await tx.all(statement)], total


async def loads(tx: Transaction, agent_ids: Collection[int], scope: Scope | None = None) -> dict[int, int]:
    """How many tickets each of these agents has on which there is something to do; not those with none."""
    if not agent_ids:
        return {}
    theirs: list[ColumnElement[bool]] = [
        _TABLE.c.assignee_id.in_(list(agent_ids)),
        _TABLE.c.state.in_(_UNFINISHED),
    ]
    if scope is not None:
        theirs.append(scope.condition())
    rows = await tx.all(
        select(_TABLE.c.assignee_id, func.count().label("load")).where(*theirs).group_by(_TABLE.c.assignee_id)
    )
    return {row.assignee_id: row.load for row in rows}


async def change(tx: Transaction, number: int, **values: Any) -> Ticket:
    """Change columns of a ticket; gives back the ticket as it is now."""
    row = await tx.first(
        update(_TABLE)
        .where(_TABLE.c.number == number)
        .values(updated_at=tx.now, **values)
        .returning(*_COLUMNS)
    )
    assert row is not None
    return _found(row)


async def place(tx: Transaction, number: int, **values: Any) -> None:
    """Note where a ticket's thread and card are, and how; that is no change of the ticket itself."""
    await tx.execute(update(_TABLE).where(_TABLE.c.number == number).values(**values))


_NO_THREAD = {"thread_id": None, "card_message_id": None, "card_digest": None, "thread_closed": False}


async def lose_thread(tx: Transaction, number: int, chat_id: int, thread_id: int | None) -> None:
    """That thread is gone; if the ticket has another by now, that stays."""
    await tx.execute(
        update(_TABLE)
        .where(_TABLE.c.number == number, _TABLE.c.thread_chat_id == chat_id, _TABLE.c.thread_id == thread_id)
        .values(**_NO_THREAD)
    )


_SET_DUE = (
    update(_TABLE)
    .where(_TABLE.c.number == bindparam("of_ticket"), _TABLE.c.due_at.is_distinct_from(bindparam("moment")))
    .values(due_at=bindparam("moment"))
)


async def set_due(tx: Transaction, number: int, due_at: datetime | None) -> None:
    """Note when the nearest clock of a ticket that runs is due; that is no change of the ticket itself."""
    await tx.execute(_SET_DUE, {"of_ticket": number, "moment": due_at})


async def forget_threads(tx: Transaction, chat_id: int) -> list[int]:
    """The threads of a group are gone: open tickets will get new ones; gives back which."""
    rows = await tx.all(
        update(_TABLE)
        .where(or_(_TABLE.c.thread_chat_id == chat_id, _TABLE.c.thread_chat_id.is_(None)))
        .values(thread_chat_id=None, **_NO_THREAD)
        .returning(_TABLE.c.number, _TABLE.c.state)
    )
    return [row.number for row in rows if row.state != State.CLOSED]


async def standing_elsewhere(tx: Transaction, chat_id: int, scope: Scope | None) -> list[int]:
    """The open tickets of a scope whose thread is in another group than this."""
    where = [_TABLE.c.state != State.CLOSED, _TABLE.c.thread_chat_id != chat_id]
    if scope is not None:
        where.append(scope.condition())
    rows = await tx.all(select(_TABLE.c.number).where(*where).order_by(_TABLE.c.number))
    return [row.number for row in rows]


async def among(tx: Transaction, numbers: Sequence[int], scope: Scope) -> list[int]:
    """Which of these tickets somebody may see, in the order given."""
    rows = await tx.all(select(_TABLE.c.number).where(_TABLE.c.number.in_(numbers), scope.condition()))
    seen = {row.number for row in rows}
    return [number for number in numbers if number in seen]


class Stands(NamedTuple):
    """Where the thread of a ticket is, so far as it is made."""

    number: int
    chat_id: int | None
    thread_id: int | None
    card_message_id: int | None


async def stand(tx: Transaction, numbers: Collection[int]) -> dict[int, Stands]:
    """Where the threads of these tickets are, by number."""
    if not numbers:
        return {}
    columns = (_TABLE.c.number, _TABLE.c.thread_chat_id, _TABLE.c.thread_id, _TABLE.c.card_message_id)
    rows = await tx.all(select(*columns).where(_TABLE.c.number.in_(list(numbers))))
    return {
        row.number: Stands(row.number, row.thread_chat_id, row.thread_id, row.card_message_id) for row in rows
    }
