"""A desk whose service department has a group of its own, and people in either group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playground import Group, Person, SeenMessage, Topic
from tests.agents.seeds import Seed, by_bot, press, seed
from tests.world import World

SUPPORT, SERVICE = "Техническая поддержка", "Сервисный отдел (ремонт)"


class TwoGroups:
    """The world with the second group: Olga is in the common one, Pyotr in the service department's own."""

    def __init__(self, world: World, service: Group, peter: Person) -> None:
        self.world = world
        self.service = service
        self.olga = world.agent
        self.peter = peter

    async def seed(self, name: str = "Анна") -> Seed:
        """A customer with an open ticket, which begins in the common group."""
        return await seed(self.world, name)

    async def transfer(self, card: SeenMessage, to: str, who: Person | None = None) -> str:
        """Move a ticket by the menu of its card, and wait for what comes of it."""
        await press(self.world, card, "Передать", who)
        toast = await press(self.world, card, to, who)
        await self.world.settle()
        return toast

    def thread(self, number: int = 1001) -> Topic:
        """The ticket's thread in the service department's group."""
        return next(topic for topic in self.service.topics if topic.name.startswith(f"#{number} "))

    def card(self, number: int = 1001) -> SeenMessage:
        """Its card there."""
        return self.thread(number).messages[1]

    def told(self, place: Any) -> list[str]:
        """What the bot said in words, but for the card."""
        return [text for text in by_bot(self.world, place) if not text.startswith("#")]


@asynccontextmanager
async def two_groups(
    database_url: str, *, forum: bool = True, kind: str = "supergroup", **settings: Any
) -> AsyncIterator[TwoGroups]:
    """The world with both groups, running; that of the department with or without topics."""
    world = World(database_url, **settings)
    peter = world.pg.add_person("Пётр", language_code="ru")
    service = world.pg.add_group("Сервис", forum=forum, kind=kind, owner=world.pg.add_person("Владелец"))
    service.join(peter)
    service.add_bot(world.bot, admin=True)
    world.set_up(staff_chats={"service": service.id})
    await world.start()
    await world.settle(0)
    try:
        yield TwoGroups(world, service, peter)
    finally:
        await world.close()
