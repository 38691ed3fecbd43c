"""Reminders and breaches: told in the thread, in working hours, once, and while they are true."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.lifecycle import Action
from playground import Fault, Refuse, SeenMessage, TooMany
from tests.agents.desks import SOLVING, desk_file
from tests.agents.seeds import Seed, colleague, journal_of, leap, press, restart, seed, written_below_the_card
from tests.agents.test_priority import act
from tests.desk.journals import MOSCOW
from tests.world import World, texts

HOUR = 3600.0
REMINDER = "⏰ #1001 · Ответить до: 23.11.2026 14:00"
BREACH = "🔥 #1001 · Просрочено! Ответить до: 23.11.2026 14:00"


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A desk that answers within four working hours, open 9-18; it is Monday 10:00."""
    world = World(sqlite_url, desk=desk_file(tmp_path, reaction="hours = 4"))
    await world.start()
    yield world
    await world.close()


def alarms(world: World, anna: Seed) -> list[str]:
    """What the thread was told of deadlines, line by line but for what is left and who is called."""
    told = written_below_the_card(world, anna.topic)
    return [text for text in told if text.startswith(("⏰", "🔥"))]


def called(message: SeenMessage) -> list[int]:
    """Who is called by a link to them, in order."""
    links = [entity["url"] for entity in message.entities if entity["type"] == "text_link"]
    return [int(link.removeprefix("tg://user?id=")) for link in links]


async def test_reminder_then_breach_with_the_administrators(database_url: str, tmp_path: Path) -> None:
    world = World(database_url, desk=desk_file(tmp_path, reaction="hours = 4"))
    await world.start()
    head = await colleague(world, "Анна <Глава>", admin=True)
    hidden = await colleague(world, "Тайный")
    world.group.promote(hidden, anonymous=True)
    anna = await seed(world)
    await leap(world, 2.9 * HOUR)
    assert alarms(world, anna) == []
    await leap(world, 0.2 * HOUR)
    assert alarms(world, anna) == [REMINDER]
    reminder = anna.topic.last
    assert "Осталось: 5" in (reminder.text or "")
    assert "мин рабочего времени" in (reminder.text or "")
    assert called(reminder) == []

    await leap(world, HOUR)
    assert alarms(world, anna) == [REMINDER, BREACH]
    breach = next(m for m in reversed(anna.topic.messages) if (m.text or "").startswith("🔥"))
    assert (breach.text or "").split("\n")[1] == f"{world.group.owner.first_name}, Анна <Глава>"
    assert called(breach) == [world.group.owner.id, head.id]
    assert "🔥 Просрочено! Ответить до: 23.11.2026 14:00" in (anna.card.text or "")
    assert await journal_of(world, anna.number) == ["open", "reminded", "breached"]

    # Once each, whatever the time, and through a restart.
    await restart(world)
    await leap(world, 48 * HOUR, 6 * HOUR)
    assert alarms(world, anna) == [REMINDER, BREACH]
    world.agent.write(anna.topic, "Извините за ожидание")
    await world.settle(3)
    assert "Просрочено" not in (anna.card.text or "")
    await world.close()


