"""The webhook's door: who may knock, what may come in, and what is answered."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from datetime import datetime, timedelta
from typing import Any, Protocol

from aiohttp import web

from bot.metrics import Metrics
from bot.pipeline.receive import Reception
from storage.clock import Clock

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
# No update comes near it; getUpdates gives no more than that for a hundred.
MAX_BODY = 4 * 1024 * 1024
_MOST_ID = 2**63 - 1
# After so many seconds Telegram repeats what is not taken. Without the word it waits up to two minutes.
_AGAIN_AFTER = {"Retry-After": "2"}
_COMPLAIN_EVERY = timedelta(minutes=10)


class Receives(Protocol):
    """Takes updates in."""

    async def receive(self, update: dict[str, Any]) -> Reception:
        """Take one in; answers when it is committed, or when it is clear that it will not be soon."""
        ...


class Webhook:
    """Answers Telegram's requests: 200 only for what is committed, or can never be of use."""

    def __init__(self, secret: str, clock: Clock, metrics: Metrics) -> None:
        self._secret = _digest(secret)
        self._clock = clock
        self._metrics = metrics
        self._complained_at: datetime | None = None
        # Who takes the updates in; nobody yet while the desk starts.
        self.receiver: Receives | None = None
        # How many requests are being answered now.
        self.under_way = 0

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.under_way += 1
        try:
            answer = await self._answer(request)
        except web.HTTPException as refused:
            self._metrics.knocked(refused.status)
            raise
        finally:
            self.under_way -= 1
        self._metrics.knocked(answer.status)
        return answer

    async def _answer(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(_digest(request.headers.get(SECRET_HEADER, "")), self._secret):
            self._complain()
            return web.Response(status=403)
        if request.content_type != "application/json":
            return web.Response(status=415)
        try:
            update = json.loads(await request.read(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            log.warning("the webhook got %s bytes that are no JSON", request.content_length)
            return web.Response(status=400)
        if not _is_update(update):
            # Repeated it would be no better, and Telegram would hold back what comes after it.
            log.warning("the webhook got %s bytes that are no update", request.content_length)
            return web.Response()
        if self.receiver is None:
            return web.Response(status=503, headers=_AGAIN_AFTER)
        reception = await self.receiver.receive(update)
        if reception is Reception.LATER:
            return web.Response(status=503, headers=_AGAIN_AFTER)
        return web.Response(status=200 if reception is Reception.TAKEN else 500)

    def _complain(self) -> None:
        """Once in a while, for anybody can knock."""
        now = self._clock.now()
        if self._complained_at is None or now - self._complained_at >= _COMPLAIN_EVERY:
            self._complained_at = now
            log.warning("somebody knocks at the webhook without WEBHOOK_SECRET, and is refused")


def _digest(secret: str) -> bytes:
    # Of one length, so that comparing takes the same time whatever came.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_update(update: Any) -> bool:
    number = update.get("update_id") if isinstance(update, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _MOST_ID
