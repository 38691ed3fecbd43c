"""The tree of routers of the customers' side."""

from __future__ import annotations

from aiogram import Router

from dialogs import words
from dialogs.bans import bans_router
from dialogs.faq import faq_router, search_router
from dialogs.filters import Asked, PrivateChat
from dialogs.intake_handlers import intake_router
from dialogs.menu import closed_router, language_router, menu_router
from dialogs.middleware import TalkMiddleware
from dialogs.placing import placing_router
from dialogs.privacy import privacy_router
from dialogs.rating import rating_router
from dialogs.requests import requests_router


def customers_router() -> Router:
    """Everything that happens in private chats."""
    router = Router(name="customers")
    for observer in (router.message, router.edited_message, router.callback_query):
        observer.filter(PrivateChat())
        observer.outer_middleware(TalkMiddleware())
    router.include_routers(
        closed_router(),
        _open_router(),
        bans_router(),
        _always_router(),
        intake_router(),
        search_router(),
        rating_router(),
        placing_router(),
    )
    return router


def _open_router() -> Router:
    """What stays open to everybody, the banned too: the language, and what is stored about them."""
    router = Router(name="open")
    router.message.filter(Asked(words.LANGUAGE))
    router.include_routers(language_router(), privacy_router())
    return router


def _always_router() -> Router:
    """What works at every moment: commands, and the buttons below the field where one writes."""
    router = Router(name="always")
    # One look at what most messages are not, instead of one for each handler.
    router.message.filter(Asked(words.NEW_REQUEST, words.MY_REQUESTS, words.FAQ))
    router.include_routers(menu_router(), faq_router(), requests_router())
    return router
