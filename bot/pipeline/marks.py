"""Marks, by which agents see what became of their messages, and reactions of people on the other side."""

from __future__ import annotations

import contextlib

from aiogram.methods import SetMessageReaction
from aiogram.types import ReactionTypeEmoji

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.pipeline.threads import Threads
from storage import messages
from storage.rows import Copy
from storage.store import Store

DELIVERED = "👌"
NOTED = "✍"


async def set_mark(attempt: Attempt, threads: Threads, store: Store) -> None:
    """Put the emoji of the row on its message, or take it away."""
    row = attempt.row
    assert row.message_id is not None
    async with store.reading() as tx:
        chat_id = await threads.chat_now(tx, row.destination)
        copies = await messages.copies(tx, row.message_id)
    on_that_side = [copy for copy in copies if threads.groups.same_side(copy.chat_id, chat_id)]
    # On what its author wrote a reaction takes the place of the mark.
    shown_on = _marked(on_that_side, chat_id)
    if shown_on is not None:
        # The group may forbid reactions or the message be gone: no failed delivery. Nor has a ticket to wait
        # until we may write again in a group that it has left.
        left = shown_on.chat_id != chat_id
        with contextlib.suppress(calls.Refused, calls.ThreadGone, calls.ThreadClosed):
            await attempt.call(shown_on.chat_id, _reaction(attempt, shown_on), optional=left)
    await attempt.over()


def _reaction(attempt: Attempt, shown_on: Copy) -> SetMessageReaction:
    assert attempt.row.payload is not None
    emoji = attempt.row.payload["emoji"]
    return SetMessageReaction(
        chat_id=shown_on.chat_id,
        message_id=shown_on.telegram_message_id,
        reaction=[ReactionTypeEmoji(emoji=emoji)] if emoji else [],
    )


def _marked(copies: list[Copy], chat_id: int) -> Copy | None:
    """Where a mark or a reaction is put: on what the author wrote, else on the last of what we showed.

    Of copies on one side, of which those in that chat come first.
    """
    here = [copy for copy in copies if copy.chat_id == chat_id]
    origin = next((copy for copy in (*here, *copies) if copy.origin), None)
    return origin or next(reversed(here or copies), None)
