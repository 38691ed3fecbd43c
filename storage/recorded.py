"""Everything that is recorded of tickets, for whoever reads the journal of a period: page by page.

A page is a range of numbers, so however large the store is, only a few tickets are in memory at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, exists, func, or_, select

from storage import models
from storage.rows import Author, Ticket, columns
from storage.scope import Scope
from storage.transaction import Transaction

_TICKET = models.ticket
_JOURNAL = models.journal
_MESSAGE = models.message
_ATTACHMENT = models.attachment
_CUSTOMER = models.customer


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of a ticket's journal; `data` as `desk.journal` tells."""

    at: datetime
    actor: str
    name: str | None
    event: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a ticket's conversation, or a note of the agents, with the names of its files."""

    at: datetime
    id: int
    author: Author
    name: str | None
    kind: str
    text: str
    opening: bool
    is_taken_back: bool
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A ticket as it is now, and all that happened to it until now, in order."""

    ticket: Ticket
    customer: str
    steps: tuple[Event | Said, ...]


async def numbers(tx: Transaction) -> tuple[int, int] | None:
    """The first and the last number of a ticket there are; None without any."""
    first = await tx.scalar(select(func.min(_TICKET.c.number)))
    return None if first is None else (first, await tx.scalar(select(func.max(_TICKET.c.number))))


async def between(
    tx: Transaction,
    numbers: range,
    since: datetime | None,
    until: datetime | None,
    scope: Scope | None = None,
) -> list[Recorded]:
    """The tickets with these numbers to which something happened from `since` on and before `until`.

    Only those of `scope`, where somebody may not see all.
    """
    inside = and_(_TICKET.c.number >= numbers.start, _TICKET.c.number < numbers.stop)
    if scope is not None:
        inside = and_(inside, scope.condition())
    statement = (
        select(*columns(_TICKET, Ticket), _CUSTOMER.c.first_name, _CUSTOMER.c.last_name)
        .join(_CUSTOMER, _CUSTOMER.c.id == _TICKET.c.customer_id)
        .where(
            inside,
            or_(_happened(_JOURNAL, "at", since, until), _happened(_MESSAGE, "created_at", since, until)),
        )
        .order_by(_TICKET.c.number)
    )
    rows = await tx.all(statement)
    found = [row.number for row in rows]
    events, said = await _events(tx, found), await _said(tx, found)
    return [
        Recorded(
            Ticket.from_row(row),
            " ".join(part for part in (row.first_name, row.last_name) if part),
            tuple(sorted([*events[row.number], *said[row.number]], key=_order)),
        )
        for row in rows
    ]


def _happened(table: Any, column: str, since: datetime | None, until: datetime | None) -> Any:
    conditions = [table.c.ticket_number == _TICKET.c.number]
    if since is not None:
        conditions.append(table.c[column] >= since)
    if until is not None:
        conditions.append(table.c[column] < until)
    return exists(select(table.c.id).where(*conditions).correlate(_TICKET))


def _order(step: Event | Said) -> tuple[datetime, bool]:
    # Whoever answers a new ticket takes it, and that stands before what they wrote.
    return step.at, isinstance(step, Said)


async def _events(tx: Transaction, numbers: Sequence[int]) -> dict[int, list[Event]]:
    rows = await tx.all(select(_JOURNAL).where(_JOURNAL.c.ticket_number.in_(numbers)).order_by(_JOURNAL.c.id))
    events = defaultdict(list)
    for row in rows:
        events[row.ticket_number].append(Event(row.at, row.actor, row.actor_name, row.event, row.data or {}))
    return events


async def _said(tx: Transaction, numbers: Sequence[int]) -> dict[int, list[Said]]:
    rows = await tx.all(
        select(
            _MESSAGE.c.id,
            _MESSAGE.c.ticket_number,
            _MESSAGE.c.author,
            _MESSAGE.c.author_name,
            _MESSAGE.c.kind,
            _MESSAGE.c.text,
            _MESSAGE.c.opening,
            _MESSAGE.c.taken_back_at,
            _MESSAGE.c.created_at,
        )
        .where(_MESSAGE.c.ticket_number.in_(numbers))
        .order_by(_MESSAGE.c.id)
    )
    files = await _files(tx, numbers)
    said = defaultdict(list)
    for row in rows:
        said[row.ticket_number].append(
            Said(
                row.created_at,
                row.id,
                row.author,
                row.author_name,
                row.kind,
                _text(row, files[row.id]),
                row.opening,
                row.taken_back_at is not None,
                tuple(file.file_name or file.family for file in files[row.id]),
            )
        )
    return said


def _text(row: Row[Any], files: Iterable[Row[Any]]) -> str:
    # The caption of the first file is the text of its message as well.
    texts = dict.fromkeys((row.text, *(file.caption for file in files)))
    return "\n".join(text for text in texts if text)


async def _files(tx: Transaction, numbers: Sequence[int]) -> dict[int, list[Row[Any]]]:
    rows = await tx.all(
        select(_ATTACHMENT.c.message_id, _ATTACHMENT.c.family, _ATTACHMENT.c.file_name, _ATTACHMENT.c.caption)
        .join(_MESSAGE, _MESSAGE.c.id == _ATTACHMENT.c.message_id)
        .where(_MESSAGE.c.ticket_number.in_(numbers))
        .order_by(_ATTACHMENT.c.message_id, _ATTACHMENT.c.position)
    )
    files = defaultdict(list)
    for row in rows:
        files[row.message_id].append(row)
    return files
