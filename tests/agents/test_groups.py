"""Groups: ours, those that are not ours, and a desk that has none yet."""

from collections.abc import AsyncIterator

import pytest

from playground import Fault, Refuse
from tests.agents.seeds import answered, by_bot, leap, readyz, restart, says, seed
from tests.world import World

HOUR = 3600.0


@pytest.fixture
async def set_up(sqlite_url: str) -> AsyncIterator[World]:
    """A desk without a staff group."""
    world = World(sqlite_url, staff_chat_id=None)
    await world.start()
    yield world
    await world.close()


async def test_id_in_the_staff_group(world: World) -> None:
    world.agent.write(world.group, "/id")
    await world.settle()
    assert by_bot(world, world.group) == [f"Идентификатор этой группы: {world.group.id}"]


async def test_id_in_a_topic_is_answered_and_does_not_cross(world: World) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, "/id")
    await world.settle()
    assert says(world, world.group, str(world.group.id))
    assert not anna.customer.bots()


async def test_set_up_mode(set_up: World) -> None:
    world = set_up
    anna = world.customer("Анна")
    await anna.say("/start")
    await anna.say("Здравствуйте")
    assert says(world, anna.chat, "Служба поддержки ещё не начала работу")
    world.agent.write(world.group, "/id")
    other = world.pg.add_group("Ещё одна", owner=world.agent)
    other.add_bot(world.bot, admin=False)
    world.agent.write(other, "/id@talon_bot")
    await world.settle()
    assert says(world, world.group, str(world.group.id))
    assert says(world, other, str(other.id))
    await leap(world, 5 * HOUR)
    assert other.member(world.bot).is_in
    assert world.group.member(world.bot).is_in
    status, problems = await readyz(world)
    assert status == 503
    assert "STAFF_CHAT_ID" in problems["staff_chat"]


async def test_a_button_in_set_up_mode_is_answered(set_up: World) -> None:
    anna = set_up.customer("Анна")
    await anna.say("/start")
    for data in ("m:new", "l:ru", "t:take:1001"):
        click = anna.person.press_data(anna.bots()[-1], data)
        await answered(set_up, click)


async def test_a_foreign_group_is_left_after_an_hour(any_world: World) -> None:
    world = any_world
    eve = world.pg.add_person("Ева")
    other = world.pg.add_group("Чужая", owner=eve)
    other.add_bot(world.bot)
    eve.write(other, "/id")
    eve.write(other, "Привет, бот!")
    await world.settle()
    assert len(by_bot(world, other)) == 1
    assert str(other.id) in by_bot(world, other)[0]
    await leap(world, HOUR - 120)
    assert other.member(world.bot).is_in
    await leap(world, 180)
    assert not other.member(world.bot).is_in
    assert world.group.member(world.bot).is_in
    assert (await readyz(world))[0] == 200


async def test_a_foreign_group_is_left_after_a_restart_too(world: World) -> None:
    other = world.pg.add_group("Чужая")
    other.add_bot(world.bot)
    await world.settle()
    await restart(world)
    await leap(world, HOUR + 60)
    assert not other.member(world.bot).is_in


async def test_a_foreign_group_that_throws_the_bot_out_is_no_trouble(world: World) -> None:
    other = world.pg.add_group("Чужая")
    other.add_bot(world.bot)
    await world.settle()
    world.pg.faults.add(
        Fault(
            ("sendMessage", "leaveChat"),
            Refuse(403, "Forbidden: bot was kicked from the supergroup chat"),
            other.id,
            times=None,
        )
    )
    other.owner.write(other, "/id")
    await leap(world, HOUR + 60)
    assert await readyz(world) == (200, {})
    assert len([call for call in world.pg.calls if call.chat_id == other.id]) == 2


async def test_added_again_after_it_was_thrown_out(world: World) -> None:
    other = world.pg.add_group("Чужая")
    other.add_bot(world.bot)
    await leap(world, HOUR / 2)
    other.kick(world.bot)
    await leap(world, HOUR / 4)
    other.add_bot(world.bot)
    await leap(world, HOUR / 2)
    assert other.member(world.bot).is_in
    await leap(world, HOUR)
    assert not other.member(world.bot).is_in
