"""`/due`: no deadline moves without a word to the customer, and then all clocks follow it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agents.desks import SOLVING, desk_file
from tests.agents.seeds import Seed, by_bot, journal_of, leap, press, says, seed
from tests.world import World, texts

EXAMPLE = "/due 25.11.2026 14:00"


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A desk with priorities, one of them without a deadline until an agent sets one; Monday 10:00."""
    world = World(sqlite_url, desk=desk_file(tmp_path, 'default_priority = "low"', SOLVING))
    await world.start()
    yield world
    await world.close()


async def due(world: World, anna: Seed, typed: str, *, after: str | None = "Нужна доработка") -> str:
    """Write to the customer, and reply to that with the command; gives back what the thread is told."""
    reply = world.agent.write(anna.topic, after) if after else None
    await world.settle(1.5)
    world.agent.write(anna.topic, typed, reply_to=reply)
    await world.settle(1.5)
    return by_bot(world, anna.topic)[-1]


async def test_a_deadline_is_agreed_kept_and_watched(world: World) -> None:
    anna = await seed(world)
    assert "Решить до" not in (anna.card.text or "")
    assert await due(world, anna, "/due 24.11 12:00") == "Клиенту сообщён новый срок: 24.11.2026 12:00"
    assert texts(anna.customer.chat)[-2:] == [
        "Нужна доработка",
        "Заявка #1001. Срок решения: вторник, 24 ноября, 12:00 (московское время).",
    ]
    assert "Решить до: 24.11.2026 12:00" in (anna.card.text or "")
    assert await journal_of(world, anna.number) == ["open", "answer", "deadline"]

    # Eight hours of the desk's on Monday and three on Tuesday: reminded when a quarter is left.
    await leap(world, 24 * 3600)
    assert says(world, anna.topic, "⏰ #1001 · Решить до: 24.11.2026 12:00")
    assert not says(world, anna.topic, "🔥")
    await due(world, anna, "/due 26.11 12:00", after="Ещё два дня")
    await leap(world, 24 * 3600)
    assert not says(world, anna.topic, "🔥")
    assert "Решить до: 26.11.2026 12:00" in (anna.card.text or "")


@pytest.mark.parametrize("typed", ["/due", "/due завтра", "/due 22.11.2026 14:00", "/due 25.11.2028 14:00"])
async def test_what_is_no_moment_to_come(world: World, typed: str) -> None:
    anna = await seed(world)
    assert EXAMPLE in await due(world, anna, typed)
    assert await journal_of(world, anna.number) == ["open", "answer"]
    assert texts(anna.customer.chat) == ["Нужна доработка"]


async def test_without_a_word_to_the_customer_nothing_moves(world: World) -> None:
    anna = await seed(world)
    asks = (
        "Сначала напишите клиенту, почему меняется срок, а затем ответьте на это сообщение: /due 25.11 14:00"
    )
    assert await due(world, anna, "/due 25.11 14:00", after=None) == asks
    assert await due(world, anna, "/due 25.11 14:00", after="// внутренняя заметка") == asks
    await anna.customer.say("Когда будет готово?")
    await world.settle()
    theirs = anna.topic.last
    world.agent.write(anna.topic, "/due 25.11 14:00", reply_to=theirs)
    await world.settle()
    assert by_bot(world, anna.topic)[-1] == asks
    assert "deadline" not in await journal_of(world, anna.number)
    assert texts(anna.customer.chat, of=world.bot) == []


async def test_a_finished_ticket_gets_no_deadline(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    told = await due(world, anna, "/due 25.11 14:00")
    assert told == "Это уже невозможно: статус заявки изменился."
    assert "deadline" not in await journal_of(world, anna.number)


async def test_outside_a_thread_it_says_where_it_belongs(world: World) -> None:
    anna = await seed(world)
    world.agent.write(world.group, "/due 25.11 14:00")
    await world.settle()
    said = [message.text for message in world.group.general if message.sender is world.bot]
    assert said[-1:] == ["Здесь нет заявки: напишите /due в теме заявки."]
    assert await journal_of(world, anna.number) == ["open"]
