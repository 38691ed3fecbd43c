"""One of several bots in a process of its own, to which updates are brought as a webhook's server would."""

import asyncio
import os

from aiohttp import web

from bot import log
from bot.app import App
from bot.pipeline.accept import receive
from bot.settings import load_settings


async def main() -> None:
    """Run until killed; the port to bring updates to comes in the environment."""
    settings = load_settings()
    log.set_up(settings.log_format, settings.log_level)
    app = App(settings)
    await app.start()

    async def bring(request: web.BaseRequest) -> web.StreamResponse:
        assert app.parts is not None
        await receive(app.store, app.parts.processor, [await request.json()])
        return web.Response()

    runner = web.ServerRunner(web.Server(bring, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["BENCH_PORT"])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
