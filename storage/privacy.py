"""What is stored of a customer as a person: counting it, and erasing it for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, insert, or_, select, text, update

from desk.journal import ERASED, IMPERSONAL
from desk.lifecycle import State
from storage import destinations, journal, meta, models, timers
from storage.journal import Actor
from storage.rows import Ticket, columns
from storage.transaction import Transaction

_CUSTOMER = models.customer
_TICKET = models.ticket
_MESSAGE = models.message
_OUTBOX = models.outbox
_JOURNAL = models.journal
_RATING = models.rating
_OF_PERSON: tuple[Table, ...] = (models.customer_mark, models.remembered, models.faq_verdict, models.draft)


@dataclass(frozen=True, slots=True)
class Stored:
    """How much is stored of a customer, and since when."""

    since: datetime
    agreed_at: datetime | None
    tickets: int
    messages: int
    files: int
    remembered: int
    has_draft: bool


async def stored(tx: Transaction, customer_id: int) -> Stored:
    """Count what is stored of a customer who is known."""
    known = await tx.first(
        select(_CUSTOMER.c.created_at, _CUSTOMER.c.agreed_at).where(_CUSTOMER.c.id == customer_id)
    )
    assert known is not None
    mine = [_MESSAGE.c.customer_id == customer_id, _MESSAGE.c.author != "note"]
    files = models.attachment.join(_MESSAGE, _MESSAGE.c.id == models.attachment.c.message_id)
    remembered = models.remembered
    return Stored(
        since=known.created_at,
        agreed_at=known.agreed_at,
        tickets=await _count(tx, _TICKET, _TICKET.c.customer_id == customer_id),
        messages=await _count(tx, _MESSAGE, *mine),
        files=await _count(tx, files, *mine),
        remembered=await _count(
            tx, remembered, remembered.c.customer_id == customer_id, remembered.c.value != ""
        ),
        has_draft=await _count(tx, models.draft, models.draft.c.customer_id == customer_id) > 0,
    )


async def _count(tx: Transaction, of: Any, *where: ColumnElement[bool]) -> int:
    count: int = await tx.scalar(select(func.count()).select_from(of).where(*where))
    return count


async def erase(tx: Transaction, customer_id: int, by: Actor) -> list[Ticket]:
    """Forget a customer: what remains is the bare id, and tickets that belong to nobody.

    Gives back the tickets, all of them closed before, as they are now.
    """
    rows = await tx.all(
        select(_TICKET.c.number).where(_TICKET.c.customer_id == customer_id).order_by(_TICKET.c.number)
    )
    erased = await pseudonymise(tx, [row.number for row in rows], by)
    await _drop_owed(tx, _OUTBOX.c.destination == destinations.customer(customer_id))
    await _remove_messages(tx, select(_MESSAGE.c.id).where(_MESSAGE.c.customer_id == customer_id))
    for table in _OF_PERSON:
        await tx.execute(delete(table).where(table.c.customer_id == customer_id))
    await timers.cancel(tx, "draft", customer_id)
    await _forget_conversation(tx, customer_id)
    await _forget_set_aside(tx, customer_id)
    await tx.execute(
        update(_CUSTOMER)
        .where(_CUSTOMER.c.id == customer_id)
        .values(
            first_name="",
            last_name=None,
            username=None,
            language=None,
            language_hint=None,
            screen_message_id=None,
            screen_key=None,
            agreed_version=None,
            agreed_at=None,
            ban_reason=None,
            created_at=tx.now,
            erased_at=tx.now,
        )
    )
    return erased


async def _forget_conversation(tx: Transaction, customer_id: int) -> None:
    conversation = models.conversation
    bot_id = await meta.get(tx, "bot_id")
    prefix = f"{bot_id}:{customer_id}:{customer_id}:"
    await tx.execute(delete(conversation).where(conversation.c.key.startswith(prefix, autoescape=True)))


async def _forget_set_aside(tx: Transaction, customer_id: int) -> None:
    """Updates that our own code could not process go unprocessed."""
    inbox = models.inbox
    await tx.execute(
        update(inbox)
        .where(models.SET_ASIDE, inbox.c.lane == f"c:{customer_id}")
        .values(state="done", payload=None, error=None, done_at=tx.now)
    )


async def closed_before(tx: Transaction, moment: datetime, limit: int) -> list[tuple[int, int]]:
    """Tickets that were closed before a moment and are not erased, with their customers; they are locked."""
    statement = (
        select(_TICKET.c.number, _TICKET.c.customer_id)
        # Spelled out, or SQLite could not use the index that has only these.
        .where(text("customer_id > 0"), _TICKET.c.closed_at < moment, _TICKET.c.state == State.CLOSED)
        .order_by(_TICKET.c.closed_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [(row.number, row.customer_id) for row in await tx.all(statement)]


async def pseudonymise(tx: Transaction, numbers: Sequence[int], by: Actor) -> list[Ticket]:
    """Erase everything personal from closed tickets of one customer: they belong to a pseudonym then.

    What stays is the number, the type, the priority, who worked on it, and what happened when.
    """
    if not numbers:
        return []
    threads = [destinations.thread(number) for number in numbers]
    await _drop_owed(tx, or_(_OUTBOX.c.ticket_number.in_(numbers), _OUTBOX.c.destination.in_(threads)))
    await _remove_messages(tx, select(_MESSAGE.c.id).where(_MESSAGE.c.ticket_number.in_(numbers)))
    await _clear_journal(tx, numbers)
    await tx.execute(update(_RATING).where(_RATING.c.ticket_number.in_(numbers)).values(comment=None))
    for number in numbers:
        await journal.note(tx, number, by, ERASED)
    rows = await tx.all(
        update(_TICKET)
        .where(_TICKET.c.number.in_(numbers))
        .values(customer_id=await _pseudonym(tx), subject="", serial=None, answers={}, menu=None)
        .returning(*columns(_TICKET, Ticket))
    )
    return sorted(map(Ticket.from_row, rows), key=lambda ticket: ticket.number)


async def _pseudonym(tx: Transaction) -> int:
    """An owner for tickets who is nobody; not the same for two people, so that they can be told apart."""
    owner = -(await meta.next_number(tx, "pseudonym", 1))
    await tx.execute(insert(_CUSTOMER).values(id=owner, first_name="", created_at=tx.now, erased_at=tx.now))
    return owner


async def _drop_owed(tx: Transaction, which: ColumnElement[bool]) -> None:
    rows = await tx.all(delete(_OUTBOX).where(which).returning(_OUTBOX.c.id))
    tx.dropped += [row.id for row in rows]


async def _remove_messages(tx: Transaction, which: Select[Any]) -> None:
    """Forget messages with their files and copies, and what is owed of them."""
    await _drop_owed(tx, _OUTBOX.c.message_id.in_(which))
    await tx.execute(update(_MESSAGE).where(_MESSAGE.c.reply_to_id.in_(which)).values(reply_to_id=None))
    await tx.execute(delete(_MESSAGE).where(_MESSAGE.c.id.in_(which)))


async def _clear_journal(tx: Transaction, numbers: Sequence[int]) -> None:
    of_these = _JOURNAL.c.ticket_number.in_(numbers)
    await tx.execute(
        update(_JOURNAL)
        .where(of_these, _JOURNAL.c.actor == "customer")
        .values(actor_id=None, actor_name=None)
    )
    rows = await tx.all(select(_JOURNAL.c.id, _JOURNAL.c.data).where(of_these, _JOURNAL.c.data.is_not(None)))
    for row in rows:
        data = {key: value for key, value in row.data.items() if key in IMPERSONAL}
        if data != row.data:
            await tx.execute(update(_JOURNAL).where(_JOURNAL.c.id == row.id).values(data=data or None))


# What a customer is given of themselves, as rows that JSON can hold.

_PERSON = (
    "id",
    "first_name",
    "last_name",
    "username",
    "language",
    "created_at",
    "agreed_version",
    "agreed_at",
)
_REQUEST = ("number", "type", "state", "subject", "serial", "answers", "priority", "opened_at", "closed_at")
_SAID = ("id", "ticket_number", "author", "kind", "text", "raw", "created_at", "edited_at")
_FILE = ("family", "file_name", "mime_type", "size", "caption")


async def person(tx: Transaction, customer_id: int) -> dict[str, Any] | None:
    """What is known of a customer besides tickets and messages; None if it was erased."""
    row = await tx.first(
        select(*(_CUSTOMER.c[name] for name in _PERSON)).where(
            _CUSTOMER.c.id == customer_id, _CUSTOMER.c.erased_at.is_(None)
        )
    )
    if row is None:
        return None
    remembered, mark, draft = models.remembered, models.customer_mark, models.draft
    drafts = await _dicts(
        tx,
        select(draft.c.type, draft.c.answers, draft.c.created_at).where(draft.c.customer_id == customer_id),
    )
    return {
        **row._mapping,
        "remembered": await _dicts(
            tx,
            select(remembered.c.field, remembered.c.value, remembered.c.used_at)
            .where(remembered.c.customer_id == customer_id, remembered.c.value != "")
            .order_by(remembered.c.field, remembered.c.used_at),
        ),
        "marks": await _dicts(
            tx,
            select(mark.c.mark, mark.c.set_at).where(mark.c.customer_id == customer_id).order_by(mark.c.mark),
        ),
        "draft": drafts[0] if drafts else None,
    }


async def tickets_of(tx: Transaction, customer_id: int, after: int, limit: int) -> list[dict[str, Any]]:
    """A page of a customer's tickets, in order of their numbers."""
    return await _dicts(
        tx,
        select(*(_TICKET.c[name] for name in _REQUEST), _RATING.c.stars, _RATING.c.comment)
        .outerjoin(_RATING, _RATING.c.ticket_number == _TICKET.c.number)
        .where(_TICKET.c.customer_id == customer_id, _TICKET.c.number > after)
        .order_by(_TICKET.c.number)
        .limit(limit),
    )


async def messages_of(tx: Transaction, customer_id: int, after: int, limit: int) -> list[dict[str, Any]]:
    """A page of what a customer wrote and was written, in order, with the files of each message.

    Not what agents wrote among themselves, nor what they took back.
    """
    found = await _dicts(
        tx,
        select(*(_MESSAGE.c[name] for name in _SAID))
        .where(
            _MESSAGE.c.customer_id == customer_id,
            _MESSAGE.c.id > after,
            _MESSAGE.c.author != "note",
            _MESSAGE.c.taken_back_at.is_(None),
        )
        .order_by(_MESSAGE.c.id)
        .limit(limit),
    )
    attachment = models.attachment
    files: dict[int, list[dict[str, Any]]] = {message["id"]: [] for message in found}
    rows = await tx.all(
        select(attachment.c.message_id, *(attachment.c[name] for name in _FILE))
        .where(attachment.c.message_id.in_(files))
        .order_by(attachment.c.position)
    )
    for row in rows:
        files[row.message_id].append({name: row._mapping[name] for name in _FILE})
    return [message | {"files": files[message["id"]]} for message in found]


async def _dicts(tx: Transaction, statement: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await tx.all(statement)]
