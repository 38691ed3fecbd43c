"""`/journal`: administrators of the group get the journal as a file, others are told who may."""

import csv
from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.staff.journals import Wish, read_wish
from tests.agents.seeds import colleague, press, seed
from tests.world import World, texts

TODAY = date(2026, 11, 23)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """The vendotek desk; it is Monday 10:00."""
    world = World(sqlite_url)
    await world.start()
    yield world
    await world.close()


async def test_the_journal_comes_as_a_file(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    chief = await colleague(world, "Шеф", admin=True)
    world.agent.write(world.group, "/journal")
    await world.settle(2)
    assert texts(world.group, of=world.bot)[-1] == "Выгружать журнал могут только администраторы группы."
    chief.write(world.group, "/journal завтра")
    await world.settle(2)
    assert "/journal full xlsx" in texts(world.group, of=world.bot)[-1]
    # In a ticket's thread it is no message for the customer.
    chief.write(anna.topic, "/journal csv full 23.11.2026")
    await world.until(lambda: any(message.file for message in world.group.messages))
    found = next(message for message in world.group.messages if message.file)
    assert found.file is not None
    assert found.file.name == "journal-full-2026-11-23.csv"
    assert found.text == "1 заявка"
    header, *rows = csv.reader(found.file.content().decode("utf-8-sig").splitlines())
    assert header[0] == "Номер"
    assert {row[0] for row in rows} == {"1001"}
    assert "Назначен ответственный Ольга Смирнова." in [row[12] for row in rows]
    assert not any("/journal" in text for text in texts(anna.customer.chat))


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("", Wish("full", "xlsx", date(2026, 11, 1), None)),
        ("saveit CSV", Wish("saveit", "csv", date(2026, 11, 1), None)),
        ("25.10.2026", Wish("full", "xlsx", date(2026, 10, 25), None)),
        ("csv 2026-01-01 31.01.2026", Wish("full", "csv", date(2026, 1, 1), date(2026, 1, 31))),
        ("31.01.2026 01.01.2026", None),
        ("31.02.2026", None),
        ("saveit full", None),
        ("вчера", None),
    ],
)
def test_what_follows_the_command(typed: str, wish: Wish | None) -> None:
    assert read_wish(typed, TODAY) == wish
