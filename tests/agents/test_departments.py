"""Departments that share the group: tickets begin in one, move to another, and find an agent there."""

from pathlib import Path

import pytest

from tests.agents.seeds import (
    answered,
    by_bot,
    colleague,
    journal_of,
    press,
    restart,
    seed,
    ticket_of,
    written_below_the_card,
)
from tests.agents.test_duty import agent_of, called, duty
from tests.world import World

SUPPORT, SERVICE = "Техническая поддержка", "Сервисный отдел (ремонт)"
MOVED = (
    "Заявка #1001. Мы передали её в сервисный отдел: терминалом займутся специалисты по ремонту. "
    "Ответ придёт в этот же чат."
)


async def test_a_ticket_moves_and_finds_an_agent_there(any_world: World) -> None:
    world = any_world
    peter = await colleague(world)
    shown = await duty(world, world.agent, "on support")
    assert shown.text == (
        f"Ольга Смирнова: дежурство начато.\n\n{SUPPORT}\nОльга Смирнова: 0 заявок\n\n"
        f"{SERVICE}\nСейчас никто не дежурит."
    )
    assert shown.buttons[1:] == [[f"Только {SUPPORT}"], [f"Только {SERVICE}"]]
    await press(world, shown, f"Только {SERVICE}", peter)
    anna = await seed(world)
    assert f"Отдел: {SUPPORT}" in (anna.card.text or "")
    assert agent_of(anna) == "Ольга Смирнова"
    await press(world, anna.card, "Передать")
    assert anna.card.buttons == [[f"✓ {SUPPORT}", SERVICE], ["Назад"]]
    assert await press(world, anna.card, SERVICE) == f"#1001: заявка передана, {SERVICE}"
    assert f"Отдел: {SERVICE}" in (anna.card.text or "")
    assert agent_of(anna) == "Пётр"
    assert "новая" in (anna.card.text or "")
    assert written_below_the_card(world, anna.topic)[1:] == [
        f"Ольга Смирнова передаёт заявку в другой отдел: {SERVICE}.",
        "Пётр, эта заявка назначена Вам.",
    ]
    assert called(world, anna)[-1] == peter.id
    assert by_bot(world, anna.customer.chat) == [MOVED]
    assert await journal_of(world, 1001) == ["open", "assign", "transfer", "assign"]

    # The thread stays, and so does the conversation in it; the way back is told to nobody.
    peter.write(anna.topic, "Привезите терминал")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[1:] == ["Привезите терминал"]
    await press(world, anna.card, "Передать", peter)
    await press(world, anna.card, SUPPORT, peter)
    assert agent_of(anna) == "Ольга Смирнова"
    assert "в работе" in (anna.card.text or "")
    assert len(by_bot(world, anna.customer.chat)) == 2
    assert len(world.group.topics) == 1


async def test_with_nobody_there_it_waits_for_that_department(world: World) -> None:
    peter = await colleague(world)
    await duty(world, world.agent, f"on {SUPPORT.lower()}")
    anna = await seed(world)
    await press(world, anna.card, "Передать")
    await press(world, anna.card, SERVICE)
    assert agent_of(anna) is None
    await restart(world)
    await duty(world, peter, "on support")
    assert agent_of(anna) is None
    await duty(world, peter, "on service")
    assert agent_of(anna) == "Пётр"
    # On duty everywhere, and then only in one again.
    shown = await duty(world, peter)
    assert (shown.text or "").count("Пётр: 1 заявка") == 2
    shown = await duty(world, peter, "on support")
    assert (shown.text or "").endswith(f"{SERVICE}\nСейчас никто не дежурит.")


async def test_two_move_it_at_once_and_one_wins(any_world: World) -> None:
    world = any_world
    peter = await colleague(world)
    anna = await seed(world)
    await press(world, anna.card, "Передать")
    with world.pg.hold_updates():
        first = world.agent.press(anna.card, SERVICE)
        second = peter.press(anna.card, SERVICE)
    assert (await answered(world, first)).text == f"#1001: заявка передана, {SERVICE}"
    late = await answered(world, second)
    assert late.text == f"Заявку уже передали: {SERVICE}."
    assert late.show_alert
    await world.settle(2)
    assert await journal_of(world, 1001) == ["open", "transfer"]
    assert by_bot(world, anna.customer.chat) == [MOVED]


async def test_a_menu_that_is_out_of_date(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Передать")
    there = anna.card.button(SERVICE)["callback_data"]
    assert await press(world, anna.card, f"✓ {SUPPORT}") == "Заявка уже в этом отделе."
    assert anna.card.buttons[0] == ["Взять", "Решить"]
    await press(world, anna.card, "Закрыть")
    for data in (there, "tm:transfer:1001"):
        late = await answered(world, world.agent.press_data(anna.card, data))
        assert late.text == "Это уже невозможно: статус заявки изменился."
    for data in ("tt:999:service:support", "tt:1001:kitchen:support", "tm:transfer:999"):
        late = await answered(world, world.agent.press_data(anna.card, data))
        assert late.text == "Эта кнопка больше не действует."
    assert await journal_of(world, 1001) == ["open", "close"]


@pytest.mark.parametrize(("departments", "begins"), [("", None), ('types = ["repair"]', "workshop")])
async def test_where_a_ticket_begins(
    sqlite_url: str, tmp_path: Path, departments: str, begins: str | None
) -> None:
    path = tmp_path / "desk.toml"
    tables = [
        '[[types]]\nkey = "question"\nlabel = "Вопрос"\n[[types]]\nkey = "repair"\nlabel = "Ремонт"',
        '[[form]]\nkind = "text"\nkey = "story"\nlabel = "Описание"\nquestion = "Что?"\nrole = "description"',
    ]
    if departments:
        tables.insert(0, '[[departments]]\nkey = "office"\nlabel = "Офис"')
        tables.insert(1, f'[[departments]]\nkey = "workshop"\nlabel = "Цех"\nphone = "0500"\n{departments}')
    head = 'key = "small"\nname = "Малый"\nzone = "Europe/Moscow"\nwelcome = "Здравствуйте"'
    path.write_text("\n".join([head, *tables]), "utf-8")
    world = World(sqlite_url, desk=str(path))
    await world.start()
    anna = world.customer("Анна")
    await anna.begin()
    button = anna.with_button("Ремонт")
    assert button is not None
    anna.person.press(button, "Ремонт")
    await world.settle()
    await anna.say("Не включается")
    await anna.press("Submit")
    await world.settle(2)
    card = world.topic().messages[1]
    assert (await ticket_of(world, 1001)).department == begins
    assert ("Отдел: Цех" in (card.text or "")) == (begins is not None)
    assert ("Передать" in str(card.buttons)) == (begins is not None)
    await anna.say("/my")
    listed = anna.chat.messages[-1]
    anna.person.press(listed, listed.buttons[0][0])
    await world.settle()
    assert ("Отдел: Цех, 0500" in (anna.chat.messages[-1].text or "")) == (begins is not None)
    await world.close()
