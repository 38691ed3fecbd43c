"""Webhooks: updates posted to the address that a bot has set, as WebhookActor.cpp of the real server does."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp

from playground import errors
from playground.clock import Clock
from playground.faults import DropAfter, Effect, Faults, ServerError, Slow
from playground.params import Params
from playground.updates import Waiting

if TYPE_CHECKING:
    from playground.bots import Bot

PORTS = frozenset((80, 88, 443, 8443))
DEFAULT_CONNECTIONS = 40
MOST_CONNECTIONS = 100
# WebhookActor.h, in seconds: how long an answer may take, and the longest pauses.
_ANSWER_WITHIN = 60.0
_LONGEST_PAUSE = 60
_LONGEST_RETRY_AFTER = 3600


@dataclass(slots=True, eq=False)
class Webhook:
    """What one bot has set, and how it went."""

    url: str
    secret: str
    max_connections: int
    last_error: str = ""
    last_error_at: int = 0
    connections: asyncio.Semaphore = field(init=False)
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    """One for each queue in which something waits."""

    def __post_init__(self) -> None:
        self.connections = asyncio.Semaphore(self.max_connections)


class Webhooks:
    """Everybody's webhooks.

    `names` says where a host name leads: a function that answers "ADDRESS:PORT", asked for every request, as
    if a proxy stood there that ends TLS. `local` is what the server's option of that name allows: http, any
    port and any address.
    """

    def __init__(self, clock: Clock, faults: Faults, seed: int) -> None:
        self.names: dict[str, Callable[[], str]] = {}
        self.local = True
        self.under_way = 0
        self._clock = clock
        self._faults = faults
        self._random = random.Random(seed)
        self._is_down = False
        self._set: dict[Bot, Webhook] = {}
        self._set_at: dict[Bot, float] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def of(self, bot: "Bot") -> Webhook | None:
        return self._set.get(bot)

    def set(self, bot: "Bot", url: str, secret: str, max_connections: int) -> None:
        """Post to this address from now on; what is set already just stays.

        Raises:
            Refusal: a second change within a second, or an address that will not do.
        """
        now = self._clock.time()
        if now < self._set_at.get(bot, 0.0) + 1:
            raise errors.too_many(1)
        self._set_at[bot] = now
        known = self._set.get(bot)
        if known is not None and (known.url, known.secret, known.max_connections) == (
            url,
            secret,
            max_connections,
        ):
            return
        self._check(url)
        self.delete(bot)
        self._set[bot] = Webhook(url, secret, max_connections)
        bot.webhook_url = url
        bot.updates.listener = lambda: self._look(bot)
        if bot.poll is not None and not bot.poll.done():
            bot.poll.set_result(None)
        self._look(bot)

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise errors.WEBHOOK_URL_INVALID from None
        if not host or parts.scheme not in ("http", "https"):
            raise errors.WEBHOOK_URL_INVALID
        if not self.local and parts.scheme != "https":
            raise errors.WEBHOOK_NOT_HTTPS
        if not self.local and (port or 443) not in PORTS:
            raise errors.WEBHOOK_PORT
        if host not in self.names and host != "localhost":
            try:
                address = ip_address(host)
            except ValueError:
                raise errors.WEBHOOK_HOST_UNKNOWN from None
            if not self.local and not address.is_global:
                raise errors.webhook_reserved(host)

    def delete(self, bot: "Bot") -> None:
        """Post no more; what waits stays."""
        hook = self._set.pop(bot, None)
        bot.webhook_url = ""
        bot.updates.listener = None
        if hook is not None:
            self._cancel(hook)

    def down(self) -> None:
        """Nothing is posted until `up`; what is under way breaks off."""
        self._is_down = True
        for hook in self._set.values():
            self._cancel(hook)

    def up(self) -> None:
        self._is_down = False
        for bot in self._set:
            self._look(bot)

    async def close(self) -> None:
        self.down()
        await asyncio.gather(*self._ending, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _cancel(self, hook: Webhook) -> None:
        for task in hook.tasks.values():
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        hook.tasks.clear()

    def _look(self, bot: "Bot") -> None:
        hook = self._set.get(bot)
        if hook is None or self._is_down:
            return
        for queue in bot.updates.queues():
            if queue not in hook.tasks:
                hook.tasks[queue] = asyncio.create_task(self._drain(bot, hook, queue))

    async def _drain(self, bot: "Bot", hook: Webhook, queue: int) -> None:
        """Post a queue, each update until it is taken."""
        while (update := bot.updates.first(queue)) is not None:
            await self._deliver(hook, update)
            bot.updates.forget(update)
        del hook.tasks[queue]

    async def _deliver(self, hook: Webhook, update: Waiting) -> None:
        delay, fails = 1, 0
        while True:
            async with hook.connections:
                error, retry_after = await self._attempt(hook, update)
            if error is None:
                return
            hook.last_error, hook.last_error_at = error, int(self._clock.time())
            pause = min(max(retry_after, 0), _LONGEST_RETRY_AFTER)
            if not pause and fails:
                delay = min(delay * 2, self._random.randint(_LONGEST_PAUSE, 2 * _LONGEST_PAUSE))
                pause = delay
            fails += 1
            await self._clock.sleep(pause)

    async def _attempt(self, hook: Webhook, update: Waiting) -> tuple[str | None, int]:
        """Post once: what went wrong, if anything, and after how many seconds the bot asks for it again."""
        effect: Effect | None = self._faults.pick("webhook", Params({}))
        if isinstance(effect, ServerError) and not effect.applied:
            return f"Wrong response from the webhook: {effect.code}", 0
        if isinstance(effect, Slow):
            await self._clock.sleep(effect.seconds)
        elif effect is not None and not isinstance(effect, DropAfter | ServerError):
            return "Connection reset by peer", 0
        answer = asyncio.ensure_future(self._post(hook, update))
        timer = asyncio.ensure_future(self._clock.sleep(_ANSWER_WITHIN))
        try:
            await asyncio.wait((answer, timer), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                return "Read timeout expired", 0
            result = answer.result()
        finally:
            for each in (answer, timer):
                each.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(answer, timer, return_exceptions=True)
        if isinstance(effect, DropAfter | ServerError):
            return "Webhook connection closed", 0
        return result

    async def _post(self, hook: Webhook, update: Waiting) -> tuple[str | None, int]:
        parts = urlsplit(hook.url)
        leads = self.names.get(parts.hostname or "")
        where = hook.url if leads is None else parts._replace(scheme="http", netloc=leads()).geturl()
        headers = {"Content-Type": "application/json", "Host": parts.netloc}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        self.under_way += 1
        try:
            async with self._session.post(
                where, data=update.raw.encode(), headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                if 200 <= response.status <= 299:
                    return None, 0
                said = f"Wrong response from the webhook: {response.status} {response.reason}"
                return said, _seconds(response.headers.get("Retry-After"))
        except aiohttp.ClientConnectorError:
            return "Connection refused", 0
        except aiohttp.ClientError:
            return "Webhook connection closed", 0
        finally:
            self.under_way -= 1


def _seconds(value: str | None) -> int:
    return int(value) if value is not None and value.isascii() and value.isdigit() else 0


def info(bot: "Bot", hook: Webhook | None) -> dict[str, Any]:
    """What `getWebhookInfo` answers."""
    told: dict[str, Any] = {
        "url": bot.webhook_url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
    }
    if hook is not None:
        told["max_connections"] = hook.max_connections
        if hook.last_error:
            told |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    return told
