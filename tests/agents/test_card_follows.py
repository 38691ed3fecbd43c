"""A ticket that changes while its card is being edited: card and topic follow all the same."""

from datetime import timedelta

from playground import Fault, Slow
from tests.agents.seeds import Seed, seed
from tests.world import World


async def meanwhile(world: World, anna: Seed, *, slow: str, first: str, then: str) -> None:
    """Press `first`, and `then` while the call `slow` that comes of it is under way."""
    fault = world.pg.faults.add(Fault(slow, Slow(5), chat_id=world.group.id))
    world.agent.press(anna.card, first)
    await world.until(lambda: fault.struck)
    # The row of the first change is still queued, so that this change adds none.
    click = world.agent.press(anna.card, then)
    await world.until(lambda: click.result)
    world.clock.move_to(world.clock.now() + timedelta(seconds=5))
    await world.settle(10)


async def test_a_change_while_the_card_is_being_edited(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await meanwhile(world, anna, slow="editMessageText", first="Решить", then="Закрыть")
    assert "закрыта" in (anna.card.text or "")
    assert anna.is_closed()
    calls = len(world.pg.calls)
    await world.settle(10)
    assert len(world.pg.calls) == calls


async def test_a_change_while_the_topic_is_being_closed(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    await meanwhile(world, anna, slow="closeForumTopic", first="Закрыть", then="Открыть снова")
    assert "в работе" in (anna.card.text or "")
    assert not anna.is_closed()
