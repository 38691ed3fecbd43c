"""What a handler wants said, written in the transaction that decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from sqlalchemy import bindparam, delete, insert, or_, select, update

from storage import destinations, models
from storage.methods import dump
from storage.outbox.ranks import (
    RANK_ALARM,
    RANK_BROUGHT,
    RANK_CARD,
    RANK_LAST,
    RANK_MARK,
    RANK_TAKE_BACK,
    RANK_TALK,
)
from storage.prepared import Prepared
from storage.rows import OutboxRow, StoredMessage, columns
from storage.transaction import Transaction

_TABLE = models.outbox
_COLUMNS = columns(_TABLE, OutboxRow)

# Statements of the hot path are built once: building one costs more than running it.
_ADD = Prepared(insert(_TABLE).returning(_TABLE.c.id))
_QUEUED_CARD = select(_TABLE.c.id).where(
    _TABLE.c.destination == bindparam("place"), _TABLE.c.kind == "card", _TABLE.c.state == "queued"
)

# Several changes of a ticket within this time cost one edit of its card.
CARD_DELAY = timedelta(seconds=1)
# Several changes of a message within this time cost one remark.
REMARK_DELAY = timedelta(seconds=15)


class Outbox:
    """The outbox of one transaction. Handlers give it what they want said; it sends nothing itself."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def _add(
        self,
        destination: str,
        kind: str,
        *,
        owed: bool = True,
        rank: int = RANK_TALK,
        message_id: int | None = None,
        ticket_number: int | None = None,
        payload: dict[str, Any] | None = None,
        due_at: datetime | None = None,
    ) -> OutboxRow:
        now = self._tx.now
        values = {
            "destination": destination,
            "kind": kind,
            "owed": owed,
            "rank": rank,
            "message_id": message_id,
            "ticket_number": ticket_number,
            "payload": payload,
            "created_at": now,
            "due_at": due_at or now,
        }
        if destinations.is_nobody(destination):
            return OutboxRow(id=0, **values)  # type: ignore[arg-type]
        row_id = await self._tx.scalar(_ADD, values)
        row = OutboxRow(id=row_id, **values)  # type: ignore[arg-type]
        self._tx.queued.append(row)
        return row

    async def relay(
        self,
        destination: str,
        message_id: int,
        ticket_number: int,
        due_at: datetime | None = None,
        *,
        also: Sequence[int] = (),
        stored: StoredMessage | None = None,
    ) -> None:
        """Owe a message of the conversation; its content is read when it is sent.

        `also` names further messages whose files travel in the same album. `stored` saves reading
        what the caller knows anyway.
        """
        row = await self._add(
            destination,
            "message",
            message_id=message_id,
            ticket_number=ticket_number,
            payload={"also": list(also)} if also else None,
            due_at=due_at,
        )
        row.stored = stored

    async def bring(
        self, destination: str, message_id: int, ticket_number: int, *, also: Sequence[int] = ()
    ) -> None:
        """Owe a message once more, to a thread in another group: before what is to be said there."""
        await self._add(
            destination,
            "message",
            rank=RANK_BROUGHT,
            message_id=message_id,
            ticket_number=ticket_number,
            payload={"also": list(also)} if also else None,
        )

    async def postpone(self, message_id: int, due_at: datetime) -> None:
        """A queued message grew, as albums do: send it later."""
        changed = await self._tx.all(
            update(_TABLE)
            .where(_TABLE.c.message_id == message_id, _TABLE.c.kind == "message", _TABLE.c.state == "queued")
            .values(due_at=due_at)
            .returning(*_COLUMNS)
        )
        self._tx.queued += [OutboxRow.from_row(row) for row in changed]

    async def withdraw(self, message_id: int, destination: str) -> bool:
        """A message shall not go there after all, nor be tried again if it failed.

        False if nothing of it waited. A call that is under way at this moment is not stopped by that.
        """
        return "queued" in await self._drop(message_id, destination, ("message",))

    async def take_back(
        self, destination: str, message_ids: Sequence[int], ticket_number: int, payload: dict[str, Any]
    ) -> None:
        """Owe the removal of everything that stands there of these messages, withdrawn before.

        It comes after a call for them that is under way, and before everything else.
        """
        first, *others = message_ids
        await self._add(
            destination,
            "take_back",
            rank=RANK_TAKE_BACK,
            message_id=first,
            ticket_number=ticket_number,
            payload=payload | {"also": others},
        )

    async def _drop(self, message_id: int, destination: str, kinds: Sequence[str]) -> set[str]:
        """Forget rows about a message; gives back the states they were in."""
        rows = await self._tx.all(
            delete(_TABLE)
            .where(
                _TABLE.c.message_id == message_id,
                _TABLE.c.destination == destination,
                _TABLE.c.kind.in_(kinds),
            )
            .returning(_TABLE.c.id, _TABLE.c.state)
        )
        self._tx.dropped += [row.id for row in rows]
        return {row.state for row in rows}

    async def owe(
        self,
        destination: str,
        method: TelegramMethod[Any],
        *,
        reply_to: int | None = None,
        ticket_number: int | None = None,
    ) -> None:
        """Owe a notice. `reply_to` is the id of a message, looked up in that chat when it is sent."""
        await self._add(
            destination, "notice", message_id=reply_to, ticket_number=ticket_number, payload=dump(method)
        )

    async def remark(
        self, destination: str, method: TelegramMethod[Any], message_id: int, ticket_number: int
    ) -> None:
        """Owe a notice about a message a little later; where the same waits already, that is enough."""
        payload = dump(method)
        known = await self._tx.all(
            select(_TABLE.c.payload).where(
                _TABLE.c.message_id == message_id,
                _TABLE.c.destination == destination,
                _TABLE.c.kind == "notice",
                _TABLE.c.state == "queued",
            )
        )
        if any(row.payload == payload for row in known):
            return
        await self._add(
            destination,
            "notice",
            rank=RANK_CARD,
            message_id=message_id,
            ticket_number=ticket_number,
            payload=payload,
            due_at=self._tx.now + REMARK_DELAY,
        )

    async def file(
        self, destination: str, name: str, args: Mapping[str, Any], *, ticket_number: int | None = None
    ) -> None:
        """Owe a file that is made when it is sent: `name` is one of the wiring's builders.

        `args` are what the builder is given; they wait as JSON.
        """
        payload = {"file": name, "args": dict(args)}
        await self._add(destination, "file", rank=RANK_ALARM, ticket_number=ticket_number, payload=payload)

    async def history(self, ticket_number: int, name: str, args: Mapping[str, Any]) -> None:
        """Owe a thread the file of all that happened before, ahead of all else."""
        await self._add(
            destinations.thread(ticket_number),
            "file",
            rank=RANK_BROUGHT,
            ticket_number=ticket_number,
            payload={"file": name, "args": dict(args)},
        )

    async def leave_group(self, ticket_number: int) -> None:
        """What waits for a thread goes to one in another group, where Telegram's ids mean something else.

        Lists that stand in the old one are not changed any more, notices reply to nothing there; and what was
        to be brought into a group that the ticket has left again is brought nowhere.
        """
        waits = [_TABLE.c.destination == destinations.thread(ticket_number), _TABLE.c.state == "queued"]
        over = or_(_TABLE.c.kind == "call", _TABLE.c.rank == RANK_BROUGHT)
        dropped = await self._tx.all(delete(_TABLE).where(*waits, over).returning(_TABLE.c.id))
        self._tx.dropped += [row.id for row in dropped]
        for row in await self._tx.all(select(*_COLUMNS).where(*waits, _TABLE.c.kind == "notice")):
            notice = OutboxRow.from_row(row)
            assert notice.payload is not None
            params = notice.payload["params"]
            if params.get("reply_parameters") is None:
                continue
            notice.payload = notice.payload | {"params": params | {"reply_parameters": None}}
            await self._tx.execute(
                update(_TABLE).where(_TABLE.c.id == notice.id).values(payload=notice.payload)
            )
            self._tx.queued.append(notice)

    async def onward(self, old_thread_id: int) -> None:
        """Owe an old thread the line that leads on to where its ticket is, as it should be by then."""
        destination = destinations.old_thread(old_thread_id)
        known = select(_TABLE.c.id).where(_TABLE.c.destination == destination, _TABLE.c.kind == "onward")
        if await self._tx.scalar(known) is None:
            await self._add(destination, "onward")

    async def erase_thread(
        self, number: int, *, delete: bool, ask: bool, old_thread_id: int | None = None
    ) -> None:
        """Owe that nothing personal stands in the thread of an erased ticket, or in its title and card.

        `ask`: what cannot be deleted the agents are asked to delete. `old_thread_id`: not in its present
        thread, but in that one.
        """
        thread = destinations.thread(number)
        await self._add(
            # In the thread's own order: what is being sent there now is over by then.
            thread if old_thread_id is None else destinations.old_thread(old_thread_id),
            "erasure",
            rank=RANK_LAST,
            ticket_number=number,
            payload={"delete": delete, "ask": ask},
        )

    async def announce(self, customer_id: int, announcement_id: int, due_at: datetime) -> None:
        """Owe a customer an announcement, behind all that is theirs alone."""
        await self._add(
            destinations.customer(customer_id),
            "announcement",
            rank=RANK_LAST,
            payload={"announcement": announcement_id},
            due_at=due_at,
        )

    async def preview(self, announcement_id: int) -> None:
        """Owe the agents the sight of an announcement as customers would get it."""
        await self._add(destinations.STAFF, "preview", payload={"announcement": announcement_id})

    async def progress(self, announcement_id: int, due_at: datetime, *, if_none: bool = False) -> None:
        """Owe the agents how far an announcement is; `if_none`: unless that is owed already."""
        payload = {"announcement": announcement_id}
        waiting = await self._tx.all(select(_TABLE.c.id, _TABLE.c.payload).where(_TABLE.c.kind == "progress"))
        same = [row.id for row in waiting if row.payload == payload]
        if same and if_none:
            return
        if same:
            await self._tx.execute(delete(_TABLE).where(_TABLE.c.id.in_(same)))
            self._tx.dropped += same
        await self._add(destinations.STAFF, "progress", rank=RANK_CARD, payload=payload, due_at=due_at)

    async def look_up(self, destination: str, payload: dict[str, Any]) -> None:
        """Owe an agent what they asked for; it is looked up when it is sent, and no update waits for that."""
        await self._add(destination, "lookup", payload=payload)

    async def call(self, destination: str, method: TelegramMethod[Any]) -> None:
        """Owe a call that shows nothing new, such as setting the menu of commands."""
        await self._add(destination, "call", rank=RANK_MARK, payload=dump(method))

    async def show(
        self,
        customer_id: int,
        view: SendMessage,
        key: str,
        *,
        edit: int | None = None,
        moves: bool = False,
        due_at: datetime | None = None,
    ) -> None:
        """Show a screen. With `edit` the dialogue's message of that id becomes it, if it still can;
        with `moves` the same screen further up is deleted once this one stands below it.

        `key` names what the screen shows, so that a later event can tell whether it is still there.
        """
        destination = destinations.customer(customer_id)
        await self.drop_screens(customer_id)
        payload = dump(view) | {"key": key, "edit": edit, "moves": moves}
        await self._add(destination, "screen", owed=False, payload=payload, due_at=due_at)

    async def picture(self, customer_id: int, field: str) -> None:
        """Show the picture that belongs to a field of the form, as long as the customer is at it."""
        destination = destinations.customer(customer_id)
        await self._add(destination, "picture", owed=False, payload={"field": field})

    async def drop_screens(self, customer_id: int) -> None:
        """Forget the screens that were not sent yet."""
        dropped = await self._tx.all(
            delete(_TABLE)
            .where(_TABLE.c.destination == destinations.customer(customer_id), _TABLE.c.owed.is_(False))
            .returning(_TABLE.c.id)
        )
        self._tx.dropped += [row.id for row in dropped]

    async def card(self, ticket_number: int, *, at_once: bool = False) -> None:
        """The ticket changed: its card has to show it. Many changes, one edit."""
        destination = destinations.thread(ticket_number)
        known = await self._tx.scalar(_QUEUED_CARD, {"place": destination})
        if known is None:
            due_at = self._tx.now if at_once else self._tx.now + CARD_DELAY
            await self._add(destination, "card", rank=RANK_CARD, ticket_number=ticket_number, due_at=due_at)

    async def alarm(self, ticket_number: int, event: str, data: Mapping[str, str]) -> None:
        """Owe the agents word of a deadline; it is worded when it is sent, if it is still true then."""
        await self._add(
            destinations.thread(ticket_number),
            "alarm",
            rank=RANK_ALARM,
            ticket_number=ticket_number,
            payload={"event": event, **data},
        )

    async def mark(self, message_id: int, ticket_number: int, emoji: str | None) -> None:
        """Owe the author of a message a mark on it; None takes it away."""
        await self._add(
            destinations.thread(ticket_number),
            "mark",
            rank=RANK_MARK,
            message_id=message_id,
            ticket_number=ticket_number,
            payload={"emoji": emoji},
        )

    async def unmark(self, message_id: int, ticket_number: int) -> None:
        """Owe the removal of what stands on a message: its mark, or the reaction in place of it."""
        await self._drop(message_id, destinations.thread(ticket_number), ("mark", "reaction"))
        await self.mark(message_id, ticket_number, None)

    async def edit(self, destination: str, message_id: int, ticket_number: int) -> None:
        """A message was edited: its copies have to follow, and one still queued goes out as it is now."""
        rows = await self._tx.all(
            select(*_COLUMNS).where(
                _TABLE.c.message_id == message_id,
                _TABLE.c.destination == destination,
                _TABLE.c.kind == "message",
                _TABLE.c.state == "queued",
            )
        )
        self._tx.queued += [OutboxRow.from_row(row) for row in rows]
        await self._add(destination, "edit", message_id=message_id, ticket_number=ticket_number)

    async def react(self, destination: str, message_id: int, ticket_number: int, emoji: str | None) -> None:
        """Show a reaction on the copy of a message; None takes it away."""
        await self._add(
            destination,
            "reaction",
            rank=RANK_MARK,
            message_id=message_id,
            ticket_number=ticket_number,
            payload={"emoji": emoji},
        )
