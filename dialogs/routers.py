"""The tree of routers of the customers' side."""

from __future__ import annotations

from aiogram import Router

from dialogs import words
from dialogs.bans import register_bans
from dialogs.faq import register_faq, register_search
from dialogs.filters import Asked, PrivateChat
from dialogs.intake_handlers import register_intake
from dialogs.menu import register_closed, register_language, register_menu
from dialogs.middleware import TalkMiddleware
from dialogs.placing import register_placing
from dialogs.privacy import register_privacy
from dialogs.rating import register_rating
from dialogs.requests import register_requests


def customers_router() -> Router:
    """Everything that happens in private chats; who is registered first looks first."""
    router = Router(name="customers")
    for observer in (router.message, router.edited_message, router.callback_query):
        observer.filter(PrivateChat())
        observer.outer_middleware(TalkMiddleware())
    register_closed(router)
    router.include_routers(_open_router(), _stopped_router(), _always_router(), _other_router())
    return router


def _open_router() -> Router:
    """What stays open to everybody, the banned too: the language, and what is stored about them."""
    router = Router(name="open")
    router.message.filter(Asked(words.LANGUAGE))
    register_language(router)
    register_privacy(router)
    return router


def _stopped_router() -> Router:
    """Where the banned get no further."""
    router = Router(name="stopped")
    register_bans(router)
    return router


def _always_router() -> Router:
    """What works at every moment: commands, and the buttons below the field where one writes."""
    router = Router(name="always")
    # One look at what most messages are not, instead of one for each handler.
    router.message.filter(Asked(words.NEW_REQUEST, words.MY_REQUESTS, words.FAQ))
    register_menu(router)
    register_faq(router)
    register_requests(router)
    return router


def _other_router() -> Router:
    """What depends on where the conversation stands."""
    router = Router(name="other")
    register_intake(router)
    register_search(router)
    register_rating(router)
    register_placing(router)
    return router
