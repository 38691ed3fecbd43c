"""The HTTP server: one call in, one answer out, with the faults on the way."""

import asyncio
from typing import Any

from aiohttp import web

from playground import errors
from playground.bots import Bot
from playground.calls import Call
from playground.encoding import encode
from playground.faults import (
    DropAfter,
    DropBefore,
    Effect,
    Faults,
    Garbage,
    Refuse,
    ServerError,
    Slow,
    TooMany,
)
from playground.flood import FloodGate, weight
from playground.methods import METHODS, Ask
from playground.params import Params, read_params
from playground.polling import get_updates
from playground.world import World

_WORDS = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_GARBAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


class _Refuser(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


class Server:
    """Serves a world on loopback."""

    def __init__(self, world: World, faults: Faults, flood: FloodGate) -> None:
        self._world = world
        self._faults = faults
        self._flood = flood
        self.calls: list[Call] = []
        self.in_flight = 0
        self.polls = 0
        self.is_down = False
        self.max_batch = 100
        self.url = ""
        self._http: web.Server | None = None
        self._listener: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        self._http = web.Server(self._handle, access_log=None)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._connect, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def _connect(self) -> asyncio.Protocol:
        assert self._http is not None
        return _Refuser() if self.is_down else self._http()

    async def stop(self) -> None:
        if self._listener is None or self._http is None:
            return
        self._listener.close()
        self.drop_connections()
        # aiohttp takes 0 for "without end".
        await self._http.shutdown(timeout=0.001)
        self._listener = self._http = None

    def drop_connections(self) -> None:
        """Break every connection there is."""
        for connection in list(self._http.connections) if self._http else []:
            if connection.transport is not None:
                connection.transport.abort()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.split("/")
        body = await request.content.read()
        if len(path) > 2 and path[1] == "file":
            return self._download(path[2], "/".join(path[3:]))
        if len(path) != 3 or not path[1].startswith("bot"):
            return _refused(errors.NOT_FOUND)
        bot = self._world.bots.get(path[1][3:])
        if bot is None:
            return _refused(errors.UNAUTHORIZED)
        try:
            params = read_params(request.headers.get("Content-Type", ""), request.query_string, body)
        except errors.Refusal as refusal:
            return _refused(refusal)
        if path[2].lower() == "getupdates":
            self.polls += 1
            try:
                return await self._poll(request, bot, params)
            finally:
                self.polls -= 1
        self.in_flight += 1
        try:
            return await self._call(request, bot, path[2], params)
        finally:
            self.in_flight -= 1

    def _download(self, owner: str, path: str) -> web.StreamResponse:
        bot = self._world.bots.get(owner.removeprefix("bot"))
        file = self._world.files.by_path(path) if bot is not None else None
        if file is None:
            return _refused(errors.NOT_FOUND)
        return web.Response(body=file.content(), content_type="application/octet-stream")

    async def _poll(self, request: web.BaseRequest, bot: Bot, params: Params) -> web.StreamResponse:
        effect = self._faults.pick("getUpdates", params)
        if isinstance(effect, DropBefore | DropAfter):
            return _broken(request)
        if isinstance(effect, Slow):
            await self._world.clock.sleep(effect.seconds)
        elif effect is not None:
            return self._struck(effect)
        try:
            found = await get_updates(bot, params, self._world.clock, self.max_batch)
        except errors.Refusal as refusal:
            return _refused(refusal)
        return _json(f'{{"ok":true,"result":{found}}}')

    async def _call(
        self, request: web.BaseRequest, bot: Bot, name: str, params: Params
    ) -> web.StreamResponse:
        clock = self._world.clock
        at = clock.time()
        known = METHODS.get(name.lower())
        name = known[0] if known else name
        effect = self._faults.pick(name, params)
        if isinstance(effect, Slow) and not effect.applied_first:
            await clock.sleep(effect.seconds)
        applied = False
        result: Any = None
        refusal: errors.Refusal | None = None
        try:
            result, applied = self._apply(bot, name, params, effect)
        except errors.Refusal as refused:
            refusal = refused
        if isinstance(effect, Slow) and effect.applied_first:
            await clock.sleep(effect.seconds)
        response = self._response(request, effect, result, refusal)
        answered = not isinstance(effect, DropBefore | DropAfter) and not self.is_down and _is_open(request)
        self.calls.append(
            Call(
                bot_id=bot.id,
                method=name,
                params=params.values,
                chat_id=params.chat_number(),
                at=at,
                done_at=clock.time(),
                ok=refusal is None and applied,
                error_code=refusal.code if refusal else None,
                description=refusal.description if refusal else None,
                applied=applied,
                answered=answered,
                result=result,
                host=request.host,
            )
        )
        return response

    def _apply(self, bot: Bot, name: str, params: Params, effect: Effect | None) -> tuple[Any, bool]:
        known = METHODS.get(name.lower())
        if known is None:
            raise errors.NOT_FOUND
        if isinstance(effect, ServerError) and not effect.applied:
            raise _server_error(effect.code)
        if isinstance(effect, DropBefore | Garbage):
            return None, False
        if isinstance(effect, Refuse):
            raise errors.Refusal(effect.code, effect.description)
        self._check_flood(bot, name, params, effect)
        return known[1](Ask(self._world, bot, params)), True

    def _check_flood(self, bot: Bot, name: str, params: Params, effect: Effect | None) -> None:
        chat_id = params.chat_number()
        taken = weight(name, params)
        now = self._world.clock.time()
        if chat_id is not None and taken:
            seconds = self._flood.admit(bot.id, chat_id, taken, now)
            if seconds:
                raise errors.too_many(seconds)
        if isinstance(effect, TooMany):
            if chat_id is not None:
                self._flood.order_wait(bot.id, chat_id, effect.retry_after, now)
            raise errors.too_many(effect.retry_after)

    def _response(
        self, request: web.BaseRequest, effect: Effect | None, result: Any, refusal: errors.Refusal | None
    ) -> web.StreamResponse:
        if isinstance(effect, DropBefore | DropAfter):
            return _broken(request)
        if refusal is not None:
            return _refused(refusal)
        if isinstance(effect, Garbage | ServerError):
            return self._struck(effect)
        return _json(f'{{"ok":true,"result":{encode(result)}}}')

    def _struck(self, effect: Effect) -> web.StreamResponse:
        if isinstance(effect, Garbage):
            return web.Response(text=_GARBAGE, status=effect.code, content_type="text/html")
        if isinstance(effect, TooMany):
            return _refused(errors.too_many(effect.retry_after))
        if isinstance(effect, Refuse):
            return _refused(errors.Refusal(effect.code, effect.description))
        assert isinstance(effect, ServerError)
        return _refused(_server_error(effect.code))


def _server_error(code: int) -> errors.Refusal:
    return errors.Refusal(code, _WORDS.get(code, "Internal Server Error"))


def _is_open(request: web.BaseRequest) -> bool:
    return request.transport is not None and not request.transport.is_closing()


def _broken(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        assert isinstance(request.transport, asyncio.Transport)
        request.transport.abort()
    return web.Response()


def _refused(refusal: errors.Refusal) -> web.Response:
    told: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters is not None:
        told["parameters"] = refusal.parameters
    return _json(encode(told), refusal.code)


def _json(text: str, status: int = 200) -> web.Response:
    return web.Response(body=text.encode(), status=status, content_type="application/json")