async def test_the_agent_who_took_it_is_called(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    await leap(world, 3.1 * HOUR)
    reminder = next(m for m in reversed(anna.topic.messages) if (m.text or "").startswith("⏰"))
    assert called(reminder) == [world.agent.id]
    assert (reminder.text or "").endswith("\nОльга Смирнова")


async def test_an_answer_in_time_silences_both(world: World) -> None:
    anna = await seed(world)
    await leap(world, HOUR)
    world.agent.write(anna.topic, "Смотрим")
    await world.settle()
    await leap(world, 30 * HOUR, 3 * HOUR)
    assert alarms(world, anna) == []


async def test_what_falls_into_the_night_is_told_in_the_morning(sqlite_url: str, tmp_path: Path) -> None:
    promise = 'hours = 12\nclock = "calendar"'
    world = World(sqlite_url, desk=desk_file(tmp_path, reaction=promise))
    await world.start()
    # At 13:00; 22:00 and 1:00 are no hours of the desk's, and from Friday it is shut until Monday.
    world.clock.move_to(world.clock.now() + timedelta(days=4, hours=3))
    anna = await seed(world)
    await leap(world, 67.9 * HOUR, 4 * HOUR)
    assert alarms(world, anna) == []
    assert f"{world.clock.now().astimezone(MOSCOW):%A %H:%M}".startswith("Monday 08:5")
    await leap(world, 0.2 * HOUR)
    assert alarms(world, anna) == ["🔥 #1001 · Просрочено! Ответить до: 28.11.2026 01:00"]
    await world.close()


async def test_a_stop_over_the_deadline_tells_the_breach_and_no_reminder(world: World) -> None:
    anna = await seed(world)
    await world.stop()
    await leap(world, 10 * HOUR, 10 * HOUR)
    await world.start()
    await world.settle(10)
    # It is 20:00, so the agents are left in peace until the morning.
    assert alarms(world, anna) == []
    await leap(world, 13 * HOUR, HOUR)
    assert alarms(world, anna) == [BREACH]


async def test_a_pause_moves_the_deadline_and_its_reminder(world: World) -> None:
    anna = await seed(world)
    await leap(world, 2 * HOUR)
    await act(world, anna, Action.WAIT)
    await leap(world, 5 * HOUR)
    assert alarms(world, anna) == []
    await anna.customer.say("Вот серийный номер")
    await leap(world, 2 * HOUR + 16 * HOUR, 2 * HOUR)
    # Two hours were left at 17:00: an hour on Monday, one on Tuesday.
    reminder, breach = alarms(world, anna)
    assert reminder.startswith("⏰ #1001 · Ответить до: 24.11.2026 10:0")
    assert breach.startswith("🔥 #1001 · Просрочено! Ответить до: 24.11.2026 10:0")


async def test_a_new_priority_is_watched_from_then_on(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, 'default_priority = "third"', SOLVING))
    await world.start()
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Первый")
    await leap(world, 3.1 * HOUR)
    assert alarms(world, anna) == ["⏰ #1001 · Решить до: 23.11.2026 14:00"]
    await press(world, anna.card, "Решить")
    await leap(world, 3 * HOUR)
    await anna.customer.press("No, not solved")
    await leap(world, HOUR, 600)
    # 55 minutes were left when it was resolved: the objection has them counted on.
    assert [text[:12] for text in alarms(world, anna)] == ["⏰ #1001 · Ре", "⏰ #1001 · Ре", "🔥 #1001 · Пр"]
    await world.close()


async def test_an_alarm_that_cannot_be_told_in_its_thread_is_told_outside(world: World) -> None:
    anna = await seed(world)
    world.pg.faults.add(
        Fault(
            "sendMessage", Refuse(400, "Bad Request: something new"), when=lambda p: "⏰" in (p.text("text"))
        )
    )
    await leap(world, 3.1 * HOUR)
    assert alarms(world, anna) == []
    general = [message.text or "" for message in world.group.general]
    assert any("#1001" in text and "something new" in text for text in general)


async def test_an_alarm_that_waited_too_long_is_not_told(world: World) -> None:
    anna = await seed(world)
    fault = world.pg.faults.add(Fault("sendMessage", TooMany(600), chat_id=world.group.id))
    await leap(world, 3.02 * HOUR, 3.02 * HOUR)
    await world.until(lambda: fault.struck)
    world.agent.write(anna.topic, "Уже отвечаем")
    await world.settle()
    await leap(world, HOUR)
    assert alarms(world, anna) == []
    assert "Уже отвечаем" in texts(anna.customer.chat)


async def test_shorter_targets_of_a_changed_profile_are_watched_at_once(world: World, tmp_path: Path) -> None:
    anna = await seed(world)
    await leap(world, 2 * HOUR)
    await world.stop()
    desk_file(tmp_path, reaction="hours = 1")
    await world.start()
    await world.settle(10)
    assert alarms(world, anna) == ["🔥 #1001 · Просрочено! Ответить до: 23.11.2026 11:00"]


async def test_administrators_are_known_whatever_goes_wrong_when_they_are_asked_for(
    sqlite_url: str, tmp_path: Path
) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, reaction="hours = 4"))
    head = world.pg.add_person("Глава", language_code="ru")
    world.group.join(head, admin=True)
    world.pg.faults.add(
        Fault("getChatAdministrators", TooMany(30)),
        Fault("getChatAdministrators", Refuse(400, "Bad Request: chat not found")),
    )
    await world.start()
    anna = await seed(world)
    await leap(world, 4.1 * HOUR)
    assert "Глава" in (anna.topic.last.text or "")
    await world.close()
