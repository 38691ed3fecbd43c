"""Several staff groups at once: what each is told, who acts in which, and trouble in one of them."""

import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground import Fault, Group, Person, Refuse, SeenMessage, TooMany
from playground.files import File
from tests.agents.desks import desk_file
from tests.agents.looking_up import addresses, ask, numbers
from tests.agents.seeds import (
    answered,
    by_bot,
    colleague,
    journal_of,
    leap,
    press,
    readyz,
    restart,
    seed,
    ticket_of,
)
from tests.agents.two_groups import SERVICE, SUPPORT, TwoGroups, two_groups
from tests.world import World, texts

HOUR = 3600.0


@pytest.fixture
async def both(sqlite_url: str) -> AsyncIterator[TwoGroups]:
    """The world with both groups."""
    async with two_groups(sqlite_url) as world:
        yield world


@pytest.fixture
async def any_both(database_url: str) -> AsyncIterator[TwoGroups]:
    """The same, once on SQLite and once on PostgreSQL."""
    async with two_groups(database_url) as world:
        yield world


async def test_each_group_is_told_of_its_own_tickets(any_both: TwoGroups) -> None:
    both, world = any_both, any_both.world
    anna, bob = await both.seed(), await both.seed("Борис")
    await both.transfer(bob.card, SERVICE)
    await press(world, both.card(1002), "Взять", both.peter)

    async def here(command: str) -> SeenMessage:
        return await ask(world, command, who=both.olga)

    async def there(command: str) -> SeenMessage:
        return await ask(world, command, both.service, who=both.peter)

    assert numbers(await here("/queue")) == [1001]
    assert numbers(await there("/queue")) == [1002]
    assert (await here("/mine")).text == (
        "У Вас нет открытых заявок. Ещё никем не взятые стоят первыми в /queue"
    )
    assert numbers(await there("/mine")) == [1002]
    # All can be found in the common group, its own tickets in that of a department.
    assert numbers(await here("/find терминал")) == [1002, 1001]
    assert numbers(await there("/find терминал")) == [1002]
    assert "Борис" in ((await here("/ticket 1002")).text or "")
    assert (await there("/ticket 1001")).text == f"Заявка #1001 теперь в другой группе: {SUPPORT}."
    assert "ничего не найдено" in ((await there("/find Анна")).text or "")
    told = await ask(world, "/announce ru", both.service, who=both.service.owner)
    assert told.text == "Объявления для всех клиентов делаются в общей группе."

    world.group.promote(both.olga)
    await world.settle()
    assert await journal(world, both.service, both.service.owner) == {"1002"}
    assert await journal(world, world.group, both.olga) == {"1001", "1002"}
    assert not anna.customer.bots()


async def journal(world: World, group: Group, who: Person) -> set[str]:
    """The tickets in the journal that somebody is sent there."""

    def sent() -> list[File]:
        return [m.file for m in group.messages if m.file and m.file.name == "journal-full-2026-11-23.csv"]

    who.write(group, "/journal csv full 23.11.2026")
    await world.until(sent)
    _, *rows = csv.reader(sent()[0].content().decode("utf-8-sig").splitlines())
    return {row[0] for row in rows}


async def test_each_group_has_its_own_duty(both: TwoGroups) -> None:
    world = both.world
    both.service.join(both.olga)
    shown = await ask(world, "/duty on")
    assert (shown.text or "").split("\n\n") == [
        "Ольга Смирнова: дежурство начато.",
        f"{SUPPORT}\nОльга Смирнова: 0 заявок",
    ]
    shown = await ask(world, "/duty on", both.service, who=both.peter)
    assert (shown.text or "").split("\n\n")[1:] == [f"{SERVICE}\nПётр: 0 заявок"]
    await ask(world, "/duty on", both.service, who=both.olga)
    shown = await ask(world, "/duty", both.service, who=both.peter)
    assert set((shown.text or "").split("\n")) == {SERVICE, "Пётр: 0 заявок", "Ольга Смирнова: 0 заявок"}

    anna = await both.seed()
    assert "Специалист: Ольга Смирнова" in (anna.card.text or "")
    await both.transfer(anna.card, SERVICE)
    assert "Специалист: Пётр" in (both.card().text or "")
    # Only who is in the group is offered there.
    await press(world, both.card(), "Назначить", both.peter)
    offered = [label for row in both.card().buttons for label in row]
    assert {label.split(" · ")[0] for label in offered} == {
        "✓ 🟢 Пётр",
        "🟢 Ольга Смирнова",
        "Владелец",
        "Назад",
    }

    # Who leaves one group is off duty there alone, and what they had in it goes to the next.
    both.service.leave(both.peter)
    await world.settle(8)
    assert "Специалист: Ольга Смирнова" in (both.card().text or "")
    both.service.leave(both.olga)
    await world.settle(8)
    assert "Специалист:" not in (both.card().text or "")
    bob = await both.seed("Борис")
    assert "Специалист: Ольга Смирнова" in (bob.card.text or "")
    shown = await ask(world, "/duty off")
    assert "остаётся за специалистом" in (shown.text or "") or "Ольга" in (shown.text or "")


