"""Threads that tickets have left: a line leads on to where the ticket is, and nothing can be done there."""

from __future__ import annotations

import contextlib
from typing import Any

from aiogram.methods import (
    CloseForumTopic,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import ReplyParameters
from markupsafe import Markup

from bot.pipeline import calls
from bot.pipeline.sender import Sender
from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from bot.staff.card import NO_PREVIEW
from storage import destinations, old_threads, outbox, tickets
from storage.old_threads import OldThread
from storage.rows import OutboxRow
from storage.store import Store
from storage.transaction import Transaction


async def lead_on(row: OutboxRow, threads: Threads, notices: Notices, store: Store, sender: Sender) -> None:
    """Make an old thread say where its ticket is now. Raises an Outcome where that is to be tried again."""
    old_id = destinations.old_thread_of(row.destination)
    assert old_id is not None
    async with store.reading() as tx:
        old = await old_threads.find(tx, old_id)
        text = None if old is None else await _text(tx, old, notices)
    if old is not None and text is not None and threads.groups.of_chat(old.chat_id) is not None:
        try:
            await _say(row, old, text, sender)
            await _close(row, old, sender)
        except calls.ThreadGone:
            # Deleted: nobody can be led on from there.
            await sender.commit(row, lambda tx: old_threads.forget(tx, old_id))
        except calls.ThreadClosed:
            await sender.commit(row, lambda tx: old_threads.note(tx, old_id, closed=True))

    async def done(tx: Transaction) -> None:
        await outbox.remove(tx, row.id)
        now = await old_threads.find(tx, old_id)
        # It may have moved on while Telegram was called, or have got its card there.
        if now is not None and now.line_id is not None and await _text(tx, now, notices) != text:
            await outbox.Outbox(tx).onward(old_id)

    await sender.commit(row, done)


async def _text(tx: Transaction, old: OldThread, notices: Notices) -> Markup:
    return notices.leads_on(await tickets.get(tx, old.ticket_number), old.left_by)


async def _say(row: OutboxRow, old: OldThread, text: Markup, sender: Sender) -> None:
    """Say it, or let the line that stands there say it as it is now."""
    call: TelegramMethod[Any]
    if old.line_id is not None:
        call = EditMessageText(
            chat_id=old.chat_id,
            message_id=old.line_id,
            text=text,
            parse_mode="HTML",
            link_preview_options=NO_PREVIEW,
        )
        # Somebody may have deleted it, or it says so already.
        with contextlib.suppress(calls.Refused):
            await _call(row, old, call, sender)
        return
    reply = None
    if old.thread_id is None and old.card_message_id is not None:
        reply = ReplyParameters(message_id=old.card_message_id, allow_sending_without_reply=True)
    call = SendMessage(
        chat_id=old.chat_id,
        message_thread_id=old.thread_id,
        text=text,
        parse_mode="HTML",
        link_preview_options=NO_PREVIEW,
        reply_parameters=reply,
    )
    await _take_buttons(row, old, sender)
    answer = await _call(row, old, call, sender)
    line_id: int = answer["message_id"] if isinstance(answer, dict) else answer.message_id
    await sender.commit(row, lambda tx: old_threads.note(tx, old.id, line_id=line_id))


async def _take_buttons(row: OutboxRow, old: OldThread, sender: Sender) -> None:
    """From the card, for nothing can be done there any more."""
    if old.card_message_id is not None:
        bare = EditMessageReplyMarkup(chat_id=old.chat_id, message_id=old.card_message_id)
        with contextlib.suppress(calls.Refused):
            await _call(row, old, bare, sender)


async def _close(row: OutboxRow, old: OldThread, sender: Sender) -> None:
    if old.thread_id is None or old.closed:
        return
    # Somebody did it by hand, or was faster.
    with contextlib.suppress(calls.Refused):
        await _call(row, old, CloseForumTopic(chat_id=old.chat_id, message_thread_id=old.thread_id), sender)
    await sender.commit(row, lambda tx: old_threads.note(tx, old.id, closed=True))


async def _call(row: OutboxRow, old: OldThread, call: TelegramMethod[Any], sender: Sender) -> Any:
    async def make() -> TelegramMethod[Any]:
        return call

    return await sender.call(row, old.chat_id, make)
