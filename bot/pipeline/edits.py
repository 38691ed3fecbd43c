"""Edits: the copies of a message follow what its author made of it."""

from __future__ import annotations

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.pipeline.frames import Frame, Frames
from bot.pipeline.threads import Threads
from bot.relay.joining import as_joined
from bot.relay.notices import Notices
from bot.relay.parts import Place
from bot.relay.render import edits
from storage import messages, outbox
from storage.rows import Copy, OutboxRow, StoredMessage
from storage.store import Store
from storage.transaction import Transaction


class Edits:
    """Delivers edits."""

    def __init__(self, store: Store, threads: Threads, notices: Notices, frames: Frames) -> None:
        self._store = store
        self._threads = threads
        self._notices = notices
        self._frames = frames

    async def deliver(self, attempt: Attempt) -> None:
        """Make every copy of a message on one side show it as it is now."""
        row = attempt.row
        assert row.message_id is not None
        place = await self._threads.place(attempt)
        async with self._store.reading() as tx:
            stored = await messages.get(tx, row.message_id)
            copies = await messages.copies(tx, row.message_id)
            frame = await self._frames.around(tx, row, stored)
        known = [copy for copy in copies if self._threads.groups.same_side(copy.chat_id, place.chat_id)]
        shown = [copy for copy in known if not copy.origin]
        here = [copy for copy in shown if copy.chat_id == place.chat_id]
        changed = left_behind = False
        if stored.on_card:
            changed = await self._threads.refresh_card(attempt)
        elif here:
            changed = await self._change(attempt, stored, here, place, frame)
        elif shown:
            # It stands in a group that the ticket has left: what reads it now has to see the edit as well.
            latest = [copy for copy in shown if copy.chat_id == shown[-1].chat_id]
            try:
                changed = await self._change(attempt, stored, latest, place, frame)
            except (calls.Refused, calls.ThreadGone, calls.ThreadClosed):
                changed = True
            left_behind = changed
        elif known:
            # Its author wrote it in a group that the ticket has left.
            left_behind = known[0].chat_id != place.chat_id

        async def done(tx: Transaction) -> None:
            await _retry_failed(tx, row)
            if left_behind:
                await outbox.Outbox(tx).relay(row.destination, stored.id, row.ticket_number or 0)
            if changed and stored.author == "customer":
                await self._notices.edited(tx, stored)

        await attempt.commit(done)

    async def _change(
        self, attempt: Attempt, stored: StoredMessage, copies: list[Copy], place: Place, frame: Frame
    ) -> bool:
        """Make copies, all in one chat, show a message as it is now; False if they did."""
        chat_id, targets = copies[0].chat_id, [copy.telegram_message_id for copy in copies]
        left = chat_id != place.chat_id
        async with self._store.reading() as tx:
            together = await messages.shown_by(tx, chat_id, targets[0])
        parts = frame.parts([as_joined(stored, together)], Place(chat_id) if left else place)
        changed = False
        for edit in edits(parts, chat_id, targets):
            changed |= await attempt.change(chat_id, edit, optional=left)
        return changed


async def _retry_failed(tx: Transaction, row: OutboxRow) -> None:
    await outbox.remove(tx, row.id)
    assert row.message_id is not None
    # What could not be delivered may be right now that it says something else.
    failed = await outbox.failed_row(tx, row.message_id)
    if failed is not None:
        await outbox.retry(tx, failed)
