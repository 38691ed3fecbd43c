"""The router of the staff groups."""

from __future__ import annotations

from aiogram import Router

from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from bot.staff.actions import register_actions
from bot.staff.announce import register_announce
from bot.staff.assign import register_assign
from bot.staff.ban import register_ban
from bot.staff.booking import register_booking
from bot.staff.canned import register_canned
from bot.staff.context import OnShift, StaffMiddleware
from bot.staff.deciding import register_deciding
from bot.staff.due import register_due
from bot.staff.duty import register_duty
from bot.staff.erase import register_erase
from bot.staff.faq import register_faq
from bot.staff.finding import register_finding
from bot.staff.journals import register_journals
from bot.staff.late import register_late
from bot.staff.marks import register_marks
from bot.staff.menu import register_help
from bot.staff.priority import register_priority
from bot.staff.retype import register_retype
from bot.staff.split import register_split
from bot.staff.take_back import register_take_back
from bot.staff.transfer import register_transfer
from bot.staff.writing import register_writing


def staff_router(threads: Threads, notices: Notices) -> Router:
    """Everything that agents do in the staff group; who is registered first looks first."""
    # One router for all: each has two dozen observers, which every start makes and every update passes.
    router = Router(name="staff")
    for observer in (router.message, router.edited_message, router.callback_query):
        observer.filter(OnShift())
        observer.outer_middleware(StaffMiddleware(threads, notices))
    register_marks(router)
    register_faq(router)
    register_take_back(router)
    register_due(router)
    register_booking(router)
    register_deciding(router)
    register_erase(router)
    register_announce(router)
    register_canned(router)
    register_ban(router)
    register_split(router)
    register_finding(router)
    register_help(router)
    register_duty(router)
    register_journals(router)
    register_assign(router)
    register_transfer(router)
    register_retype(router)
    register_writing(router)
    register_actions(router)
    register_priority(router)
    register_late(router)
    return router
