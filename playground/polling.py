"""Long polling."""

import asyncio

from playground import errors
from playground.bots import Bot
from playground.clock import Clock
from playground.params import Params
from playground.updates import DEFAULT_UPDATES, MAX_LIMIT, UPDATE_TYPES

MAX_TIMEOUT = 50


async def get_updates(bot: Bot, params: Params, clock: Clock, max_batch: int) -> str:
    """Answer getUpdates with the JSON of an array.

    Raises:
        Refusal: 409, because a webhook is set or another poll took over.
    """
    if bot.webhook_url:
        raise errors.WEBHOOK_ACTIVE
    allow(bot, params)
    if bot.poll is not None and not bot.poll.done():
        bot.poll.set_result(None)
        bot.updates.nudge()
    bot.updates.acknowledge(params.integer("offset"))
    limit = min(max(params.integer("limit", MAX_LIMIT), 1), MAX_LIMIT, max_batch)
    found = bot.updates.peek(limit)
    seconds = min(max(params.integer("timeout"), 0), MAX_TIMEOUT)
    if not found and seconds:
        found = await _wait(bot, limit, seconds, clock)
    return f"[{','.join(found)}]"


def allow(bot: Bot, params: Params) -> None:
    """From now on queue only what the call asks for; if it does not say, what an earlier one did."""
    allowed = params.array("allowed_updates")
    if allowed is not None:
        bot.updates.allowed = UPDATE_TYPES & set(map(str, allowed)) if allowed else DEFAULT_UPDATES


async def _wait(bot: Bot, limit: int, seconds: int, clock: Clock) -> list[str]:
    mine = bot.poll = asyncio.get_running_loop().create_future()
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        while True:
            arrival = asyncio.ensure_future(bot.updates.arrival())
            await asyncio.wait((arrival, timer, mine), return_when=asyncio.FIRST_COMPLETED)
            arrival.cancel()
            if mine.done():
                raise errors.POLL_ENDED_BY_WEBHOOK if bot.webhook_url else errors.conflict()
            found = bot.updates.peek(limit)
            if found or timer.done():
                return found
    finally:
        timer.cancel()
        if bot.poll is mine:
            bot.poll = None
