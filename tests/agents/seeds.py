"""Shortcuts for tests of the staff side: a ticket that is open already, and time that passes in leaps."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from aiogram.types import User

from desk.search import FaqSearch
from dialogs.context import Desk
from dialogs.form import Form
from dialogs.life import Life
from playground import Answer, Chat, Click, Person, SeenMessage, Topic
from storage import customers, journal, tickets
from storage.outbox import Outbox
from storage.rows import Ticket
from tests.world import Customer, World, texts

NOTED, DELIVERED = "✍", "👌"


@dataclass(frozen=True, slots=True)
class Seed:
    """A customer with an open ticket and its thread."""

    customer: Customer
    topic: Topic
    number: int

    @property
    def card(self) -> SeenMessage:
        """The card that opens the thread."""
        return self.topic.messages[1]

    def is_closed(self) -> bool:
        """Whether the topic is closed now."""
        return self.topic.closed


async def answered(world: World, click: Click) -> Answer:
    """The answer to a press, once it is there."""
    await world.until(lambda: click.result is not None)
    assert click.result is not None
    return click.result


SUBJECT, SERIAL = "Терминал не принимает карты", "123456789012"


async def seed(
    world: World,
    name: str = "Анна",
    *,
    shown: bool = True,
    subject: str = SUBJECT,
    serial: str = SERIAL,
    type: str | None = None,
    **who: str,
) -> Seed:
    """Open a ticket by the same use case as the form does, without the form's ten steps."""
    customer = world.customer(name, **who)
    number = await open_ticket(world, customer, subject, serial, type)
    if shown:
        await world.until(lambda: [topic for topic in world.group.topics if topic.messages[1:]])
        await world.until(lambda: _topic(world, number) is not None)
        await world.settle(0)
        topic = _topic(world, number)
        assert topic is not None
    else:
        topic = Topic(world.group, 0, "", 0, None)
    return Seed(customer, topic, number)


def desk_of(world: World) -> Desk:
    """The desk as the running bot has it."""
    assert world.app is not None
    assert world.app.parts is not None
    profile, groups = world.app.profile, world.app.parts.desk.groups
    return Desk(
        profile,
        Form(profile),
        FaqSearch(profile.faq),
        "ru",
        is_open=True,
        bot_username="talon_bot",
        groups=groups,
    )


async def open_ticket(
    world: World, customer: Customer, subject: str = SUBJECT, serial: str = SERIAL, type: str | None = None
) -> int:
    """Open a ticket for a customer who has chosen a language; gives back its number."""
    assert world.app is not None
    customer.chat.started = True
    desk = desk_of(world)
    async with world.app.store.transaction() as tx:
        person = customer.person
        user = User(
            id=person.id,
            is_bot=False,
            first_name=person.first_name,
            last_name=person.last_name,
            username=person.username,
            language_code=person.language_code,
        )
        known = await customers.meet(tx, user)
        await customers.set_language(tx, known.id, customer.language)
        ticket = await Life(tx, Outbox(tx), desk).open(
            known,
            type=type,
            subject=subject,
            serial=serial,
            answers={"subject": subject, "serial": serial},
        )
    return ticket.number


def _topic(world: World, number: int) -> Topic | None:
    found = (topic for topic in world.group.topics if topic.name.startswith(f"#{number} "))
    return next((topic for topic in found if topic.messages[1:]), None)


async def ticket_of(world: World, number: int) -> Ticket:
    """The ticket as it is stored."""
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        return await tickets.get(tx, number)


async def journal_of(world: World, number: int) -> list[str]:
    """What happened to a ticket."""
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        return [row.event for row in await journal.of(tx, number)]


async def colleague(world: World, name: str = "Пётр", *, admin: bool = False) -> Person:
    """One more agent."""
    person = world.pg.add_person(name, language_code="ru")
    world.group.join(person, admin=admin)
    await world.settle(0)
    return person


async def press(world: World, message: SeenMessage, label: str, who: Person | None = None) -> str:
    """Press a button of a card, one behind "…" too; gives back the toast."""
    shown = [each for row in message.buttons or [] for each in row]
    if label not in shown and "…" in shown:
        (who or world.agent).press(message, "…")
        await world.settle(1.5)
    click = (who or world.agent).press(message, label)
    text = (await answered(world, click)).text
    await world.settle(1.5)
    return text


async def leap(world: World, seconds: float, step: float = 3600) -> None:
    """Let much time pass in leaps: what is due within one comes all at once."""
    left = seconds
    while left > 0:
        world.clock.move_to(world.clock.now() + timedelta(seconds=min(step, left)))
        left -= step
        await world.settle(0)
    await world.settle(2)


async def restart(world: World) -> None:
    """Stop the bot and start it anew."""
    await world.stop()
    await world.start()
    await world.settle(0)


async def lose_updates(world: World) -> None:
    """Telegram forgets what waited for the bot, as it does after a day."""
    world.bot.updates.clear()


async def readyz(world: World, path: str = "/readyz") -> tuple[int, dict[str, str]]:
    """What the bot says of itself to those who watch over it."""
    assert world.app is not None
    url = f"http://127.0.0.1:{world.app.web.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        told = await answer.json()
        return answer.status, told["problems"]


def by_bot(world: World, place: Chat | Topic) -> list[str]:
    """What the bot said in words in a chat."""
    return texts(place, of=world.bot)


def lines(world: World, place: Chat | Topic) -> list[str]:
    """The same line by line: what had to wait may have travelled as one message."""
    return [line for text in by_bot(world, place) for line in text.split("\n")]


def written_below_the_card(world: World, topic: Topic) -> list[str]:
    """What the bot wrote in a thread after the card, line by line."""
    return [line for text in by_bot(world, topic)[1:] for line in text.split("\n")]


def says(world: World, place: Chat | Topic, words: str) -> bool:
    """Whether the bot said something with these words in it."""
    return any(words in text for text in by_bot(world, place))


async def really(world: World, seen: Callable[[], object]) -> None:
    """Wait for something while the virtual clock stands still."""
    for _ in range(2500):
        if seen():
            return
        await asyncio.sleep(0.002)
    raise AssertionError(world.report())
