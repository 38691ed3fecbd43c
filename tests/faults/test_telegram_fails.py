"""Telegram fails while messages are under way: what can arrive does, in order, once.

More of this, by what was seen elsewhere, is in test_how_peers_fail.py.
"""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.pipeline import calls as pipeline_calls
from playground import (
    DropAfter,
    DropBefore,
    Fault,
    Garbage,
    Photo,
    Refuse,
    ServerError,
    Slow,
    TooMany,
)
from playground.faults import Effect
from playground.params import Params
from tests.agents.seeds import (
    DELIVERED,
    by_bot,
    leap,
    lines,
    readyz,
    really,
    restart,
    seed,
    written_below_the_card,
)
from tests.faults.outage import everything_goes_out_as_soon_as_telegram_is_back
from tests.world import World, texts

LINES = ["раз", "два", "три", "четыре", "пять"]


# Trouble on the way.


@pytest.mark.parametrize(
    "effect",
    [
        ServerError(500),
        ServerError(502),
        ServerError(504),
        Garbage(),
        Garbage(200),
        Garbage(403),
        Garbage(429),
    ],
    ids=str,
)
async def test_trouble_on_the_way_loses_and_repeats_nothing(world: World, effect: Effect) -> None:
    anna = await seed(world)
    world.pg.faults.add(
        Fault("sendMessage", effect, anna.customer.person.id, times=3),
        Fault("sendMessage", effect, world.group.id, times=3),
        Fault("setMessageReaction", effect, times=2),
    )
    sent = [world.agent.write(anna.topic, line) for line in LINES]
    for line in LINES:
        anna.customer.write(line.upper())
    await world.settle(1)
    assert not any(message.reactions for message in sent)
    await world.settle(60)
    assert lines(world, anna.customer.chat) == LINES
    assert written_below_the_card(world, anna.topic) == [line.upper() for line in LINES]
    assert all(message.reactions == {world.bot: DELIVERED} for message in sent)


@pytest.mark.parametrize("effect", [DropAfter(), ServerError(502, applied=True)], ids=str)
async def test_an_answer_that_was_lost_repeats_that_one_message_at_most(
    any_world: World, effect: Effect
) -> None:
    world = any_world
    anna = await seed(world)
    struck: dict[int, str] = {}

    def strikes(params: Params) -> bool:
        chat_id, text = params.integer("chat_id"), params.text("text")
        if chat_id in struck or not text.lower().startswith("два"):
            return False
        struck[chat_id] = text
        return True

    world.pg.faults.add(Fault("sendMessage", effect, when=strikes, times=2))
    for line in LINES:
        world.agent.write(anna.topic, line)
        anna.customer.write(line.upper())
    await world.settle(30)
    for got, sent in (
        (by_bot(world, anna.customer.chat), LINES),
        (by_bot(world, anna.topic)[1:], [line.upper() for line in LINES]),
    ):
        again = next((text for text in got if text in struck.values()), None)
        assert again is not None, (got, struck, world.report())
        got.remove(again)
        assert "\n".join(got).split("\n") == sent


