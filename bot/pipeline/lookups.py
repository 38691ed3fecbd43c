"""Sending what agents asked for: into the place where they asked, or in place of the page they turned."""

from __future__ import annotations

import contextlib
from typing import Any

from aiogram.methods import EditMessageText, SendMessage, TelegramMethod

from bot.pipeline import calls
from bot.pipeline.sender import Sender
from bot.staff.lookups import Lookups
from dialogs.groups import Group
from storage import outbox
from storage.rows import OutboxRow


async def send_lookup(row: OutboxRow, group: Group, lookups: Lookups, sender: Sender) -> None:
    """Look up what the row asks for, and show it."""
    assert row.payload is not None
    chat_id = group.chat_id
    view = await lookups.view(row.payload, group)
    page = row.payload["edit"]
    call: TelegramMethod[Any] = view if page is None else _turned(view, page)

    async def make() -> TelegramMethod[Any]:
        return call

    # The page stands there already, or where it was asked is no more: then nobody waits for it.
    with contextlib.suppress(calls.Refused, calls.ThreadGone, calls.ThreadClosed):
        await sender.call(row, chat_id, make)
    await sender.commit(row, lambda tx: outbox.remove(tx, row.id))


def _turned(view: SendMessage, message_id: int) -> EditMessageText:
    return EditMessageText(
        chat_id=view.chat_id,
        message_id=message_id,
        text=view.text,
        parse_mode=view.parse_mode,
        link_preview_options=view.link_preview_options,
        reply_markup=view.reply_markup,  # type: ignore[arg-type]
    )
