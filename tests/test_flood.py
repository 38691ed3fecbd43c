"""Telegram's published limits: 20 calls a minute into one group."""

import pytest

from playground import FloodLimits
from tests.agents.seeds import open_ticket
from tests.world import Customer, World, texts

CUSTOMERS = 160
AT_ONCE = 20
# 20 calls pass at once, the others take a minute for each 20.
LEAST = (CUSTOMERS - AT_ONCE) / AT_ONCE * 60


@pytest.mark.timeout(240)
async def test_a_minute_of_160_customers_drains_as_fast_as_telegram_allows(world: World) -> None:
    customers: list[Customer] = []
    for index in range(CUSTOMERS):
        customer = world.customer(f"Клиент {index}")
        await open_ticket(world, customer)
        customers.append(customer)
    await world.until(lambda: len(world.group.topics) == CUSTOMERS, 600)
    await world.settle(5)
    world.pg.flood = FloodLimits(group_per_minute=20)
    world.pg.calls.clear()

    began = world.clock.time()
    for index, customer in enumerate(customers):
        customer.write(f"Первое {customer.person.first_name}")
        if index >= AT_ONCE:
            # Who has to wait says more meanwhile: it travels along.
            customer.write(f"Второе {customer.person.first_name}")
        await world.pass_time(60 / CUSTOMERS)

    def arrived() -> int:
        return sum(len(topic.messages) > 2 for topic in world.group.topics)

    await world.until(lambda: arrived() == CUSTOMERS, 1200, what=arrived)
    took = world.clock.time() - began
    for index, topic in enumerate(world.group.topics):
        expected = [f"Первое Клиент {index}", f"Второе Клиент {index}"][: 1 + (index >= AT_ONCE)]
        assert "\n".join(texts(topic, of=world.bot)[1:]) == "\n".join(expected)
    assert world.pg.calls_during_retry_after == 0
    refused = sum(call.error_code == 429 for call in world.pg.calls)
    print(f"{CUSTOMERS} customers within a minute: {took:.0f} s, least {LEAST:.0f} s; {refused} refusals")
    assert took <= LEAST * 1.1