async def test_an_answer_slower_than_the_time_out(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    anna = await seed(world)
    world.pg.faults.add(Fault("sendMessage", Slow(5), anna.customer.person.id))
    waits = f"c:{anna.customer.person.id} waits "
    # The time-out is the HTTP client's, which knows no virtual time.
    with monkeypatch.context() as impatient:
        impatient.setattr(pipeline_calls, "CALL_TIMEOUT", 0.3)
        first, second = (world.agent.write(anna.topic, line) for line in LINES[:2])
        await really(world, lambda: any(waits in record.getMessage() for record in caplog.records))
    assert not first.reactions
    world.clock.move_to(world.clock.now() + timedelta(seconds=6))
    await world.settle(10)
    assert texts(anna.customer.chat) in (["раз", "раз", "два"], ["раз", "два"])
    assert first.reactions == second.reactions == {world.bot: DELIVERED}


async def test_a_clock_that_jumps_two_days_is_no_two_days_of_trouble(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(Fault("sendMessage", ServerError(502), world.group.id, times=3))
    anna.customer.write("раз")
    await world.settle(0.5)
    world.clock.move_to(world.clock.now() + timedelta(days=2))
    await world.settle(60)
    assert written_below_the_card(world, anna.topic).count("раз") == 1


async def test_an_album_whose_answer_was_lost(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(Fault("sendMediaGroup", DropBefore(), times=2), Fault("sendMediaGroup", TooMany(5)))
    album = anna.customer.person.send_album(anna.customer.chat, [Photo(), Photo(), Photo()], "Экран")
    anna.customer.write("вот")
    await world.settle(30)
    got = [message for message in anna.topic.messages[2:] if message.sender is world.bot]
    assert [message.file_id for message in got] == [*(message.file_id for message in album), None]
    assert [message.text for message in got] == ["Экран", None, None, "вот"]


# A final refusal.


@pytest.mark.parametrize("side", ["agent", "customer"])
async def test_one_refused_message_is_told_and_the_later_ones_go_on(any_world: World, side: str) -> None:
    world = any_world
    anna = await seed(world)
    words = "Bad Request: PLAYGROUND_SAYS_NO"
    world.pg.faults.add(
        Fault("sendMessage", Refuse(400, words), when=lambda p: "два" in p.text("text"), times=None)
    )
    if side == "agent":
        sent = [world.agent.write(anna.topic, line) for line in LINES[:3]]
        there = anna.customer.chat
    else:
        sent = [anna.customer.write(line) for line in LINES[:3]]
        there = anna.topic  # type: ignore[assignment]
    await world.settle(10)
    got = [text for text in texts(there, of=world.bot) if text in LINES]
    assert got == ["раз", "три"]
    notice = next(m for m in reversed(anna.topic.messages) if words in (m.text or ""))
    if side == "agent":
        assert notice.reply_to is sent[1]
        assert not sent[1].reactions
    else:
        told = anna.customer.bots()[-1]
        assert told.reply_to is sent[1]

    # It fails once more, and is told once more; then it works.
    world.agent.press(notice, "Отправить ещё раз")
    await world.settle(5)
    again = next(m for m in reversed(anna.topic.messages) if words in (m.text or ""))
    assert again is not notice
    world.pg.faults.clear()
    click = world.agent.press(again, "Отправить ещё раз")
    await world.settle(5)
    assert click.result is not None
    assert click.result.text
    assert "два" in texts(there, of=world.bot)
    late = world.agent.press(again, "Отправить ещё раз")
    await world.settle(5)
    assert late.result is not None
    assert texts(there, of=world.bot).count("два") == 1
    if side == "agent":
        assert sent[1].reactions == {world.bot: DELIVERED}


async def test_a_failed_message_is_retried_when_it_is_edited(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(
        Fault(
            "sendMessage", Refuse(400, "Bad Request: NO"), when=lambda p: p.text("text") == "два", times=None
        )
    )
    answer = world.agent.write(anna.topic, "два")
    await world.settle()
    assert not texts(anna.customer.chat)
    world.agent.edit(answer, "2")
    await world.settle()
    assert texts(anna.customer.chat) == ["2"]
    assert answer.reactions == {world.bot: DELIVERED}


async def test_an_edit_that_needs_no_call_holds_nothing_up_after_a_restart(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(
        Fault("sendMessage", Refuse(400, "Bad Request: NO"), when=lambda p: p.text("text") == "два")
    )
    answer = world.agent.write(anna.topic, "два")
    await world.settle()
    await restart(world)
    world.agent.edit(answer, "2")
    world.agent.write(anna.topic, "три")
    await world.settle(10)
    assert sorted(texts(anna.customer.chat)) == ["2", "три"]


async def test_a_retry_button_is_no_strangers(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(Fault("sendMessage", Refuse(400, "Bad Request: NO"), anna.customer.person.id))
    world.agent.write(anna.topic, "два")
    await world.settle()
    notice = anna.topic.last
    eve = world.pg.add_person("Ева")
    click = eve.press_data(notice, notice.button("Отправить ещё раз")["callback_data"])
    await world.until(lambda: click.result is not None)
    await world.settle()
    assert not texts(anna.customer.chat)


async def test_a_refused_card_is_told_in_general(world: World) -> None:
    world.pg.faults.add(Fault("createForumTopic", Refuse(400, "Bad Request: TOPIC_TITLE_INVALID"), times=1))
    await seed(world, shown=False)
    await world.settle(10)
    assert any("TOPIC_TITLE_INVALID" in text and "#1001" in text for text in by_bot(world, world.group))


# Telegram away.


async def test_telegram_down_for_an_hour(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    world.pg.down()
    for line in LINES:
        world.agent.write(anna.topic, line)
        anna.customer.write(line.upper())
    await leap(world, 3600, 900)
    assert (await readyz(world))[0] == 503
    assert (await readyz(world, "/healthz"))[0] == 200
    world.pg.up()
    await leap(world, 150, 50)
    assert lines(world, anna.customer.chat) == LINES
    assert written_below_the_card(world, anna.topic) == [line.upper() for line in LINES]
    assert await readyz(world) == (200, {})


async def test_telegram_goes_while_messages_are_owed(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(Fault("sendMessage", ServerError(500), times=2))
    for line in LINES:
        world.agent.write(anna.topic, line)
        anna.customer.write(line.upper())
    await really(world, lambda: not world.pg.pending_updates(world.bot))
    world.pg.down()
    await leap(world, 3600, 900)
    await restart_while_down(world)
    await leap(world, 150, 50)
    assert lines(world, anna.customer.chat) == LINES
    assert written_below_the_card(world, anna.topic) == [line.upper() for line in LINES]


async def restart_while_down(world: World) -> None:
    """A start that finds no Telegram waits for it."""
    await world.stop()
    began = world.clock.now()
    starting = asyncio.create_task(world.start())
    await really(world, lambda: world.clock.now() - began > timedelta(hours=1))
    world.pg.up()
    await starting


@pytest.mark.parametrize("effect", [Garbage(), ServerError(502), TooMany(3), DropBefore()], ids=str)
async def test_a_start_meets_trouble(world: World, effect: Effect) -> None:
    anna = await seed(world)
    await world.stop()
    world.agent.write(anna.topic, "Готово")
    world.pg.faults.add(
        *(Fault(method, effect) for method in ("getMe", "deleteWebhook", "setMyCommands", "getUpdates"))
    )
    await world.start()
    await world.settle(30)
    assert texts(anna.customer.chat) == ["Готово"]


@pytest.mark.parametrize(
    "effect",
    [Garbage(), ServerError(500), TooMany(5), DropBefore(), Refuse(409, "Conflict: terminated")],
    ids=str,
)
async def test_polling_outlives_trouble(world: World, effect: Effect) -> None:
    anna = await seed(world)
    world.pg.faults.add(Fault("getUpdates", effect, times=4))
    anna.customer.write("раз")
    await leap(world, 120, 15)
    anna.customer.write("два")
    await world.settle(10)
    assert written_below_the_card(world, anna.topic) == ["раз", "два"]


async def test_after_an_outage_everything_goes_out_as_soon_as_telegram_is_back(world: World) -> None:
    await everything_goes_out_as_soon_as_telegram_is_back(world)


async def test_a_command_that_names_the_bot_asks_telegram_nothing(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(Fault("getMe", ServerError(502), times=None))
    await anna.customer.say("/privacy@talon_bot")
    await world.settle()
    assert "Telegram" in (anna.customer.bots()[-1].text or "")
    assert not [call for call in world.pg.calls if call.method == "getMe"][1:]
