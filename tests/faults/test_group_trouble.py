"""Topics deleted and closed, rights lost, the group left, moved, and come back to."""

import logging
from collections.abc import AsyncIterator

import pytest

from playground import Fault, Photo, Refuse, ServerError, TooMany
from playground.faults import Effect
from tests.agents.seeds import (
    by_bot,
    leap,
    press,
    readyz,
    restart,
    says,
    seed,
    ticket_of,
    written_below_the_card,
)
from tests.world import World, texts

LINES = ["раз", "два", "три"]


async def test_a_topic_deleted_before_the_card_changes(world: World) -> None:
    world.group.promote(world.agent)
    anna = await seed(world)
    await press(world, anna.card, "Решить")
    world.agent.delete_topic(anna.topic)
    await anna.customer.press("No, not solved")
    await world.settle()
    assert "в работе" in (world.topic().messages[1].text or "")
    assert len(world.group.topics) == 1


async def test_a_topic_deleted_after_a_restart(world: World) -> None:
    world.group.promote(world.agent)
    anna = await seed(world)
    await world.stop()
    world.agent.delete_topic(anna.topic)
    album = anna.customer.person.send_album(anna.customer.chat, [Photo(), Photo()], "Экран")
    await world.start()
    await world.settle(5)
    assert [m.file_id for m in world.topic().messages[2:]] == [m.file_id for m in album]


async def test_the_card_alone_was_deleted(world: World) -> None:
    world.group.promote(world.agent)
    anna = await seed(world)
    world.agent.delete(anna.card)
    world.agent.write(anna.topic, "Смотрим")
    await world.settle()
    card = next(m for m in anna.topic.messages if "#1001" in (m.text or ""))
    assert "в работе" in (card.text or "")
    await press(world, card, "Закрыть")
    assert anna.is_closed()


@pytest.mark.parametrize("rights", [True, False])
async def test_a_topic_closed_by_hand(any_world: World, rights: bool) -> None:
    world = any_world
    world.group.promote(world.agent)
    anna = await seed(world)
    if not rights:
        # Only then does Telegram refuse: an administrator with the right writes in closed topics.
        world.group.set_rights(world.bot, can_manage_topics=False)
    world.agent.close_topic(anna.topic)
    for line in LINES:
        anna.customer.write(line)
    await world.settle()
    assert written_below_the_card(world, anna.topic) == LINES
    assert anna.topic.closed is rights
    await press(world, anna.card, "Закрыть")
    assert anna.is_closed()
    await press(world, anna.card, "Открыть снова")
    assert not anna.is_closed()


@pytest.mark.parametrize(
    "effect", [TooMany(5), ServerError(500), Refuse(400, "Bad Request: TOPIC_NOT_MODIFIED")], ids=str
)
async def test_reopening_a_topic_meets_trouble_itself(
    world: World, effect: Effect, caplog: pytest.LogCaptureFixture
) -> None:
    world.group.promote(world.agent)
    anna = await seed(world)
    world.group.set_rights(world.bot, can_manage_topics=False)
    world.agent.close_topic(anna.topic)
    world.pg.faults.add(Fault("reopenForumTopic", effect))
    with caplog.at_level(logging.ERROR):
        anna.customer.write("раз")
        await world.settle(20)
    assert written_below_the_card(world, anna.topic) == ["раз"]
    assert not caplog.records
    assert world.pg.calls_during_retry_after == 0


async def test_no_right_to_make_topics(any_world: World, caplog: pytest.LogCaptureFixture) -> None:
    world = any_world
    world.group.set_rights(world.bot, can_manage_topics=False)
    anna = await seed(world, shown=False)
    anna.customer.write("раз")
    await world.settle(120)
    assert not world.group.topics
    assert not by_bot(world, world.group)
    status, problems = await readyz(world)
    assert status == 503
    assert "not enough rights to create a topic" in problems["staff_chat"]
    assert (await readyz(world, "/healthz"))[0] == 200
    told = [r for r in caplog.records if r.levelno == logging.ERROR and "staff group" in r.getMessage()]
    assert len(told) == 1

    world.group.set_rights(world.bot, can_manage_topics=True)
    await world.settle(3)
    assert written_below_the_card(world, world.topic()) == ["раз"]
    assert await readyz(world) == (200, {})


async def test_rights_that_come_back_without_a_word(world: World) -> None:
    world.group.set_rights(world.bot, can_manage_topics=False)
    anna = await seed(world, shown=False)
    anna.customer.write("раз")
    await world.settle(5)
    with world.pg.hold_updates():
        world.group.set_rights(world.bot, can_manage_topics=True)
        world.bot.updates.clear()
    await world.settle(40)
    assert written_below_the_card(world, world.topic()) == ["раз"]


async def test_the_bot_may_not_write_for_a_while(world: World) -> None:
    anna = await seed(world)
    world.group.restrict(world.bot)
    answer_of_customer = anna.customer.write("раз")
    await world.settle(10)
    assert answer_of_customer.text not in texts(anna.topic)
    assert (await readyz(world))[0] == 503
    world.group.promote(world.bot)
    await world.settle(5)
    assert written_below_the_card(world, anna.topic) == ["раз"]


