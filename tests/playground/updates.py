"""Getting what waits for a bot."""

from aiogram import Bot as Client
from aiogram.types import Update

ALL = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "chat_member"]


async def drain(bot: Client) -> list[Update]:
    """All updates that wait, acknowledged; from now on the bot hears of everything."""
    found = await bot.get_updates(allowed_updates=ALL)
    if found:
        await bot.get_updates(offset=found[-1].update_id + 1)
    return found
