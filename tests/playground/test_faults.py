import asyncio

import pytest
from aiogram import Bot as Client
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from playground import (
    Bot,
    DropAfter,
    DropBefore,
    Fault,
    FloodLimits,
    Garbage,
    Group,
    Person,
    Playground,
    Refuse,
    ServerError,
    Slow,
    TooMany,
)
from tests.playground.clock import FastClock


def texts(anna: Person, talon: Bot) -> list[str | None]:
    return [message.text for message in anna.chat(talon).messages if message.sender is talon]


async def test_calls_are_recorded(bot: Client, anna: Person, pg: Playground) -> None:
    await bot.send_message(anna.id, "x")
    with pytest.raises(Exception, match="chat not found"):
        await bot.send_message(7, "y")
    good, wrong = pg.calls
    assert (good.method, good.chat_id, good.param("text"), good.ok) == ("sendMessage", anna.id, "x", True)
    assert good.applied
    assert good.answered
    assert good.error_code is None
    assert (wrong.ok, wrong.error_code, wrong.applied) == (False, 400, False)
    assert pg.in_flight == 0


async def test_too_many_requests(bot: Client, anna: Person, talon: Bot, pg: Playground) -> None:
    pg.faults.add(Fault("sendMessage", TooMany(5)))
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(anna.id, "x")
    assert refused.value.retry_after == 5
    clock = pg.clock
    assert isinstance(clock, FastClock)
    clock.now += 1
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(anna.id, "impatient")
    assert pg.calls_during_retry_after == 1
    clock.now += 4
    await bot.send_message(anna.id, "patient")
    assert texts(anna, talon) == ["patient"]


async def test_servers_fail(bot: Client, anna: Person, talon: Bot, pg: Playground) -> None:
    pg.faults.add(Fault(None, ServerError(500)), Fault(None, ServerError(502, applied=True)))
    for text in ("a", "b"):
        with pytest.raises(TelegramServerError):
            await bot.send_message(anna.id, text)
    assert texts(anna, talon) == ["b"]


async def test_connections_drop(bot: Client, anna: Person, talon: Bot, pg: Playground) -> None:
    pg.faults.add(Fault("sendMessage", DropBefore()), Fault("sendMessage", DropAfter()))
    for text in ("before", "after"):
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(anna.id, text)
    assert texts(anna, talon) == ["after"]
    assert [(call.applied, call.answered) for call in pg.calls] == [(False, False), (True, False)]


async def test_slow_refused_and_garbled_answers(
    bot: Client, anna: Person, talon: Bot, pg: Playground
) -> None:
    clock = pg.clock
    assert isinstance(clock, FastClock)
    start = clock.now
    pg.faults.add(Fault({"sendMessage"}, Slow(30)))
    call = asyncio.create_task(bot.send_message(anna.id, "slow"))
    await asyncio.sleep(0.01)
    assert texts(anna, talon) == ["slow"]
    assert pg.in_flight == 1
    await call
    assert clock.now == start + 30
    pg.faults.add(Fault("sendMessage", Refuse(403, "Forbidden: user is deactivated")))
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(anna.id, "x")
    pg.faults.add(Fault("sendMessage", Garbage()))
    with pytest.raises(ClientDecodeError):
        await bot.send_message(anna.id, "x")


async def test_a_fault_strikes_only_what_it_names(
    bot: Client, anna: Person, talon: Bot, group: Group, pg: Playground
) -> None:
    fault = pg.faults.add(
        Fault(
            "sendMessage",
            ServerError(),
            chat_id=anna.id,
            when=lambda params: params.text("text") == "bad",
            times=None,
        )
    )
    await bot.send_message(anna.id, "good")
    await bot.send_message(group.id, "bad")
    for _ in range(2):
        with pytest.raises(TelegramServerError):
            await bot.send_message(anna.id, "bad")
    assert fault.struck == 2
    pg.faults.clear()
    await bot.send_message(anna.id, "bad")


async def test_probability_is_seeded(bot: Client, anna: Person, pg: Playground) -> None:
    async def run() -> list[bool]:
        pg.faults.clear()
        pg.faults.seed(7)
        pg.faults.add(Fault("sendMessage", ServerError(), times=None, probability=0.5))
        pg.calls.clear()
        for _ in range(20):
            try:
                await bot.send_message(anna.id, "x")
            except TelegramServerError:
                continue
        return [call.ok for call in pg.calls]

    first = await run()
    assert first == await run()
    assert 0 < sum(first) < 20


async def test_telegram_goes_down_and_comes_back(
    bot: Client, anna: Person, talon: Bot, pg: Playground
) -> None:
    await bot.get_updates(offset=-1)
    poll = asyncio.create_task(bot.get_updates(offset=10**9 + 1, timeout=40))
    await asyncio.sleep(0)
    pg.down()
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "x")
    with pytest.raises(TelegramNetworkError):
        await poll
    anna.write(talon, "while it was down")
    pg.up()
    assert len(await bot.get_updates()) == 2


async def test_flood_control_of_a_group(bot: Client, group: Group, pg: Playground) -> None:
    pg.flood = FloodLimits(group_per_minute=3)
    clock = pg.clock
    assert isinstance(clock, FastClock)
    topic = await bot.create_forum_topic(group.id, "T")
    sent = await bot.send_message(group.id, "x", message_thread_id=topic.message_thread_id)
    await bot.edit_message_text("y", chat_id=group.id, message_id=sent.message_id)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(group.id, "z")
    assert refused.value.retry_after == 60
    assert pg.calls_during_retry_after == 0
    clock.now += 10
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(group.id, "z")
    assert refused.value.retry_after == 51
    assert pg.calls_during_retry_after == 1
    await bot.get_chat(group.id)
    clock.now += 51
    await bot.send_message(group.id, "z")


async def test_flood_control_of_private_chats(bot: Client, anna: Person, pg: Playground) -> None:
    pg.flood = FloodLimits(chat_burst=2, overall_per_second=3)
    await bot.send_message(anna.id, "1")
    await bot.send_message(anna.id, "2")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(anna.id, "3")
    assert refused.value.retry_after == 2
