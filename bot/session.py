"""The way to Telegram: a call may be forbidden until its first byte has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientRequest, ClientSession
from aiohttp.abc import AbstractStreamWriter
from aiohttp.connector import Connection

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


@contextmanager
def checked(check: Callable[[], None]) -> Iterator[None]:
    """Ask `check` right before each call of this block leaves; what it raises, the call raises, unsent.

    A connection may take long to come about, and a process that stands still meanwhile may have lost the
    right to make the call.
    """
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


class _Request(ClientRequest):
    """A request that is not written if its check says no."""

    async def write_bytes(
        self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
    ) -> None:
        """Write the request; its head leaves together with its body, so nothing has left before."""
        check = _check.get()
        if check is not None:
            try:
                check()
            except Exception as error:
                if conn.protocol is not None:
                    # Whoever waits for the answer gets this instead, and closes the connection.
                    conn.protocol.set_exception(error)
                return
        await super().write_bytes(writer, conn, content_length)


class Session(AiohttpSession):
    """aiogram's session, whose calls can be `checked`."""

    async def create_session(self) -> ClientSession:
        """The one session, opened if there is none."""
        session = await super().create_session()
        # aiogram takes everything for its session but this.
        session._request_class = _Request
        return session


class PlainSession(Session):
    """Calls to a server without TLS: closed at once, where aiogram gives TLS a quarter of a second to end."""

    async def close(self) -> None:
        """End it; what is under way fails."""
        if self._session is not None:
            await self._session.close()


def make_bot(token: str, api_url: str | None) -> Bot:
    """A bot that talks to Telegram, or to another Bot API server."""
    if api_url is None:
        return Bot(token, session=Session())
    kind = Session if api_url.startswith("https:") else PlainSession
    return Bot(token, session=kind(api=TelegramAPIServer.from_base(api_url)))
