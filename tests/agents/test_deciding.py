"""Wait, Postpone, Refuse, Resume: the customer is told why, the clocks stand still, and the date is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground import SeenMessage
from tests.agents.desks import SOLVING, desk_file
from tests.agents.seeds import (
    Seed,
    answered,
    by_bot,
    colleague,
    journal_of,
    leap,
    press,
    restart,
    says,
    seed,
    ticket_of,
)
from tests.world import World, texts

HOUR = 3600.0
DAY = 24 * HOUR
REASONS = [
    "Ждём ответа партнёра",
    "Терминал в ремонте",
    "Нужно обновление",
    "Мало информации",
    "Назад",
]
LATE = "Это уже невозможно: статус заявки изменился."
OUT_OF_DATE = "Эта кнопка больше не действует."


@pytest.fixture
async def solving(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A desk that promises solutions: eight working hours unless an agent says otherwise; Monday 10:00."""
    world = World(sqlite_url, desk=desk_file(tmp_path, 'default_priority = "second"', SOLVING))
    await world.start()
    yield world
    await world.close()


def flat(card: SeenMessage) -> list[str]:
    return [label for row in card.buttons for label in row]


def shows(anna: Seed, *words: str) -> bool:
    return all(word in (anna.card.text or "") for word in words)


async def postpone(
    world: World, anna: Seed, reason: str = "Ждём ответа партнёра", until: str = "Без срока"
) -> str:
    await press(world, anna.card, "Отложить")
    await press(world, anna.card, reason)
    return await press(world, anna.card, until)


# Wait.


async def test_waiting_for_the_customer_stops_the_clock_until_they_write(solving: World) -> None:
    world = solving
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    await leap(world, HOUR)
    assert await press(world, anna.card, "Ждать клиента") == "#1001: выполнено"
    assert by_bot(world, anna.customer.chat)[-1] == (
        "Заявка #1001: ждём Вашего ответа, без него специалист не может продолжить.\n"
        "До этого отсчёт времени приостановлен: наш срок сдвинется на столько же."
    )
    assert shows(anna, "ждём клиента", "⏸")
    assert flat(anna.card)[:2] == ["Возобновить", "Решить"]
    await leap(world, 2 * DAY + HOUR)
    assert not says(world, anna.topic, "Просрочено")

    await anna.customer.say("Номер прошивки 4.2")
    await world.settle()
    assert anna.topic.last.text == "Номер прошивки 4.2"
    assert shows(anna, "в работе", "Решить до: 26.11.2026 10:00")
    assert by_bot(world, anna.customer.chat)[-1] == (
        "Продолжаем работу над заявкой #1001.\nСрок решения: четверг, 26 ноября, 10:00 (московское время)."
    )
    expected = ["open", "take", "wait", "customer_message"]
    assert await journal_of(world, anna.number) == expected


async def test_a_wait_says_nothing_of_clocks_where_none_was_promised(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path))
    await world.start()
    john = await seed(world, "John", language_code="en")
    await press(world, john.card, "Ждать клиента")
    said = ["Request #1001: we are waiting for your answer, the specialist cannot go on without it."]
    assert by_bot(world, john.customer.chat) == said
    await john.customer.say("Here it is")
    await world.settle()
    assert by_bot(world, john.customer.chat) == said
    assert "в работе" in (john.card.text or "")
    await world.close()


async def test_an_agent_goes_on_without_the_answer(solving: World) -> None:
    world = solving
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    await press(world, anna.card, "Ждать клиента")
    await leap(world, 2 * HOUR)
    assert await press(world, anna.card, "Возобновить") == "#1001: выполнено"
    assert by_bot(world, anna.customer.chat)[-1].startswith(
        "Продолжаем работу над заявкой #1001.\nСрок решения:"
    )
    assert await journal_of(world, anna.number) == ["open", "take", "wait", "resume"]


async def test_whoever_takes_what_nobody_has_goes_on_with_it(solving: World) -> None:
    world = solving
    anna = await seed(world)
    await press(world, anna.card, "Ждать клиента")
    assert flat(anna.card)[:2] == ["Взять", "Решить"]
    assert "Возобновить" not in flat(anna.card)
    await press(world, anna.card, "Взять")
    assert shows(anna, "в работе", "Специалист: Ольга Смирнова")


