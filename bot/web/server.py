"""The one web server: `/healthz`, `/readyz` and `/metrics`, and the webhook where the desk has one."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.settings import Settings, SettingsError
from bot.web.metrics import MetricsPage
from bot.web.webhook import MAX_BODY, Webhook

Checks = Callable[[], dict[str, str]]

# Requests under way get this long when the server stops; by then nobody waits for the desk any more.
_END_WITHIN = 2.0


class WebServer:
    """Listens at LISTEN.

    `/healthz` answers 200 while the process works; `/readyz` only while everything it needs does too. A proxy
    that hands out requests must go by the first: what Telegram or the group lacks is told to us by updates.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        alive: Checks,
        ready: Checks,
        metrics: MetricsPage,
        webhook: Webhook | None,
    ) -> None:
        self._settings = settings
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_get("/healthz", _handler(alive))
        app.router.add_get("/readyz", _handler(ready))
        app.router.add_get("/metrics", metrics.handle)
        if webhook is not None and settings.webhook_url is not None:
            app.router.add_post(urlsplit(settings.webhook_url).path or "/", webhook.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_END_WITHIN)

    async def start(self) -> None:
        """Listen. Raises SettingsError if the address cannot be listened at."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.listen_host, self._settings.listen_port)
        try:
            await site.start()
        except OSError as error:
            raise SettingsError(
                f"LISTEN: cannot listen at {self._settings.listen} ({error.strerror}); choose another address"
            ) from error

    @property
    def port(self) -> int:
        """The port that was taken, for LISTEN with port 0; 0 while nobody listens."""
        addresses = self._runner.addresses
        return int(addresses[0][1]) if addresses else 0

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()


def _handler(checks: Checks) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        problems = checks()
        body = json.dumps({"ok": not problems, "problems": problems}, ensure_ascii=False)
        return web.Response(text=body, status=503 if problems else 200, content_type="application/json")

    return handle
