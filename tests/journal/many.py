"""A store with as many tickets as a test wants, each with a conversation and a journal of a few days."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, func, insert, select

from desk.journal import OPENED, PRIORITY
from desk.lifecycle import Action, State
from storage import models
from storage.store import Store

_AT_ONCE = 2000
FIRST = 1001
OPENED_AT = datetime(2026, 1, 12, 6, 30, tzinfo=UTC)
ANSWERS = {
    "company": "АКБ «Барьер»",
    "person": "Петрова Анна Ивановна",
    "position": "Бухгалтер",
    "phone": "+74951234567",
    "email": "anna@example.com",
}


async def fill(store: Store, count: int) -> None:
    """Add `count` closed tickets of one customer, opened a minute apart."""
    first = await store.run(_next_number)
    for start in range(first, first + count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, first + count))
        await store.run(partial(_tickets, numbers=numbers))


def _next_number(connection: Connection) -> int:
    last: int | None = connection.scalar(select(func.max(models.ticket.c.number)))
    if last is not None:
        return last + 1
    connection.execute(insert(models.customer), {"id": 7, "first_name": "Анна", "created_at": OPENED_AT})
    return FIRST


def _tickets(connection: Connection, numbers: range) -> None:
    tickets, messages, entries = [], [], []
    for number in numbers:
        at = OPENED_AT + timedelta(minutes=number - FIRST)
        tickets.append(
            {
                "number": number,
                "customer_id": 7,
                "state": State.CLOSED,
                "subject": f"Отчёт {number}",
                "answers": ANSWERS,
                "priority": "first",
                "opened_at": at,
                "updated_at": at,
                "closed_at": at + timedelta(days=1),
            }
        )
        said = [("customer", f"Не открывается отчёт {number}", True, timedelta(0))]
        said += [
            ("agent", f"Шаг {step}: устранил причину сбоя", False, timedelta(hours=step)) for step in (2, 3)
        ]
        messages += [
            {
                "ticket_number": number,
                "customer_id": 7,
                "author": author,
                "kind": "text",
                "text": text,
                "opening": opening,
                "created_at": at + after,
            }
            for author, text, opening, after in said
        ]
        happened = [
            (OPENED, "customer", "Анна", {"to": State.NEW}, timedelta(0)),
            (Action.TAKE, "agent", "Рудаков А", {"to": State.IN_PROGRESS}, timedelta(hours=1)),
            (PRIORITY, "agent", "Рудаков А", {"old": None, "new": "first"}, timedelta(hours=1)),
            (Action.RESOLVE, "agent", "Рудаков А", {"to": State.RESOLVED}, timedelta(hours=4)),
            (Action.CONFIRM, "customer", "Анна", {"to": State.CLOSED}, timedelta(days=1)),
        ]
        entries += [
            {
                "ticket_number": number,
                "at": at + after,
                "actor": actor,
                "actor_name": name,
                "event": event,
                "data": data,
            }
            for event, actor, name, data, after in happened
        ]
    for table, values in ((models.ticket, tickets), (models.message, messages), (models.journal, entries)):
        connection.execute(insert(table), values)
