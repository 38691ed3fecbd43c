"""Messages that cross to the other side, with their replies, albums and what had to wait behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.methods import TelegramMethod

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt, message_ids
from bot.pipeline.frames import Frames
from bot.pipeline.marks import DELIVERED
from bot.pipeline.sender import NotYet, Void
from bot.pipeline.threads import Threads
from bot.relay.joining import can_join, fitting, join
from bot.relay.parts import Part, Place, text_call
from storage import destinations, messages, outbox
from storage.rows import OutboxRow, StoredMessage
from storage.store import Store
from storage.transaction import Transaction


class Crossings:
    """Delivers messages of the conversation."""

    def __init__(
        self,
        store: Store,
        threads: Threads,
        frames: Frames,
        album_grows: Callable[[Transaction, str], Awaitable[bool]],
    ) -> None:
        self._store = store
        self._threads = threads
        self._frames = frames
        # Whether an album may have items that came but are not processed: after a stop, or in a rush.
        self._album_grows = album_grows

    async def deliver(self, attempt: Attempt) -> None:
        """Show a message where it is owed. Raises Void if it is no more, NotYet while its album grows."""
        row = attempt.row
        place = await self._threads.place(attempt)
        if row.stored is not None:
            known, row.stored = row.stored, None
            await self._text(attempt, known, place)
            return
        async with self._store.reading() as tx:
            stored = await messages.many(tx, row.message_ids)
            if not stored:
                raise Void
            for each in stored:
                if each.media_group_id and await self._album_grows(tx, each.media_group_id):
                    raise NotYet
            place = await _reply_place(tx, stored[0], place)
            frame = await self._frames.around(tx, row, stored[0])
            copies = await messages.copies(tx, stored[0].id)
        origin = next((copy for copy in copies if copy.origin), None)
        sent = {copy.part for copy in copies if copy.chat_id == place.chat_id and not copy.origin}
        if not sent and frame.header is None and can_join(stored[0]):
            await self._text(attempt, stored[0], place)
            return
        parts = frame.parts(stored, place, (origin.chat_id, origin.telegram_message_id) if origin else None)
        todo = [(index, part) for index, part in enumerate(parts) if index not in sent]
        if not todo:
            await attempt.commit(lambda tx: _delivered(tx, row, stored))
        await _send_parts(attempt, stored, todo, place.chat_id)

    async def _text(self, attempt: Attempt, first: StoredMessage, place: Place) -> None:
        """A text; what its author wrote after it travels along if it had to wait."""
        row, sender = attempt.row, attempt.sender
        together, rows = [first], [row]

        async def make() -> TelegramMethod[Any]:
            nonlocal together, rows
            behind = sender.waited_behind(row, place.chat_id)
            if behind:
                async with self._store.reading() as tx:
                    found = await messages.many(tx, [each.message_id or 0 for each in behind])
                by_id = {message.id: message for message in found}
                together = fitting([first, *(by_id[each.message_id or 0] for each in behind)])
                rows = [row, *behind[: len(together) - 1]]
            return text_call(*join(together), place)

        try:
            answer = await attempt.call(place.chat_id, make)
        except calls.Refused:
            if len(together) == 1:
                raise
            # Only what Telegram refuses may fail, not what would have travelled with it.
            together, rows = [first], [row]
            answer = await attempt.call(place.chat_id, text_call(*join(together), place))
        telegram_id = message_ids(answer)[0]

        async def note(tx: Transaction) -> None:
            for each, message in zip(rows, together, strict=True):
                await messages.add_copy(tx, message.id, place.chat_id, telegram_id)
                await _delivered(tx, each, [message])

        await attempt.commit(note)
        sender.done(rows[1:])


async def _send_parts(
    attempt: Attempt, stored: list[StoredMessage], todo: list[tuple[int, Part]], chat_id: int
) -> None:
    for index, part in todo:
        ids = message_ids(await attempt.show(chat_id, part))
        last = index == todo[-1][0]

        async def note(
            tx: Transaction,
            index: int = index,
            part: Part = part,
            ids: list[int] = ids,
            last: bool = last,
        ) -> None:
            for telegram_id, message_id in zip(ids, _spread(part.shows, len(ids)), strict=True):
                await messages.add_copy(tx, message_id, chat_id, telegram_id, part=index)
            if last:
                await _delivered(tx, attempt.row, stored)

        await attempt.commit(note)


async def _reply_place(tx: Transaction, message: StoredMessage, place: Place) -> Place:
    if message.reply_to_id is None:
        return place
    copies = await messages.copies(tx, message.reply_to_id, place.chat_id)
    if not copies:
        return place
    # Of a message in several parts the last is replied to; of an album, its first item.
    last = max(copy.part for copy in copies)
    target = next(copy for copy in copies if copy.part == last)
    return Place(place.chat_id, place.thread_id, target.telegram_message_id, message.quote)


async def _delivered(tx: Transaction, row: OutboxRow, stored: list[StoredMessage]) -> None:
    await outbox.remove(tx, row.id)
    owed = outbox.Outbox(tx)
    for message in stored:
        if message.media_group_id and row.ticket_number is not None:
            shown = [file.position for file in message.attachments]
            late = await messages.split_album(tx, message.id, shown)
            if late is not None and _crosses(row, late):
                await owed.relay(row.destination, late.id, row.ticket_number, tx.now + messages.ALBUM_DELAY)
    reached = destinations.customer_of(row.destination) is not None
    if reached and stored[0].author == "agent" and row.ticket_number is not None:
        await owed.mark(stored[0].id, row.ticket_number, DELIVERED)


def _crosses(row: OutboxRow, message: StoredMessage) -> bool:
    """Whether a message goes where its album went: no note goes to a customer."""
    among_agents = destinations.ticket_of(row.destination) is not None
    return message.taken_back_at is None and (message.author != "note" or among_agents)


def _spread(shows: tuple[int, ...], count: int) -> list[int]:
    """Which stored message each of `count` Telegram messages shows: one for all, or one each."""
    return list(shows) if len(shows) == count else [shows[0]] * count
