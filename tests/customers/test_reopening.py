"""Not solved after all: objection, silence, reopening within the desk's days, a linked ticket after that."""

from tests.agents.seeds import Seed, answered, by_bot, journal_of, leap, press, restart, says, seed, ticket_of
from tests.world import World

HOUR = 3600.0
DAY = 24 * HOUR
# What the vendotek profile says.
WINDOW = 14 * DAY


async def close(world: World, anna: Seed) -> None:
    await press(world, anna.card, "Закрыть")


async def test_the_reminder_asks_once_more_and_a_message_starts_the_silence_anew(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await leap(world, 2 * DAY - HOUR, 8 * HOUR)
    assert len(by_bot(world, anna.customer.chat)) == 1
    await restart(world)
    await leap(world, 2 * HOUR)
    reminder = anna.customer.bots()[-1]
    assert "Если Вы не ответите, заявка будет закрыта: четверг, 26 ноября, 10:00" in (reminder.text or "")
    assert reminder.buttons == [["Да, решено", "Нет, не решено"]]
    assert await journal_of(world, anna.number) == ["open", "resolve", "closing"]

    await anna.customer.say("Проверю завтра")
    await world.settle()
    assert anna.topic.last.text == "Проверю завтра"
    assert (anna.customer.bots()[-1].text or "").endswith("Проблема решена?")
    await leap(world, 2 * DAY - HOUR, 8 * HOUR)
    assert not anna.is_closed()
    await leap(world, DAY + 2 * HOUR, HOUR)
    assert anna.is_closed()
    assert await journal_of(world, anna.number) == ["open", "resolve", "closing", "closing", "expire"]


async def test_a_reminder_that_comes_after_a_long_stop_is_left_out(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await world.stop()
    await leap(world, 5 * DAY, DAY)
    await world.start()
    await world.settle(30)
    assert anna.is_closed()
    assert not says(world, anna.customer.chat, "Если Вы не ответите")


async def test_an_objection_takes_what_is_missing_to_the_ticket(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await anna.customer.press("No, not solved")
    await world.settle()
    assert says(world, anna.customer.chat, "напишите, что ещё не работает или чего не хватает")
    await leap(world, 10 * DAY, DAY)
    assert not anna.is_closed()
    await anna.customer.say("Чек печатается наполовину")
    await world.settle()
    assert anna.topic.last.text == "Чек печатается наполовину"


async def test_an_objection_in_the_middle_of_another_request(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    await anna.customer.say("/new")
    await anna.customer.agree()
    await anna.customer.press("No")
    await anna.customer.press("Continue")
    await anna.customer.press("No, not solved")
    assert says(world, anna.customer.chat, "можно продолжить заявку, которую Вы заполняли")
    await anna.customer.say("Не печатает")
    await world.settle()
    assert anna.topic.last.text == "Не печатает"
    await anna.customer.press("Continue")
    await anna.customer.say("Второй терминал")
    assert anna.topic.last.text == "Не печатает"


async def test_within_the_days_it_is_opened_again(world: World) -> None:
    anna = await seed(world)
    await close(world, anna)
    await leap(world, WINDOW - HOUR, DAY)
    await anna.customer.press("Reopen")
    await world.settle()
    assert not anna.is_closed()
    assert (await ticket_of(world, anna.number)).state == "in_progress"
    assert len(world.group.topics) == 1


async def test_after_them_a_linked_one_is_opened_once_however_often_it_is_pressed(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    world.agent.write(anna.topic, "Готово")
    await world.settle()
    answer = anna.customer.bots()[-1]
    await close(world, anna)
    notice = anna.customer.bots()[-1]
    data = notice.button("Открыть снова")["callback_data"]
    await leap(world, WINDOW + HOUR, DAY)
    for _ in range(3):
        await answered(world, anna.customer.person.press_data(notice, data))
        await world.settle()
    for text in ("Опять", "не работает"):
        anna.customer.write(text, reply_to=answer)
        await world.settle()
    assert len(world.group.topics) == 2
    linked = world.topic()
    assert "Продолжение заявки #1001" in (linked.messages[1].text or "")
    assert [m.text for m in linked.messages[2:]] == ["Опять", "не работает"]
    assert says(world, anna.topic, "Клиент продолжает в заявке #1002.")
    assert anna.is_closed()
    told = [text for text in by_bot(world, anna.customer.chat) if "#1001" in text and "#1002" in text]
    assert len(told) == 1

    # The linked one is closed in its turn: within the days it is that which is opened again.
    await press(world, linked.messages[1], "Закрыть")
    anna.customer.write("И снова", reply_to=answer)
    await world.settle()
    assert len(world.group.topics) == 2
    assert [m.text for m in linked.messages if m.text][-1] == "И снова"
    assert not linked.closed


async def test_the_linked_one_begins_in_the_department_where_the_matter_was_last(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Передать")
    await press(world, anna.card, "Сервисный отдел (ремонт)")
    world.agent.write(anna.topic, "Отремонтировали")
    await world.settle()
    told = anna.customer.bots()[-1]
    await close(world, anna)
    await leap(world, WINDOW + HOUR, DAY)
    anna.customer.write("Снова не работает", reply_to=told)
    await world.settle()
    assert (await ticket_of(world, 1002)).linked_to == anna.number
    assert "Отдел: Сервисный отдел (ремонт)" in (world.topic().messages[1].text or "")
