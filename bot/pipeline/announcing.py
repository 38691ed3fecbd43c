"""Announcements on their way: to one customer each, slower than conversations, and how far they are."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

from aiogram.methods import TelegramMethod

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.relay.notices import Notices
from bot.relay.parts import Place, edit_call
from bot.relay.render import render
from bot.views.announcement import progress_view
from dialogs.context import Desk
from locales import Translator, translator
from storage import announcements, customers, destinations, outbox, timers
from storage.announcements import Announcement
from storage.rows import OutboxRow
from storage.store import Store
from storage.transaction import Transaction

ANNOUNCE_TIMER = "announce"
# Twenty a second, which leaves a third of what Telegram advises for conversations.
_EVERY = timedelta(seconds=5)
_PORTION = 100
_PACE = _EVERY / _PORTION
# Each edit of the line costs the group one of its few calls.
_TELL_EVERY = timedelta(seconds=15)


async def go_on(tx: Transaction, announcement_id: int, desk: Desk) -> None:
    """The timer: owe the announcement to the next customers, or finish it."""
    announcement = await announcements.find(tx, announcement_id)
    if announcement is None or announcement.state != announcements.SENDING:
        return
    owed = outbox.Outbox(tx)
    on_their_way = await announcements.owed(tx)
    if on_their_way < _PORTION:
        ids = await announcements.following(tx, announcement, desk.profile.fallback, _PORTION)
        for place, customer_id in enumerate(ids):
            await owed.announce(customer_id, announcement_id, tx.now + place * _PACE)
        if ids:
            await announcements.change(tx, announcement_id, cursor=ids[-1])
        elif not on_their_way:
            await announcements.change(tx, announcement_id, state=announcements.DONE)
            await owed.progress(announcement_id, tx.now)
            return
    await owed.progress(announcement_id, tx.now + _TELL_EVERY, if_none=True)
    await timers.put(tx, ANNOUNCE_TIMER, announcement_id, tx.now + _EVERY)


class Announcing:
    """Delivers the rows that belong to announcements."""

    def __init__(self, store: Store, tr: Translator, notices: Notices) -> None:
        self._store = store
        self._tr = tr
        self._notices = notices

    async def _read(self, row: OutboxRow) -> Announcement | None:
        assert row.payload is not None
        async with self._store.reading() as tx:
            return await announcements.find(tx, row.payload["announcement"])

    async def announce(self, attempt: Attempt) -> None:
        """Tell one customer. Raises Refused where Telegram does not let them have it."""
        row = attempt.row
        customer_id = destinations.customer_of(row.destination)
        assert customer_id is not None
        announcement = await self._read(row)
        if announcement is None or announcement.state != announcements.SENDING:
            await attempt.over()
            return
        try:
            await self._show(attempt, announcement, customer_id)
        except calls.Unreachable as gone:
            # Nobody keeps it for them until they are back.
            reason = gone.reason
            await attempt.commit(lambda tx: self._unreached(tx, row, customer_id, reason))
            return
        await attempt.commit(lambda tx: counted(tx, row, reached=True))

    async def _unreached(self, tx: Transaction, row: OutboxRow, customer_id: int, reason: str) -> None:
        await counted(tx, row, reached=False)
        known = await customers.get(tx, customer_id)
        if await customers.set_unreachable(tx, customer_id, reason):
            await self._notices.unreachable(tx, known, reason)

    async def preview(self, attempt: Attempt, chat_id: int) -> None:
        """Show the agents what customers would get; what cannot be shown is not sent."""
        row = attempt.row
        announcement = await self._read(row)
        refusal: str | None = None
        try:
            if announcement is not None:
                await self._show(attempt, announcement, chat_id)
        except calls.Refused as refused:
            refusal = refused.reason

        async def note(tx: Transaction) -> None:
            await outbox.remove(tx, row.id)
            if announcement is not None and refusal is not None:
                await announcements.change(tx, announcement.id, state=announcements.CANCELLED)
                text = self._tr.text("Not delivered: {reason}.", reason=refusal.rstrip("."))
                await self._notices.to_staff(tx, text)

        await attempt.commit(note)

    async def _show(self, attempt: Attempt, announcement: Announcement, chat_id: int) -> None:
        language = announcement.language or self._tr.language
        parts = render(
            [announcement.message], Place(chat_id), translator(language), None, announcement.origin
        )
        for part in parts:
            await attempt.show(chat_id, part)

    async def progress(self, attempt: Attempt, chat_id: int) -> None:
        """Let the line in the group say how far it is, by what is true when the call is made."""

        async def make() -> TelegramMethod[Any]:
            announcement = await self._read(attempt.row)
            assert announcement is not None
            view = progress_view(self._tr, announcement)
            return edit_call(view, chat_id, announcement.screen_message_id)

        # Somebody may have deleted the line, or it says so already.
        with contextlib.suppress(calls.Refused):
            await attempt.call(chat_id, make)
        await attempt.over()


async def counted(tx: Transaction, row: OutboxRow, *, reached: bool) -> None:
    """Nothing of the announcement is owed to that customer any more."""
    assert row.payload is not None
    announcement_id: int = row.payload["announcement"]
    await outbox.remove(tx, row.id)
    if await announcements.count(tx, announcement_id, reached=reached) != announcements.SENDING:
        # It was stopped while the call was under way: the last word is the right number.
        await outbox.Outbox(tx).progress(announcement_id, tx.now)
