"""The webhook as Telegram knows it: set at the start, and set again should somebody else change it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest
from aiogram.methods import DeleteWebhook, GetWebhookInfo, SetWebhook
from aiogram.types import WebhookInfo

from bot.pipeline.accept import ALLOWED_UPDATES
from bot.pipeline.pause import Pause
from bot.settings import SettingsError
from storage.clock import Clock

log = logging.getLogger(__name__)

# Requests that Telegram makes at once at most, each for another chat.
MAX_CONNECTIONS = 40
_TIMEOUT = 20
# Telegram's words, and what helps.
_MENDS = {
    "HTTPS URL": "it has to begin with https://",
    "ports": "use port 443, 80, 88 or 8443",
    "resolve host": "Telegram's servers do not find the host; check its name in the DNS",
    "is reserved": "the address has to be one that Telegram's servers can reach",
    "IPv6": "the host needs an IPv4 address too",
}


class Subscription:
    """Where Telegram brings our updates.

    It stays when a process stops: Telegram keeps the updates for a day and brings them to whoever is there,
    to the other replicas or to the next start. A start with long polling deletes it.
    """

    def __init__(
        self, bot: Bot, clock: Clock, url: str, secret: str, answers_again: Callable[[], None]
    ) -> None:
        self._bot = bot
        # Told once Telegram answers after it did not.
        self._answers_again = answers_again
        self._clock = clock
        self._url = url
        self._secret = secret
        # When Telegram last failed to bring something, as far as that was told.
        self._failed_at: int | None = None
        self.working = False
        # How many updates were to be brought when Telegram was last asked.
        self.waiting = 0

    async def set(self) -> int:
        """Set it, whatever it takes; gives back how many updates wait at Telegram.

        Raises SettingsError if Telegram refuses the address.
        """
        pause = Pause()
        anew = True
        while True:
            try:
                return await self._set(anew=anew)
            except TelegramBadRequest as error:
                raise _refused(error.message) from None
            except (TelegramAPIError, ClientDecodeError) as error:
                wait = getattr(error, "retry_after", None) or pause.next()
                log.warning("the webhook cannot be set, next try in %.1f s: %s", wait, error.message)
                # Another process that starts too may have set it meanwhile.
                anew = False
                await self._clock.sleep(wait)

    async def _set(self, *, anew: bool) -> int:
        before = await self._ask()
        failed = before.last_error_date is not None
        if anew and before.url == self._url and before.pending_update_count and failed:
            # It may be two minutes until the next attempt; set anew Telegram begins at once. How long ago it
            # failed is not asked: that would be by Telegram's clock, and ours may be wrong.
            await self._bot(DeleteWebhook(), request_timeout=_TIMEOUT)
        await self._bot(
            SetWebhook(
                url=self._url,
                secret_token=self._secret,
                max_connections=MAX_CONNECTIONS,
                allowed_updates=ALLOWED_UPDATES,
            ),
            request_timeout=_TIMEOUT,
        )
        told = await self._ask()
        self._failed_at = _failed_at(told)
        self._hears()
        return told.pending_update_count

    async def look(self) -> int | None:
        """How many updates wait at Telegram; None if it does not tell. A webhook that is gone is set anew."""
        try:
            told = await self._ask()
            if told.url != self._url:
                log.warning("somebody has changed the webhook; it is set again")
                return await self._set(anew=False)
        except (TelegramAPIError, ClientDecodeError, TimeoutError) as error:
            self.working = False
            log.warning("Telegram does not tell how the webhook is: %s", error)
            return None
        self._hears()
        failed_at = _failed_at(told)
        if failed_at is not None and failed_at != self._failed_at:
            log.warning("Telegram could not bring an update: %s", told.last_error_message)
        self._failed_at = failed_at
        return told.pending_update_count

    def _hears(self) -> None:
        if not self.working:
            self.working = True
            self._answers_again()

    async def _ask(self) -> WebhookInfo:
        info: WebhookInfo = await self._bot(GetWebhookInfo(), request_timeout=_TIMEOUT)
        self.waiting = info.pending_update_count
        return info


def _failed_at(told: WebhookInfo) -> int | None:
    return None if told.last_error_date is None else int(told.last_error_date.timestamp())


def _refused(words: str) -> SettingsError:
    mend = next((mend for part, mend in _MENDS.items() if part in words), "check the address")
    said = words.removeprefix("Bad Request: ").removeprefix("bad webhook: ")
    return SettingsError(f"WEBHOOK_URL: Telegram refuses it ({said}); {mend}")
