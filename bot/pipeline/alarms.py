"""Alarms: word of a deadline, if it is still true when its turn has come."""

from __future__ import annotations

import contextlib
from typing import Any

from aiogram.methods import TelegramMethod

from bot.pipeline.attempt import Attempt
from bot.relay.alarms import Alarms
from bot.relay.parts import Place
from storage.store import Store


class _Over(Exception):
    """There is nothing to say any more."""


async def send_alarm(attempt: Attempt, place: Place, alarms: Alarms, store: Store) -> None:
    """Tell the agents of a deadline, unless it was met or moved meanwhile."""

    async def make() -> TelegramMethod[Any]:
        async with store.reading() as tx:
            view = await alarms.view(tx, attempt.row, place.chat_id)
        if view is None:
            raise _Over
        return view.model_copy(update=place.address())

    with contextlib.suppress(_Over):
        await attempt.call(place.chat_id, make)
    await attempt.over()