async def test_kicked_from_the_group_and_added_again(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    world.group.kick(world.bot)
    for line in LINES:
        anna.customer.write(line)
    await world.settle(100)
    status, problems = await readyz(world)
    assert status == 503
    assert "kicked" in problems["staff_chat"]
    world.group.add_bot(world.bot)
    await world.settle(5)
    assert written_below_the_card(world, anna.topic) == LINES
    assert await readyz(world) == (200, {})
    world.agent.write(anna.topic, "Смотрим")
    await world.settle()
    assert texts(anna.customer.chat, of=world.bot) == ["Смотрим"]
    await leap(world, 2 * 3600)
    assert world.group.member(world.bot).is_in


async def test_kicked_from_the_group_through_a_restart(world: World) -> None:
    anna = await seed(world)
    world.group.kick(world.bot)
    anna.customer.write("раз")
    await world.settle(5)
    await restart(world)
    await world.settle(5)
    assert (await readyz(world))[0] == 503
    world.group.add_bot(world.bot)
    await world.settle(5)
    assert written_below_the_card(world, anna.topic) == ["раз"]


async def test_customers_are_served_while_the_group_is_lost(world: World) -> None:
    anna = await seed(world)
    world.group.kick(world.bot)
    anna.customer.write("раз")
    await world.settle(5)
    await anna.customer.say("/my")
    await world.settle()
    assert says(world, anna.customer.chat, "#1001") or anna.customer.with_button(
        "Терминал не принимает карты"
    )
    boris = world.customer("Борис")
    await boris.choose_language("Русский")
    assert boris.chat.keyboard


@pytest.fixture
async def basic(sqlite_url: str) -> AsyncIterator[World]:
    """A desk whose group is a basic one, which has no topics."""
    world = World(sqlite_url)
    world.group = world.pg.add_group("Простая", kind="group")
    world.group.join(world.agent)
    world.group.add_bot(world.bot)
    world._settings["staff_chat_id"] = world.group.id
    await world.start()
    yield world
    await world.close()


async def test_the_group_becomes_a_supergroup_while_messages_are_queued(basic: World) -> None:
    world = basic
    world.pg.faults.add(Fault("sendMessage", TooMany(20), world.group.id))
    anna = await seed(world, shown=False)
    for line in LINES:
        anna.customer.write(line)
    await world.settle(5)
    assert not by_bot(world, world.group)

    world.group = world.group.migrate()
    await world.settle(40)
    card, *got = [m for m in world.group.messages if m.sender is world.bot]
    assert "#1001" in (card.text or "")
    assert "\n".join(m.text or "" for m in got).split("\n") == LINES
    assert await readyz(world) == (200, {})
    world.agent.write(world.group, "Смотрим", reply_to=got[-1])
    await world.settle()
    assert texts(anna.customer.chat, of=world.bot) == ["Смотрим"]
    await press(world, card, "Решить")
    assert (await ticket_of(world, anna.number)).state == "resolved"

    # Remembered over the setting.
    await restart(world)
    anna.customer.write("ещё")
    await world.settle()
    assert "ещё" in by_bot(world, world.group)


async def test_the_group_moved_while_the_bot_was_down(basic: World) -> None:
    world = basic
    anna = await seed(world, shown=False)
    await world.stop()
    world.group = world.group.migrate()
    world.bot.updates.clear()
    anna.customer.write("раз")
    await world.start()
    await world.settle(40)
    assert [text for text in by_bot(world, world.group) if "#1001" in text]
    assert by_bot(world, world.group)[-1] == "раз"


async def test_a_restart_with_a_card_that_stands_as_it_should_holds_nothing_back(world: World) -> None:
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    release, take = (f"t:{action}:{anna.number}" for action in ("release", "take"))
    for data in (release, take):
        world.agent.press_data(anna.card, data)
    await world.settle(0)
    # The card's edit is due in a second, and has nothing to say.
    await world.stop()
    anna.customer.write("раз")
    await leap(world, 2)
    await world.start()
    await world.settle(2)
    assert written_below_the_card(world, anna.topic) == ["раз"]


async def test_a_message_from_a_chat_that_is_gone_does_not_hold_up_the_group(world: World) -> None:
    anna, boris = await seed(world, "Анна"), await seed(world, "Борис")
    world.pg.faults.add(
        Fault(("copyMessage", "forwardMessage"), Refuse(400, "Bad Request: chat not found"), times=None)
    )
    anna.customer.person.send_story(anna.customer.chat)
    boris.customer.write("Вопрос")
    anna.customer.write("Ещё вопрос")
    await world.settle(5)
    assert texts(boris.topic)[-1] == "Вопрос"
    assert "Ещё вопрос" in texts(anna.topic)
    assert any("chat not found" in text for text in texts(anna.topic))
    assert (await readyz(world))[0] == 200
