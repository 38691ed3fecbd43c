"""The web server for those who watch over the bot: `/healthz` and `/readyz`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.settings import Settings, SettingsError

Checks = Callable[[], dict[str, str]]


class HealthServer:
    """`/healthz` answers 200 while the process works; `/readyz` only while everything it needs does too."""

    def __init__(self, settings: Settings, alive: Checks, ready: Checks) -> None:
        self._settings = settings
        app = web.Application()
        app.router.add_get("/healthz", _handler(alive))
        app.router.add_get("/readyz", _handler(ready))
        self._runner = web.AppRunner(app, access_log=None)

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
        """The port that was taken, for LISTEN with port 0."""
        port: int = self._runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()


def _handler(checks: Checks) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        problems = checks()
        body = json.dumps({"ok": not problems, "problems": problems}, ensure_ascii=False)
        return web.Response(text=body, status=503 if problems else 200, content_type="application/json")

    return handle
