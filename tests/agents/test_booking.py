"""`/time`: at least so much is booked for each answer, and more where an agent says so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from desk.booking import read_length
from tests.agents.desks import SOLVING, desk_file
from tests.agents.seeds import by_bot, seed
from tests.world import World, texts


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A desk that accounts for its time."""
    world = World(sqlite_url, desk=desk_file(tmp_path, "reply_minutes = 30", SOLVING))
    await world.start()
    yield world
    await world.close()


async def test_time_is_booked_per_answer(world: World) -> None:
    anna = await seed(world)

    async def time(typed: str, **how: Any) -> str:
        world.agent.write(anna.topic, typed, **how)
        await world.settle(1.5)
        return by_bot(world, anna.topic)[-1]

    assert (
        await time("/time 45")
        == "Время учитывается для ответов клиенту: ответьте на своё сообщение командой /time"
    )
    first = world.agent.write(anna.topic, "Проверяем")
    world.agent.write(anna.topic, "Заменили модуль")
    await world.settle(1.5)
    assert await time("/time") == "Учтено по заявке: 1 ч"
    assert await time("/time 45") == "Учтено по заявке: 1 ч 15 мин"
    assert await time("/time 1:30", reply_to=first) == "Учтено по заявке: 2 ч 15 мин"
    # The last word counts; less than the least does not.
    assert await time("/time 30", reply_to=first) == "Учтено по заявке: 1 ч 15 мин"
    assert await time("/time 20") == "За ответ учитывается не менее 30 минут."
    for wrong in ("/time много", "/time -5", "/time 99:99", "/time 5000"):
        assert "/time 1:30" in await time(wrong)
    note = world.agent.write(anna.topic, "// заметка")
    await world.settle(1.5)
    assert "ответьте на своё сообщение" in await time("/time 45", reply_to=note)
    assert texts(anna.customer.chat)[-2:] == ["Проверяем", "Заменили модуль"]


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("45", 45),
        (" 1:30 ", 90),
        ("0:05", 5),
        ("1:5", None),
        ("1:60", None),
        ("", None),
        ("٤٥", None),
        ("1.5", None),
    ],
)
def test_lengths_as_agents_type_them(typed: str, minutes: int | None) -> None:
    assert read_length(typed) == minutes
