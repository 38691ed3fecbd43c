"""The yardstick: the least an aiogram bot can do. It copies each message into a topic and stores nothing."""

import asyncio
import json
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


async def main() -> None:
    """Run until killed. The topics come as JSON in the environment: customer's id to thread's id."""
    topics = {int(user): thread for user, thread in json.loads(os.environ["BENCH_TOPICS"]).items()}
    group = int(os.environ["STAFF_CHAT_ID"])
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"]))
    bot = Bot(os.environ["BOT_TOKEN"], session=session)
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def copy(message: Message) -> None:
        if message.chat.type == "private":
            await message.copy_to(group, message_thread_id=topics[message.chat.id])

    await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main())