async def test_two_agents_wait_and_refuse_at_once(solving: World) -> None:
    world = solving
    anna = await seed(world)
    peter = await colleague(world)
    with world.pg.hold_updates():
        first = world.agent.press(anna.card, "Ждать клиента")
        second = peter.press(anna.card, "Ждать клиента")
    assert (await answered(world, first)).text == "#1001: выполнено"
    told = await answered(world, second)
    assert told.text == "Вас опередили: Ольга Смирнова. Статус заявки: ждём клиента."
    assert told.show_alert
    await world.settle()
    assert len(by_bot(world, anna.customer.chat)) == 1


# Postpone.


async def test_postponed_until_a_day_it_comes_back_by_itself(solving: World) -> None:
    world = solving
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    await leap(world, HOUR)
    await press(world, anna.card, "Отложить")
    assert flat(anna.card) == REASONS
    await press(world, anna.card, "Ждём ответа партнёра")
    assert flat(anna.card) == [
        "До следующего рабочего дня",
        "На 3 рабочих дня",
        "До следующей недели",
        "Без срока",
        "Назад",
    ]
    toast = await press(world, anna.card, "На 3 рабочих дня")
    assert toast == "#1001: отложена до 26.11.2026 09:00, клиенту сообщена причина"
    # Seven of eight hours were left, but for the seconds that pressing took.
    assert by_bot(world, anna.customer.chat)[-1] == (
        "Заявка #1001 отложена до: четверг, 26 ноября, 09:00 (московское время).\n"
        "Причина: Для решения нужна помощь партнёра, мы ждём его ответа.\n"
        "Срок решения: четверг, 26 ноября, 15:59 (московское время)."
    )
    assert shows(anna, "отложена", "До: 26.11.2026 09:00", "Причина: Ждём ответа партнёра")

    await leap(world, 2 * DAY)
    assert shows(anna, "отложена")
    await restart(world)
    await leap(world, DAY)
    assert shows(anna, "в работе", "Решить до: 26.11.2026 16:00")
    assert "Причина" not in (anna.card.text or "")
    assert says(
        world, anna.topic, "Срок, до которого заявка была отложена, наступил: она снова в работе.\nОльга"
    )
    assert says(
        world,
        anna.customer.chat,
        "Продолжаем работу над заявкой #1001.\nСрок решения: четверг, 26 ноября, 16:00",
    )
    assert (await journal_of(world, anna.number))[:4] == ["open", "take", "postpone", "resume"]


async def test_postponed_without_a_date_until_an_agent_goes_on(solving: World) -> None:
    world = solving
    john = await seed(world, "John", language_code="en")
    await postpone(world, john, "Нужно обновление")
    assert by_bot(world, john.customer.chat)[-1] == (
        "Request #1001 has been postponed.\n"
        "Reason: The solution comes with the next update of the terminal's software.\n"
        "Until then the clock stands still: our deadline moves by as long."
    )
    # What the customer writes is passed on and ends nothing.
    await john.customer.say("Any news?")
    await world.settle()
    assert john.topic.last.text == "Any news?"
    await leap(world, 30 * DAY, DAY)
    assert shows(john, "отложена")
    await press(world, john.card, "Взять")
    assert shows(john, "в работе")
    ticket = await ticket_of(world, john.number)
    assert (ticket.reason, ticket.until) == (None, None)


async def test_my_requests_tell_why_and_until_when(solving: World) -> None:
    world = solving
    anna = await seed(world)
    await postpone(world, anna, until="До следующей недели")
    await anna.customer.say("/my")
    shown = anna.customer.chat.messages[-1]
    anna.customer.person.press(shown, shown.buttons[0][0])
    await world.settle()
    text = anna.customer.chat.messages[-1].text or ""
    assert "#1001 · отложена\n" in text
    assert "До: 30.11.2026 09:00\nПричина: Для решения нужна помощь партнёра" in text


