import asyncio
from collections.abc import Callable

import aiohttp
import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramConflictError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods import TelegramMethod
from aiogram.types import User

from playground import Bot, Group, Person, Playground
from tests.playground.clock import FastClock
from tests.playground.updates import ALL, drain


async def test_an_update_stays_until_its_offset_is_passed(bot: Client, anna: Person, talon: Bot) -> None:
    anna.write(talon, "one")
    first = await bot.get_updates()
    assert [update.message.text for update in first if update.message] == ["/start", "one"]
    assert await bot.get_updates() == first
    assert await bot.get_updates(offset=first[0].update_id + 1) == first[1:]
    assert await bot.get_updates(offset=first[1].update_id + 1) == []
    assert await bot.get_updates() == []


async def test_update_ids_grow_by_one(bot: Client, anna: Person, talon: Bot) -> None:
    for text in "abc":
        anna.write(talon, text)
    ids = [update.update_id for update in await bot.get_updates()]
    assert ids == list(range(ids[0], ids[0] + 4))


async def test_a_negative_offset_keeps_only_the_last(bot: Client, anna: Person, talon: Bot) -> None:
    for text in "abc":
        anna.write(talon, text)
    texts = [update.message.text for update in await bot.get_updates(offset=-2) if update.message]
    assert texts == ["b", "c"]


async def test_limit(bot: Client, anna: Person, talon: Bot) -> None:
    for text in "abc":
        anna.write(talon, text)
    assert len(await bot.get_updates(limit=2)) == 2


async def test_a_long_poll_ends_with_the_first_update(bot: Client, talon: Bot, anna: Person) -> None:
    await drain(bot)
    poll = asyncio.create_task(bot.get_updates(timeout=40))
    await asyncio.sleep(0.01)
    anna.write(talon, "now")
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "now"


async def test_a_long_poll_ends_with_its_timeout(bot: Client, anna: Person) -> None:
    await drain(bot)
    assert await bot.get_updates(timeout=30) == []


async def test_a_second_poll_ends_the_first_with_409(bot: Client, anna: Person, pg: Playground) -> None:
    await drain(bot)
    assert isinstance(pg.clock, FastClock)
    pg.clock.pace = 1.5
    first = asyncio.create_task(bot.get_updates(timeout=40))
    # Nothing tells a bot that its poll has arrived; on a busy machine that takes a moment.
    await asyncio.sleep(0.5)
    second = asyncio.create_task(bot.get_updates(timeout=40))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    assert await second == []


async def test_reactions_and_members_are_told_only_on_demand(
    bot: Client, group: Group, agent: Person, talon: Bot, stranger: Person
) -> None:
    message = agent.write(group, "hello")
    agent.react(message, "👍")
    group.join(stranger)
    kinds = {update.event_type for update in await bot.get_updates()}
    assert kinds == {"my_chat_member", "message"}
    await drain(bot)
    agent.react(message, "👌")
    group.leave(stranger)
    kinds = {update.event_type for update in await bot.get_updates()}
    assert kinds == {"message_reaction", "message", "chat_member"}


async def test_allowed_updates_are_remembered(bot: Client, anna: Person, talon: Bot) -> None:
    await bot.get_updates(offset=-1, allowed_updates=["callback_query"])
    anna.write(talon, "not told")
    assert len(await bot.get_updates()) == 1
    await bot.get_updates(allowed_updates=[])
    anna.write(talon, "told")
    assert len(await bot.get_updates()) == 2


async def test_only_administrators_hear_of_reactions(
    bot: Client, group: Group, agent: Person, talon: Bot
) -> None:
    group.demote(talon)
    await drain(bot)
    agent.react(agent.write(group, "/x"), "👍")
    assert [update.event_type for update in await bot.get_updates()] == ["message"]


async def test_held_updates_spread_over_batches(
    bot: Client, anna: Person, talon: Bot, pg: Playground
) -> None:
    await drain(bot)
    with pg.hold_updates():
        for text in "abcdef":
            anna.write(talon, text)
        assert await bot.get_updates() == []
        assert pg.pending_updates(talon) == 6
        pg.release_updates(batch=4)
        first = await bot.get_updates()
        assert len(first) == 4
        rest = await bot.get_updates(offset=first[-1].update_id + 1)
        assert len(rest) == 2
        anna.write(talon, "late")
    assert len(await bot.get_updates(offset=rest[-1].update_id + 1)) == 1


async def test_max_batch(bot: Client, anna: Person, talon: Bot, pg: Playground) -> None:
    anna.write(talon, "a")
    pg.max_batch = 1
    assert len(await bot.get_updates()) == 1


async def test_a_wrong_token_and_an_unknown_method(pg: Playground, talon: Bot, bot: Client) -> None:
    class NoSuchThing(TelegramMethod[User]):
        __returning__ = User
        __api_method__ = "noSuchThing"

    with pytest.raises(TelegramNotFound, match="Not Found"):
        await bot(NoSuchThing())
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{pg.url}/bot1:nope/getMe") as response:
            assert response.status == 401
            assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        async with http.get(f"{pg.url}/elsewhere") as response:
            assert response.status == 404


async def test_wrong_token_as_aiogram_sees_it(client_of: Callable[[Bot], Client], pg: Playground) -> None:
    account = pg.add_bot("Gone", "gone_bot")
    client = client_of(account)
    del pg.bots[account.token]
    with pytest.raises(TelegramUnauthorizedError):
        await client.get_me()


async def test_webhook_methods(bot: Client, anna: Person, pg: Playground, talon: Bot) -> None:
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("", 1)
    await bot.delete_webhook(drop_pending_updates=True)
    assert pg.pending_updates(talon) == 0
    talon.webhook_url = "https://example.org"
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()


async def test_json_form_and_query_are_read_alike(pg: Playground, talon: Bot, anna: Person) -> None:
    url = f"{pg.url}/bot{talon.token}/sendMessage"
    given = {"chat_id": anna.id, "text": "Привет & < мир"}
    async with aiohttp.ClientSession() as http:
        for how in ({"json": given}, {"data": given}, {"params": given}):
            async with http.post(url, **how) as response:  # type: ignore[arg-type]
                answer = await response.json()
            assert answer["result"]["text"] == given["text"]
            assert answer["result"]["from"]["id"] == talon.id
            assert None not in answer["result"].values()
        async with http.post(url, data=b"[", headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400
        async with http.post(url, data=b"text=\xff") as response:
            assert "must be encoded in UTF-8" in await response.text()
    assert len(anna.chat(talon).messages) == 4


def test_all_is_more_than_the_default(talon: Bot) -> None:
    assert not set(ALL) <= talon.updates.allowed
