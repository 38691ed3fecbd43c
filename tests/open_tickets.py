"""Tickets that are open already, with their threads, for as many customers as a test wants."""

from collections.abc import Mapping

from aiogram.types import User

from desk.journal import OPENED
from desk.lifecycle import State
from playground import Group, Person, Topic
from storage import journal, tickets
from storage.customers import meet, set_language
from storage.journal import Actor
from storage.store import Store
from tests.world import Customer, World

_SERIAL = "123456789012"


async def open_tickets(database_url: str, group: Group, topics: Mapping[Person, Topic]) -> None:
    """Write into the store of a desk that does not run that each of these customers has a ticket in progress.

    What opened the topic stands for the card.
    """
    store = Store(database_url)
    await store.open()
    async with store.transaction() as tx:
        for person, topic in topics.items():
            person_now = User(
                id=person.id,
                is_bot=False,
                first_name=person.first_name,
                language_code=person.language_code,
            )
            await meet(tx, person_now)
            await set_language(tx, person.id, person.language_code or "en")
            ticket = await tickets.open_new(
                tx,
                customer_id=person.id,
                subject=topic.name,
                serial=_SERIAL,
                answers={},
                first_number=1001,
                priority=None,
            )
            customer = Actor("customer", person.id, person.first_name)
            await journal.note(tx, ticket.number, customer, OPENED, {"to": State.NEW.value})
            await tickets.change(tx, ticket.number, state=State.IN_PROGRESS)
            await tickets.place(
                tx,
                ticket.number,
                thread_chat_id=group.id,
                thread_id=topic.id,
                card_message_id=topic.id,
            )
    await store.close()


async def idle_crowd(world: World, count: int) -> dict[Customer, Topic]:
    """So many customers with a thread each, in a Telegram where no bot runs yet."""
    customers = [world.customer(f"Клиент {index}") for index in range(count)]
    threads = {
        customer: world.group.open_topic(f"#{1001 + index}") for index, customer in enumerate(customers)
    }
    for customer in customers:
        customer.chat.started = True
    await world.pg.start()
    return threads


async def crowd(world: World, count: int) -> dict[Customer, Topic]:
    """So many customers, each with an open ticket, of a desk that does not run yet; it runs then."""
    threads = await idle_crowd(world, count)
    await open_tickets(
        world.database_url, world.group, {customer.person: topic for customer, topic in threads.items()}
    )
    await world.start()
    await world.settle(0)
    return threads
