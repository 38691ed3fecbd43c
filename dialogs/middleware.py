"""What every handler of the customers' side is given, made once an update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import CallbackQuery, Message, TelegramObject

from dialogs.context import Desk, Toast
from dialogs.placing import greet_back
from dialogs.reply import Talk
from locales import guess, translator
from storage import customers
from storage.conversation import ConversationStorage
from storage.outbox import Outbox
from storage.transaction import Transaction

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class StateMiddleware(BaseMiddleware):
    """Gives `state` and `raw_state`, bound to the transaction; comes after aiogram's user context."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Add the conversation's state."""
        context: EventContext = data[EVENT_CONTEXT_KEY]
        bot: Bot = data["bot"]
        if context.chat is not None and context.user is not None and context.chat.type == "private":
            key = StorageKey(bot_id=bot.id, chat_id=context.chat.id, user_id=context.user.id)
            state = FSMContext(storage=ConversationStorage(data["tx"]), key=key)
            data["state"] = state
            data["raw_state"] = await state.get_state()
        return await handler(event, data)


class TalkMiddleware(BaseMiddleware):
    """Meets the customer and gives handlers the `talk`."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Add the talk; other bots are no customers."""
        context: EventContext = data[EVENT_CONTEXT_KEY]
        # This runs before the router's filters, so groups come by as well.
        if context.chat is None or context.chat.type != "private":
            return await handler(event, data)
        if context.user is None or context.user.is_bot:
            return None
        tx: Transaction = data["tx"]
        outbox: Outbox = data["outbox"]
        desk: Desk = data["desk"]
        toast: Toast = data["toast"]
        if isinstance(event, Message) and event.edit_date is not None:
            known = await customers.find(tx, context.user.id)
            if known is None or known.erased_at is not None:
                # Nothing is stored that an edit could change, and nobody new begins by one.
                return None
        customer = await customers.meet(tx, context.user)
        pressed = None
        if isinstance(event, CallbackQuery) and event.message is not None:
            pressed = event.message.message_id
        language = customer.language or guess(customer.language_hint)
        raw_state = data.get("raw_state")
        talk = Talk(tx, outbox, desk, customer, translator(language), toast, pressed, raw_state)
        if customer.unreachable is not None:
            await greet_back(talk)
        data["talk"] = talk
        return await handler(event, data)
