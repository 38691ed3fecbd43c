"""Three changes of priority, two pauses and an objection in one ticket, as its agents and customer see it.

The moments and the deadlines are those of the table in tests/desk/test_clocks.py, worked out by hand.
"""

from datetime import timedelta
from pathlib import Path

from tests.agents.desks import desk_file, priority
from tests.agents.seeds import by_bot, press, restart, seed
from tests.desk.journals import at
from tests.world import World

TARGETS = (
    "[triage]\nhours = 3\n[next_response]\nhours = 4\n"
    + priority(
        "urgent", "Срочный", "Urgent", "Steidzama", "reaction = { hours = 2 }\nsolution = { hours = 12 }"
    )
    + priority("high", "Высокий", "High", "Augsta", "reaction = { hours = 4 }\nsolution = { hours = 16 }")
    + priority("normal", "Обычный", "Normal", "Parasta", "reaction = { hours = 8 }\nsolution = { days = 5 }")
)


async def test_three_priorities_two_pauses_and_an_objection(sqlite_url: str, tmp_path: Path) -> None:
    desk = desk_file(tmp_path, 'default_priority = "normal"', TARGETS)
    world = World(sqlite_url, desk=desk)
    await world.start()
    anna = await seed(world)

    async def moment(when: str, early: float = 0) -> None:
        world.clock.move_to(at(when) - timedelta(seconds=early))
        await world.settle(0)

    async def write(words: str) -> None:
        world.agent.write(anna.topic, words)
        await world.settle(2)

    async def prioritise(label: str) -> str:
        await press(world, anna.card, "Приоритет")
        await press(world, anna.card, label)
        return by_bot(world, anna.customer.chat)[-1]

    def shows(*words: str) -> bool:
        return all(word in (anna.card.text or "") for word in words)

    assert shows("Разобрать до: 23.11.2026 13:00")
    await moment("23.11 11:00")
    await press(world, anna.card, "Взять")
    await moment("23.11 12:00")
    assert "Срок решения: вторник, 24 ноября, 17:00" in await prioritise("Высокий")
    assert shows("Ответить до: 23.11.2026 14:00")
    await moment("23.11 13:00")
    await write("Смотрим")
    assert shows("Решить до: 24.11.2026 17:00")

    # The first pause: twelve hours are left of sixteen, and stay left through the night.
    await moment("23.11 14:00")
    await press(world, anna.card, "Ждать клиента")
    assert shows("⏸ Отсчёт времени приостановлен. Осталось: 12 ч рабочего времени")
    await restart(world)
    await moment("24.11 11:00")
    await anna.customer.say("Вот фото")
    await world.settle(2)
    assert shows("Следующий ответ до: 24.11.2026 15:00")
    # What was paused is not lost with another priority.
    await moment("24.11 12:00")
    assert "Срок решения: среда, 25 ноября, 10:00" in await prioritise("Срочный")
    await moment("24.11 13:00")
    await write("Причина найдена")
    assert shows("Решить до: 25.11.2026 10:00")

    # The second one; the menu takes a moment.
    await moment("24.11 14:00", early=3)
    await press(world, anna.card, "Отложить")
    await press(world, anna.card, "Ждём ответа партнёра")
    await press(world, anna.card, "Без срока")
    assert shows("⏸ Отсчёт времени приостановлен. Осталось: 5 ч рабочего времени")
    await moment("25.11 16:00")
    await press(world, anna.card, "Возобновить")
    assert shows("Решить до: 26.11.2026 12:00")
    assert "Срок решения: четверг, 26 ноября, 12:00" in by_bot(world, anna.customer.chat)[-1]
    await moment("26.11 10:00")
    assert "Срок решения: четверг, 26 ноября, 16:00" in await prioritise("Высокий")
    await moment("26.11 11:00")
    await press(world, anna.card, "Решить")
    assert not shows(" до: ")

    # An objection: the clock goes on with the five hours that were left, and so does the wait for an answer.
    await moment("26.11 17:00")
    await anna.customer.press("No, not solved")
    await world.settle(2)
    assert shows("Следующий ответ до: 27.11.2026 12:00")
    await moment("27.11 12:30")
    await write("Проверьте ещё раз")
    assert shows("Решить до: 27.11.2026 13:00")
    await moment("27.11 13:30")
    await world.settle(10)
    assert shows("🔥 Просрочено! Решить до: 27.11.2026 13:00")
    breaches = [text for text in by_bot(world, anna.topic) if text.startswith("🔥 #1001 · Просрочено!")]
    assert [text.split("Просрочено! ")[1].split("\n")[0] for text in breaches] == [
        "Следующий ответ до: 27.11.2026 12:00",
        "Решить до: 27.11.2026 13:00",
    ]
    await world.close()
