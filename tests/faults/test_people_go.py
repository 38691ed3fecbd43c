"""Customers who cannot be reached, and who come back."""

from playground import Fault, ServerError
from tests.agents.seeds import DELIVERED, by_bot, lines, press, restart, says, seed
from tests.world import World, texts

LINES = ["раз", "два", "три"]


async def test_a_customer_blocks_and_returns(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    anna.customer.person.block(world.bot)
    await world.settle()
    assert says(world, anna.topic, "Клиент заблокировал бота")
    sent = [world.agent.write(anna.topic, line) for line in LINES]
    await world.settle()
    assert not texts(anna.customer.chat)
    assert not any(message.reactions for message in sent)
    anna.customer.person.unblock(world.bot)
    await world.settle()
    assert lines(world, anna.customer.chat) == LINES
    assert says(world, anna.topic, "Клиент снова доступен")
    assert all(message.reactions == {world.bot: DELIVERED} for message in sent)


async def test_a_block_that_nobody_told_of(world: World) -> None:
    anna = await seed(world)
    with world.pg.hold_updates():
        anna.customer.person.block(world.bot)
        world.bot.updates.clear()
    world.agent.write(anna.topic, "раз")
    await world.settle()
    assert says(world, anna.topic, "bot was blocked by the user")
    anna.customer.person.unblock(world.bot)
    anna.customer.write("я здесь")
    await world.settle()
    assert texts(anna.customer.chat, of=world.bot) == ["раз"]
    assert "я здесь" in texts(anna.topic)


async def test_a_customer_returns_after_a_restart(world: World) -> None:
    anna = await seed(world)
    anna.customer.person.block(world.bot)
    for line in LINES:
        world.agent.write(anna.topic, line)
    await world.settle()
    await restart(world)
    world.pg.calls.clear()
    await world.settle(100)
    assert not [call for call in world.pg.calls if call.chat_id == anna.customer.person.id]
    anna.customer.person.unblock(world.bot)
    await world.settle()
    assert lines(world, anna.customer.chat) == LINES


async def test_a_customer_returns_while_the_bot_is_down(world: World) -> None:
    anna = await seed(world)
    anna.customer.person.block(world.bot)
    world.agent.write(anna.topic, "раз")
    await world.settle()
    await world.stop()
    anna.customer.person.unblock(world.bot)
    await world.start()
    await world.settle()
    assert texts(anna.customer.chat) == ["раз"]


async def test_a_deactivated_customer_comes_back(world: World) -> None:
    anna = await seed(world)
    anna.customer.person.deactivate()
    world.agent.write(anna.topic, "раз")
    await world.settle()
    anna.customer.person.deactivated = False
    anna.customer.write("я вернулась")
    await world.settle()
    assert texts(anna.customer.chat, of=world.bot) == ["раз"]
    assert "я вернулась" in texts(anna.topic)
    assert says(world, anna.topic, "Клиент снова доступен")


async def test_screens_are_dropped_and_the_present_step_is_shown_again(world: World) -> None:
    anna = world.customer("Анна")
    await anna.begin()
    assert says(world, anna.chat, "Шаг 1 из 5")
    world.pg.faults.add(Fault("sendMessage", ServerError(500), anna.person.id, times=3))
    anna.write("Терминал не принимает карты")
    await world.settle(0.5)
    anna.person.block(world.bot)
    await world.settle(60)
    world.pg.faults.clear()
    before = len(anna.bots())
    anna.person.unblock(world.bot)
    await world.settle()
    assert [message.text for message in anna.bots()[before:] if "Шаг 2 из 5" in (message.text or "")]


async def test_blocking_again_and_again(world: World) -> None:
    anna = await seed(world)
    for line in LINES:
        anna.customer.person.block(world.bot)
        world.agent.write(anna.topic, line)
        await world.settle()
        anna.customer.person.unblock(world.bot)
        await world.settle()
    assert lines(world, anna.customer.chat) == LINES
    notices = by_bot(world, anna.topic)
    assert len([text for text in notices if "заблокировал бота" in text]) == 3
    assert len([text for text in notices if "снова доступен" in text]) == 3


async def test_buttons_of_a_ticket_whose_customer_is_gone(world: World) -> None:
    anna = await seed(world)
    anna.customer.person.block(world.bot)
    await world.settle()
    assert await press(world, anna.card, "Решить")
    assert "решена" in (anna.card.text or "")
    anna.customer.person.unblock(world.bot)
    await world.settle()
    assert says(world, anna.customer.chat, "Проблема решена?")
