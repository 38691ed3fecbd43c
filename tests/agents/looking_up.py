"""Asking the bot for tickets in the staff group, and reading what it answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playground import Group, Person, SeenMessage, Topic
from tests.agents.seeds import press
from tests.world import World


async def ask(
    world: World,
    command: str,
    place: Group | Topic | None = None,
    *,
    who: Person | None = None,
    reply_to: SeenMessage | None = None,
) -> SeenMessage:
    """Write a command; gives back what the bot answered to it."""
    place = place or world.group
    asked = (who or world.agent).write(place, command, reply_to=reply_to)

    def answers() -> list[SeenMessage]:
        return [m for m in place.messages if m.sender is world.bot and m.reply_to is asked]

    await world.until(answers)
    await world.settle(0)
    (answer,) = answers()
    return answer


async def turn(world: World, page: SeenMessage, label: str, who: Person | None = None) -> str:
    """Turn a page; gives back the toast, if there is one."""
    return await press(world, page, label, who) or ""


def numbers(answer: SeenMessage) -> list[int]:
    """The tickets that an answer lists, in order."""
    paragraphs = (answer.text or "").split("\n\n")[1:]
    return [int(paragraph.split(" ")[0].removeprefix("#")) for paragraph in paragraphs]


def addresses(answer: SeenMessage) -> list[str]:
    """Where the links of an answer lead."""
    return [entity["url"] for entity in answer.entities if entity["type"] == "text_link"]


@asynccontextmanager
async def plain_world(database_url: str, *, kind: str = "supergroup") -> AsyncIterator[World]:
    """A desk whose group has no topics."""
    world = World(database_url)
    if kind == "group":
        world.group = world.pg.add_group("Простая", kind=kind)
        world.group.join(world.agent)
        world.group.add_bot(world.bot, admin=True)
        world._settings["staff_chat_id"] = world.group.id
    else:
        world.group.set_forum(False)
    await world.start()
    await world.settle(0)
    try:
        yield world
    finally:
        await world.close()
