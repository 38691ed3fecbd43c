"""The tree of routers of the customers' side."""

from __future__ import annotations

from aiogram import Router

from dialogs.filters import PrivateChat
from dialogs.intake_handlers import intake_router
from dialogs.menu import closed_router, menu_router
from dialogs.middleware import TalkMiddleware
from dialogs.placing import placing_router
from dialogs.requests import requests_router


def customers_router() -> Router:
    """Everything that happens in private chats."""
    router = Router(name="customers")
    for observer in (router.message, router.edited_message, router.callback_query):
        observer.filter(PrivateChat())
        observer.outer_middleware(TalkMiddleware())
    router.include_routers(
        closed_router(), menu_router(), requests_router(), intake_router(), placing_router()
    )
    return router
