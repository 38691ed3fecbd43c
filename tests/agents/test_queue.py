"""/queue and /mine: what is to be done, what nobody has taken and what is due first."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from storage import meta, models
from tests.agents.desks import SOLVING, desk_file
from tests.agents.looking_up import addresses, ask, numbers, plain_world, turn
from tests.agents.seeds import Seed, by_bot, colleague, leap, press, restart, seed
from tests.world import World


@pytest.fixture
async def solving(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A desk with priorities; Monday 10:00."""
    world = World(sqlite_url, desk=desk_file(tmp_path, 'default_priority = "third"', SOLVING))
    await world.start()
    yield world
    await world.close()


async def test_what_nobody_has_taken_comes_first_then_what_is_due_first(any_world: World) -> None:
    world = any_world
    opened: list[Seed] = []
    for name in ("Анна", "Борис", "Вера", "Глеб"):
        opened.append(await seed(world, name, shown=len(opened) < 3))
        await leap(world, 3600)
    anna, boris, vera, gleb = opened
    await press(world, anna.card, "Взять")
    await press(world, vera.card, "Решить")
    queue = await ask(world, "/queue")
    assert numbers(queue) == [boris.number, gleb.number, anna.number]
    expected = """3 открытые заявки

#1002 · новая · Терминал не принимает карты
123456789012 · Борис · ⏳ осталось 20 ч 59 мин рабочего времени

#1004 · новая · Терминал не принимает карты
123456789012 · Глеб · ⏳ осталось 22 ч 59 мин рабочего времени

#1001 · в работе · Терминал не принимает карты
123456789012 · Анна · специалист: Ольга Смирнова · ⏳ осталось 19 ч 59 мин рабочего времени"""
    assert queue.text == expected
    assert f"/{anna.topic.id}/{anna.card.id}" in addresses(queue)[-1]


async def test_how_late_it_is(world: World) -> None:
    await seed(world)
    await leap(world, 55.5 * 3600)
    assert "🔥 просрочено на 1 ч 30 мин" in ((await ask(world, "/queue")).text or "")


async def test_mine_are_those_of_the_agent_who_asks(world: World) -> None:
    anna, boris = await seed(world), await seed(world, "Борис")
    await press(world, anna.card, "Взять")
    petr = await colleague(world)
    await press(world, boris.card, "Взять", petr)
    mine = await ask(world, "/mine", anna.topic)
    assert (mine.text or "").startswith("У Вас 1 открытая заявка\n")
    assert numbers(mine) == [anna.number]
    assert numbers(await ask(world, "/mine", who=petr)) == [boris.number]
    sveta = await colleague(world, "Света")
    assert (await ask(world, "/mine", who=sveta)).text == (
        "У Вас нет открытых заявок. Ещё никем не взятые стоят первыми в /queue"
    )
    await press(world, anna.card, "Снять с себя")
    assert numbers(await ask(world, "/mine")) == []


async def test_an_empty_queue(world: World) -> None:
    assert (await ask(world, "/queue")).text == "Открытых заявок нет."


async def test_pages_of_a_list_are_the_same_for_everybody_who_turns_them(world: World) -> None:
    opened = [(await seed(world, f"Клиент {index}", shown=False)).number for index in range(10)]
    await world.settle()
    for topic in world.group.topics[:9]:
        await press(world, topic.messages[1], "Взять")
    petr = await colleague(world)
    mine, queue = await ask(world, "/mine"), await ask(world, "/queue")
    await turn(world, mine, "▶", petr)
    assert numbers(mine) == opened[8:9]
    await turn(world, queue, "▶", petr)
    assert numbers(queue) == [*opened[7:9]]
    assert (queue.text or "").startswith("10 открытых заявок")


async def test_the_queue_follows_deadlines(solving: World) -> None:
    world = solving
    anna, boris = await seed(world), await seed(world, "Борис")
    assert numbers(await ask(world, "/queue")) == [anna.number, boris.number]
    await press(world, boris.card, "Приоритет")
    await press(world, boris.card, "Первый")
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Второй")
    assert numbers(await ask(world, "/queue")) == [boris.number, anna.number]
    # The solution is agreed: what has no deadline any more comes last.
    await press(world, boris.card, "Приоритет")
    await press(world, boris.card, "Низкий")
    assert numbers(await ask(world, "/queue")) == [anna.number, boris.number]
    await press(world, boris.card, "Приоритет")
    await press(world, boris.card, "Первый")

    # As after a migration, and as when the desk's hours are others now: all is counted anew.
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        await meta.remove(tx, "clocks")
        await tx.execute(update(models.ticket).values(due_at=None))
    assert numbers(await ask(world, "/queue")) == [anna.number, boris.number]
    await restart(world)
    await world.settle()
    assert numbers(await ask(world, "/queue")) == [boris.number, anna.number]


async def test_of_very_many_only_so_much_is_told(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    assert world.app is not None
    now = world.clock.now()
    more = {"customer_id": anna.customer.person.id, "state": "new", "subject": "Много", "answers": {}}
    async with world.app.store.transaction() as tx:
        rows = [
            {"number": number, "opened_at": now, "updated_at": now, **more} for number in range(2000, 3005)
        ]
        await tx.execute(insert(models.ticket), rows)
    queue = await ask(world, "/queue")
    assert (queue.text or "").startswith("Открытых заявок больше 1000\n")
    # The only one with a deadline.
    assert numbers(queue) == [anna.number, *range(2000, 2007)]
    assert (await ask(world, "/find много")).text is not None
    found = await ask(world, "/find много")
    assert (found.text or "").startswith("«много»: найдено больше 1000 заявок, здесь последние")
    assert numbers(found) == [*range(3004, 2996, -1)]
    world.agent.press_data(queue, "page:queue:0:124")
    await world.settle()
    assert numbers(queue) == [*range(2991, 2999)]
    assert queue.buttons == [["◀"]]


async def test_in_a_basic_group_there_are_no_links(sqlite_url: str) -> None:
    async with plain_world(sqlite_url, kind="group") as world:
        await seed(world, shown=False)
        await world.settle()
        queue = await ask(world, "/queue")
        assert numbers(queue) == [1001]
        assert addresses(queue) == []
        assert "Ссылки на переписку по заявке нет." in ((await ask(world, "/ticket 1001")).text or "")


async def test_earlier_tickets_of_a_serial_number_stand_on_the_card(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await press(world, anna.card, "Закрыть")
    other = await seed(world, "Вера", serial="999988887777")
    boris = await seed(world, "Борис")
    assert "серийным номером" not in (anna.card.text or "") + (other.card.text or "")
    assert "Ранее с этим серийным номером: #1001 (закрыта)" in (boris.card.text or "")
    assert any(url.endswith(f"/{anna.topic.id}/{anna.card.id}") for url in addresses(boris.card))
    for index in range(5):
        last = await seed(world, f"Клиент {index}")
    assert "#1007 (новая), #1006 (новая), #1005 (новая), #1004 (новая), #1003 (новая)" in (
        last.card.text or ""
    )
    assert "#1001" not in (last.card.text or "")
    assert by_bot(world, last.topic)[1:] == []
