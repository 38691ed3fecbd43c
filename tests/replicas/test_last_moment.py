"""A call that waits for its connection is not made if the right to make it is gone when that stands."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import SendMessage

from bot.pipeline import calls
from bot.pipeline.committer import LeaseLost
from bot.session import PlainSession
from playground import Fault, Playground, Slow


async def test_a_lease_lost_while_a_call_waits_for_its_connection() -> None:
    async with Playground() as pg:
        talon = pg.add_bot(name="Talon", username="talon_bot")
        anna = pg.add_person("Анна")
        chat = anna.chat(talon)
        chat.started = True
        pg.faults.add(Fault("sendMessage", Slow(0.2)))
        is_lost = False

        def check() -> None:
            if is_lost:
                raise LeaseLost

        async def send(text: str) -> None:
            await calls.call(bot, SendMessage(chat_id=anna.id, text=text), anna.id, check)

        # One connection, so that a second call waits until the first has been answered.
        api = TelegramAPIServer.from_base(pg.url)
        async with Bot(talon.token, session=PlainSession(api=api, limit=1)) as bot:
            first = asyncio.create_task(send("раз"))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(send("два"))
            await asyncio.sleep(0)
            is_lost = True
            # What has left is not taken back.
            await first
            with pytest.raises(LeaseLost):
                await second
            is_lost = False
            await send("три")
        assert [message.text for message in chat.messages] == ["раз", "три"]
        assert len(pg.calls) == 2
