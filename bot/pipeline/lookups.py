"""Sending what agents asked for: into the place where they asked, or in place of the page they turned."""

from __future__ import annotations

import contextlib
from typing import Any

from aiogram.methods import TelegramMethod

from bot.pipeline import calls
from bot.pipeline.attempt import Attempt
from bot.relay.parts import edit_call
from bot.views.lookups import Lookups
from dialogs.groups import Group


async def send_lookup(attempt: Attempt, group: Group, lookups: Lookups) -> None:
    """Look up what the row asks for, and show it."""
    asked = attempt.row.payload
    assert asked is not None
    view = await lookups.view(asked, group)
    page = asked["edit"]
    call: TelegramMethod[Any] = view if page is None else edit_call(view, group.chat_id, page)
    # The page stands there already, or where it was asked is no more: then nobody waits for it.
    with contextlib.suppress(calls.Refused, calls.ThreadGone, calls.ThreadClosed):
        await attempt.call(group.chat_id, call)
    await attempt.over()
