"""Priorities: agents choose them on the card, customers are told what is promised with them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.lifecycle import Action
from dialogs.life import Life
from storage import tickets
from storage.journal import Actor
from storage.outbox import Outbox
from tests.agents.desks import SOLVING, desk_file
from tests.agents.seeds import (
    Seed,
    answered,
    by_bot,
    colleague,
    desk_of,
    journal_of,
    leap,
    press,
    restart,
    seed,
    ticket_of,
)
from tests.world import World

BUTTONS = [["Взять", "Решить"], ["Ждать клиента", "Отложить"], ["Закрыть", "Приоритет"], ["Шаблоны", "…"]]
TAKEN = [["Решить", "Ждать клиента"], ["Отложить", "Закрыть"], ["Приоритет", "Шаблоны"], ["…"]]
CHOICES = [["Первый", "Второй"], ["Третий", "Низкий"], ["Назад"]]


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A desk where agents set the priority; it is Monday 10:00."""
    world = World(sqlite_url, desk=desk_file(tmp_path, tables=SOLVING))
    await world.start()
    yield world
    await world.close()


async def act(world: World, anna: Seed, action: Action) -> None:
    """Do what no button of the card does yet."""
    assert world.app is not None
    desk = desk_of(world)
    async with world.app.store.transaction() as tx:
        ticket = await tickets.get(tx, anna.number)
        agent = Actor("agent", world.agent.id, "Ольга Смирнова")
        assert await Life(tx, Outbox(tx), desk).act(ticket, action, agent) is not None
    await world.settle(2)


def shows(anna: Seed, *words: str) -> bool:
    return all(word in (anna.card.text or "") for word in words)


async def test_an_agent_judges_a_ticket_and_the_customer_learns_what_is_promised(world: World) -> None:
    anna = await seed(world)
    assert shows(anna, "Разобрать до: 23.11.2026 13:00", "Осталось на 23.11.2026 10:00: 3 ч рабочего времени")
    assert anna.card.buttons == BUTTONS
    assert "Приоритет:" not in (anna.card.text or "")

    await press(world, anna.card, "Приоритет")
    assert anna.card.buttons == CHOICES
    assert await press(world, anna.card, "Первый") == "#1001: приоритет «Первый»"
    assert anna.card.buttons == BUTTONS
    assert shows(anna, "Приоритет: Первый", "Решить до: 23.11.2026 14:00")
    assert "Разобрать" not in (anna.card.text or "")
    assert by_bot(world, anna.customer.chat)[-1] == (
        "Заявка #1001: приоритет «Первый».\nСрок решения: понедельник, 23 ноября, 14:00 (московское время)."
    )
    assert await journal_of(world, anna.number) == ["open", "priority"]

    # Chosen again there is nothing to say; marked is what it has.
    await press(world, anna.card, "Приоритет")
    assert anna.card.buttons[0] == ["✓ Первый", "Второй"]
    said = len(by_bot(world, anna.customer.chat))
    assert await press(world, anna.card, "✓ Первый") == "У заявки уже этот приоритет."
    assert anna.card.buttons == BUTTONS
    assert len(by_bot(world, anna.customer.chat)) == said
    assert await journal_of(world, anna.number) == ["open", "priority"]


async def test_each_customer_is_told_in_their_language_with_the_right_days(world: World) -> None:
    john = await seed(world, "John", language_code="en")
    await press(world, john.card, "Приоритет")
    await press(world, john.card, "Третий")
    assert by_bot(world, john.customer.chat)[-1] == (
        "Request #1001: the priority is “Third”.\n"
        "We will solve it by Monday, 30 November, 10:00 (Moscow time)."
    )
    inga = await seed(world, "Inga", language_code="lv")
    await press(world, inga.card, "Приоритет")
    await press(world, inga.card, "Низкий")
    assert by_bot(world, inga.customer.chat)[-1] == (
        "Pieteikums #1002: prioritāte „Zema”.\nTermiņu speciālists saskaņos ar Jums."
    )
    assert "до:" not in (inga.card.text or "")


