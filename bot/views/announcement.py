"""What the group reads of an announcement: before, while and after it is sent."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from aiogram.methods import SendMessage
from markupsafe import Markup

from dialogs.buttons import Number, button, rows
from dialogs.reply import view
from dialogs.words import CANCEL, LANGUAGE_NAMES
from locales import Translator, mark
from storage.announcements import CANCELLED, DONE, SENDING, Announcement

SEND = mark("Send")
STOP = mark("Stop")


class AnnounceButton(CallbackData, prefix="ann"):
    """A button of an announcement: `send`, `cancel` or `stop`."""

    id: Number
    act: str


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
        button("📣 " + tr.plain(SEND), AnnounceButton(id=announcement_id, act="send")),
        button(tr.plain(CANCEL), AnnounceButton(id=announcement_id, act="cancel")),
    ]
    return view(text, rows(buttons))


def progress_view(tr: Translator, announcement: Announcement) -> SendMessage:
    """How far it is, or how it ended."""
    if announcement.state == CANCELLED:
        return view(tr.text("The announcement was not sent."), rows())
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
    stop = [button(tr.plain(STOP), AnnounceButton(id=announcement.id, act="stop"))]
    return view(Markup("\n").join(lines), rows(stop if announcement.state == SENDING else []))