async def test_on_duty_from_before_the_department_had_its_group(both: TwoGroups) -> None:
    world = both.world
    world.set_up(staff_chats={})
    await restart(world)
    await ask(world, "/duty on service")
    world.set_up(staff_chats={"service": both.service.id})
    await restart(world)
    anna = await both.seed()
    await both.transfer(anna.card, SERVICE)
    # Olga is on duty there, but in the other group.
    assert "Специалист:" not in (both.card().text or "")


async def test_trouble_in_one_group_is_no_trouble_in_the_other(both: TwoGroups) -> None:
    world = both.world
    anna, bob = await both.seed(), await both.seed("Борис")
    await both.transfer(bob.card, SERVICE)
    both.service.kick(world.bot)
    bob.customer.write("раз")
    anna.customer.write("два")
    await world.settle(5)
    assert anna.topic.last.text == "два"
    status, problems = await readyz(world)
    assert status == 503
    assert list(problems) == ["staff_chat_service"]
    assert "kicked" in problems["staff_chat_service"]
    both.service.add_bot(world.bot)
    await world.settle(5)
    assert both.thread(1002).last.text == "раз"
    assert await readyz(world) == (200, {})

    # Nor does one wait while Telegram makes the other wait.
    world.pg.faults.add(Fault("sendMessage", TooMany(60), both.service.id))
    bob.customer.write("три")
    anna.customer.write("четыре")
    await world.settle(5)
    assert anna.topic.last.text == "четыре"
    assert both.thread(1002).last.text == "раз"
    await world.settle(60)
    assert both.thread(1002).last.text == "три"


