"""`/faq` in the staff group: which answers helped customers, and which did not."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message
from markupsafe import Markup

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import answer_there
from storage import faq as verdicts


async def counted(message: Message, shift: Shift) -> None:
    """How customers judged each answer."""
    tr, entries = shift.tr, shift.desk.profile.faq
    if entries:
        known = await verdicts.verdicts(shift.tx)
        lines = [tr.text("<b>Frequent questions: what customers say</b>")]
        for entry in entries:
            judged = known.get(entry.key, verdicts.Verdicts())
            lines.append(
                tr.text(
                    "{question}\nhelped: {helped}, did not help: {not_helped}",
                    question=entry.question.in_language(tr.language),
                    helped=judged.helped,
                    not_helped=judged.not_helped,
                )
            )
        text = Markup("\n\n").join(lines)
    else:
        text = tr.text("There are no frequent questions yet.")
    await answer_there(shift, message, line(text, answers=message.message_id))


def register_faq(router: Router) -> None:
    """The agents' command."""
    router.message.register(counted, Asks("faq"))