async def test_the_date_is_typed_and_the_reason_chosen_below(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    world.agent.write(anna.topic, "/postpone 25.11 14:00")
    await world.settle()
    notice = anna.topic.last
    assert notice.text == "Отложить до 25.11.2026 14:00. Почему? Причину сообщим клиенту."
    assert flat(notice) == REASONS[:-1]
    assert await press(world, notice, "Терминал в ремонте") == (
        "#1001: отложена до 25.11.2026 14:00, клиенту сообщена причина"
    )
    assert notice.text == "Заявка отложена до 25.11.2026 14:00, клиенту сообщены срок и причина."
    assert notice.buttons == []
    assert says(world, anna.customer.chat, "отложена до: среда, 25 ноября, 14:00")

    # Moved: the reason stays, the customer is told the new date.
    world.agent.write(anna.topic, "/postpone 27.11.2026 10:00")
    await world.settle()
    assert by_bot(world, anna.topic)[-1].startswith("Заявка отложена до 27.11.2026 10:00")
    assert "отложена до: пятница, 27 ноября, 10:00" in by_bot(world, anna.customer.chat)[-1]
    assert "Терминал передан в ремонт." in by_bot(world, anna.customer.chat)[-1]
    await leap(world, 3 * DAY)
    assert shows(anna, "До: 27.11.2026 10:00")
    await leap(world, DAY)
    assert shows(anna, "в работе")
    assert await journal_of(world, anna.number) == ["open", "postpone", "postpone", "resume"]


async def test_a_date_that_is_over_when_the_reason_is_chosen(solving: World) -> None:
    world = solving
    anna = await seed(world)
    world.agent.write(anna.topic, "/postpone 23.11 14:00")
    await world.settle()
    notice = anna.topic.last
    await leap(world, 5 * HOUR)
    assert await press(world, notice, REASONS[0]) == "Эта дата уже прошла. Напишите /postpone с другой датой."
    assert not by_bot(world, anna.customer.chat)


async def test_two_agents_choose_a_reason_below_the_same_date(solving: World) -> None:
    world = solving
    anna = await seed(world)
    peter = await colleague(world)
    world.agent.write(anna.topic, "/postpone")
    await world.settle()
    notice = anna.topic.last
    assert notice.text == "Отложить без срока. Почему? Причину сообщим клиенту."
    with world.pg.hold_updates():
        first = world.agent.press(notice, REASONS[0])
        second = peter.press(notice, REASONS[1])
    assert "отложена" in (await answered(world, first)).text
    assert (await answered(world, second)).text.startswith("Вас опередили: Ольга Смирнова.")
    await world.settle()
    assert len(by_bot(world, anna.customer.chat)) == 1


@pytest.mark.parametrize("typed", ["завтра", "22.11.2026 14:00", "25.11.2028 14:00"])
async def test_what_is_no_date_to_postpone_to(world: World, typed: str) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, f"/postpone {typed}")
    await world.settle()
    assert "/postpone 25.11.2026 14:00" in by_bot(world, anna.topic)[-1]
    assert not texts(anna.customer.chat, of=world.bot)
    await press(world, anna.card, "Решить")
    world.agent.write(anna.topic, "/postpone 25.11 14:00")
    await world.settle()
    assert by_bot(world, anna.topic)[-1] == LATE
    world.agent.write(world.group, "/postpone 25.11 14:00")
    await world.settle()
    assert await journal_of(world, anna.number) == ["open", "resolve"]


async def test_a_desk_without_reasons_postpones_and_refuses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    desk = Path(desk_file(tmp_path))
    shipped = desk.read_text("utf-8")
    before, *reasons = shipped.split("[[reasons]]")
    desk.write_text(before + reasons[-1][reasons[-1].index("# --- What the customer") :], "utf-8")
    world = World(sqlite_url, desk=str(desk))
    await world.start()
    anna = await seed(world)
    assert not {"Отложить", "Отклонить", "…"} & set(flat(anna.card))
    world.agent.write(anna.topic, "/postpone 25.11 14:00")
    await world.settle()
    assert "не указаны причины" in by_bot(world, anna.topic)[-1]
    click = world.agent.press_data(anna.card, "tr:1001:refuse:supplier:")
    assert (await answered(world, click)).text == OUT_OF_DATE
    await world.close()


