"""A ticket in either kind of group: in a forum it has a topic, in a plain group a card that is replied to."""

from dataclasses import dataclass

from playground import Group, Person, SeenMessage, Topic
from tests.agents.seeds import open_ticket
from tests.world import Customer, World, texts


@dataclass
class Side:
    """A ticket and where agents answer it: its topic, or in a plain group by replies to its card."""

    world: World
    customer: Customer
    place: Topic | Group
    card: SeenMessage

    def answer(self, text: str, who: Person | None = None) -> SeenMessage:
        """Write to the customer."""
        return (who or self.world.agent).write(self.place, text, reply_to=self.card)

    async def take_back(self, message: SeenMessage, command: str = "/del") -> SeenMessage:
        """Ask for a message back, and wait for what comes of it."""
        asked = self.world.agent.write(self.place, command, reply_to=message)
        await self.world.settle()
        return asked

    def told(self) -> SeenMessage:
        """The last line of the bot's where the agents are."""
        return next(m for m in reversed(self.place.messages) if m.sender is self.world.bot)

    def seen(self) -> list[str]:
        """What the customer has of the bot's now."""
        return texts(self.customer.chat, of=self.world.bot)

    def deletions(self) -> int:
        """How often the bot asked Telegram to delete something."""
        return sum(call.method in ("deleteMessage", "deleteMessages") for call in self.world.pg.calls)


async def open_side(world: World, *, forum: bool) -> Side:
    """Open a ticket in a world; one with a plain group is started here."""
    if not forum:
        world.group.set_forum(False)
        await world.start()
        # What was said there before tells of topics still.
        await world.settle(0)
    customer = world.customer()
    await open_ticket(world, customer)
    place: Topic | Group
    if forum:
        await world.until(lambda: world.group.topics and world.topic().messages[1:])
        place = world.topic()
    else:
        await world.until(lambda: [m for m in world.group.messages if m.buttons])
        place = world.group
    await world.settle(0)
    return Side(world, customer, place, next(m for m in place.messages if m.buttons))
