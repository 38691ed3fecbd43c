"""What aiogram would put on the wire for a call."""

from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import TelegramMethod


def as_sent(method: TelegramMethod[Any], properties: DefaultBotProperties) -> dict[str, Any]:
    """The parameters of the call with the bot's defaults in them; what is absent is not sent."""
    session = AiohttpSession()
    bot = Bot("42:" + "A" * 35, session=session, default=properties)
    files: dict[str, Any] = {}
    values = {}
    for name, value in method.model_dump(warnings=False).items():
        prepared = session.prepare_value(value, bot=bot, files=files)
        if prepared is not None:
            values[name] = prepared
    assert not files
    return values
