"""Telegram's published limits: 20 calls a minute into one group, 1 a second per chat, 30 a second overall."""

from collections.abc import AsyncIterator

import pytest

from playground import FloodLimits, Topic
from tests.open_tickets import crowd
from tests.world import World, texts

CUSTOMERS = 160
MINUTE = 60.0
AT_ONCE = 20
# 20 calls pass at once, the others take a minute for each 20.
LEAST = (CUSTOMERS - AT_ONCE) / AT_ONCE * MINUTE


@pytest.fixture
async def stopped(sqlite_url: str) -> AsyncIterator[World]:
    """A desk that does not run yet."""
    world = World(sqlite_url)
    yield world
    await world.close()


def _said(world: World, topic: Topic) -> list[str]:
    return [line for text in texts(topic, of=world.bot) for line in text.split("\n")]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("more", [False, True], ids=["one message each", "more from those who wait"])
async def test_of_160_messages_within_a_minute_80_are_given_up_and_nobody_is_told(
    stopped: World, more: bool
) -> None:
    world = stopped
    threads = await crowd(world, CUSTOMERS)
    world.pg.flood = FloodLimits(group_per_minute=20, chat_per_second=1, overall_per_second=30)
    world.pg.calls.clear()
    expected: dict[Topic, list[str]] = {}
    began = world.clock.time()
    for index, (customer, topic) in enumerate(threads.items()):
        # What those say who have to wait travels along, and costs nothing.
        words = ["Первое", "Второе"] if more and index >= AT_ONCE else ["Первое"]
        expected[topic] = [f"{word} {customer.person.first_name}" for word in words]
        for text in expected[topic]:
            customer.write(text)
        await world.pass_time(MINUTE / CUSTOMERS)

    missing = dict(expected)

    def waiting() -> int:
        for topic in [topic for topic, lines in missing.items() if _said(world, topic) == lines]:
            del missing[topic]
        return len(missing)

    await world.until(lambda: not waiting(), 2 * LEAST, what=waiting)
    took = world.clock.time() - began
    refused = sum(call.error_code == 429 for call in world.pg.calls)
    print(f"{CUSTOMERS} customers within a minute: {took:.0f} s, least {LEAST:.0f} s; {refused} refusals")
    assert took <= LEAST * 1.1
    assert world.pg.calls_during_retry_after == 0
    await world.pass_time(MINUTE)
    assert {topic: _said(world, topic) for topic in expected} == expected
