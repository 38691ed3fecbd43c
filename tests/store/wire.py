"""What aiogram would put on the wire for a call."""

from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import TelegramMethod

# A quiz and a rich message as Telegram tells of them, with every sort of file inside.
PHOTO = [{"file_id": "small"}, {"file_id": "large"}]
SPOT = {"latitude": 56.9, "longitude": 24.1}
QUIZ: dict[str, Any] = {
    "question": "?",
    "type": "quiz",
    "is_closed": False,
    "is_anonymous": True,
    "allows_multiple_answers": False,
    "correct_option_ids": [1],
    "explanation": "!",
    "explanation_media": {"video": {"file_id": "v"}},
    "media": {"live_photo": {"file_id": "l", "photo": PHOTO}},
    "options": [
        {"text": "да", "media": {"photo": PHOTO}},
        {"text": "нет", "media": {"venue": {"location": SPOT, "title": "П", "address": "Рига"}}},
        {"text": "вот", "media": {"link": {"url": "https://example.org"}}},
        {"text": "там", "media": {"location": {**SPOT, "live_period": 60}}},
        {"text": "так", "media": {"sticker": {"file_id": "s"}}},
    ],
}
RICH: dict[str, Any] = {
    "blocks": [
        {"type": "heading", "text": "Отчёт", "size": 1},
        {"type": "photo", "photo": PHOTO, "has_spoiler": True, "caption": {"text": "Экран"}},
        {"type": "list", "items": [{"label": "1.", "blocks": [{"type": "paragraph", "text": "раз"}]}]},
        {"type": "buttons", "buttons": [{"text": "Купить", "callback_data": "x"}]},
        {
            "type": "paragraph",
            "text": ["Ошибка ", {"type": "button", "button": {"text": "500", "callback_data": "x"}}],
        },
        {"type": "voice_note", "voice_note": {"file_id": "n"}},
    ]
}


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
