"""What the tests of the customers' side share: looking at screens, and short ways into a form."""

import re
from datetime import timedelta

from desk.loading import load_profile
from locales import Language, translator
from playground import SeenMessage, Topic
from tests.world import Customer, World

PROFILE = load_profile("vendotek")
SERIAL = "123456789012"
OTHER_SERIAL = "210987654321"
OWN_NAMES: dict[Language, str] = {"ru": "Русский", "en": "English", "lv": "Latviešu"}
assert PROFILE.advice is not None
ADVICE = PROFILE.advice
REVIEW = "<b>Please check your request</b>"


def untagged(text: str) -> str:
    """A text without its markup, as people see it."""
    return re.sub(r"<[^>]+>", "", text)


def said(customer: Customer, message: str, **values: object) -> str:
    """A text of the bot's in the customer's language, as it stands in the chat."""
    return untagged(customer.word(message, **values))


def counted(customer: Customer, one: str, many: str, n: int, **values: object) -> str:
    """The same for a text that counts something."""
    return untagged(translator(customer.language).plural_plain(one, many, n, **values))


def latest(customer: Customer) -> SeenMessage:
    """The lowest message of the bot's."""
    return customer.bots()[-1]


def text(customer: Customer) -> str:
    """What that one says."""
    return latest(customer).text or ""


def labels(message: SeenMessage) -> list[str]:
    """The labels of a message's buttons, in one row."""
    return [label for row in message.buttons for label in row]


def progress(customer: Customer, step: int) -> str:
    """How a step is announced."""
    return said(customer, "<b>Step {step} of {total}</b>", step=step, total=5)


def at_step(customer: Customer, step: int) -> bool:
    """Whether the lowest screen asks this step."""
    return progress(customer, step) in text(customer)


def at_review(customer: Customer) -> bool:
    """Whether the lowest screen is the review."""
    return said(customer, REVIEW) in text(customer)


def question(key: str, language: Language) -> str:
    """What the profile asks for a field."""
    field = next(field for field in PROFILE.form if field.key == key)
    return field.question.in_language(language)


def label_of(key: str, language: Language) -> str:
    """What the profile calls a field."""
    field = next(field for field in PROFILE.form if field.key == key)
    return field.label.in_language(language)


async def write_new(customer: Customer) -> None:
    """Tap "New request" below the text field, and agree to the desk's rules the first time."""
    customer.person.tap(customer.chat, customer.word("New request"))
    await customer.world.settle(0)
    await customer.agree()


async def at_serial(customer: Customer, language: str = "English") -> None:
    """Go to the question for the serial number."""
    await customer.begin(language)
    await customer.say("The terminal is silent")
    assert at_step(customer, 2), customer.world.report()


async def at_attachments(customer: Customer, language: str = "English", serial: str = SERIAL) -> None:
    """Go to the last question."""
    await customer.begin(language)
    for answer in ("The terminal is silent", serial, "Since yesterday"):
        await customer.say(answer)
    await customer.press("Skip")
    assert at_step(customer, 5), customer.world.report()


async def open_another(customer: Customer, serial: str, subject: str) -> None:
    """A further ticket of somebody who is in the language already."""
    await write_new(customer)
    await customer.press("No")
    await customer.press("Continue")
    for answer in (subject, serial, "Details"):
        await customer.say(answer)
    await customer.press("Skip")
    await customer.press("Done")
    await customer.press("Submit")
    await customer.world.settle(2)


async def leap(world: World, **distance: float) -> None:
    """Days pass in which nobody does anything."""
    world.clock.move_to(world.clock.now() + timedelta(**distance))
    await world.settle()


async def restart(world: World) -> None:
    """Stop the bot and start it again."""
    await world.stop()
    await world.start()


def is_closed(topic: Topic) -> bool:
    """Whether a thread is closed now."""
    return topic.closed