async def test_the_menu_closes_by_back_and_by_whatever_else_is_done(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Назад")
    assert anna.card.buttons == BUTTONS
    await press(world, anna.card, "Приоритет")
    await anna.customer.say("Ещё кое-что")
    await world.settle()
    assert anna.card.buttons == CHOICES
    await act(world, anna, Action.TAKE)
    assert anna.card.buttons == TAKEN


async def test_the_menu_survives_a_restart(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await restart(world)
    await press(world, anna.card, "Второй")
    assert (await ticket_of(world, anna.number)).priority == "second"


async def test_two_agents_choose_at_once_and_one_wins(database_url: str, tmp_path: Path) -> None:
    world = World(database_url, desk=desk_file(tmp_path, tables=SOLVING))
    await world.start()
    anna = await seed(world)
    peter = await colleague(world)
    await press(world, anna.card, "Приоритет")
    with world.pg.hold_updates():
        first = world.agent.press(anna.card, "Второй")
        second = peter.press(anna.card, "Третий")
    assert (await answered(world, first)).text == "#1001: приоритет «Второй»"
    late = await answered(world, second)
    assert late.text == "Приоритет уже изменён: Второй."
    assert late.show_alert
    await world.settle()
    assert (await ticket_of(world, anna.number)).priority == "second"
    assert await journal_of(world, anna.number) == ["open", "priority"]
    assert len(by_bot(world, anna.customer.chat)) == 1
    await world.close()


async def test_only_agents_choose(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    data = [anna.card.button("Первый")["callback_data"], anna.card.button("Назад")["callback_data"]]
    eve = world.pg.add_person("Ева", language_code="ru")
    await anna.customer.say("/help")
    await world.settle()
    own = anna.customer.bots()[-1]
    for person, message in ((eve, anna.card), (anna.customer.person, own)):
        for each in data:
            click = person.press_data(message, each)
            assert "только для специалистов" in (await answered(world, click)).text
    peter = await colleague(world)
    world.group.leave(peter)
    await world.settle()
    click = peter.press_data(anna.card, data[0])
    assert "только для специалистов" in (await answered(world, click)).text
    await world.settle()
    assert anna.card.buttons == CHOICES
    assert await journal_of(world, anna.number) == ["open"]


async def test_buttons_that_come_too_late_or_from_nowhere(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    choice, back = anna.card.button("Первый")["callback_data"], anna.card.button("Назад")["callback_data"]
    await press(world, anna.card, "Назад")
    menu = anna.card.button("Приоритет")["callback_data"]
    await press(world, anna.card, "Решить")
    assert anna.card.buttons == [["Закрыть", "Открыть снова"], ["Шаблоны"]]
    for data in (choice, menu):
        click = world.agent.press_data(anna.card, data)
        assert (await answered(world, click)).text == "Это уже невозможно: статус заявки изменился."
    await answered(world, world.agent.press_data(anna.card, back))
    for data in ("tp:1001:sixth:", "tp:7:first:", "tm:priority:7", "tm:colour:1001", "tp:x", "tm:x"):
        assert (await answered(world, world.agent.press_data(anna.card, data))).text, data
    await world.settle()
    assert anna.card.buttons == [["Закрыть", "Открыть снова"], ["Шаблоны"]]
    assert await journal_of(world, anna.number) == ["open", "resolve"]


async def test_time_that_passes_costs_no_edits_and_a_pause_one(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Первый")
    await world.settle(10)
    world.pg.calls.clear()
    await leap(world, 2 * 3600)
    for text in ("Как дела?", "Есть новости?"):
        await anna.customer.say(text)
        await world.settle()
    assert "editMessageText" not in {call.method for call in world.pg.calls}
    await act(world, anna, Action.WAIT)
    assert shows(anna, "⏸ Отсчёт времени приостановлен. Осталось: 1 ч 5")
    await anna.customer.say("Вот ответ")
    await world.settle()
    assert shows(anna, "Решить до: 23.11.2026 14:00")


async def test_an_objection_resumes_the_clock_with_what_was_left(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Второй")
    await leap(world, 2 * 3600)
    await press(world, anna.card, "Решить")
    assert "до:" not in (anna.card.text or "")
    await leap(world, 3 * 3600)
    await anna.customer.press("No, not solved")
    await world.settle()
    # Six hours were left at noon; it is 15:00, so three today and three tomorrow.
    assert shows(anna, "Решить до: 24.11.2026 12:00")


async def test_a_priority_raised_too_late_promises_nothing_that_is_over(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Третий")
    await leap(world, 5 * 3600)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Первый")
    assert by_bot(world, anna.customer.chat)[-1] == "Заявка #1001: приоритет «Первый»."
    assert shows(anna, "🔥 Просрочено! Решить до: 23.11.2026 14:00")


async def test_my_requests_show_priority_and_promise(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Второй")
    await anna.customer.say("/my")
    shown = anna.customer.chat.messages[-1]
    anna.customer.person.press(shown, shown.buttons[0][0])
    await world.settle()
    text = anna.customer.chat.messages[-1].text or ""
    assert "Приоритет: Второй" in text
    assert "Срок решения: понедельник, 23 ноября, 18:00 (московское время)." in text


# Desks of other kinds.


async def test_a_default_priority_is_confirmed_by_choosing_it(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, 'default_priority = "third"', SOLVING))
    await world.start()
    anna = world.customer("Анна")
    topic = await anna.open_ticket()
    card = topic.messages[1]
    registered = next(text for text in by_bot(world, anna.chat) if "зарегистрирована" in text)
    assert "Срок решения: понедельник, 30 ноября, 10:00 (московское время)." in registered
    assert "нерабочее" not in registered
    assert "Приоритет: Третий" in (card.text or "")
    await press(world, card, "Приоритет")
    assert await press(world, card, "✓ Третий") == "#1001: приоритет «Третий»"
    assert by_bot(world, anna.chat)[-1].startswith("Заявка #1001: приоритет «Третий».")
    assert await journal_of(world, 1001) == ["open", "priority"]
    await world.close()


async def test_a_ticket_opened_outside_hours_is_told_the_next_opening(world: World) -> None:
    world.clock.move_to(world.clock.now() + timedelta(days=5))
    anna = world.customer("Анна")
    await anna.open_ticket()
    registered = next(text for text in by_bot(world, anna.chat) if "зарегистрирована" in text)
    assert (
        "Сейчас нерабочее время. Начало работы: понедельник, 30 ноября, 09:00 (московское время)."
        in registered
    )
    # Triage is the desk's own matter, unless the profile promises it.
    assert "Срок" not in registered


async def test_a_desk_that_promises_triage_and_no_solution(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, 'promised = ["triage"]', SOLVING))
    await world.start()
    anna = world.customer("Анна")
    topic = await anna.open_ticket()
    registered = next(text for text in by_bot(world, anna.chat) if "зарегистрирована" in text)
    assert "Срок рассмотрения: понедельник, 23 ноября, 13:00 (московское время)." in registered
    await press(world, topic.messages[1], "Приоритет")
    await press(world, topic.messages[1], "Первый")
    assert by_bot(world, anna.chat)[-1] == "Заявка #1001: приоритет «Первый»."
    await world.close()


async def test_a_desk_without_priorities_has_no_such_button(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path))
    await world.start()
    anna = await seed(world)
    assert anna.card.buttons == [
        *(["Взять", "Решить"], ["Ждать клиента", "Отложить"]),
        *(["Закрыть", "Шаблоны"], ["…"]),
    ]
    assert "до:" not in (anna.card.text or "")
    click = world.agent.press_data(anna.card, "tm:priority:1001")
    assert (await answered(world, click)).text
    await world.close()


async def test_a_priority_that_the_profile_has_no_more(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, tables=SOLVING))
    await world.start()
    anna = await seed(world)
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Первый")
    await world.stop()
    desk_file(tmp_path, reaction="hours = 24")
    await world.start()
    await press(world, anna.card, "Взять")
    assert shows(anna, "Приоритет: first", "Ответить до: 25.11.2026 16:00")
    await world.close()


@pytest.mark.parametrize("who", ["customer", "agent"])
async def test_answers_and_questions_are_noted_when_the_turn_changes(world: World, who: str) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    for _ in range(2):
        for text in ("раз", "два"):
            world.agent.write(anna.topic, text)
        await world.settle()
        for text in ("три", "четыре"):
            await anna.customer.say(text)
        await world.settle()
    expected = ["open", "take", "answer", "customer_message", "answer", "customer_message"]
    assert await journal_of(world, anna.number) == expected
    await press(world, anna.card, "Закрыть")
    if who == "customer":
        await anna.customer.press("Reopen")
        await world.settle()
    else:
        await press(world, anna.card, "Открыть снова")
    world.agent.write(anna.topic, "Продолжаем")
    await world.settle()
    assert await journal_of(world, anna.number) == [*expected, "close", "reopen", "answer"]
