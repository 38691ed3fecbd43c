"""Screens of the dialogue: the one that stands is edited, a new one is sent where that cannot be."""

from __future__ import annotations

import contextlib

from aiogram.methods import DeleteMessage, SendMessage

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt, message_ids
from bot.pipeline.sender import Void
from bot.relay.parts import edit_call
from storage import customers, outbox
from storage.methods import load
from storage.transaction import Transaction


async def show_screen(attempt: Attempt, chat_id: int) -> None:
    """Show a screen to a customer, and remember which message it is."""
    row = attempt.row
    assert row.payload is not None
    loaded = load(row.payload)
    assert isinstance(loaded, SendMessage)
    view = loaded.model_copy(update={"chat_id": chat_id})
    shown_as: int | None = row.payload["edit"]
    if shown_as is None or not await _edit(attempt, chat_id, view, shown_as):
        shown_as = message_ids(await attempt.call(chat_id, view))[0]

    key: str = row.payload["key"]
    replaced: int | None = None

    async def note(tx: Transaction) -> None:
        nonlocal replaced
        before = await customers.get(tx, chat_id)
        replaced = before.screen_message_id if before.screen_key == key else None
        # The customer first, as where updates are processed: in another order the two would deadlock.
        await customers.set_screen(tx, chat_id, shown_as, key)
        await outbox.remove(tx, row.id)

    await attempt.commit(note)
    if row.payload["moves"] and replaced is not None:
        # Where that fails an old screen stays further up, which does no harm.
        with contextlib.suppress(calls.Outcome, Void):
            await attempt.call(chat_id, DeleteMessage(chat_id=chat_id, message_id=replaced))


async def _edit(attempt: Attempt, chat_id: int, view: SendMessage, message_id: int) -> bool:
    """Let a message show that; False if it is gone or too old, so that the screen is sent anew."""
    try:
        await attempt.change(chat_id, edit_call(view, chat_id, message_id))
    except calls.Refused:
        return False
    return True
