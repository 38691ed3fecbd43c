"""A Telegram that runs offline."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from playground.bots import Bot
from playground.calls import Call
from playground.clock import Clock
from playground.flood import FloodGate, FloodLimits
from playground.server import Server
from playground.world import World


class Playground(World):
    """A Telegram of one's own: a Bot API server on loopback, people in it, and switches for what goes wrong.

    Use it as an async context manager, or call `start` and `stop`. Give `url` to aiogram's
    `TelegramAPIServer.from_base`.
    """

    def __init__(self, clock: Clock | None = None, seed: int = 0) -> None:
        super().__init__(clock, seed)
        self._flood = FloodGate()
        self._server = Server(self, self.faults, self._flood)

    async def start(self, port: int = 0) -> None:
        """Listen on this port of 127.0.0.1; 0 takes a free one."""
        await self._server.start(port)

    async def stop(self) -> None:
        """Break all connections and listen no more."""
        await self.webhooks.close()
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The address of the server; empty before `start`."""
        return self._server.url

    @property
    def calls(self) -> list[Call]:
        """What bots asked so far, in the order of the answers; clear it as you like."""
        return self._server.calls

    @property
    def in_flight(self) -> int:
        """How many calls are being answered now, `getUpdates` not counted."""
        return self._server.in_flight

    @property
    def polls(self) -> int:
        """How many `getUpdates` are being answered now, which may wait long for something to tell."""
        return self._server.polls

    @property
    def posts(self) -> int:
        """How many updates are being posted to webhooks now."""
        return self.webhooks.under_way

    @property
    def flood(self) -> FloodLimits | None:
        """Flood control; None (the default) switches it off."""
        return self._flood.limits

    @flood.setter
    def flood(self, limits: FloodLimits | None) -> None:
        self._flood.limits = limits

    @property
    def calls_during_retry_after(self) -> int:
        """Calls that came into a chat while the bot was told to wait for it."""
        return self._flood.calls_during_wait

    @property
    def max_batch(self) -> int:
        """How many updates one getUpdates answers at most, whatever the bot asks for."""
        return self._server.max_batch

    @max_batch.setter
    def max_batch(self, limit: int) -> None:
        self._server.max_batch = limit

    def down(self) -> None:
        """Telegram goes away: connections break, new ones are closed at once. People may go on."""
        self._server.is_down = True
        self._server.drop_connections()
        self.webhooks.down()

    def up(self) -> None:
        """Telegram is back."""
        self._server.is_down = False
        self.webhooks.up()

    def pending_updates(self, bot: Bot) -> int:
        """How many updates the bot has not acknowledged yet."""
        return len(bot.updates)

    def idle(self, bot: Bot) -> bool:
        """Nothing waits for the bot and no call is under way."""
        return not self.in_flight and not self.pending_updates(bot)

    @contextmanager
    def hold_updates(self) -> Iterator[None]:
        """Keep new updates back from all bots until released; what is left goes at the end of the block."""
        for bot in self.bots.values():
            bot.updates.holding = True
        try:
            yield
        finally:
            for bot in self.bots.values():
                bot.updates.holding = False
                bot.updates.release(None, None)

    def release_updates(self, batch: int | None = None, batches: int | None = None) -> None:
        """Let held updates go, so that one getUpdates answers `batch` of them; at most so many batches."""
        for bot in self.bots.values():
            bot.updates.release(batch, batches)
