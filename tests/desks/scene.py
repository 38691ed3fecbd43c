"""Short steps for the scenes of the shipped desks: what customers, agents and the clock do."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from desk.loading import load_profile
from playground import SeenMessage
from tests.agents.seeds import Seed, press, written_below_the_card
from tests.customers.looking import labels, latest, text, write_new
from tests.customers.test_types import choose
from tests.world import Customer, World, texts


def come(world: World, desk: str, moment: str) -> None:
    """Let it be this moment ("2026-11-27 17:00") on the desk's wall clock."""
    zone = ZoneInfo(load_profile(desk).zone)
    world.clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=zone).astimezone(UTC))


async def wait_until(world: World, moment: str) -> None:
    """Nobody does anything until this moment on the desk's wall clock."""
    assert world.app is not None
    come(world, world.app.profile.key, moment)
    await world.settle()


async def arrive(world: World, language: str, name: str = "Анна", **who: str) -> Customer:
    """Somebody new presses /start and chooses a language by its own name."""
    customer = world.customer(name, **who)
    await customer.choose_language(language)
    await world.settle(0)
    return customer


async def new_request(customer: Customer, kind: str | None = None) -> None:
    """Begin a request, and say of which type it is if the desk asks."""
    await write_new(customer)
    if kind is not None:
        await choose(customer, kind)


async def answer(customer: Customer, *answers: str) -> None:
    """Answer the questions of the form one after the other."""
    for each in answers:
        await customer.say(each)


async def share_phone(customer: Customer) -> None:
    """Press Telegram's own button that sends one's number."""
    keyboard = customer.chat.keyboard
    assert keyboard is not None, customer.world.report()
    customer.person.tap(customer.chat, keyboard[0][0])
    await customer.world.settle(0)


async def tap(customer: Customer, label: str) -> None:
    """Tap a button below the text field by its English label, in the customer's language."""
    customer.person.tap(customer.chat, customer.word(label))
    await customer.world.settle(0)


async def submit(customer: Customer) -> Seed:
    """Send what the review shows; gives back the ticket as its agents have it."""
    world = customer.world
    known = len(world.group.topics)
    await customer.press("Submit")
    await world.until(lambda: len(world.group.topics) > known and world.topic().messages[1:])
    await world.settle(2)
    topic = world.topic()
    return Seed(customer, topic, int(topic.name.split()[0].removeprefix("#")))


def told(ticket: Seed) -> str:
    """What the customer was told when the ticket was opened: its number, its promise, and what follows."""
    said = texts(ticket.customer.chat, of=ticket.customer.world.bot)
    first = next(i for i, each in enumerate(said) if f"#{ticket.number}" in each)
    return "\n".join(said[first:])


def everything(customer: Customer) -> str:
    """All that the bot said and left standing in the customer's chat."""
    return "\n".join(texts(customer.chat, of=customer.world.bot))


def card(ticket: Seed) -> str:
    """What agents read on the card."""
    return ticket.card.text or ""


def asked(customer: Customer) -> str:
    """The question, or whatever else stands lowest."""
    return text(customer)


def offered(customer: Customer) -> list[str]:
    """The buttons below it."""
    return labels(latest(customer))


async def set_priority(ticket: Seed, menu: str, label: str) -> None:
    """An agent chooses a priority on the card."""
    world = ticket.customer.world
    await press(world, ticket.card, menu)
    await press(world, ticket.card, label)


async def write(ticket: Seed, text: str, *, in_reply_to: SeenMessage | None = None) -> SeenMessage:
    """An agent writes in the thread, to the customer or to the bot."""
    world = ticket.customer.world
    message = world.agent.write(ticket.topic, text, reply_to=in_reply_to)
    await world.settle(2)
    return message


async def rate(ticket: Seed, stars: int, words: str | None = None) -> None:
    """The customer gives stars to a request that is closed by now, and says a few words or none."""
    customer = ticket.customer
    await customer.press(f"{stars} ★")
    if words is None:
        await customer.press("Skip")
    else:
        await customer.say(words)
    await customer.world.settle(2)


def alarms(ticket: Seed) -> list[str]:
    """What the thread was told of deadlines: the first line of each reminder and breach."""
    lines = written_below_the_card(ticket.customer.world, ticket.topic)
    return [line for line in lines if line.startswith(("⏰", "🔥"))]
