"""Live locations: the first position and the last cross, the way between them does not."""

from playground import Chat, SeenMessage, Topic
from tests.agents.seeds import by_bot, leap, restart
from tests.agents.sides import Side
from tests.world import World

RU = ("Трансляция геопозиции завершена", "Последнее местоположение")


def _places(place: Chat | Topic, world: World) -> list[SeenMessage]:
    """What the bot showed on the map, in order."""
    return [m for m in place.messages if m.sender is world.bot and m.kind in ("location", "venue")]


def _at(message: SeenMessage) -> tuple[float, float]:
    spot = message.extra["location"] if message.kind == "venue" else message.extra
    return spot["latitude"], spot["longitude"]


def _words(message: SeenMessage) -> tuple[str, str]:
    return message.extra["title"], message.extra["address"]


async def test_a_customer_shares_and_stops(any_side: Side) -> None:
    side, world, person = any_side, any_side.world, any_side.customer.person
    live = person.send_location(side.customer.chat, 56.0, 24.0, live_period=600)
    await world.settle()
    world.pg.calls.clear()
    for step in range(5):
        person.move(live, 56.1 + step, 24.0)
        await world.settle(1)
    await world.settle(20)
    assert not [call for call in world.pg.calls if call.method not in ("getUpdates", "getChatMember")]

    person.stop_sharing(live)
    await world.settle()
    first, last = _places(side.place, world)
    assert (first.kind, last.kind) == ("location", "venue")
    assert "live_period" not in first.extra
    assert (_at(first), _at(last)) == ((56.0, 24.0), (60.1, 24.0))
    assert _words(last) == RU
    assert last.reply_to is first

    # Its time would be over only now; and what the agent answers to it finds its way.
    await world.settle(700)
    world.agent.write(side.place, "Вижу Вас", reply_to=last)
    await world.settle()
    assert len(_places(side.place, world)) == 2
    assert side.customer.bots()[-1].reply_to is live
    assert not [text for text in by_bot(world, side.place) if "изменил" in text]


async def test_an_agent_shares_and_stops(any_side: Side) -> None:
    side, world = any_side, any_side.world
    side.customer.write("Где мастер?")
    await world.settle()
    live = world.agent.send_location(side.place, 56.0, 24.0, live_period=600, reply_to=side.told())
    await world.settle()
    world.agent.move(live, 56.5, 24.0)
    await world.settle(20)
    assert len(_places(side.customer.chat, world)) == 1
    world.agent.stop_sharing(live)
    await world.settle()
    first, last = _places(side.customer.chat, world)
    assert (_at(first), _at(last)) == ((56.0, 24.0), (56.5, 24.0))
    assert _words(last) == RU
    assert last.reply_to is first

    # Both go when it is taken back.
    await side.take_back(live)
    assert not _places(side.customer.chat, world)


async def test_its_time_is_over_and_nobody_says_so(side: Side) -> None:
    world, person = side.world, side.customer.person
    live = person.send_location(side.customer.chat, 56.0, 24.0, live_period=600)
    await world.settle()
    person.move(live, 56.5, 24.0, live_period=900)
    await restart(world)
    await leap(world, 800, 400)
    assert len(_places(side.place, world)) == 1
    person.move(live, 57.0, 24.0)
    await world.settle()
    await leap(world, 200, 100)
    await world.settle(10)
    first, last = _places(side.place, world)
    assert _at(last) == (57.0, 24.0)
    assert _words(last) == RU
    assert last.reply_to is first
    await leap(world, 1000, 500)
    assert len(_places(side.place, world)) == 2


async def test_without_end_until_it_is_stopped(side: Side) -> None:
    world, person = side.world, side.customer.person
    live = person.send_location(side.customer.chat, 56.0, 24.0, live_period=0x7FFFFFFF)
    await world.settle()
    await leap(world, 30 * 24 * 3600, 10 * 24 * 3600)
    assert len(_places(side.place, world)) == 1
    person.stop_sharing(live)
    await world.settle()
    assert [message.kind for message in _places(side.place, world)] == ["location", "venue"]


async def test_shared_while_the_form_is_filled_in(world: World) -> None:
    anna = world.customer()
    sent: list[SeenMessage] = []
    topic = await anna.open_ticket(
        attach=lambda chat: sent.append(anna.person.send_location(chat, 56.0, 24.0, live_period=3600))
    )
    (first,) = _places(topic, world)
    anna.person.move(sent[0], 56.5, 24.0)
    anna.person.stop_sharing(sent[0])
    await world.settle()
    last = _places(topic, world)[-1]
    assert last.reply_to is first
    assert _at(last) == (56.5, 24.0)


async def test_what_was_taken_back_or_noted_does_not_come_back_at_its_end(side: Side) -> None:
    world = side.world
    note = world.agent.write(side.place, "// выехал")
    await world.settle()
    noted = world.agent.send_location(side.place, live_period=600, reply_to=note)
    live = world.agent.send_location(side.place, live_period=600)
    await world.settle()
    assert len(_places(side.customer.chat, world)) == 1
    await side.take_back(live)
    world.agent.stop_sharing(live)
    world.agent.stop_sharing(noted)
    await leap(world, 700, 350)
    assert not side.customer.bots()