async def test_a_menu_that_is_behind_decides_nothing(solving: World) -> None:
    world = solving
    anna = await seed(world)
    peter = await colleague(world)
    await press(world, anna.card, "Отклонить")
    refuse = anna.card.button("Вне рамок поддержки")["callback_data"]
    await press(world, anna.card, "Назад")
    await press(world, anna.card, "Отложить")
    await press(world, anna.card, REASONS[0])
    until = anna.card.button("Без срока")["callback_data"]
    await press(world, anna.card, "Без срока")
    for data in (refuse, until):
        assert "Ольга Смирнова" in (await answered(world, peter.press_data(anna.card, data))).text
    for data in (
        "tr:1001:refuse:partner:",
        "tr:1001:explode:partner:",
        "tr:9:refuse:supplier:",
        "tr:1001:postpone:partner:never",
        "tr:1001:postpone:partner:99999999999999999999",
        "tu:1001:partner:2",
        "tu:1001:nobody:1",
    ):
        assert (await answered(world, world.agent.press_data(anna.card, data))).text == OUT_OF_DATE, data
    await world.settle()
    assert await journal_of(world, anna.number) == ["open", "postpone"]
    assert len(by_bot(world, anna.customer.chat)) == 1


# Refuse.


async def test_a_refusal_is_told_with_its_reason_and_accepted(solving: World) -> None:
    world = solving
    anna = await seed(world)
    await press(world, anna.card, "Отклонить")
    assert "Ждём ответа партнёра" not in flat(anna.card)
    toast = await press(world, anna.card, "Неверный монтаж, нет гарантии")
    assert toast == "#1001: клиенту сообщена причина"
    assert by_bot(world, anna.customer.chat)[-1] == (
        "Заявка #1001 отклонена: Терминал не принимает карты.\n"
        "Причина: Терминал смонтирован с нарушением инструкции, "
        "поэтому гарантия на него не распространяется.\n\n"
        "Вы согласны с этим решением? Если нет, напишите почему, и мы рассмотрим вопрос ещё раз."
    )
    assert shows(anna, "отклонена", "Причина: Неверный монтаж, нет гарантии")
    assert flat(anna.card)[:2] == ["Закрыть", "Открыть снова"]
    await anna.customer.press("I accept this")
    await world.settle()
    assert anna.is_closed()
    assert await journal_of(world, anna.number) == ["open", "refuse", "confirm"]


async def test_an_objection_to_a_refusal_resumes_the_work(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await press(world, anna.card, "Отклонить")
    await press(world, anna.card, "Обратиться к поставщику")
    # What is written without the button decides nothing: the question is asked again.
    await anna.customer.say("Но это не так")
    await world.settle()
    assert anna.topic.last.text == "Но это не так"
    asked = [text for text in by_bot(world, anna.customer.chat) if "Вы согласны с этим решением?" in text]
    assert len(asked) == 2
    assert shows(anna, "отклонена")
    await anna.customer.press("I object")
    await world.settle()
    assert "напишите, почему" in by_bot(world, anna.customer.chat)[-1]
    await anna.customer.say("Поставщика больше нет")
    await world.settle()
    assert anna.topic.last.text == "Поставщика больше нет"
    assert shows(anna, "в работе")
    assert await journal_of(world, anna.number) == ["open", "refuse", "object"]


async def test_a_refusal_is_closed_by_silence(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Отклонить")
    await press(world, anna.card, "Обратиться к поставщику")
    await leap(world, 3 * DAY + HOUR, DAY / 4)
    assert anna.is_closed()
    assert says(world, anna.customer.chat, "Заявка #1001 закрыта: возражений от Вас не поступило.")


async def test_a_customer_who_blocked_the_bot_is_told_on_return(world: World) -> None:
    anna = await seed(world)
    anna.customer.person.block(world.bot)
    await postpone(world, anna, until="До следующего рабочего дня")
    assert not by_bot(world, anna.customer.chat)
    anna.customer.person.start(world.bot)
    await world.settle()
    assert says(world, anna.customer.chat, "Заявка #1001 отложена до: вторник, 24 ноября, 09:00")
