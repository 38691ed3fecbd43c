"""Telegram is gone for a while: the same story however updates come."""

from playground import DropBefore, Fault
from tests.agents.seeds import leap, seed
from tests.world import World, texts


async def everything_goes_out_as_soon_as_telegram_is_back(world: World) -> None:
    """Both sides wrote before; at the end of ten minutes a minute lies between two tries."""
    anna = await seed(world, "Анна")
    world.pg.faults.add(Fault("sendMessage", DropBefore(), times=None))
    world.agent.write(anna.topic, "Ответ")
    anna.customer.write("Вопрос")
    await world.settle(1)
    world.pg.down()
    await leap(world, 600, step=1)
    world.pg.faults.clear()
    world.pg.up()
    began = world.clock.time()
    # Whoever looks does so every fifteen seconds, give or take a fifth; nothing waits longer than that.
    await world.until(lambda: "Вопрос" in texts(anna.topic) and "Ответ" in texts(anna.customer.chat))
    assert world.clock.time() - began < 20
