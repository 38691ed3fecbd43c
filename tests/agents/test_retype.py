"""Another type for a ticket: agents choose it on the card, priority, promise and department follow."""

import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.agents.seeds import Seed, answered, by_bot, colleague, journal_of, press, seed
from tests.world import World

FUNCTIONALITY, LAYOUT, DELETION = "Вопросы по функционалу", "Вёрстка", "Удаление контента"


@pytest.fixture
async def shop(sqlite_url: str) -> AsyncIterator[World]:
    """A desk whose types decide the priority; it is Monday 10:00 in Moscow."""
    world = World(sqlite_url, desk="insales")
    world.clock.move_to(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    await world.start()
    yield world
    await world.close()


def shows(ticket: Seed, *words: str) -> bool:
    return all(word in (ticket.card.text or "") for word in words)


async def test_priority_and_promise_follow_the_type(shop: World) -> None:
    anna = await seed(shop, type="functionality")
    assert shows(anna, f"Тип заявки: {FUNCTIONALITY}", "Приоритет: Обычный, 24 часа")
    await press(shop, anna.card, "Тип заявки")
    # Topics that make no ticket are not offered.
    assert anna.card.buttons[:2] == [[f"✓ {FUNCTIONALITY}"], [LAYOUT]]
    assert ["Бизнес, право, реклама и SEO"] not in anna.card.buttons
    assert await press(shop, anna.card, LAYOUT) == f"#1001: тип «{LAYOUT}»"
    assert shows(anna, f"Тип заявки: {LAYOUT}", "Приоритет: Вёрстка, 36 часов")
    told = (
        f"Мы уточнили тип заявки #1001: «{LAYOUT}».\n"
        "Приоритет: Вёрстка, 36 часов\n"
        "Срок ответа: вторник, 24 ноября, 22:00 (московское время)."
    )
    assert by_bot(shop, anna.customer.chat) == [told]
    assert await journal_of(shop, 1001) == ["open", "type", "priority"]

    # The same again says nothing.
    await press(shop, anna.card, "Тип заявки")
    assert await press(shop, anna.card, f"✓ {LAYOUT}") == "У заявки уже этот тип."
    assert len(by_bot(shop, anna.customer.chat)) == 1

    # A priority that agents have chosen themselves stays.
    await press(shop, anna.card, "Приоритет")
    await press(shop, anna.card, "Премиум, 3 часа")
    await press(shop, anna.card, "Тип заявки")
    await press(shop, anna.card, FUNCTIONALITY)
    assert shows(anna, f"Тип заявки: {FUNCTIONALITY}", "Приоритет: Премиум, 3 часа")
    assert by_bot(shop, anna.customer.chat)[2:] == [f"Мы уточнили тип заявки #1001: «{FUNCTIONALITY}»."]

    # Each step is in the journal.
    chief = await colleague(shop, "Шеф", admin=True)
    chief.write(shop.group, "/journal csv full 23.11.2026")
    await shop.until(lambda: any(message.file for message in shop.group.general))
    file = next(message.file for message in shop.group.general if message.file)
    assert file is not None
    rows = list(csv.reader(file.content().decode("utf-8-sig").splitlines()))
    steps = [cell for row in rows for cell in row if cell.startswith("Тип заявки: ")]
    assert steps == [f"Тип заявки: {LAYOUT}.", f"Тип заявки: {FUNCTIONALITY}."]


async def test_what_only_owners_may_ask_for_needs_their_mark(shop: World) -> None:
    john = await seed(shop, "John", type="functionality", language_code="en")
    await press(shop, john.card, "Тип заявки")
    assert await press(shop, john.card, DELETION) == (
        "Этот тип только для клиентов с отметкой «Владелец магазина». Сначала поставьте отметку."
    )
    assert shows(john, f"Тип заявки: {FUNCTIONALITY}")
    assert by_bot(shop, john.customer.chat) == []
    shop.agent.write(john.topic, "/mark owner")
    await shop.settle(2)
    await press(shop, john.card, DELETION)
    assert by_bot(shop, john.customer.chat)[-1] == "We have filed request #1001 under “Deleting content”."


async def test_two_change_it_at_once_and_a_finished_ticket_keeps_it(shop: World) -> None:
    peter = await colleague(shop)
    anna = await seed(shop, type="functionality")
    await press(shop, anna.card, "Тип заявки")
    rights = anna.card.button("Передача прав")["callback_data"]
    with shop.pg.hold_updates():
        first = shop.agent.press(anna.card, LAYOUT)
        second = peter.press(anna.card, "Передача прав")
    assert (await answered(shop, first)).text == f"#1001: тип «{LAYOUT}»"
    late = await answered(shop, second)
    assert late.text == f"Тип заявки уже изменили: {LAYOUT}."
    assert late.show_alert
    await shop.settle(2)
    await press(shop, anna.card, "Решить")
    assert "Тип заявки" not in [label for row in anna.card.buttons for label in row]
    click = shop.agent.press_data(anna.card, rights)
    assert (await answered(shop, click)).text == "Это уже невозможно: статус заявки изменился."
    assert await journal_of(shop, 1001) == ["open", "type", "priority", "resolve"]


async def test_the_department_follows_the_type_unless_it_was_moved_elsewhere(sqlite_url: str) -> None:
    world = World(sqlite_url, desk="smarttek", staff_language="lv")
    await world.start()
    inga = await seed(world, "Inga", type="helpdesk", language_code="lv")
    await press(world, inga.card, "Pieteikuma veids")
    await press(world, inga.card, "Tehniskā daļa")
    assert shows(inga, "Pieteikuma veids: Tehniskā daļa", "Nodaļa: Tehniskā daļa")
    assert by_bot(world, inga.customer.chat) == ["Mēs precizējām pieteikuma #1001 veidu: „Tehniskā daļa”."]
    assert await journal_of(world, 1001) == ["open", "type", "transfer"]
    await press(world, inga.card, "Nodot")
    await press(world, inga.card, "HelpDesk nodaļa")
    await press(world, inga.card, "Pieteikuma veids")
    await press(world, inga.card, "Servisa administrācija")
    assert shows(inga, "Pieteikuma veids: Servisa administrācija", "Nodaļa: HelpDesk nodaļa")
    await world.close()
