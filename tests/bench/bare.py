"""The yardstick: the least an aiogram bot can do. It copies each message into a topic and stores nothing."""

import asyncio
import json
import os
from collections.abc import Mapping

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


def bare_bot(token: str, api_url: str) -> Bot:
    """A bot that talks to this server."""
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))


def copying(group: int, topics: Mapping[int, int]) -> Dispatcher:
    """What it does with messages; `topics` gives a customer's id the id of the thread."""
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def copy(message: Message) -> None:
        if message.chat.type == "private":
            await message.copy_to(group, message_thread_id=topics[message.chat.id])

    return dispatcher


async def main() -> None:
    """Run until killed. The topics come as JSON in the environment: customer's id to thread's id."""
    topics = {int(user): thread for user, thread in json.loads(os.environ["BENCH_TOPICS"]).items()}
    dispatcher = copying(int(os.environ["STAFF_CHAT_ID"]), topics)
    bot = bare_bot(os.environ["BOT_TOKEN"], os.environ["TELEGRAM_API_URL"])
    await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main())
