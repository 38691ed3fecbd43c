"""What the group reads of an announcement: before, while and after it is sent."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from markupsafe import Markup

from dialogs.buttons import Number
from dialogs.words import CANCEL, LANGUAGE_NAMES
from locales import Translator, mark
from storage.announcements import CANCELLED, DONE, SENDING, Announcement

SEND = mark("Send")
STOP = mark("Stop")


class AnnounceButton(CallbackData, prefix="ann"):
    """A button of an announcement: `send`, `cancel` or `stop`."""

    id: Number
    act: str


def _button(text: str, announcement_id: int, act: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=AnnounceButton(id=announcement_id, act=act).pack())


def _view(text: Markup, buttons: list[InlineKeyboardButton]) -> SendMessage:
    return SendMessage(
        chat_id=0,
        text=text,
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[buttons] if buttons else []),
    )


def question_view(tr: Translator, announcement_id: int, language: str | None, total: int) -> SendMessage:
    """Below the preview: to how many it would go, and whether it shall."""
    if language is None:
        text = tr.plural(
            "The message above goes to {n} customer, whatever their language.",
            "The message above goes to {n} customers, whatever their language.",
            total,
        )
    else:
        text = tr.plural(
            "The message above goes to {n} customer. Language: {language}.",
            "The message above goes to {n} customers. Language: {language}.",
            total,
            language=tr.plain(LANGUAGE_NAMES[language]),
        )
    buttons = [
        _button("📣 " + tr.plain(SEND), announcement_id, "send"),
        _button(tr.plain(CANCEL), announcement_id, "cancel"),
    ]
    return _view(text, buttons)


def progress_view(tr: Translator, announcement: Announcement) -> SendMessage:
    """How far it is, or how it ended."""
    if announcement.state == CANCELLED:
        return _view(tr.text("The announcement was not sent."), [])
    if announcement.state == SENDING:
        head = tr.text("The announcement is being sent.")
    elif announcement.state == DONE:
        head = tr.text("The announcement has been sent.")
    else:
        head = tr.text("The announcement was stopped.")
    lines = [
        head,
        tr.text("Received: {n}", n=announcement.sent),
        tr.text("Could not be reached: {n}", n=announcement.failed),
    ]
    if announcement.state != DONE:
        lines.append(tr.text("Left: {n}", n=announcement.left))
    stop = [_button(tr.plain(STOP), announcement.id, "stop")] if announcement.state == SENDING else []
    return _view(Markup("\n").join(lines), stop)
