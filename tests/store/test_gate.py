"""The way into one chat, when those who wait for it give up."""

import asyncio

import pytest

from bot.pipeline.gate import Gate
from tests.virtual_time import VirtualClock


async def test_who_gives_up_while_another_is_let_in_disturbs_nobody() -> None:
    gate = Gate(VirtualClock(), 1)
    let_in: list[str] = []
    leave = asyncio.Event()

    async def pass_through(name: str) -> None:
        async with gate.pass_through(0):
            let_in.append(name)
            await leave.wait()

    first, second, third = (asyncio.create_task(pass_through(name)) for name in ("1", "2", "3"))
    await asyncio.sleep(0)
    # As at a stop: the first goes and the second gives up before the loop turns again.
    leave.set()
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    await asyncio.gather(first, third)
    assert let_in == ["1", "3"]


async def test_word_that_calls_may_pass_ends_a_wait_only_where_there_was_one() -> None:
    clock = VirtualClock()
    gate = Gate(clock, 1)
    # As when the bot is told of its rights in a group that it never lost.
    gate.open_now()
    assert gate.last_opened is None
    gate.close_for(5)
    gate.open_now()
    assert gate.last_opened == clock.now()
    assert not gate.is_closed
