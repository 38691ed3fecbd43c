"""Duty, and tickets that find their agent: by themselves, by hand, and again when the agent is gone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from importlib import resources
from pathlib import Path

import pytest

import playground
from desk.lifecycle import Action, State
from dialogs import assigning
from dialogs.life import Life
from dialogs.transferring import transfer
from playground import SeenMessage
from storage import duty as duties
from storage import tickets, timers
from storage.journal import Actor
from storage.memberships import Person
from storage.outbox import Outbox
from tests.agents.seeds import (
    Seed,
    answered,
    by_bot,
    colleague,
    desk_of,
    journal_of,
    leap,
    lose_updates,
    open_ticket,
    press,
    restart,
    seed,
    ticket_of,
    written_below_the_card,
)
from tests.world import World, texts

GO_ON, GO_OFF = "Начать дежурство", "Закончить дежурство"
NOBODY = (
    "Техническая поддержка\nСейчас никто не дежурит.\n\nСервисный отдел (ремонт)\nСейчас никто не дежурит."
)


async def duty(world: World, who: playground.Person, words: str = "on") -> SeenMessage:
    """Write the command into the group; gives back what the bot answers. Timers have run then."""
    who.write(world.group, f"/duty {words}".strip())
    await world.settle(8)
    return world.group.general[-1]


def agent_of(ticket: Seed) -> str | None:
    """Whom the card names."""
    lines = (ticket.card.text or "").split("\n")
    found = [line.removeprefix("Специалист: ") for line in lines if line.startswith("Специалист: ")]
    return found[0] if found else None


def called(world: World, ticket: Seed) -> list[int]:
    """The people whom the thread called, in order."""
    found = []
    for message in ticket.topic.messages:
        for entity in message.entities if message.sender is world.bot else ():
            link = entity.get("url", "")
            if link.startswith("tg://user?id="):
                found.append(int(link.removeprefix("tg://user?id=")))
            elif entity["type"] == "text_mention":
                found.append(entity["user"]["id"])
    return found


def by_hand(folder: Path) -> str:
    """The shipped desk without departments, where tickets wait for somebody to take them."""
    shipped = (resources.files("desk") / "profiles" / "vendotek.toml").read_text("utf-8")
    before, _, after = shipped.partition("# --- The departments.")
    _, _, after = after.partition("# --- Questions before the form")
    path = folder / "desk.toml"
    path.write_text((before + "#" + after).replace('assign = "automatic"', 'assign = "by hand"'), "utf-8")
    return str(path)


# Coming and going.


async def test_agents_come_and_go_and_see_who_is_there(world: World) -> None:
    peter = await colleague(world)
    shown = await duty(world, world.agent, "")
    assert shown.text == NOBODY
    assert shown.buttons[0] == [GO_ON, GO_OFF]
    shown = await duty(world, world.agent)
    assert (shown.text or "").split("\n\n") == [
        "Ольга Смирнова: дежурство начато.",
        "Техническая поддержка\nОльга Смирнова: 0 заявок",
        "Сервисный отдел (ремонт)\nОльга Смирнова: 0 заявок",
    ]
    assert await press(world, shown, GO_ON, peter) == "Пётр: дежурство начато."
    assert (shown.text or "").endswith("Ольга Смирнова: 0 заявок\nПётр: 0 заявок")
    assert await press(world, shown, GO_ON, peter) == "Пётр уже на дежурстве."

    await seed(world)
    shown = await duty(world, peter, "")
    assert "Ольга Смирнова: 1 заявка\nПётр: 0 заявок" in (shown.text or "")
    assert (
        await press(world, shown, GO_OFF)
        == "Ольга Смирнова: дежурство закончено. За специалистом остаётся 1 заявка."
    )
    assert "Ольга" not in (shown.text or "")
    shown = await duty(world, world.agent, "off")
    assert (shown.text or "").startswith("Ольга Смирнова сейчас не на дежурстве.")


@pytest.mark.parametrize("typed", ["завтра", "on ремонт", "off сейчас"])
async def test_what_the_command_does_not_know(world: World, typed: str) -> None:
    shown = await duty(world, world.agent, typed)
    assert (shown.text or "").startswith("Напишите, пожалуйста, /duty on или /duty off")
    assert "Сейчас никто не дежурит." in (shown.text or "")


async def test_the_command_in_a_thread_stays_there(world: World) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, "/duty@talon_bot on")
    await world.settle(8)
    assert "Ольга Смирнова: дежурство начато." in written_below_the_card(world, anna.topic)
    assert agent_of(anna) == "Ольга Смирнова"
    assert not texts(anna.customer.chat)


async def test_in_a_topic_of_the_teams_own_it_is_answered_there(world: World) -> None:
    talk = world.group.open_topic("Кофе")
    world.agent.write(talk, "/duty")
    await world.settle()
    assert talk.last.text == NOBODY


async def test_who_is_anonymous_cannot_be_called(world: World) -> None:
    world.group.promote(world.agent, anonymous=True)
    await world.settle()
    world.agent.write(world.group, "/duty on", anonymous=True)
    await world.settle()
    shown = world.group.general[-1]
    assert "анонимный администратор дежурить не может" in (shown.text or "")
    # The button is pressed in their own name, which nobody is to be told either.
    assert "анонимный администратор" in await press(world, shown, GO_ON)
    assert shown.text is not None
    assert "Ольга" not in shown.text


async def test_who_becomes_anonymous_is_on_duty_no_more(world: World) -> None:
    assert "Ольга" in ((await duty(world, world.agent)).text or "")
    world.group.promote(world.agent, anonymous=True)
    await world.settle()
    listed = await duty(world, world.group.owner, "")
    assert "Ольга" not in (listed.text or "")


async def test_strangers_are_never_on_duty(world: World) -> None:
    shown = await duty(world, world.agent, "")
    eve = world.pg.add_person("Ева", language_code="ru")
    assert "только для специалистов" in await press(world, shown, GO_ON, eve)
    assert "Ева" not in ((await duty(world, world.agent, "")).text or "")


# Tickets that find their agent by themselves.


async def test_a_new_ticket_goes_to_whoever_has_the_least_to_do(any_world: World) -> None:
    world = any_world
    peter = await colleague(world)
    await duty(world, world.agent)
    await duty(world, peter)
    first = await seed(world)
    assert agent_of(first) == "Ольга Смирнова"
    assert "#1001 · новая" in (first.card.text or "")
    assert first.card.buttons[0] == ["Взять", "Решить"]
    assert written_below_the_card(world, first.topic) == ["Ольга Смирнова, эта заявка назначена Вам."]
    assert called(world, first) == [world.agent.id]
    assert await journal_of(world, 1001) == ["open", "assign"]
    assert not texts(first.customer.chat)

    second = await seed(world, "Борис")
    assert agent_of(second) == "Пётр"
    # Equal loads: whoever was given a ticket longest ago.
    third = await seed(world, "Вера")
    assert agent_of(third) == "Ольга Смирнова"
    # What is solved is nothing to do.
    await press(world, third.card, "Решить")
    await press(world, first.card, "Решить")
    fourth = await seed(world, "Глеб")
    assert agent_of(fourth) == "Ольга Смирнова"
    await world.settle(8)
    # The first to answer begins the work; the ticket stays whose it is.
    peter.write(fourth.topic, "Смотрим")
    await world.settle()
    assert "в работе" in (fourth.card.text or "")
    assert agent_of(fourth) == "Ольга Смирнова"


async def test_with_nobody_on_duty_tickets_wait_and_are_given_out_fairly(any_world: World) -> None:
    world = any_world
    peter = await colleague(world)
    waiting = [await seed(world, name) for name in ("Анна", "Борис", "Вера", "Глеб")]
    taken = waiting.pop()
    await press(world, taken.card, "Взять", peter)
    assert [agent_of(each) for each in waiting] == [None] * 3
    assert all(not written_below_the_card(world, each.topic) for each in waiting)
    shown = await duty(world, world.agent, "")
    assert (shown.text or "").endswith("3 заявки ждут дежурного специалиста.")

    await restart(world)
    with world.pg.hold_updates():
        peter.write(world.group, "/duty on")
        world.agent.write(world.group, "/duty on")
    await world.settle(10)
    # Peter has one already, so the oldest go to Olga until she has as many.
    assert [agent_of(each) for each in waiting] == ["Ольга Смирнова", "Пётр", "Ольга Смирнова"]
    assert agent_of(taken) == "Пётр"
    assert await journal_of(world, taken.number) == ["open", "take"]


async def test_who_takes_a_ticket_before_anybody_is_there_keeps_it(world: World) -> None:
    peter = await colleague(world)
    anna, boris, vera = [await seed(world, name) for name in ("Анна", "Борис", "Вера")]
    world.agent.write(anna.topic, "Смотрим")
    await press(world, boris.card, "Закрыть")
    await press(world, vera.card, "Взять")
    await press(world, vera.card, "Снять с себя")
    await duty(world, peter)
    assert agent_of(anna) == "Ольга Смирнова"
    assert agent_of(boris) is None
    # Given back to the team it waits for somebody's own decision.
    assert agent_of(vera) is None


async def test_another_may_take_a_new_ticket_and_release_gives_it_to_the_team(world: World) -> None:
    peter = await colleague(world)
    await duty(world, world.agent)
    anna = await seed(world)
    await press(world, anna.card, "Взять", peter)
    assert agent_of(anna) == "Пётр"
    boris = await seed(world, "Борис")
    assert agent_of(boris) == "Ольга Смирнова"
    await press(world, boris.card, "…")
    release = boris.card.button("Снять с себя")["callback_data"]
    await press(world, boris.card, "Снять с себя")
    assert agent_of(boris) is None
    late = await answered(world, peter.press_data(boris.card, release))
    assert late.text == "Заявка уже возвращена команде."
    assert "новая" in (boris.card.text or "")
    await leap(world, 2 * 3600)
    assert agent_of(boris) is None
    assert await journal_of(world, boris.number) == ["open", "assign", "release"]


async def test_by_hand_duty_gives_out_nothing(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=by_hand(tmp_path))
    await world.start()
    assert (await duty(world, world.agent, "")).text == "На дежурстве\nСейчас никто не дежурит."
    shown = await duty(world, world.agent)
    assert shown.text == "Ольга Смирнова: дежурство начато.\n\nНа дежурстве\nОльга Смирнова: 0 заявок"
    assert shown.buttons == [[GO_ON, GO_OFF]]
    anna = await seed(world)
    await world.settle(10)
    assert agent_of(anna) is None
    assert not called(world, anna)
    await world.close()


# The agent is gone.


@pytest.mark.parametrize("how", ["left", "kicked", "unnoticed"])
async def test_who_leaves_the_group_is_off_duty_and_their_tickets_find_others(world: World, how: str) -> None:
    peter = await colleague(world)
    await duty(world, peter)
    new, begun = await seed(world), await seed(world, "Борис")
    await press(world, begun.card, "Взять", peter)
    await duty(world, world.agent)
    if how == "left":
        world.group.leave(peter)
    elif how == "kicked":
        world.group.kick(peter)
    else:
        await world.stop()
        world.group.leave(peter)
        await lose_updates(world)
        await world.start()
    await world.settle(15)
    for ticket, state in ((new, "новая"), (begun, "в работе")):
        assert agent_of(ticket) == "Ольга Смирнова"
        assert state in (ticket.card.text or "")
        assert "Пётр больше не в группе: заявка возвращена команде." in written_below_the_card(
            world, ticket.topic
        )
        assert (await journal_of(world, ticket.number))[-2:] == ["release", "assign"]
    assert "Пётр" not in ((await duty(world, world.agent, "")).text or "")


async def test_by_hand_the_tickets_of_who_left_go_back_to_the_team(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=by_hand(tmp_path))
    await world.start()
    peter = await colleague(world)
    anna, boris = await seed(world), await seed(world, "Борис")
    await press(world, anna.card, "Взять", peter)
    await press(world, boris.card, "Взять", peter)
    await press(world, boris.card, "Решить", peter)
    world.group.leave(peter)
    await world.settle(10)
    assert agent_of(anna) is None
    # What is solved stays as it was, until its customer returns.
    assert agent_of(boris) == "Пётр"
    await boris.customer.press("No, not solved")
    await world.settle(2)
    assert agent_of(boris) is None
    assert "в работе" in (boris.card.text or "")
    await world.close()


@pytest.mark.parametrize("present", [True, False], ids=["on duty", "off duty"])
async def test_a_customer_who_returns_meets_the_same_agent_if_they_are_there(
    world: World, present: bool
) -> None:
    peter = await colleague(world)
    await duty(world, peter)
    anna = await seed(world)
    await press(world, anna.card, "Решить", peter)
    await duty(world, world.agent)
    if not present:
        await duty(world, peter, "off")
    await anna.customer.press("No, not solved")
    await world.settle(2)
    said = written_below_the_card(world, anna.topic)
    if present:
        assert agent_of(anna) == "Пётр"
    else:
        assert agent_of(anna) == "Ольга Смирнова"
        assert "Пётр сейчас не на дежурстве: заявка возвращена команде." in said


async def test_a_ticket_reopened_at_night_waits_for_the_morning(world: World) -> None:
    await duty(world, world.agent)
    anna = await seed(world)
    await press(world, anna.card, "Закрыть")
    await duty(world, world.agent, "off")
    await anna.customer.press("Reopen")
    await world.settle(2)
    assert agent_of(anna) is None
    peter = await colleague(world)
    await duty(world, peter)
    assert agent_of(anna) == "Пётр"


async def test_who_reopens_their_own_ticket_goes_on_with_it(world: World) -> None:
    await duty(world, world.agent)
    anna = await seed(world)
    await duty(world, world.agent, "off")
    await press(world, anna.card, "Закрыть")
    await press(world, anna.card, "Открыть снова")
    assert agent_of(anna) == "Ольга Смирнова"
    assert await journal_of(world, 1001) == ["open", "assign", "close", "reopen"]


async def test_who_never_was_on_duty_is_not_off_it(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    await press(world, anna.card, "Решить")
    await anna.customer.press("No, not solved")
    await world.settle(2)
    assert agent_of(anna) == "Ольга Смирнова"


# By hand.


async def test_assigned_by_hand(any_world: World) -> None:
    world = any_world
    peter = await colleague(world)
    await colleague(world, "Инга")
    anna = await seed(world)
    await duty(world, peter)
    await press(world, anna.card, "Снять с себя")
    await press(world, anna.card, "Назначить")
    assert anna.card.buttons == [
        ["🟢 Пётр · 0", "Owner · 0"],
        ["Инга · 0", "Ольга Смирнова · 0"],
        ["Назад"],
    ]
    await press(world, anna.card, "Назад")
    await press(world, anna.card, "Назначить")
    assert await press(world, anna.card, "Инга · 0") == "#1001: заявка назначена, Инга"
    assert agent_of(anna) == "Инга"
    assert written_below_the_card(world, anna.topic)[-1] == "Инга, эту заявку Вам назначает Ольга Смирнова."
    assert "новая" in (anna.card.text or "")
    assert anna.card.buttons[0] == ["Взять", "Решить"]

    # To oneself there is nobody to call; what is chosen already changes nothing.
    await press(world, anna.card, "Назначить")
    said = len(by_bot(world, anna.topic))
    await press(world, anna.card, "Ольга Смирнова · 0")
    assert agent_of(anna) == "Ольга Смирнова"
    await press(world, anna.card, "Назначить")
    assert (
        await press(world, anna.card, "✓ Ольга Смирнова · 1")
        == "Этой заявкой сейчас занимается Ольга Смирнова."
    )
    assert len(by_bot(world, anna.topic)) == said
    assert (await journal_of(world, 1001))[-2:] == ["assign", "assign"]


async def test_two_assign_at_once_and_one_wins(any_world: World) -> None:
    world = any_world
    peter = await colleague(world)
    anna = await seed(world)
    await press(world, anna.card, "Назначить")
    with world.pg.hold_updates():
        first = world.agent.press(anna.card, "Ольга Смирнова · 0")
        second = peter.press(anna.card, "Пётр · 0")
    assert (await answered(world, first)).text == "#1001: заявка назначена, Ольга Смирнова"
    late = await answered(world, second)
    assert late.text == "Этой заявкой сейчас занимается Ольга Смирнова."
    assert late.show_alert
    await world.settle()
    assert await journal_of(world, 1001) == ["open", "assign"]


async def test_a_menu_that_is_out_of_date(world: World) -> None:
    peter = await colleague(world)
    inga = await colleague(world, "Инга")
    anna = await seed(world)
    await press(world, anna.card, "Назначить")
    to_peter = anna.card.button("Пётр · 0")["callback_data"]
    to_inga = anna.card.button("Инга · 0")["callback_data"]
    world.group.leave(inga)
    await world.settle()
    late = await answered(world, world.agent.press_data(anna.card, to_inga))
    assert late.text == "Этого специалиста больше нет в группе."
    await world.settle(2)
    assert not any("Инга" in label for row in anna.card.buttons for label in row)

    await press(world, anna.card, "Пётр · 0", peter)
    await press(world, anna.card, "Снять с себя", peter)
    await press(world, anna.card, "Взять")
    late = await answered(world, peter.press_data(anna.card, to_peter))
    assert late.text == "Этой заявкой сейчас занимается Ольга Смирнова."
    await press(world, anna.card, "Закрыть")
    for data in (to_peter, "tm:assign:1001"):
        late = await answered(world, world.agent.press_data(anna.card, data))
        assert late.text == "Это уже невозможно: статус заявки изменился."
    for data in ("ta:999:1:0", "tm:assign:999"):
        assert (
            await answered(world, world.agent.press_data(anna.card, data))
        ).text == "Эта кнопка больше не действует."
    assert agent_of(anna) == "Ольга Смирнова"


async def test_in_a_large_group_the_menu_offers_what_has_room(world: World) -> None:
    anna = await seed(world)
    for index in range(60):
        world.group.join(world.pg.add_person(f"А{index:02} " + "🚀" * 40))
    last = await colleague(world, "Яков")
    await duty(world, last)
    await press(world, anna.card, "Снять с себя")
    await press(world, anna.card, "Назначить")
    labels = [label for row in anna.card.buttons for label in row]
    assert labels[0] == "🟢 Яков · 0"
    assert len(labels) == 41
    assert labels[-1] == "Назад"
    await press(world, anna.card, labels[2])
    assert (agent_of(anna) or "").startswith("А00")


async def test_in_a_plain_group_the_line_stands_under_the_card(sqlite_url: str) -> None:
    world = World(sqlite_url)
    world.group.set_forum(False)
    await world.start()
    shown = await duty(world, world.agent)
    assert (shown.text or "").startswith("Ольга Смирнова: дежурство начато.")
    await seed(world, shown=False)
    await world.settle(3)
    card, line = world.group.messages[-2:]
    assert "Специалист: Ольга Смирнова" in (card.text or "")
    assert line.text == "Ольга Смирнова, эта заявка назначена Вам."
    assert line.reply_to is card
    await world.close()


# Many at once.


@pytest.fixture
async def postgres_world(postgres_url: str) -> AsyncIterator[World]:
    """A desk that runs on PostgreSQL."""
    world = World(postgres_url)
    await world.start()
    yield world
    await world.close()


async def shares(world: World, numbers: Iterable[int]) -> Counter[str | None]:
    """How many of these tickets each agent has."""
    return Counter([(await ticket_of(world, number)).assignee_name for number in numbers])


async def test_tickets_at_once_are_shared_out_evenly(postgres_world: World) -> None:
    world = postgres_world
    people = [
        world.agent,
        await colleague(world),
        await colleague(world, "Инга"),
        await colleague(world, "Юрис"),
    ]
    for person in people[:2]:
        await duty(world, person)
    customers = [world.customer(f"Клиент {index}") for index in range(12)]
    numbers = await asyncio.gather(*(open_ticket(world, each) for each in customers))
    assert await shares(world, numbers) == {"Ольга Смирнова": 6, "Пётр": 6}

    # Others come, and the customers of those who went return all at once.
    await asyncio.gather(*(act(world, number, Action.RESOLVE) for number in numbers))
    for person, words in zip(people, ("off", "off", "on", "on"), strict=True):
        await duty(world, person, words)
    await asyncio.gather(*(act(world, number, Action.OBJECT) for number in numbers))
    assert await shares(world, numbers) == {"Инга": 6, "Юрис": 6}

    # One leaves while new tickets come: theirs find the other, and nobody's is left.
    world.group.leave(people[3])
    more = [world.customer(f"Ещё {index}") for index in range(8)]
    numbers += await asyncio.gather(*(open_ticket(world, each) for each in more))
    await world.settle(120)
    assert await shares(world, numbers) == {"Инга": 20}


async def act(world: World, number: int, action: Action) -> None:
    """Do something to a ticket in a transaction of its own; customers object, agents do the rest."""
    assert world.app is not None
    actor = Actor("customer" if action is Action.OBJECT else "agent", world.agent.id, "Ольга")
    async with world.app.store.transaction() as tx:
        life = Life(tx, Outbox(tx), desk_of(world))
        assert await life.act(await tickets.get(tx, number), action, actor)


async def test_nothing_that_happens_to_agents_at_once_waits_for_another_for_good(
    postgres_world: World,
) -> None:
    """Each in a transaction of its own, all at once; one that PostgreSQL ended as a deadlock would raise."""
    world = postgres_world
    people = [world.agent, await colleague(world), await colleague(world, "Инга")]
    for person in people[:2]:
        await duty(world, person)
    customers = [world.customer(f"Клиент {index}") for index in range(12)]
    numbers = await asyncio.gather(*(open_ticket(world, each) for each in customers))
    assert world.app is not None
    store, desk = world.app.store, desk_of(world)
    service = desk.profile.department("service")
    support = desk.profile.department("support")
    assert service is not None
    assert support is not None

    async def do(number: int, step: int) -> None:
        agent = Actor("agent", people[step % 2].id, people[step % 2].first_name)
        async with store.transaction() as tx:
            life = Life(tx, Outbox(tx), desk)
            ticket = await tickets.get(tx, number)
            match (number + step // 2) % 5:
                case 0:
                    is_closed = ticket.state == State.CLOSED
                    await life.act(ticket, Action.REOPEN if is_closed else Action.CLOSE, agent)
                case 1:
                    await assigning.assign(life, ticket, Person(people[2].id, "Инга"), agent)
                case 2:
                    await transfer(life, ticket, service if step % 2 else support, agent)
                case 3:
                    await life.act(ticket, Action.TAKE, agent)
                case 4:
                    await assigning.timer(life, number)

    async def come_or_go(step: int) -> None:
        person = people[step % 3]
        async with store.transaction() as tx:
            if step % 4 == 3:
                await assigning.gone(tx, person.id)
                return
            await duties.turn(tx)
            if step % 2:
                await duties.end(tx, person.id)
            else:
                await duties.begin(tx, person.id, person.first_name, ["support", "service"][: 1 + step % 3])
                await timers.bring_forward(tx, assigning.ASSIGN_TIMER)

    more = [world.customer(f"Ещё {index}") for index in range(6)]
    await asyncio.gather(
        *(do(number, step) for step in range(6) for number in numbers),
        *(come_or_go(step) for step in range(24)),
        *(open_ticket(world, each) for each in more),
    )
    # Once somebody is there and stays, nothing is left without an agent that looks for one.
    async with store.transaction() as tx:
        await duties.turn(tx)
        await duties.begin(tx, world.agent.id, "Ольга Смирнова", ["support", "service"])
        await timers.bring_forward(tx, assigning.ASSIGN_TIMER)
    await world.settle(120)
    async with store.reading() as tx:
        assert await timers.due(tx, 100) == []
        assert await timers.count(tx, assigning.ASSIGN_TIMER) == 0