async def test_lost_rights_in_the_group_it_left_hold_nothing_up(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    both.olga.write(anna.topic, "Проверьте кабель")
    await world.settle()
    said = anna.customer.write("Ошибка 5")
    await both.transfer(anna.card, SERVICE)
    world.group.kick(world.bot)
    anna.customer.person.react(anna.customer.bots()[0], "👍")
    anna.customer.person.edit(said, "Ошибка 55")
    anna.customer.write("раз")
    await world.settle(5)
    assert {"Ошибка 55", "раз"} <= set(texts(both.thread()))
    assert await readyz(world) == (200, {})


async def test_a_departments_group_is_no_foreign_one(both: TwoGroups) -> None:
    world = both.world
    both.service.kick(world.bot)
    await world.settle()
    both.service.add_bot(world.bot)
    await leap(world, 2 * HOUR)
    assert both.service.member(world.bot).is_in
    menus = [call for call in world.pg.calls if call.method == "setMyCommands" and call.chat_id is None]
    scopes = {str(call.params.get("scope")) for call in menus}
    for group in (world.group, both.service):
        assert any(str(group.id) in scope for scope in scopes)


@pytest.mark.parametrize("kind", ["supergroup", "group"])
async def test_a_department_in_a_plain_group(sqlite_url: str, kind: str) -> None:
    async with two_groups(sqlite_url, forum=False, kind=kind) as both:
        world, service = both.world, both.service
        anna = await both.seed()
        both.olga.write(anna.topic, "Проверьте кабель")
        await world.settle()
        await both.transfer(anna.card, SERVICE)
        card, document = (m for m in service.messages if m.sender is world.bot and (m.buttons or m.file))
        assert "#1001" in (card.text or "")
        assert document.reply_to is card
        both.peter.write(service, "Привезите терминал", reply_to=card)
        await world.settle()
        assert by_bot(world, anna.customer.chat)[-1] == "Привезите терминал"
        anna.customer.write("Хорошо")
        await world.settle()
        shown = service.last
        assert shown.text == "Хорошо"

        if kind == "group":
            # It becomes a supergroup, where the ticket gets its card anew.
            service = both.service = service.migrate()
            await world.settle(5)
            card = next(m for m in service.messages if m.buttons)
            shown = card
        await both.transfer(card, SUPPORT, both.peter)
        assert not anna.is_closed()
        assert not card.buttons
        late = both.peter.write(service, "Ещё вопрос", reply_to=shown)
        await world.settle()
        assert by_bot(world, anna.customer.chat)[-1] != "Ещё вопрос"
        note = "Заметка из прежней группы · Пётр\n"
        quoted = "В ответ на: Хорошо\n" if kind == "supergroup" else ""
        assert anna.topic.last.text == f"{note}{quoted}Ещё вопрос"
        answer = next(m for m in service.messages if m.reply_to is late)
        assert "не отправлено" in (answer.text or "")
        line = next(m for m in reversed(service.messages) if "до клиента не дойдёт" in (m.text or ""))
        also = both.peter.write(service, "И ещё", reply_to=line)
        await world.settle()
        assert anna.topic.last.text == f"{note}И ещё"
        assert any(m.reply_to is also for m in service.messages)
        await both.transfer(anna.card, SERVICE)
        assert card.buttons
        assert len([m for m in service.messages if "#1001 ·" in (m.text or "")]) == 1


async def test_a_group_set_later_takes_its_tickets_over(any_both: TwoGroups) -> None:
    both, world = any_both, any_both.world
    world.set_up(staff_chats={})
    await restart(world)
    anna, bob, closed = await both.seed(), await both.seed("Борис"), await both.seed("Вера")
    for ticket in (anna, closed):
        await both.transfer(ticket.card, SERVICE)
    await press(world, closed.card, "Закрыть")
    anna.customer.write("раз")
    await world.settle()
    assert not both.service.topics

    world.set_up(staff_chats={"service": both.service.id})
    await world.stop()
    # Written while nobody knew of it: it reaches the customer.
    both.olga.write(anna.topic, "Привезите терминал")
    await world.start()
    await world.settle(5)
    assert [topic.name.split()[0] for topic in both.service.topics] == ["#1001"]
    assert by_bot(world, anna.customer.chat)[-1] == "Привезите терминал"
    assert "Отправлено клиенту · Ольга Смирнова\nПривезите терминал" in texts(both.thread())
    document = both.thread().messages[2]
    assert document.file is not None
    assert "раз" in document.file.content().decode("utf-8")
    assert anna.topic.messages[-2].text == (
        f"Работа над заявкой продолжается в другой группе: {SERVICE}, #1001. "
        "Написанное здесь до клиента не дойдёт."
    )
    assert anna.is_closed()
    assert not bob.is_closed()
    # What was closed follows when it is open again.
    await closed.customer.press("Reopen")
    await closed.customer.say("Снова не работает")
    await world.settle(5)
    assert both.thread(1003).last.text == "Снова не работает"

    # Taken out again, all is in the common group, in the threads it had.
    world.set_up(staff_chats={})
    await restart(world)
    await world.settle(5)
    assert not anna.is_closed()
    anna.customer.write("два")
    await world.settle()
    assert anna.topic.last.text == "два"


async def test_topics_of_one_group_are_switched_off(both: TwoGroups) -> None:
    world = both.world
    anna, bob = await both.seed(), await both.seed("Борис")
    await both.transfer(bob.card, SERVICE)
    both.service.set_forum(False)
    bob.customer.write("раз")
    await world.settle(5)
    anna.customer.write("два")
    await world.settle()
    assert anna.topic.last.text == "два"
    assert len(world.group.topics) == 2
    assert both.service.general[-1].text == "раз"
    card = next(m for m in both.service.general if m.buttons)
    await both.transfer(card, SUPPORT, both.peter)
    bob.customer.write("три")
    await world.settle()
    assert bob.topic.last.text == "три"


async def test_a_breach_calls_the_groups_own_administrators(sqlite_url: str, tmp_path: Path) -> None:
    desk = desk_file(tmp_path, reaction="hours = 4")
    async with two_groups(sqlite_url, desk=desk) as both:
        world = both.world
        await colleague(world, "Глава поддержки", admin=True)
        anna = await both.seed()
        await both.transfer(anna.card, SERVICE)
        await leap(world, 4.2 * HOUR)
        breach = both.thread().last
        assert "Просрочено!" in (breach.text or "")
        assert (breach.text or "").split("\n")[-1] == "Владелец"


async def test_erased_in_every_group_it_was_in(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    both.service.set_rights(world.bot, can_delete_messages=True)
    world.group.set_rights(world.bot, can_delete_messages=True)
    await both.transfer(anna.card, SERVICE)
    both.service.owner.write(both.thread(), "/erase")
    await world.settle()
    await press(world, both.thread().last, "🗑 Удалить навсегда", both.service.owner)
    await world.settle(5)
    assert not both.service.topics
    assert not world.group.topics
    assert "#1001" in by_bot(world, both.service)[-1]
    assert not any("удалены" in text for text in by_bot(world, world.group))


async def test_the_old_thread_was_deleted(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    world.group.promote(both.olga)
    await world.settle()
    await press(world, anna.card, "Передать")
    world.pg.faults.add(Fault("sendMessage", TooMany(20), world.group.id))
    both.olga.press(anna.card, SERVICE)
    await world.settle(5)
    both.olga.delete_topic(anna.topic)
    await world.settle(30)
    await both.transfer(both.card(), SUPPORT, both.peter)
    assert [topic.name.split()[0] for topic in world.group.topics] == ["#1001"]
    anna.customer.write("раз")
    await world.settle()
    assert world.topic().last.text == "раз"


async def test_what_was_asked_in_a_topic_that_is_gone_is_forgotten(world: World) -> None:
    world.group.promote(world.agent)
    await world.settle()
    topic = world.group.open_topic("Разговоры", by=world.agent)
    with world.pg.hold_updates():
        world.agent.write(topic, "/help")
        world.agent.delete_topic(topic)
    await world.settle(5)
    calls = len(world.pg.calls)
    world.agent.write(world.group, "/help")
    await world.settle(5)
    assert by_bot(world, world.group)
    assert len([call for call in world.pg.calls[calls:] if call.method == "sendMessage"]) == 1


async def test_a_foreign_group_that_migrates_stays_foreign(world: World) -> None:
    other = world.pg.add_group("Чужая", kind="group")
    other.add_bot(world.bot)
    await world.settle()
    moved = "Bad Request: group chat was upgraded to a supergroup chat"
    world.pg.faults.add(Fault("sendMessage", Refuse(400, moved), other.id))
    other.owner.write(other, "/id")
    other.migrate()
    await world.settle(5)
    anna = await seed(world)
    anna.customer.write("раз")
    await world.settle()
    assert anna.topic.last.text == "раз"
    assert await readyz(world) == (200, {})


async def test_a_failure_of_what_was_answered_before_names_it(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    refuse = Refuse(400, "Bad Request: message is too long")
    world.pg.faults.add(Fault("sendMessage", TooMany(20), anna.customer.person.id))
    both.olga.write(anna.topic, "Проверьте кабель")
    await world.settle()
    world.pg.faults.add(Fault("sendMessage", refuse, anna.customer.person.id))
    await both.transfer(anna.card, SERVICE)
    await world.settle(30)
    notice = next(m for m in both.thread().messages if "не доставлено" in (m.text or ""))
    assert (notice.text or "").split("\n")[0] == "Проверьте кабель"
    again = notice.button("Отправить ещё раз")["callback_data"]
    click = await answered(world, both.olga.press_data(anna.card, again))
    assert click.text == f"Заявка #1001 теперь в другой группе: {SERVICE}."
    toast = await press(world, notice, "Отправить ещё раз", both.peter)
    assert toast == "Отправляем ещё раз."
    await world.settle()
    assert "Проверьте кабель" in by_bot(world, anna.customer.chat)
    assert (await ticket_of(world, 1001)).thread_chat_id == both.service.id
    assert (await journal_of(world, 1001))[:2] == ["open", "answer"]


async def test_a_department_gets_another_group(both: TwoGroups) -> None:
    world = both.world
    anna = await both.seed()
    await both.transfer(anna.card, SERVICE)
    both.peter.write(both.thread(), "Привезите терминал")
    await world.settle()
    left, both.service = both.service, world.pg.add_group("Новый сервис", forum=True, owner=both.peter)
    both.service.add_bot(world.bot)
    world.set_up(staff_chats={"service": both.service.id})
    known = len(left.messages)
    await restart(world)
    await world.settle(5)
    document = both.thread().messages[2].file
    assert document is not None
    assert "Привезите терминал" in document.content().decode("utf-8")
    # The group it was in is none of ours any more: nothing is said there, and nobody there is an agent.
    assert len(left.messages) == known
    both.peter.write(left.topics[0], "Ещё вопрос")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-1] == "Привезите терминал"
    both.peter.write(both.thread(), "Ждём")
    await world.settle()
    assert by_bot(world, anna.customer.chat)[-1] == "Ждём"
    number = str(both.service.id).removeprefix("-100")
    assert number in addresses(anna.topic.messages[-2])[0]
