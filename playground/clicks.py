"""Presses of inline buttons."""

import asyncio
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from playground.bots import Bot
    from playground.people import Person


class Answer(NamedTuple):
    """What the bot answered to a press: a toast, or an alert to be closed by hand; often nothing to read."""

    text: str
    show_alert: bool
    url: str | None = None


class Click:
    """One press of an inline button; `pressed_at` in seconds of the playground's clock."""

    def __init__(self, id: str, person: "Person", bot: "Bot", data: str, pressed_at: float) -> None:
        self.id = id
        self.person = person
        self.bot = bot
        self.data = data
        self.pressed_at = pressed_at
        self.result: Answer | None = None
        """The answer, None while there is none."""
        self._answered = asyncio.Event()

    @property
    def answer(self) -> "_Waiter":
        """Await it for the bot's answer; there is no time-out of its own."""
        return _Waiter(self)

    def settle(self, answer: Answer) -> None:
        self.result = answer
        self._answered.set()

    async def wait(self) -> Answer:
        await self._answered.wait()
        assert self.result is not None
        return self.result


class _Waiter:
    def __init__(self, click: Click) -> None:
        self._click = click

    def __await__(self) -> Generator[Any, None, Answer]:
        return self._click.wait().__await__()
