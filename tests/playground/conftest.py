"""A Telegram of our own, with a bot that talks to it over HTTP and people who know nothing of HTTP."""

from collections.abc import AsyncIterator, Callable

import pytest
from aiogram import Bot as Client
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from playground import Bot, Group, Person, Playground
from tests.playground.clock import FastClock


@pytest.fixture
async def pg() -> AsyncIterator[Playground]:
    async with Playground(FastClock()) as playground:
        yield playground


@pytest.fixture
def talon(pg: Playground) -> Bot:
    """The bot's account at Telegram."""
    return pg.add_bot("Talon", "talon_bot")


@pytest.fixture
async def client_of(pg: Playground) -> AsyncIterator[Callable[[Bot], Client]]:
    """An unmodified aiogram client for an account."""
    clients: list[Client] = []

    def make(account: Bot) -> Client:
        session = AiohttpSession(api=TelegramAPIServer.from_base(pg.url))
        clients.append(Client(account.token, session=session))
        return clients[-1]

    yield make
    for client in clients:
        session = client.session
        assert isinstance(session, AiohttpSession)
        if session._session is not None:
            # aiogram's own way takes a quarter of a second for TLS, which is not here.
            await session._session.close()


@pytest.fixture
def bot(client_of: Callable[[Bot], Client], talon: Bot) -> Client:
    return client_of(talon)


@pytest.fixture
def anna(pg: Playground, talon: Bot) -> Person:
    """A customer who has started the bot."""
    anna = pg.add_person("Анна", username="anna")
    anna.start(talon)
    return anna


@pytest.fixture
def stranger(pg: Playground) -> Person:
    return pg.add_person("Eve")


@pytest.fixture
def agent(pg: Playground) -> Person:
    return pg.add_person("Juris", language_code="lv")


@pytest.fixture
def group(pg: Playground, talon: Bot, agent: Person) -> Group:
    """A forum where the bot is an administrator and the agent too."""
    group = pg.add_group("Support", forum=True)
    group.add_bot(talon)
    group.join(agent, admin=True)
    return group
