"""Webhooks as the real server has them: order, pauses, refusals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError, TelegramRetryAfter
from aiohttp import web

from playground import Bot, Group, Person, Playground, PrivateChat
from tests.playground.clock import FastClock
from tests.playground.updates import ALL, drain

HOST = "desk.example"
URL = f"https://{HOST}/hook"


class _Clock(FastClock):
    """Time-outs never end here: only pauses pass at once."""

    async def sleep(self, seconds: float) -> None:
        if seconds >= 60:
            await asyncio.sleep(seconds)
        await super().sleep(seconds)


@pytest.fixture
async def pg() -> AsyncIterator[Playground]:
    async with Playground(_Clock()) as playground:
        yield playground


@dataclass
class Door:
    """A web server of a bot's; `answers` are its next ones, then 200."""

    brought: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    inside: int = 0
    most_inside: int = 0
    linger: float = 0.0

    def texts(self) -> list[str]:
        """What was brought, in order."""
        return [update["message"]["text"] for update in self.brought if "message" in update]

    async def until(self, count: int) -> None:
        """Wait until so many were brought."""
        while len(self.brought) < count:
            await asyncio.sleep(0.005)


@pytest.fixture
async def door(pg: Playground) -> AsyncIterator[Door]:
    door = Door()

    async def handle(request: web.Request) -> web.Response:
        door.inside += 1
        door.most_inside = max(door.most_inside, door.inside)
        door.brought.append(await request.json())
        door.headers.append(dict(request.headers))
        door.at.append(pg.clock.time())
        await asyncio.sleep(door.linger)
        door.inside -= 1
        return door.answers.pop(0) if door.answers else web.Response()

    app = web.Application()
    app.router.add_post("/hook", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    pg.webhooks.names[HOST] = lambda: f"127.0.0.1:{port}"
    yield door
    await pg.webhooks.close()
    await runner.cleanup()


async def test_updates_are_posted_with_the_secret(bot: Client, anna: Person, talon: Bot, door: Door) -> None:
    await bot.set_webhook(URL, secret_token="se-cret_1", allowed_updates=ALL)
    anna.write(talon, "раз")
    await door.until(2)
    assert door.texts() == ["/start", "раз"]
    assert door.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "se-cret_1"
    assert door.headers[0]["Content-Type"] == "application/json"
    assert door.headers[0]["Host"] == HOST
    while len(talon.updates):
        await asyncio.sleep(0.005)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (URL, 0, 40)
    assert info.last_error_message is None
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    anna.write(talon, "два")
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["два"]


async def test_a_chat_waits_for_its_first_others_do_not(
    bot: Client, pg: Playground, talon: Bot, door: Door
) -> None:
    people = [pg.add_person(f"P{number}") for number in range(6)]
    chats: list[PrivateChat] = [person.chat(talon) for person in people]
    door.linger = 0.05
    for person, chat in zip(people, chats, strict=True):
        person.write(chat, f"{person.first_name} 1")
        person.write(chat, f"{person.first_name} 2")
    waiting = len(talon.updates)
    await bot.set_webhook(URL, max_connections=4)
    await door.until(waiting)
    assert door.most_inside == 4
    for person in people:
        told = [text for text in door.texts() if text.startswith(person.first_name)]
        assert told == [f"{person.first_name} 1", f"{person.first_name} 2"]


async def test_what_is_not_taken_comes_again_after_growing_pauses(
    bot: Client, anna: Person, talon: Bot, door: Door
) -> None:
    await drain(bot)
    await bot.set_webhook(URL)
    door.answers = [web.Response(status=500) for _ in range(5)]
    anna.write(talon, "раз")
    anna.write(talon, "два")
    await door.until(7)
    assert door.texts() == ["раз"] * 6 + ["два"]
    pauses = [round(later - earlier) for earlier, later in zip(door.at, door.at[1:], strict=False)]
    assert pauses[:5] == [0, 2, 4, 8, 16]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


async def test_the_bot_says_when_it_wants_it_again(bot: Client, anna: Person, talon: Bot, door: Door) -> None:
    await drain(bot)
    await bot.set_webhook(URL)
    door.answers = [web.Response(status=503, headers={"Retry-After": "7"}) for _ in range(3)]
    anna.write(talon, "раз")
    await door.until(4)
    assert [round(later - earlier) for earlier, later in zip(door.at, door.at[1:], strict=False)] == [7, 7, 7]


async def test_setting_again(bot: Client, talon: Bot, door: Door, pg: Playground) -> None:
    assert isinstance(pg.clock, FastClock)
    await bot.set_webhook(URL)
    with pytest.raises(TelegramRetryAfter):
        await bot.set_webhook(URL)
    pg.clock.now += 2
    hook = pg.webhooks.of(talon)
    await bot.set_webhook(URL)
    assert pg.webhooks.of(talon) is hook
    pg.clock.now += 2
    await bot.set_webhook(URL, max_connections=7)
    assert pg.webhooks.of(talon) is not hook
    pg.clock.now += 2
    await bot.set_webhook("")
    assert (await bot.get_webhook_info()).url == ""


async def test_a_poll_ends_when_a_webhook_is_set(
    bot: Client, anna: Person, door: Door, pg: Playground
) -> None:
    await drain(bot)
    assert isinstance(pg.clock, FastClock)
    pg.clock.pace = 5
    poll = asyncio.create_task(bot.get_updates(timeout=40))
    while not pg.polls:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    await bot.set_webhook(URL)
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook request"):
        await poll


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"url": URL, "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": URL, "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://desk.example/"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://desk.example:8080/"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://nowhere.example/"}, "Failed to resolve host"),
        ({"url": "https://127.0.0.1/"}, "IP address 127.0.0.1 is reserved"),
        ({"url": "ftp://desk.example/"}, "invalid webhook URL specified"),
        ({"url": "https://[desk/"}, "invalid webhook URL specified"),
    ],
)
async def test_refusals(bot: Client, pg: Playground, door: Door, values: dict[str, Any], words: str) -> None:
    pg.webhooks.local = False
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.set_webhook(**values)
    assert (await bot.get_webhook_info()).url == ""


async def test_nothing_is_posted_while_telegram_is_away(
    bot: Client, anna: Person, talon: Bot, door: Door, pg: Playground, group: Group
) -> None:
    await drain(bot)
    await bot.set_webhook(URL)
    pg.down()
    anna.write(talon, "раз")
    await asyncio.sleep(0.05)
    assert not door.brought
    pg.up()
    await door.until(1)
    assert door.texts() == ["раз"]
