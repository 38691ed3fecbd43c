"""How people act in the demo: they wait until they see something, then write or press."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bot.demo.stage import Press, Stage
from dialogs.words import OWN_LANGUAGE_NAMES
from locales import Language, translator
from playground import Attachment, Chat, Person, SeenMessage, Topic

_POLL = 0.01

Found = TypeVar("Found")


class Stuck(Exception):
    """Somebody waited in vain; the words say who and for what."""


async def until(stage: Stage, look: Callable[[], Found | None], what: str) -> Found:
    """Wait until `look` finds something. Raises Stuck when the stage's patience is over.

    Patience is counted in looks, not by the clock: on a busy machine the desk is slower too.
    """
    for _ in range(round(stage.patience / _POLL)):
        if found := look():
            return found
        await asyncio.sleep(_POLL)
    raise Stuck(f"{what} in vain")


def label_on(message: SeenMessage, words: str) -> str | None:
    """The button of a message with these words, in any case; an emoji in front of them does not count."""
    return find_label([label for row in message.buttons for label in row], words)


def find_label(labels: Iterable[str], words: str) -> str | None:
    """The label that says these words."""
    words = words.casefold()
    return next((label for label in labels if f" {label}".casefold().endswith(f" {words}")), None)


def newest_with(place: Chat | Topic, words: str, after: int = 0) -> SeenMessage | None:
    """The newest message with such a button, below message `after`."""
    below = (m for m in reversed(place.messages) if m.id > after)
    return next((m for m in below if label_on(m, words) is not None), None)


class Actor:
    """A person of the story, who reads the bot's words in `language`."""

    def __init__(self, stage: Stage, person: Person, language: Language) -> None:
        self.stage = stage
        self.person = person
        self.language = language

    @property
    def name(self) -> str:
        """The first name."""
        return self.person.first_name

    def words(self, message: str) -> str:
        """What a control is called in this person's language."""
        return translator(self.language).plain(message)

    async def sees(
        self, place: Chat | Topic, what: str, fits: Callable[[SeenMessage], object], *, after: int = 0
    ) -> SeenMessage:
        """Wait for the newest message of the bot that fits, below message `after`."""

        def look() -> SeenMessage | None:
            bots = (m for m in reversed(place.messages) if m.sender is self.stage.bot and m.id > after)
            return next((m for m in bots if fits(m)), None)

        return await until(self.stage, look, f"{self.name} waited for {what}")

    async def reads(self, place: Chat | Topic, text: str, *, after: int = 0) -> SeenMessage:
        """Wait for a message of the bot with these words in it."""
        return await self.sees(place, f"“{text[:60]}…”", lambda m: text in (m.text or ""), after=after)

    async def press(self, place: Chat | Topic, words: str, *, after: int = 0) -> None:
        """Press the newest button with these words below message `after`, and wait for the bot's answer."""
        message = await until(
            self.stage,
            lambda: newest_with(place, words, after),
            f"{self.name} looked for a button “{words}”",
        )
        label = label_on(message, words) or words
        self.stage.presses.append(Press(message, label, message.text))
        click = self.person.press(message, label)
        await until(
            self.stage, lambda: click.result, f"{self.name} waited for an answer to the press of “{label}”"
        )


class Customer(Actor):
    """A customer, in the private chat with the bot."""

    def __init__(self, stage: Stage, key: str, language: Language) -> None:
        super().__init__(stage, stage.customers[key], language)
        self.chat = self.person.chat(stage.bot)

    async def taps(self, control: str) -> None:
        """Tap a button of the menu below the text field."""
        words = self.words(control)

        def shown() -> bool:
            return any(words in row for row in self.chat.keyboard or [])

        await until(self.stage, shown, f"{self.name} looked for “{words}” in the menu")
        self.person.tap(self.chat, words)

    async def presses(self, control: str) -> None:
        """Press the button of this name, given in English."""
        await self.presses_label(self.words(control))

    async def presses_label(self, words: str) -> None:
        """Press the newest button with these words that stands below what this customer wrote last."""
        last = max((m.id for m in self.chat.messages if m.sender is self.person), default=0)
        await self.press(self.chat, words, after=last)

    async def chooses(self, language: Language) -> None:
        """Press the button of a language; from then on the bot's words are in it."""
        await self.presses_label(OWN_LANGUAGE_NAMES[language])
        self.language = language

    def writes(self, text: str, *, reply_to: SeenMessage | None = None) -> SeenMessage:
        """Write to the bot."""
        return self.person.write(self.chat, text, reply_to=reply_to)

    def sends(self, file: Attachment, caption: str | None = None) -> SeenMessage:
        """Send a file to the bot."""
        return self.person.send(self.chat, file, caption)

    def sends_album(self, files: Sequence[Attachment], caption: str) -> list[SeenMessage]:
        """Send files as an album to the bot."""
        return self.person.send_album(self.chat, files, caption)


class Agent(Actor):
    """An agent, in the threads of the staff group."""

    def __init__(self, stage: Stage, key: str, language: Language) -> None:
        super().__init__(stage, stage.agents[key], language)

    async def presses(self, thread: Topic, control: str) -> None:
        """Press the button of this name, given in English."""
        await self.press(thread, self.words(control))

    async def marked(self, message: SeenMessage, what: str) -> None:
        """Wait for the bot's mark on a message."""
        bot = self.stage.bot
        await until(
            self.stage, lambda: message.reactions.get(bot), f"{self.name} waited for the mark on {what}"
        )
