"""Threads that tickets have left: a line leads on to where the ticket is, and nothing can be done there."""

from __future__ import annotations

import contextlib

from aiogram.methods import (
    CloseForumTopic,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
)
from aiogram.types import ReplyParameters
from markupsafe import Markup

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt, message_ids
from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from dialogs.reply import NO_PREVIEW
from storage import destinations, old_threads, outbox, tickets
from storage.old_threads import OldThread
from storage.store import Store
from storage.transaction import Transaction


async def lead_on(attempt: Attempt, threads: Threads, notices: Notices, store: Store) -> None:
    """Make an old thread say where its ticket is now. Raises an Outcome where that is to be tried again."""
    row = attempt.row
    old_id = destinations.old_thread_of(row.destination)
    assert old_id is not None
    async with store.reading() as tx:
        old = await old_threads.find(tx, old_id)
        text = None if old is None else await _text(tx, old, notices)
    if old is not None and text is not None and threads.groups.of_chat(old.chat_id) is not None:
        try:
            await _say(attempt, old, text)
            await _close(attempt, old)
        except calls.ThreadGone:
            # Deleted: nobody can be led on from there.
            await attempt.commit(lambda tx: old_threads.forget(tx, old_id))
        except calls.ThreadClosed:
            await attempt.commit(lambda tx: old_threads.note(tx, old_id, closed=True))

    async def done(tx: Transaction) -> None:
        await outbox.remove(tx, row.id)
        now = await old_threads.find(tx, old_id)
        # It may have moved on while Telegram was called, or have got its card there.
        if now is not None and now.line_id is not None and await _text(tx, now, notices) != text:
            await outbox.Outbox(tx).onward(old_id)

    await attempt.commit(done)


async def _text(tx: Transaction, old: OldThread, notices: Notices) -> Markup:
    return notices.leads_on(await tickets.get(tx, old.ticket_number), old.left_by)


async def _say(attempt: Attempt, old: OldThread, text: Markup) -> None:
    """Say it, or let the line that stands there say it as it is now."""
    if old.line_id is not None:
        edit = EditMessageText(
            chat_id=old.chat_id,
            message_id=old.line_id,
            text=text,
            parse_mode="HTML",
            link_preview_options=NO_PREVIEW,
        )
        # Somebody may have deleted it, or it says so already.
        with contextlib.suppress(calls.Refused):
            await attempt.call(old.chat_id, edit)
        return
    reply = None
    if old.thread_id is None and old.card_message_id is not None:
        reply = ReplyParameters(message_id=old.card_message_id, allow_sending_without_reply=True)
    line = SendMessage(
        chat_id=old.chat_id,
        message_thread_id=old.thread_id,
        text=text,
        parse_mode="HTML",
        link_preview_options=NO_PREVIEW,
        reply_parameters=reply,
    )
    await _take_buttons(attempt, old)
    line_id = message_ids(await attempt.call(old.chat_id, line))[0]
    await attempt.commit(lambda tx: old_threads.note(tx, old.id, line_id=line_id))


async def _take_buttons(attempt: Attempt, old: OldThread) -> None:
    """From the card, for nothing can be done there any more."""
    if old.card_message_id is not None:
        bare = EditMessageReplyMarkup(chat_id=old.chat_id, message_id=old.card_message_id)
        with contextlib.suppress(calls.Refused):
            await attempt.call(old.chat_id, bare)


async def _close(attempt: Attempt, old: OldThread) -> None:
    if old.thread_id is None or old.closed:
        return
    # Somebody did it by hand, or was faster.
    with contextlib.suppress(calls.Refused):
        close = CloseForumTopic(chat_id=old.chat_id, message_thread_id=old.thread_id)
        await attempt.call(old.chat_id, close)
    await attempt.commit(lambda tx: old_threads.note(tx, old.id, closed=True))
