"""The tree of routers of the staff groups."""

from __future__ import annotations

from aiogram import Router

from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from bot.staff.actions import actions_router
from bot.staff.announce import announce_router
from bot.staff.assign import assign_router
from bot.staff.ban import ban_router
from bot.staff.booking import booking_router
from bot.staff.canned import canned_router
from bot.staff.context import OnShift, StaffMiddleware
from bot.staff.deciding import deciding_router
from bot.staff.due import due_router
from bot.staff.duty import duty_router
from bot.staff.erase import erase_router
from bot.staff.faq import faq_router
from bot.staff.finding import finding_router
from bot.staff.journals import journals_router
from bot.staff.late import late_router
from bot.staff.marks import marks_router
from bot.staff.menu import help_router
from bot.staff.priority import priority_router
from bot.staff.retype import retype_router
from bot.staff.split import split_router
from bot.staff.take_back import take_back_router
from bot.staff.transfer import transfer_router
from bot.staff.writing import writing_router


def staff_router(threads: Threads, notices: Notices) -> Router:
    """Everything that agents do in the staff group."""
    router = Router(name="staff")
    for observer in (router.message, router.edited_message, router.callback_query):
        observer.filter(OnShift())
        observer.outer_middleware(StaffMiddleware(threads, notices))
    router.include_routers(
        marks_router(),
        faq_router(),
        take_back_router(),
        due_router(),
        booking_router(),
        deciding_router(),
        erase_router(),
        announce_router(),
        canned_router(),
        ban_router(),
        split_router(),
        finding_router(),
        help_router(),
        duty_router(),
        journals_router(),
        assign_router(),
        transfer_router(),
        retype_router(),
        writing_router(),
        actions_router(),
        priority_router(),
        late_router(),
    )
    return router
